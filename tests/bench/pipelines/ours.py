"""Our window's way out: its own relay, through its own wiring. Hub and notifications are run by ``ventanilla run``.

``python -m tests.bench.pipelines.ours``. What comes back waits in the window's queue, for us as for the peers: a
window is a machine of its own.
"""

from pathlib import Path

from tests.bench.cases import LA_UNION, window, window_settings
from tests.bench.pipelines.common import Run, finished, wait_for_go


def main() -> None:
    run = Run.load()
    with window(window_settings(LA_UNION, Path(run.outbox), Path(run.keys), run.amqp_uri)) as here:
        wait_for_go()
        while here.messaging.relay.turn():
            pass
        finished()


if __name__ == "__main__":
    main()
