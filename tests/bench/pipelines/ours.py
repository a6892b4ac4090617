"""Our window's way out: its own relay, through its own wiring. Hub and notifications are run by ``ventanilla run``.

``python -m tests.bench.pipelines.ours [--go]``. What comes back waits in the window's queue, for us as for the peers: a
window is a machine of its own. ``--go`` begins by itself and goes on for what becomes due later.
"""

import sys
from pathlib import Path

from tests.bench.cases import LA_UNION, window, window_settings
from tests.bench.pipelines.common import Run, finished, wait_for_go

SOON = 0.01
"""Seconds until the next look for what has become due."""


def main() -> None:
    run = Run.load()
    with window(window_settings(LA_UNION, Path(run.outbox), Path(run.keys), run.amqp_uri)) as here:
        relay = here.messaging.relay
        if sys.argv[1:] == ["--go"]:
            while True:
                if not relay.turn():
                    here.messaging.wake.wait(SOON)
        wait_for_go()
        while relay.turn():
            pass
        finished()


if __name__ == "__main__":
    main()
