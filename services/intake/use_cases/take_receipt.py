"""The hub tells how far it has committed, and what it refuses."""

from datetime import datetime

from services.intake.use_cases.hub_ports import Compared
from services.intake.use_cases.ports import Work
from services.intake.use_cases.report import report
from shared.contracts.receipt import Receipt


def take_receipt(receipt: Receipt, *, told_at: datetime, work: Work, now: datetime) -> None:
    """Settle what is covered, show what is refused, and go on above the highest case number that the hub knows.

    Twice: the same. Late: an older telling changes nothing that a newer one said of the stream; its refusals are
    replaced by the next receipt, which comes within a minute. Half way: all of it or nothing. A hub that has not
    heard of our present life is told how we stand. To one whose life is new to us all is told that we hold of its
    referrals: it may have forgotten what it did itself. One that has heard of a later life, or quarantines what is said
    in our name, says that this window exists twice.
    """
    if work.hub.settle(receipt, told_at=told_at, now=now):
        work.referrals.queue_held()
        work.hub.note_answer(None)
    work.refusals.replace({case.id: case.errors for case in receipt.refused}, now)
    work.cases.raise_number(receipt.highest_code)
    standing = work.hub.standing()
    if receipt.digest_agrees is not None:
        work.hub.note_digest(Compared(now, standing.epoch, receipt.epoch, receipt.digest_agrees))
    work.hub.note_fork(now if receipt.knows_a_later_life_than(standing.epoch) else receipt.forked_since)
    if not receipt.has_heard_of(standing.epoch):
        report(standing, work=work)
