"""A window's service as ``ventanilla run`` starts it, whose sign-in is a line of its standard input.

Run as ``python -m tests.drivers.locked_window SETTINGS``. ``open NAME PASSWORD`` and ``lock`` are what a page of
sign-in and sign-out calls; each is answered by a line.
"""

from shared.messaging.nameko.containers import Containers, prepare

prepare()

import sys  # noqa: E402
from pathlib import Path  # noqa: E402

import eventlet  # noqa: E402
from eventlet import tpool  # noqa: E402

from services.intake.service import Intake  # noqa: E402
from shared.config import load_settings  # noqa: E402
from shared.errors import Refused  # noqa: E402
from shared.observability.logs import configure  # noqa: E402

made: list[object] = []


class Window(Intake):
    """The service itself; what it was wired with is kept for the lines."""

    @staticmethod
    def wire(config):
        made.append(Intake.wire(config))
        return made[0]


def listen(containers: Containers) -> None:
    while line := tpool.execute(sys.stdin.readline):
        command, *words = line.split()
        try:
            if command == "open":
                made[0].key_door.signed_in(*words)
            else:
                made[0].key_door.nobody_is_signed_in()
        except Refused as refused:
            say(refused.code)
        else:
            say("open" if made[0].keys.is_open else "locked")
    containers.ask_to_stop()


def say(word: str) -> None:
    sys.stdout.write(f"{word}\n")
    sys.stdout.flush()


def main() -> None:
    configure()
    settings = load_settings(Path(sys.argv[1]))
    containers = Containers()
    containers.start(Window, {**settings.container(), "SETTINGS": settings})
    say("ready")
    eventlet.spawn(listen, containers)
    containers.run()


if __name__ == "__main__":
    main()
