"""The hub tells the whole state of a referral of this window."""

from datetime import datetime

from services.intake.use_cases.ports import Work
from services.intake.use_cases.todos import note_todos_of
from shared.contracts.referral_updated import ReferralUpdated

ASK_REFUSED = "ask-refused"
"""The change that answers an ask with no (shared/contracts/referral_updated.py)."""


def take_referral(told: ReferralUpdated, *, said_in: str, work: Work, now: datetime) -> None:
    """Keep the state, and answer the ask that it names. ``said_in`` is the hub's life in which it was said.

    Twice: the same version again is not kept, an answered ask stays as it was. Late or out of order: the highest
    version stands. Half way: one transaction. Of a case that is not here (a window being rebuilt) the state is
    kept and shown as soon as the case comes. What comes from before a restore of the hub is told to it: it has
    forgotten that.
    """
    if told.referral is not None:
        if work.referrals.keep(told.referral) and said_in < (work.hub.heard_epoch or ""):
            work.referrals.queue_held([told.case_id])
            work.hub.note_answer(None)
        note_todos_of(told.case_id, work=work)
    if told.ask_id is not None:
        refused = (told.reason or told.change) if told.change == ASK_REFUSED else None
        work.referrals.answer_ask(told.ask_id, refused=refused, at=now)
        work.hub.drop_ask(told.ask_id)
