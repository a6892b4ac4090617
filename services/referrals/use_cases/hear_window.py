"""A window's heartbeat: how far it has committed what it was told, and what it works with."""

from dataclasses import dataclass
from datetime import datetime

from services.referrals.use_cases.ports import Work
from services.referrals.use_cases.publish_directory import publish_again
from shared.contracts.addresses import Address
from shared.contracts.window_heartbeat import WindowHeartbeat


@dataclass(frozen=True)
class HearWindow:
    """One heartbeat; ``told_at`` by the window's clock."""

    source: Address
    told_at: datetime
    heartbeat: WindowHeartbeat


def hear_window(request: HearWindow, *, work: Work, now: datetime) -> None:
    """Settle what is covered, note how the window stands, and publish again when its directory is an older one.

    Twice: the same. Late or out of order: an older telling settles nothing (see ``settle``).
    """
    beat = request.heartbeat
    work.streams.settle(request.source, beat, told_at=request.told_at, now=now)
    work.counted.heartbeat(
        request.source.name, now, directory_version=beat.directory_version, outbox=beat.outbox,
        unreceipted=beat.unreceipted,
    )
    if beat.directory_version != work.directory.version:
        publish_again(work)
