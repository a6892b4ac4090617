"""A case as its page shows it: who, what for, where it stands, what waits, what may be done, what happened."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from services.intake.domain.case import Case, Delivery
from services.intake.queries.case_acts import case_acts, urgency_of
from services.intake.queries.case_page import CasePage, LogLine
from services.intake.queries.since import Happened
from services.intake.web.pages.case_words import (
    DELIVERED,
    DELIVERIES,
    FIELDS,
    HAPPENED,
    OTHER_FIELD,
    SOMETHING,
    STATUSES,
    URGENCIES,
)
from services.intake.web.pages.referral_view import ReferralView, named, reason_of, referral_view
from services.intake.web.pages.seen import Seen, Told
from shared.contracts.referral import HistoryEntry
from shared.routing.case import CaseNeed, Person
from shared.security.identities import Actor, Subject
from shared.texts import said
from shared.vocabulary.codes import Answer, ConsentGround, ConsentStatus, DocumentType, Vulnerability
from shared.vocabulary.labels import labels

CONTACT = {"es": ("No: no es seguro.", "Sí, es seguro"), "en": ("No: it is not safe.", "Yes, it is safe")}
SINCE_HOUR, SINCE_DAY = said("desde las %(when)s"), said("desde el %(when)s")


@dataclass(frozen=True)
class NeedView:
    """One need with what was said of it."""

    label: str
    note: str
    against: str


@dataclass(frozen=True)
class DeliveryView:
    """Where the case is on its way; ``errors`` are the hub's: part of the case, and what is wrong there."""

    kind: str
    badge: str
    told: str
    since: Told | None
    errors: Sequence[tuple[str, str]]


@dataclass(frozen=True)
class ConsentView:
    """The consent in force."""

    id: str
    status: str
    kind: str
    ground: str
    ground_text: str
    given_by: str
    recorded_at: datetime
    ends_on: str
    purposes: Sequence[str]
    recipients: Sequence[str]
    withdrawn_at: datetime | None


@dataclass(frozen=True)
class Line:
    """One line of the timeline; ``text`` is ours, the rest was said by people."""

    at: datetime
    text: str
    by: str
    institution: str = ""
    reason: str = ""
    quote: str = ""
    touched: Sequence[str] = ()


@dataclass(frozen=True)
class TodoView:
    """Something that waits; ``about`` is an institution's name and the place on the page, where it is about a referral."""

    text: str
    institution: str
    place: str


@dataclass(frozen=True)
class FollowUpView:
    """One reminder."""

    id: str
    on: str
    text: str
    by: str
    due: bool
    done_at: datetime | None
    done_by: str


@dataclass(frozen=True)
class CaseView:
    """The page, ready to be shown."""

    id: str
    code: str
    version: int
    name: str
    open: bool
    status: str
    status_kind: str
    facts: Sequence[tuple[str, str, bool]]
    age: Told | None
    child: bool
    needs: Sequence[NeedView]
    urgency: str
    urgency_kind: str
    urgency_why: Sequence[str]
    screening: Sequence[tuple[str, str]]
    not_asked: int
    notes: str
    delivery: DeliveryView
    consent: ConsentView
    referrals: Sequence[ReferralView]
    hub_notes: Sequence[str]
    blocked: Sequence[tuple[str, str]]
    todos: Sequence[TodoView]
    follow_ups: Sequence[FollowUpView]
    responsible: str
    closing: Line | None
    alike: Sequence[tuple[str, str]]
    acts: frozenset[str]
    timeline: Sequence[Line]


def case_view(page: CasePage, seen: Seen, actor: Actor, subject: Subject) -> CaseView:
    """Everything of one case in the visitor's language."""
    case = page.case
    details, person = case.details, case.details.person
    kind, status = STATUSES[case.status]
    urgency = urgency_of(page)
    return CaseView(
        id=case.id,
        code=case.code,
        version=case.version,
        name=f"{person.given_name} {person.family_name}",
        open=case.status.value == "open",
        status=status,
        status_kind=kind,
        facts=_facts(case, seen),
        age=seen.age(person, details.occurred_on),
        child=seen.is_child(person, details.occurred_on),
        needs=[_need(need, seen) for need in details.needs],
        urgency=seen.label("urgency", urgency),
        urgency_kind=URGENCIES[urgency],
        urgency_why=_urgency_why(page, seen),
        screening=_screening(case, seen),
        not_asked=len(Vulnerability) - len(details.vulnerabilities),
        notes=details.notes,
        delivery=delivery_view(page, seen),
        consent=_consent(case, seen),
        referrals=[referral_view(page, one, seen, actor, subject) for one in page.referrals],
        hub_notes=[_in(seen, note.es, note.en) for note in (page.routing.notes if page.routing else ())],
        blocked=[(seen.institution(one.institution), _in(seen, one.es, one.en)) for one in (page.routing.blocked if page.routing else ())],
        todos=_todos(page, seen),
        follow_ups=_follow_ups(page, seen),
        responsible=case.responsible or "",
        closing=_closing(case, seen),
        alike=[(one.case_id, one.code) for one in page.alike],
        acts=case_acts(page, actor, subject),
        timeline=timeline(page, seen),
    )


def delivery_view(page: CasePage, seen: Seen) -> DeliveryView:
    """Where it is, since when, and what is to be done."""
    kind, badge = DELIVERIES[page.delivery]
    at = {
        Delivery.QUEUED: page.way.waiting_since,
        Delivery.SENT: page.way.sent_at,
        Delivery.REFUSED: page.refusal.at if page.refusal else None,
        Delivery.RECEIVED: page.way.received_at,
    }.get(page.delivery)
    errors = page.refusal.errors if page.refusal and page.delivery is Delivery.REFUSED else {}
    return DeliveryView(
        kind, badge, DELIVERED[page.delivery], since(at, seen) if at else None,
        [(field_name(path), text) for path, texts in errors.items() for text in texts],
    )


def since(at: datetime, seen: Seen) -> Told:
    """``desde las 10:40`` today, with the day otherwise."""
    return Told(SINCE_HOUR if seen.is_today(at) else SINCE_DAY, {"when": seen.when(at)})


def field_name(path: str) -> str:
    """What part of a case a dotted path belongs to, in words of ours."""
    return FIELDS.get(path.partition(".")[0].partition("[")[0], OTHER_FIELD)


def happened(one: Happened) -> Line:
    """What a colleague did meanwhile."""
    return Line(one.at, HAPPENED.get(one.what, SOMETHING), named(one.by), touched=[field_name(name) for name in one.fields])


CLOCKS_APART: Final = timedelta(minutes=5)
"""How far behind a hub's clock may be without its time being taken at its word."""


def timeline(page: CasePage, seen: Seen) -> list[Line]:
    """The newest first: what was done here, what the hub told, and how far the case came on its way.

    The hub's clock may be behind ours: what it asked for stands above its having received the case all the same.
    """
    lines = [(line.what, _line(line, seen)) for line in page.timeline]
    if page.way.sent_at is not None:
        lines.append(("sent", Line(page.way.sent_at, HAPPENED["sent"], "")))
    if page.way.received_at is not None and page.delivery is not Delivery.REFUSED:
        lines.append(("received-by-hub", Line(page.way.received_at, HAPPENED["received-by-hub"], "")))
    if page.refusal is not None and page.delivery is Delivery.REFUSED:
        lines.append(("refused-by-hub", Line(page.refusal.at, HAPPENED["refused-by-hub"], "")))

    received = page.way.received_at

    def when(told: tuple[str, Line]) -> tuple[datetime, bool]:
        what, line = told
        if what == "referral-requested" and received is not None and received - line.at < CLOCKS_APART:
            return max(line.at, received), True
        return line.at, False

    return [line for _, line in sorted(lines, key=when, reverse=True)]


def _line(line: LogLine, seen: Seen) -> Line:
    entry = HistoryEntry(line.at, line.what.removeprefix("referral-"), line.by, line.reason, line.text)
    return Line(
        at=line.at,
        text=HAPPENED.get(line.what, SOMETHING),
        by=named(line.by),
        institution=seen.institution(line.institution) if line.institution else "",
        reason=reason_of(entry, seen),
        quote=line.text or "",
    )


def _facts(case: Case, seen: Seen) -> list[tuple[str, str, bool]]:
    """Label, value, and whether it is hidden where names are."""
    details, person = case.details, case.details.person
    paper = person.document
    number = f"{seen.label('document', paper.type)} {paper.number or ''}".strip() if paper and paper.type is not DocumentType.NONE else ""
    found = [
        (said("Sexo"), seen.label("sex", person.sex), False),
        (said("Nacimiento"), seen.day(person.birth_date) if person.birth_date else "", True),
        (said("Documento"), number, True),
        (said("Nacionalidad"), ", ".join(seen.country(one) for one in (person.nationality, *person.other_nationalities)), False),
        (said("Situación"), seen.label("situation", details.situation), False),
        (said("Origen"), seen.place_of(person.origin), False),
        (said("Reside en"), seen.place_of(person.residence), False),
        (said("Regresó de"), seen.country(details.returned.country) if details.returned else "", False),
        (said("Teléfono"), person.phone or "", True),
        (said("Llamarle"), _contact(person, seen), False),
        (said("Entrevista"), seen.day(details.occurred_on), False),
    ]
    return [one for one in found if one[1]]


def _contact(person: Person, seen: Seen) -> str:
    """Whether, when and with what words the person may be reached."""
    if not person.safe_to_contact:
        return CONTACT[seen.language][0]
    safe = person.contact
    return ". ".join(part for part in (CONTACT[seen.language][1], *((safe.hours, safe.channel, safe.words) if safe else ())) if part)


def _need(need: CaseNeed, seen: Seen) -> NeedView:
    whom = need.against
    parts = (seen.country(whom.country) if whom.country else "", seen.institution(whom.institution) if whom.institution else "", whom.text) if whom else ()
    return NeedView(seen.label("need", need.code), need.note, ", ".join(part for part in parts if part))


def _urgency_why(page: CasePage, seen: Seen) -> list[str]:
    """The rules that ask for this urgency, or why a supervisor lowered it."""
    lowered, urgency = page.case.approvals.urgency, urgency_of(page)
    if lowered is not None and lowered.now is urgency:
        return [lowered.paper]
    reasons = [reason for one in page.referrals if one.state.urgency is urgency for reason in one.state.reasons]
    return list(dict.fromkeys(_in(seen, reason.es, reason.en) for reason in reasons))


def _screening(case: Case, seen: Seen) -> list[tuple[str, str]]:
    """What was answered yes, then what the person would not say; no is no news."""
    given: Mapping[Vulnerability, Answer] = case.details.vulnerabilities
    asked = [(code, given[Vulnerability(code)]) for code in labels("vulnerability") if Vulnerability(code) in given]
    shown = sorted((one for one in asked if one[1] in {Answer.YES, Answer.DECLINED}), key=lambda one: one[1] is Answer.DECLINED)
    return [(seen.label("vulnerability", code), seen.label("answer", answer)) for code, answer in shown]


def _consent(case: Case, seen: Seen) -> ConsentView:
    record = case.consent
    consent, status = record.consent, record.status_on(seen.today)
    return ConsentView(
        id=record.id,
        status=seen.label("consent_status", status),
        kind="good" if status is ConsentStatus.GRANTED else "note",
        ground=seen.label("consent_ground", consent.ground) if consent.ground is not ConsentGround.CONSENT else "",
        ground_text=consent.ground_text,
        given_by=seen.label("consent_given_by", consent.given_by),
        recorded_at=record.recorded_at,
        ends_on=seen.day(record.ends_on) if status is ConsentStatus.GRANTED else "",
        purposes=seen.labels("consent_purpose", consent.purposes) if status is ConsentStatus.GRANTED else [],
        recipients=[seen.institution(one) for one in consent.recipients],
        withdrawn_at=record.withdrawn_at,
    )


def _todos(page: CasePage, seen: Seen) -> list[TodoView]:
    of = {one.state.id: one.state.institution for one in page.referrals}
    return [
        TodoView(_in(seen, todo.es, todo.en), seen.institution(of[about]) if about in of else "", f"r-{about}" if about in of else "")
        for todo in page.todos
        for about in (todo.referral_id or "",)
    ]


def _follow_ups(page: CasePage, seen: Seen) -> list[FollowUpView]:
    return [
        FollowUpView(
            one.id, seen.day(one.due_on), one.text, one.set_by, one.done_at is None and one.due_on <= seen.today, one.done_at, one.done_by or ""
        )
        for one in page.follow_ups
    ]


def _closing(case: Case, seen: Seen) -> Line | None:
    ended = case.closing
    return None if ended is None else Line(ended.at, "", ended.by, reason=seen.label("close_reason", ended.reason), quote=ended.text)


def _in(seen: Seen, es: str, en: str) -> str:
    return en if seen.language == "en" else es
