"""A window's heartbeat: how far it has committed what it was told, and what it works with."""

import time
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial

from services.referrals.use_cases.ports import Work
from services.referrals.use_cases.publish_directory import publish_again
from services.referrals.use_cases.receipts import answer
from shared.contracts.addresses import Address
from shared.contracts.digest import Bucket, differing, digest_of
from shared.contracts.resync_requested import ResyncRequested
from shared.contracts.window_heartbeat import WindowHeartbeat
from shared.ids import made_at

ASKED_EVERY = timedelta(hours=1)
"""How often a window is asked to tell cases again at most: what was asked for must have come first."""


@dataclass(frozen=True)
class HearWindow:
    """One heartbeat; ``told_at`` by the window's clock."""

    source: Address
    told_at: datetime
    heartbeat: WindowHeartbeat


def hear_window(request: HearWindow, *, work: Work, now: datetime) -> None:
    """Settle what is covered, note how the window stands, and publish again when its directory is an older one.

    Twice: the same. Late or out of order: an older telling settles nothing (see ``settle``). A window that has
    not heard of our present life is told how we stand, and so sends again what we forgot; when it says that it has
    told all, this hub recovers from it. A window that speaks from a life before the one we know of, and after that
    one began, exists twice.
    """
    beat, window = request.heartbeat, request.source.name
    work.streams.settle(request.source, beat, told_at=request.told_at, now=now)
    work.counted.heartbeat(
        window, now, directory_version=beat.directory_version, outbox=beat.outbox, unreceipted=beat.unreceipted
    )
    if beat.directory_version != work.directory.version:
        publish_again(work)
    known = work.streams.standing(request.source).heard_epoch
    agrees = None
    if beat.epoch == known:
        work.recovery.take_answer(window, beat.answered_epoch)
        agrees = _compare(request.source, beat, work=work, now=now)
    elif known is not None and _is_after(request.told_at, known):
        work.standings.hear_older_life(window, now)
    answer(request.source, beat, work=work, now=now, agrees=agrees)


def _compare(source: Address, beat: WindowHeartbeat, *, work: Work, now: datetime) -> bool | None:
    """Whether a window's digest says what we know too; what differs it is asked to tell again.

    None without a digest, and while something between the two is under way or must still be learnt back.
    """
    under_way = beat.outbox or beat.unreceipted or not beat.has_heard_of(work.streams.epoch)
    if beat.digest is None or under_way or work.recovery.is_on(source.name):
        return None
    parts = _differing(source.name, beat.digest, work=work)
    work.standings.compared(source.name, now, agrees=not parts)
    asked = work.standings.resync_asked(source.name)
    if parts and (asked is None or not timedelta() <= now - asked < ASKED_EVERY):
        work.standings.ask_resync(source.name, now)
        work.outbox.append(ResyncRequested(parts), to=source, subject="resync", version=1)
    return not parts


def _differing(window: str, theirs: tuple[Bucket, ...], *, work: Work) -> tuple[int, ...]:
    return differing(digest_of(work.cases.told_by(window), pause=partial(time.sleep, 0)), theirs)


def _is_after(told_at: datetime, epoch: str) -> bool:
    began = made_at(epoch)
    return began is not None and told_at > began
