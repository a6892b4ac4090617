"""The hub tells the whole state of a referral of this window."""

from datetime import datetime

from services.intake.use_cases.ports import Work
from services.intake.use_cases.todos import note_todos_of
from shared.contracts.referral_updated import ReferralUpdated

ASK_REFUSED = "ask-refused"
"""The change that answers an ask with no (shared/contracts/referral_updated.py)."""


def take_referral(told: ReferralUpdated, *, work: Work, now: datetime) -> None:
    """Keep the state, and answer the ask that it names.

    Twice: the same version again is not kept, an answered ask stays as it was. Late or out of order: the highest
    version stands. Half way: one transaction. Of a case that is not here (a window being rebuilt) the state is
    kept and shown as soon as the case comes.
    """
    if told.referral is not None:
        work.referrals.keep(told.referral)
        note_todos_of(told.case_id, work=work)
    if told.ask_id is not None:
        refused = (told.reason or told.change) if told.change == ASK_REFUSED else None
        work.referrals.answer_ask(told.ask_id, refused=refused, at=now)
