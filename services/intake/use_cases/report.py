"""The window tells how it stands, after each batch and every minute (contracts.md, Events)."""

from services.intake.use_cases.hub_ports import Digest
from services.intake.use_cases.ports import Work
from services.intake.use_cases.telling import hub
from shared.contracts.standing import Standing
from shared.contracts.window_heartbeat import WindowHeartbeat


def report(standing: Standing, *, work: Work, digest: Digest | None = None) -> None:
    """Queue a heartbeat; a newer one replaces an older that still waits, and none is ever sent again.

    ``digest`` is told only if no case has changed since it was made and nothing is under way.
    """
    waiting = work.hub.backlog()
    still = digest is not None and not waiting.queued and not waiting.unreceipted and digest.changes == work.cases.changes()
    heartbeat = WindowHeartbeat(
        **vars(standing),
        directory_version=work.directories.version,
        outbox=waiting.queued,
        unreceipted=waiting.unreceipted,
        answered_epoch=work.hub.answered_epoch,
        digest=digest.buckets if digest is not None and still else None,
    )
    work.outbox.append(heartbeat, to=hub(work), subject=work.place.window, version=0, sequenced=False)
