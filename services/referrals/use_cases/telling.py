"""Who is told of what happened to a referral: its window of origin, and by the notifications service the people."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime

from services.referrals.domain.case_file import CaseFile
from services.referrals.domain.history import Entry
from services.referrals.domain.meeting import Meeting
from services.referrals.domain.referral import Referral
from services.referrals.use_cases.ports import Work
from services.referrals.use_cases.reading import search_words
from shared.contracts.addresses import Address
from shared.contracts.referral import (
    Appointment,
    Erasure,
    HistoryEntry,
    Notice,
    PersonContact,
    Reason,
    ReferralState,
)
from shared.contracts.referral_updated import ReferralUpdated
from shared.vocabulary.codes import CancelReason, ConsentPurpose

MOST_WORDS = 12_000
"""Characters of history texts in one event: what is sealed may have 32 kB, and a character may have four bytes."""

INSTITUTION, WINDOW, PERSON = "institution", "window", "person"
SUPERVISOR, MANAGER, COORDINATOR = "supervisor", "manager", "coordinator"

AUDIENCES: dict[str, tuple[str, ...]] = {
    "requested": (INSTITUTION,),
    "accepted": (WINDOW, PERSON),
    "rejected": (WINDOW,),
    "in-progress": (WINDOW,),
    "on-hold": (WINDOW,),
    "completed": (WINDOW, PERSON),
    "failed": (WINDOW,),
    "forwarded": (WINDOW,),
    "scheduled": (WINDOW, PERSON),
    "stop-requested": (INSTITUTION,),
    "received": (),
    "changed": (),
    "overdue": (MANAGER, COORDINATOR, WINDOW),
    "consent-withdrawn": (),
    "consent-lapsed": (WINDOW,),
    "erasure-asked": (INSTITUTION,),
    "erasure-answered": (WINDOW,),
}
"""Who is told of a change (domain.md, "who is told"); left out: the side that did not do it."""


def tell(
    work: Work, case: CaseFile, referral: Referral, entry: Entry, *, now: datetime, by_window: bool, ask_id: str | None = None
) -> None:
    """Keep what happened and say it: to the window the whole state, to notifications only who is to be told.

    An institution's own note is kept and told to nobody. What ends access also ends by which words of the person it is found.
    """
    work.referrals.record(entry)
    if not referral.gives_access and referral.accepted_at is not None:
        work.referrals.searchable(referral.id, search_words({}, referral.institution_ref, work.vault))
    if entry.private:
        return
    node = work.country.node
    to_window = for_window(referral, entry, work.referrals.history(referral.id))
    work.outbox.append(
        replace(to_window, ask_id=ask_id), to=Address.window(node, referral.window), subject=referral.id, version=referral.version
    )
    notice = notice_of(case, referral, entry, now=now, by_window=by_window)
    work.outbox.append(
        for_notifications(referral, entry, notice), to=Address.notifications(node), subject=entry.id, version=referral.version
    )


def for_window(referral: Referral, entry: Entry, history: Sequence[Entry]) -> ReferralUpdated:
    """What happened, with the whole state."""
    return replace(_said(referral, entry), reason=entry.reason, referral=state_of(referral, history))


def for_notifications(referral: Referral, entry: Entry, notice: Notice) -> ReferralUpdated:
    """That something happened, and who is to be told."""
    return replace(_said(referral, entry), notice=notice)


def _said(referral: Referral, entry: Entry) -> ReferralUpdated:
    return ReferralUpdated(
        change=entry.change, referral_id=referral.id, case_id=referral.case_id, window=referral.window,
        institution=referral.institution, urgency=referral.urgency, at=entry.at,
    )


def notice_of(case: CaseFile, referral: Referral, entry: Entry, *, now: datetime, by_window: bool) -> Notice:
    """Who is to be told, never what of. The person only where it is safe, and only if there is a way to them.

    A fear that became known later is told to the supervisor; a consent taken back silences what was not yet said.
    """
    audiences = AUDIENCES.get(entry.change, (INSTITUTION,) if by_window else (WINDOW,))
    if entry.reason == CancelReason.BLOCKED:
        audiences += (SUPERVISOR,)
    person = _safe_contact(case, now) if PERSON in audiences else None
    if person is None:
        audiences = tuple(audience for audience in audiences if audience != PERSON)
    return Notice(
        audiences=audiences, by=entry.by, batch=referral.batch, person=person,
        silences=entry.reason == CancelReason.CONSENT_WITHDRAWN,
    )


def _safe_contact(case: CaseFile, now: datetime) -> PersonContact | None:
    person, consent = case.details.person, case.details.consent
    allowed = person.safe_to_contact and ConsentPurpose.CONTACT in consent.purposes and case.stands(now)
    if not allowed or not person.phone:
        return None
    safe = person.contact
    return PersonContact(
        phone=person.phone, language=person.languages[0] if person.languages else "es",
        channel=safe.channel if safe else "", hours=safe.hours if safe else "", words=safe.words if safe else "",
    )


def state_of(referral: Referral, history: Sequence[Entry]) -> ReferralState:
    """A referral as its window of origin may see it: all but the institution's own notes and file number."""
    return ReferralState(
        id=referral.id,
        case_id=referral.case_id,
        case_code=referral.case_code,
        person_id=referral.person_id,
        window=referral.window,
        institution=referral.institution,
        status=referral.status,
        urgency=referral.urgency,
        needs=referral.needs,
        reasons=tuple(Reason(reason.rule, reason.es, reason.en) for reason in referral.reasons),
        created_at=referral.created_at,
        ack_due_at=referral.ack_due_at,
        due_at=referral.due_at,
        version=referral.version,
        stop_requested=referral.stop_requested_at is not None,
        escalated=referral.escalated,
        appointment=_appointment(referral.appointment),
        institution_ref=referral.institution_ref,
        replaces=referral.replaces,
        hops=referral.hops,
        responsible=referral.responsible,
        suggested_institution=referral.suggested_institution,
        outcome=referral.outcome,
        service_delivered=referral.service_delivered,
        need_met=referral.need_met,
        review_on=referral.review_on.isoformat() if referral.review_on else None,
        accepted_at=referral.accepted_at,
        stop_due_at=referral.stop_due_at,
        erasure=Erasure(**vars(referral.erasure)) if referral.erasure else None,
        history=_told_history(history),
    )


def _appointment(meeting: Meeting | None) -> Appointment | None:
    return None if meeting is None else Appointment(meeting.at, meeting.place, meeting.bring, meeting.kept)


def _told_history(history: Sequence[Entry]) -> tuple[HistoryEntry, ...]:
    """Everything but notes; the newest words first where all of them would not fit."""
    left, told = MOST_WORDS, []
    for entry in reversed([entry for entry in history if not entry.private]):
        left -= len(entry.text or "")
        reason = "needs" if entry.unseen else entry.reason
        told.append(HistoryEntry(entry.at, entry.change, entry.by, reason, entry.text if left >= 0 else None))
    return tuple(reversed(told))
