"""An institution says what became of the data that it held, after the consent was taken back."""

from dataclasses import dataclass
from datetime import datetime

from services.referrals.domain.referral import Referral
from services.referrals.use_cases.desk import OfReferral, done, opened
from services.referrals.use_cases.ports import Work
from services.referrals.use_cases.telling import tell
from shared.security.identities import Actor
from shared.vocabulary.codes import ErasureAnswer


@dataclass(frozen=True, kw_only=True)
class AnswerErasure(OfReferral):
    """``duty``: under which law it must keep them, with what it keeps."""

    answer: ErasureAnswer
    duty: str = ""


def answer_erasure(request: AnswerErasure, *, by: Actor, work: Work, now: datetime) -> Referral:
    """One answer of an institution is for all that it had of this case; the window is told, and the person may ask.

    ``invalid`` when data are kept without a duty, or a coordinator answers what only the institution can know.
    """
    on = opened(work, request, by)
    entry = on.referral.answer_erasure(on.doer, now, request.answer, request.duty)
    referral = done(work, on, entry, by=by, act="erasure", now=now)
    for other in work.referrals.of_case(on.case.id):
        if other.institution == referral.institution and other.asked_to_erase:
            tell(work, on.case, other, other.answer_erasure(on.doer, now, request.answer, request.duty), now=now, by_window=False)
    return referral
