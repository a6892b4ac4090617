"""A referral as the case's page shows it: where it stands, who has to do what until when, what may be asked."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from services.intake.queries.case_acts import referral_asks
from services.intake.queries.case_page import CasePage, ReferralSeen
from services.intake.use_cases.clocks import due_of
from services.intake.web.pages.case_words import NOBODY, STATES, URGENCIES
from services.intake.web.pages.seen import Seen, Told
from shared.contracts.referral import HistoryEntry, ReferralState
from shared.contracts.referral_asked import Ask
from shared.security.identities import Actor, Subject
from shared.texts import said
from shared.vocabulary.codes import ReferralStatus

REASONS: Final[Mapping[str, str]] = {
    "rejected": "reject_reason",
    "failed": "fail_reason",
    "cancelled": "cancel_reason",
    "stop-requested": "cancel_reason",
    "on-hold": "hold_reason",
    "completed": "outcome",
    "erasure-answered": "erasure_answer",
    "consent-withdrawn": "cancel_reason",
    "erasure-asked": "cancel_reason",
    "forwarded": "cancel_reason",
}
"""In which list the reason of a change stands."""

ASKED: Final[Mapping[Ask, str]] = {
    Ask.CANCEL: said("Se pidió anularla; espera la respuesta de la central."),
    Ask.COMMENT: said("Mensaje en camino a la institución."),
    Ask.RE_REFER: said("Se pidió referir de nuevo; espera la respuesta de la central."),
    Ask.MARK_IN_ERROR: said("Se pidió marcarla como ingresada por error; espera la respuesta de la central."),
}
NOT_DONE: Final[Mapping[Ask, str]] = {
    Ask.CANCEL: said("La central no la anuló: %(why)s"),
    Ask.COMMENT: said("La central no pasó el mensaje: %(why)s"),
    Ask.RE_REFER: said("La central no refirió de nuevo: %(why)s"),
    Ask.MARK_IN_ERROR: said("La central no la marcó como ingresada por error: %(why)s"),
}

ACKNOWLEDGE = {
    "late": said("Debió abrirla antes de: %(when)s"), "today": said("Debe abrirla hoy, antes de las %(when)s"),
    "later": said("Debe abrirla antes de: %(when)s"),
}
ANSWER = {
    "late": said("Debió contestar antes de: %(when)s"), "today": said("Debe contestar hoy, antes de las %(when)s"),
    "later": said("Debe contestar antes de: %(when)s"),
}
STOP = {
    "late": said("Debió contestar la solicitud de alto antes de: %(when)s"),
    "today": said("Debe contestar la solicitud de alto hoy, antes de las %(when)s"),
    "later": said("Debe contestar la solicitud de alto antes de: %(when)s"),
}


@dataclass(frozen=True)
class Word:
    """Something that somebody said of a referral; ``ours`` when the window did."""

    at: datetime
    by: str
    text: str
    ours: bool


@dataclass(frozen=True)
class Pending:
    """Something asked of the hub: under way, or refused and why."""

    at: datetime
    by: str
    told: Told
    text: str
    refused: bool


@dataclass(frozen=True)
class Meeting:
    """An appointment, in words."""

    when: str
    place: str
    bring: Sequence[str]
    kept: bool | None


@dataclass(frozen=True)
class ReferralView:
    """One referral, ready to be shown."""

    id: str
    version: int
    institution: str
    institution_id: str
    status: ReferralStatus
    status_label: str
    kind: str
    told: str
    needs: Sequence[str]
    urgency: str
    urgency_kind: str
    due: Told | None
    overdue: bool
    escalated: bool
    stop_requested: bool
    why: Sequence[str]
    reason: str
    reason_text: str
    outcome: str
    need_met: str
    review_on: str
    meeting: Meeting | None
    responsible: str
    file_number: str
    suggested: str
    suggested_id: str
    words: Sequence[Word]
    pending: Sequence[Pending]
    asks: frozenset[str]


def referral_view(page: CasePage, one: ReferralSeen, seen: Seen, actor: Actor, subject: Subject) -> ReferralView:
    """One referral in the visitor's language."""
    state = one.state
    kind, told = STATES[state.status]
    last = _last_of_state(state)
    return ReferralView(
        id=state.id,
        version=state.version,
        institution=seen.institution(state.institution),
        institution_id=state.institution,
        status=state.status,
        status_label=seen.label("referral_status", state.status),
        kind=kind,
        told=told,
        needs=seen.labels("need", state.needs),
        urgency=seen.label("urgency", state.urgency),
        urgency_kind=URGENCIES[state.urgency],
        due=_due(state, seen),
        overdue=one.overdue,
        escalated=state.escalated,
        stop_requested=state.stop_requested,
        why=[reason.en if seen.language == "en" else reason.es for reason in state.reasons],
        reason=reason_of(last, seen) if last else "",
        reason_text=(last.text or "") if last else "",
        outcome=seen.label("outcome", state.outcome) if state.outcome else "",
        need_met=seen.label("need_met", state.need_met) if state.need_met else "",
        review_on=seen.day_text(state.review_on) if state.review_on else "",
        meeting=_meeting(state, seen),
        responsible=state.responsible or "",
        file_number=state.institution_ref or "",
        suggested=seen.institution(state.suggested_institution) if state.suggested_institution else "",
        suggested_id=state.suggested_institution or "",
        words=_words(state, page),
        pending=_pending(page, state, seen),
        asks=frozenset(ask.value for ask in referral_asks(page, one, actor, subject)),
    )


def reason_of(entry: HistoryEntry, seen: Seen) -> str:
    """The reason of a change in words; a code that this window does not know yet stays one."""
    vocabulary = REASONS.get(entry.change)
    if entry.reason is None or vocabulary is None:
        return ""
    try:
        return seen.label(vocabulary, entry.reason)
    except KeyError:
        return entry.reason


def named(user: str) -> str:
    """A user, or one of ours that is nobody (its text is translated by the template)."""
    return NOBODY.get(user, user)


def _last_of_state(state: ReferralState) -> HistoryEntry | None:
    """What brought the referral to where it stands."""
    return next((entry for entry in reversed(state.history) if entry.change == state.status.value), None)


def _due(state: ReferralState, seen: Seen) -> Told | None:
    if state.stop_due_at is not None:
        return _told_due(STOP, state.stop_due_at, seen)
    due = due_of(state)
    if due is None:
        return None
    return _told_due(ACKNOWLEDGE if state.status is ReferralStatus.REQUESTED else ANSWER, due, seen)


def _told_due(words: Mapping[str, str], due: datetime, seen: Seen) -> Told:
    which = "late" if due < seen.now else "today" if seen.is_today(due) else "later"
    return Told(words[which], {"when": seen.when(due)})


def _meeting(state: ReferralState, seen: Seen) -> Meeting | None:
    found = state.appointment
    return None if found is None else Meeting(seen.full(found.at), found.place, found.bring, found.kept)


def _words(state: ReferralState, page: CasePage) -> list[Word]:
    mine = {one.asked.asked_by for one in page.asks} | {line.by for line in page.timeline if line.what == "asked-comment"}
    return [
        Word(entry.at, entry.by, entry.text or "", entry.by in mine)
        for entry in state.history
        if entry.change == "commented"
    ]


def _pending(page: CasePage, state: ReferralState, seen: Seen) -> list[Pending]:
    found = []
    for one in page.asks:
        if one.asked.referral_id == state.id:
            told = Told(ASKED[one.asked.ask], {}) if one.answered_at is None else _not_done(one.asked.ask, one.refused or "", seen)
            found.append(Pending(one.asked.asked_at, one.asked.asked_by, told, one.asked.text, one.answered_at is not None))
    return found


def _not_done(ask: Ask, code: str, seen: Seen) -> Told:
    return Told(NOT_DONE[ask], {"why": seen.refusal(code)})
