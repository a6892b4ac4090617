"""A window asks something of a referral: to cancel it, a comment, another institution, or that it was a mistake."""

from datetime import datetime

from services.referrals.domain.case_file import CaseFile
from services.referrals.domain.referral import Origin, Referral
from services.referrals.domain.transitions import Doer, Party
from services.referrals.use_cases.new_referral import by_hand, make, said
from services.referrals.use_cases.ports import Work
from services.referrals.use_cases.telling import tell
from services.referrals.use_cases.window_ask import AnswerAsk
from shared.contracts.addresses import Address
from shared.contracts.referral_asked import Ask
from shared.contracts.referral_updated import ReferralUpdated
from shared.errors import Refused, Unreadable
from shared.vocabulary.codes import CancelReason, ReferralStatus

ASK_AGAIN = frozenset({ReferralStatus.REJECTED, ReferralStatus.FAILED, ReferralStatus.CANCELLED})
"""After these a window may ask an institution anew for what was not given."""


def answer_ask(request: AnswerAsk, *, work: Work, now: datetime) -> None:
    """Do it, or tell the window by ``ask-refused`` why not; nothing is changed then.

    Twice: the inbox keeps one id from a second effect. Late: what the state no longer allows is refused aloud.
    While this hub recovers from the window: answered when that is over. ``Unreadable`` when the referral is another
    window's.
    """
    if work.recovery.is_on(request.window):
        work.recovery.ask_later(request)
    else:
        answer_now(request, work=work, now=now)


def answer_now(request: AnswerAsk, *, work: Work, now: datetime) -> None:
    """The answer itself, also to what waited for the end of a recovery."""
    referral = work.referrals.get(request.referral_id)
    case = work.cases.get(request.case_id)
    if referral is None or case is None:
        return _refuse(request, work, None, "not_found", now)
    if referral.case_id != case.id or case.window != request.window:
        message = "the referral is not this window's"
        raise Unreadable(message)
    try:
        _answer(request, work, case, referral, now)
    except Refused as refused:
        _refuse(request, work, referral, refused.code, now)


def _answer(request: AnswerAsk, work: Work, case: CaseFile, referral: Referral, now: datetime) -> None:
    if request.ask is Ask.RE_REFER:
        _ask_anew(request, work, case, referral, now)
        return
    by = Doer(request.user, Party.WINDOW)
    match request.ask:
        case Ask.CANCEL:
            entry = referral.cancel(by, now, _reason(request.reason), request.text or None)
        case Ask.COMMENT:
            entry = referral.comment(by, now, request.text)
        case _:
            entry = referral.mark_in_error(by, now, request.text or request.reason or "")
    if entry is None:
        raise Refused("wrong_state")
    tell(work, case, referral, entry, now=now, by_window=True, ask_id=request.ask_id)


def _ask_anew(request: AnswerAsk, work: Work, case: CaseFile, old: Referral, now: datetime) -> None:
    """A new referral that points back, to the institution named, the one that was suggested, or the same."""
    if old.status not in ASK_AGAIN:
        raise Refused("wrong_state")
    if old.chain_is_full:
        raise Refused("too_many_hops")
    institution = request.institution or old.suggested_institution or old.institution
    reason = request.assurance_reason
    asked = by_hand(work, case, institution, old.needs, old.urgency, now, assurance_reason=reason)
    make(
        work, case, asked, now=now, author=request.user, origin=Origin.BY_HAND, replaces=old,
        text=said(request.text, reason), ask_id=request.ask_id,
    )


def _reason(code: str | None) -> CancelReason:
    try:
        return CancelReason(code or CancelReason.OTHER)
    except ValueError as error:
        raise Refused("invalid", fields={"reason": ["No es un motivo de cancelación."]}) from error


def _refuse(request: AnswerAsk, work: Work, referral: Referral | None, code: str, now: datetime) -> None:
    if referral is None:
        return
    work.outbox.append(
        ReferralUpdated(
            change="ask-refused", referral_id=referral.id, case_id=referral.case_id, window=request.window,
            institution=referral.institution, urgency=referral.urgency, at=now, reason=code, ask_id=request.ask_id,
        ),
        to=Address.window(work.country.node, request.window),
        subject=referral.id,
        version=referral.version,
    )
