"""A window's heartbeat: how far it has committed what it was told, and what it works with."""

from dataclasses import dataclass
from datetime import datetime

from services.referrals.use_cases.ports import Work
from services.referrals.use_cases.publish_directory import publish_again
from services.referrals.use_cases.receipts import answer
from shared.contracts.addresses import Address
from shared.contracts.window_heartbeat import WindowHeartbeat
from shared.ids import made_at


@dataclass(frozen=True)
class HearWindow:
    """One heartbeat; ``told_at`` by the window's clock."""

    source: Address
    told_at: datetime
    heartbeat: WindowHeartbeat


def hear_window(request: HearWindow, *, work: Work, now: datetime) -> None:
    """Settle what is covered, note how the window stands, and publish again when its directory is an older one.

    Twice: the same. Late or out of order: an older telling settles nothing (see ``settle``). A window that has
    not heard of our present life is told how we stand, and so sends again what we forgot. A window that speaks
    from a life before the one we know of, and after that one began, exists twice.
    """
    beat = request.heartbeat
    work.streams.settle(request.source, beat, told_at=request.told_at, now=now)
    work.counted.heartbeat(
        request.source.name, now, directory_version=beat.directory_version, outbox=beat.outbox,
        unreceipted=beat.unreceipted,
    )
    if beat.directory_version != work.country.published:
        publish_again(work)
    known = work.streams.standing(request.source).heard_epoch
    if known is not None and beat.epoch < known and _is_after(request.told_at, known):
        work.standings.hear_older_life(request.source.name, now)
    answer(request.source, beat, work=work, now=now)


def _is_after(told_at: datetime, epoch: str) -> bool:
    began = made_at(epoch)
    return began is not None and told_at > began
