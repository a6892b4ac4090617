"""A referral as one reader may see it now: what they may not know is not in it."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from services.referrals.domain.case_file import CaseFile
from services.referrals.domain.history import Entry
from services.referrals.domain.referral import Referral
from services.referrals.domain.transitions import Act
from services.referrals.use_cases.desk import doer_of
from services.referrals.use_cases.end_case import WINDOW
from services.referrals.use_cases.ports import Country
from services.referrals.use_cases.reading import may_be_told, reading_of, reading_without_person
from shared.security.identities import Actor, Subject
from shared.security.policy import allowed
from shared.security.release import Reading, released, visible_needs, visible_reasons
from shared.vocabulary.codes import CancelReason


@dataclass(frozen=True)
class Seen:
    """Everything about one referral before anybody's rights are asked."""

    referral: Referral
    case: CaseFile
    siblings: Sequence[Referral]
    history: Sequence[Entry]
    colleagues: frozenset[str]


def subject_of(referral: Referral, node: str) -> Subject:
    """What the policy must know of a referral."""
    return Subject(
        "referral", node, institution=referral.institution, author=referral.author, escalated=referral.escalated
    )


def is_own(reader: Actor, referral: Referral) -> bool:
    """Whether the reader works at the referral's institution; whoever does not never knows the person."""
    return reader.institution is not None and reader.institution == referral.institution


def read_by(reader: Actor, seen: Seen, country: Country, now: datetime) -> Reading:
    """How this reader reads it."""
    if is_own(reader, seen.referral):
        return reading_of(seen.referral, seen.case, seen.siblings, country, now)
    return reading_without_person(seen.referral)


def shown(seen: Seen, *, reader: Actor, country: Country, now: datetime) -> dict[str, object]:
    """One referral, with the person as far as this reader's institution may know them, and its history."""
    reading = read_by(reader, seen, country, now)
    person = released(seen.case.details, reading, code=seen.case.code)
    actions = actions_of(seen.referral, reader=reader, country=country, now=now)
    if not may_be_told(seen.case, seen.referral.institution, country, now):
        actions = [act for act in actions if act != Act.ACCEPT]
    return listed(seen.referral, reading, reader=reader, country=country, now=now) | {
        "person": person,
        "history": [_entry(entry, seen, reading, reader) for entry in seen.history if _tells(entry, seen, reader)],
        "allowed_actions": actions,
    }


def listed(referral: Referral, reading: Reading, *, reader: Actor, country: Country, now: datetime) -> dict[str, object]:
    """One line of a list: no person, no history."""
    own = is_own(reader, referral)
    return {
        "id": referral.id,
        "case_id": referral.case_id,
        "case_code": referral.case_code,
        "person_id": referral.person_id,
        "window": referral.window,
        "institution": referral.institution,
        "status": referral.status,
        "urgency": referral.urgency,
        "needs": visible_needs(reading),
        "reasons": [vars(reason) for reason in visible_reasons(referral.reasons, reading)],
        "created_at": referral.created_at,
        "ack_due_at": referral.ack_due_at,
        "due_at": referral.due_at,
        "overdue": referral.is_overdue(now),
        "escalated": referral.escalated,
        "stop_requested": referral.stop_requested_at is not None,
        "stop_due_at": referral.stop_due_at,
        "erasure": _erasure(referral, own=own),
        "appointment": vars(referral.appointment) if own and referral.appointment else None,
        "institution_ref": referral.institution_ref if own else None,
        "replaces": referral.replaces,
        "hops": referral.hops,
        "responsible": referral.responsible,
        "suggested_institution": referral.suggested_institution,
        "outcome": referral.outcome,
        "service_delivered": referral.service_delivered,
        "need_met": referral.need_met,
        "review_on": referral.review_on,
        "allowed_actions": actions_of(referral, reader=reader, country=country, now=now),
        "version": referral.desk_version,
    }


def _erasure(referral: Referral, *, own: bool) -> dict[str, object] | None:
    """What was asked and answered; the institution's words only for itself."""
    if referral.erasure is None:
        return None
    return {**vars(referral.erasure), **({} if own else {"duty": ""})}


def actions_of(referral: Referral, *, reader: Actor, country: Country, now: datetime) -> list[str]:
    """What the state and the policy let this reader do."""
    possible = {f"referral.{act}": str(act) for act in referral.offered(doer_of(reader), now)}
    return [possible[name] for name in allowed(reader, possible, subject_of(referral, country.node))]


def _tells(entry: Entry, seen: Seen, reader: Actor) -> bool:
    return not entry.unseen and (not entry.private or is_own(reader, seen.referral))


def _entry(entry: Entry, seen: Seen, reading: Reading, reader: Actor) -> dict[str, object]:
    """A block reads as a window's ``other``; words only where the person may be known, and an institution its own."""
    own_words = is_own(reader, seen.referral) and entry.by in seen.colleagues
    text = entry.text if reading.accepted or own_words else None
    by, reason = entry.by, entry.reason
    if reason == CancelReason.BLOCKED:
        by, reason = WINDOW.user, CancelReason.OTHER.value
    return {"at": entry.at, "change": entry.change, "by": by, "reason": reason, "text": text}
