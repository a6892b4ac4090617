"""A window asks the hub to do something to a referral. The hub decides; the case shows the outcome."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from services.intake.use_cases.finding import case_or_refuse
from services.intake.use_cases.ports import Work
from services.intake.use_cases.telling import hub
from shared.contracts.referral import ReferralState
from shared.contracts.referral_asked import Ask, ReferralAsked
from shared.directory.entries import refuse_expired
from shared.errors import Refused
from shared.ids import new_id
from shared.security.identities import Actor
from shared.texts import said
from shared.vocabulary.codes import CancelReason, ReferralStatus

_OPEN = (Ask.CANCEL, Ask.COMMENT, Ask.MARK_IN_ERROR)
_ENDED = (Ask.COMMENT, Ask.RE_REFER, Ask.MARK_IN_ERROR)

ALLOWED: Mapping[ReferralStatus, tuple[Ask, ...]] = {
    ReferralStatus.REQUESTED: (*_OPEN, Ask.RE_REFER),
    ReferralStatus.RECEIVED: (*_OPEN, Ask.RE_REFER),
    ReferralStatus.ACCEPTED: _OPEN,
    ReferralStatus.IN_PROGRESS: _OPEN,
    ReferralStatus.ON_HOLD: _OPEN,
    ReferralStatus.COMPLETED: (Ask.COMMENT, Ask.MARK_IN_ERROR),
    ReferralStatus.REJECTED: _ENDED,
    ReferralStatus.FAILED: _ENDED,
    ReferralStatus.CANCELLED: _ENDED,
    ReferralStatus.ENTERED_IN_ERROR: (),
}
"""By the state last told (domain.md, A referral's life). One that is not answered may be referred again at three
times its deadline: the hub knows the clock and judges that."""

WINDOW_CANCELS = frozenset(CancelReason) - {
    CancelReason.CONSENT_WITHDRAWN,
    CancelReason.FORWARDED,
    CancelReason.BLOCKED,
}
"""Reasons that a window may give; the other three follow from acts of their own."""


@dataclass(frozen=True)
class AskHub:
    """What is asked of one referral. ``reason`` is a cancel code; ``institution`` the one to re-refer to, if named.

    ``version`` is the referral's that the caller saw, None takes the state alone; ``ask_id`` is the form's own.
    """

    case_id: str
    referral_id: str
    ask: Ask
    reason: str | None = None
    text: str = ""
    institution: str | None = None
    assurance_reason: str = ""
    version: int | None = None
    ask_id: str | None = None


def ask_hub(request: AskHub, *, by: Actor, work: Work, now: datetime) -> ReferralAsked:
    """Queue the ask and keep it until it is answered.

    Refuses a referral that is not of this case, an institution that the directory does not name, and what the
    state last told does not admit. A re-referral needs a consent that allows sending, and a reason where nobody
    stands by the institution's entries in the directory that is known here; the hub judges both again. Twice with one
    ``ask_id``: it is asked once. ``stale`` when the hub told something of the referral since the caller read it.
    """
    case = case_or_refuse(request.case_id, work=work)
    referral = work.referrals.find(request.referral_id)
    if referral is None or referral.case_id != case.id:
        raise Refused("not_found")
    again = work.referrals.find_ask(request.ask_id) if request.ask_id is not None else None
    if again is not None:
        return again
    if request.institution is not None and not work.known.institution_exists(request.institution):
        raise Refused("invalid", fields={"institution": [said("No está en el directorio.")]})
    if request.ask is Ask.RE_REFER:
        _refuse_expired(request, referral, work=work, now=now)
    if request.version not in {None, referral.version}:
        raise Refused("stale")
    if request.ask not in ALLOWED[referral.status]:
        allowed = [ask.value for ask in ALLOWED[referral.status]]
        raise Refused("wrong_state", state=referral.status.value, allowed=allowed)
    if request.ask is Ask.RE_REFER and case.judged_on(work.place.moment(now).today).hold is not None:
        raise Refused("no_consent")
    asked = ReferralAsked(
        ask_id=request.ask_id or new_id(),
        case_id=case.id,
        referral_id=referral.id,
        ask=request.ask,
        asked_by=by.user,
        asked_at=now,
        reason=request.reason,
        text=request.text,
        institution=request.institution,
        assurance_reason=request.assurance_reason,
    )
    work.referrals.add_ask(asked, case.person_id)
    work.outbox.append(asked, to=hub(work), subject=asked.ask_id, version=1)
    work.cases.log(case, f"asked-{request.ask.value}", by=by.user, at=now)
    work.audit.note(by, "referral.ask", "referral", referral.id, ("ask", "text"))
    return asked


def _refuse_expired(request: AskHub, referral: ReferralState, *, work: Work, now: datetime) -> None:
    """The institution named, else the one that was suggested, else the same one (as the hub understands it)."""
    institution = request.institution or referral.suggested_institution or referral.institution
    assurance = work.known.assurance(institution, referral.needs, work.place.moment(now).today)
    if assurance is not None:
        refuse_expired(assurance, request.assurance_reason)
