"""A hub that knows more windows than the country has, and those windows' ways out.

``python -m tests.bench.pipelines.many hub`` (settings by environment) or ``… windows NAME…`` (one outbox each, beside
the first one's folder).
"""

import sys
from collections.abc import Mapping
from contextlib import ExitStack
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

from services.console.run import make_green
from shared.contracts.addresses import Address
from tests.bench.cases import NODE, window, window_settings
from tests.bench.pipelines.common import Run, finished, wait_for_go

MANY = [f"bench-{number}" for number in range(200)]


def hub() -> None:
    """The hub's own nameko class, wired with a directory in which the windows of ``MANY`` stand too."""
    make_green()
    from services.referrals.service import Referrals
    from services.referrals.store.country import load_country
    from services.referrals.wiring import Wiring, build
    from shared.config import load_settings
    from shared.messaging.nameko.containers import Containers

    settings = load_settings(Path(sys.argv[2]))
    country = load_country(NODE, datetime.now(UTC).date())
    first = country.windows[0]
    places = (*country.directory.windows, *(replace(first, id=name, letters="TST") for name in MANY))
    widened = replace(country, directory=replace(country.directory, windows=places))

    class Hub(Referrals):
        @staticmethod
        def wire(_config: Mapping[str, object]) -> Wiring:
            return build(settings, country=widened)

    containers = Containers()
    containers.start(Hub, {**settings.container(), "SETTINGS": settings})
    containers.run()


def windows() -> None:
    """All windows' relays in one process, in turn."""
    run = Run.load()
    with ExitStack() as stack:
        here = [
            stack.enter_context(window(window_settings(address, Path(run.outbox).parent / f"{address.name}.sqlite", Path(run.keys), run.amqp_uri)))
            for address in (Address.window(NODE, name) for name in sys.argv[2:])
        ]
        wait_for_go()
        while sum(wired.messaging.relay.turn() for wired in here):
            pass
        finished()


if __name__ == "__main__":
    {"hub": hub, "windows": windows}[sys.argv[1]]()
