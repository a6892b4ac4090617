"""The window tells how it stands, after each batch and every minute (contracts.md, Events)."""

from services.intake.use_cases.ports import Work
from services.intake.use_cases.telling import hub
from shared.contracts.standing import Standing
from shared.contracts.window_heartbeat import WindowHeartbeat


def report(standing: Standing, *, work: Work) -> None:
    """Queue a heartbeat; a newer one replaces an older that still waits, and none is ever sent again."""
    waiting = work.hub.backlog()
    heartbeat = WindowHeartbeat(
        **vars(standing),
        directory_version=work.directories.version,
        outbox=waiting.queued,
        unreceipted=waiting.unreceipted,
    )
    work.outbox.append(heartbeat, to=hub(work), subject=work.place.window, version=0, sequenced=False)
