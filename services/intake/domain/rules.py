"""What a case must keep to before it is written down (contracts.md, intake; domain.md).

Pure functions from a case to the messages of every bad field, by dotted path. The shapes and codes were
judged by ``shared/contracts/case.py`` already; here is what values mean together.
"""

from collections.abc import Collection, Iterator, Mapping
from datetime import date
from itertools import chain
from typing import Protocol

from services.intake.domain.age import is_child, years_between
from services.intake.domain.consent import GRANTABLE
from services.intake.domain.window import Moment
from shared.directory.entries import Assurance
from shared.routing.case import Address, CaseDetails, CaseNeed, Consent, Document, Person, Relative
from shared.routing.decision import Decision
from shared.routing.rules import RuleSet
from shared.texts import said
from shared.vocabulary.codes import ConsentGivenBy, ConsentStatus, DocumentType, Need
from shared.vocabulary.documents import dui_is_valid

HOME = "SV"
"""The country whose departments, municipalities and districts are known here (data of domain.md, Territory)."""

OLDEST = 120
"""Years; a birth date further back is a slip of the pen."""

FUTURE = said("No puede ser una fecha futura.")

Finding = tuple[str, str]
"""A dotted path and what is wrong there, in Spanish."""


class Known(Protocol):
    """What the window knows of the world outside the case."""

    def phone_is_valid(self, phone: str) -> bool:
        """Whether an E.164 number can exist in its country's plan."""
        ...

    def phone_as_told(self, text: str) -> str | None:
        """A number as people write it, in E.164; None when it cannot exist."""
        ...

    def department_exists(self, department: str) -> bool:
        """Whether an ISO 3166-2 code names a department of ``HOME``."""
        ...

    def place_exists(self, name: str, department: str | None) -> bool:
        """Whether a municipality or district of ``HOME`` bears that name, spelling forgiven."""
        ...

    def institution_exists(self, institution: str) -> bool:
        """Whether the directory names it; True for any while the window has no directory."""
        ...

    def assurance(self, institution: str, needs: Collection[Need], day: date) -> Assurance | None:
        """How far its directory entries can be relied on for some needs; None while the window has no directory."""
        ...

    def consent_text_exists(self, option_version: str) -> bool:
        """Whether a consent text of that hash was ever read here."""
        ...

    def rules(self) -> RuleSet | None:
        """The rules that the hub published last; None before the first."""
        ...

    def decide(self, details: CaseDetails) -> Decision | None:
        """What routing would decide by what is in force here; None before the hub published for the first time."""
        ...


def faults_of(details: CaseDetails, *, known: Known, moment: Moment) -> dict[str, list[str]]:
    """Every bad field of a case with its messages; empty when all is well."""
    return _gathered(_of_case(details, known, moment))


def faults_of_interview(details: CaseDetails, *, known: Known, moment: Moment) -> dict[str, list[str]]:
    """The same of a case that somebody sits at: a file has no column for who answered for a child."""
    told = _of_guardian(details.consent, details.person, details.occurred_on, head="consent.")
    return _gathered(chain(_of_case(details, known, moment), told))


def faults_of_consent(
    consent: Consent, person: Person, occurred_on: date, *, known: Known, moment: Moment
) -> dict[str, list[str]]:
    """Every bad field of a consent recorded by itself, its paths beginning at the consent."""
    told = _of_guardian(consent, person, occurred_on, head="")
    return _gathered(chain(_of_consent(consent, person, occurred_on, known, moment, head=""), told))


def _gathered(findings: Iterator[Finding]) -> dict[str, list[str]]:
    fields: dict[str, list[str]] = {}
    for path, message in findings:
        fields.setdefault(path, []).append(message)
    return fields


def _of_case(details: CaseDetails, known: Known, moment: Moment) -> Iterator[Finding]:
    yield from _of_person(details.person, details.occurred_on, known, moment.today)
    yield from _of_dates(details, moment)
    yield from _of_needs(details.needs, known, moment.today)
    yield from _of_consent(
        details.consent, details.person, details.occurred_on, known, moment, head="consent."
    )


def _of_person(person: Person, occurred_on: date, known: Known, today: date) -> Iterator[Finding]:
    yield from _of_birth("person.", person.birth_date, person.estimated_age, occurred_on, today)
    if person.birth_date is None and person.estimated_age is None:
        yield "person.birth_date", "Escriba la fecha de nacimiento o una edad estimada."
    if person.document is not None:
        yield from _of_document(person.document)
    yield from _of_phone("person.phone", person.phone, known)
    if person.contact is not None:
        yield from _of_phone("person.contact.trusted.phone", person.contact.trusted.phone, known)
    yield from _of_address("person.origin", person.origin, known)
    yield from _of_address("person.residence", person.residence, known)


def _of_birth(head: str, birth: date | None, estimated: int | None, occurred_on: date, today: date) -> Iterator[Finding]:
    if birth is None:
        return
    path = f"{head}birth_date"
    if birth > today:
        yield path, FUTURE
        return
    if birth > occurred_on:
        yield path, "Es posterior a la fecha de atención."
        return
    age = years_between(birth, occurred_on)
    if age > OLDEST:
        yield path, f"La persona tendría más de {OLDEST} años."
    elif estimated is not None and abs(age - estimated) > 1:
        yield f"{head}estimated_age", "Contradice la fecha de nacimiento. Deje una de las dos."


def _of_document(document: Document) -> Iterator[Finding]:
    number = (document.number or "").strip()
    if document.type is DocumentType.NONE:
        if number:
            yield "person.document.number", "Sin documento no hay número."
        return
    if document.type is not DocumentType.DUI:
        return
    if not number:
        yield "person.document.number", "Escriba el número del DUI."
    elif not dui_is_valid(number):
        yield "person.document.number", "El dígito verificador del DUI no es correcto."
    if document.country not in (None, HOME):
        yield "person.document.country", "El DUI es de El Salvador (SV)."


def _of_phone(path: str, phone: str | None, known: Known) -> Iterator[Finding]:
    if phone and not known.phone_is_valid(phone):
        yield path, "No es un teléfono válido de su país. Escríbalo como +503 y ocho cifras."


def _of_address(path: str, address: Address | None, known: Known) -> Iterator[Finding]:
    if address is None:
        return
    department = address.department
    if department is not None and not department.startswith(f"{address.country}-"):
        yield f"{path}.department", f"No es un departamento de {address.country}."
        return
    if address.country != HOME:
        return
    if department is not None and not known.department_exists(department):
        yield f"{path}.department", "No es un departamento de El Salvador."
    elif address.municipality and not known.place_exists(address.municipality, department):
        yield f"{path}.municipality", "No hay un municipio ni un distrito con ese nombre."


def _of_dates(details: CaseDetails, moment: Moment) -> Iterator[Finding]:
    today = moment.today
    past: Mapping[str, date | None] = {
        "occurred_on": details.occurred_on,
        "entry_date": details.entry_date,
        "return.date": details.returned.date if details.returned else None,
        "best_interests.on": details.best_interests.on if details.best_interests else None,
        "voluntary_return.guidance_on": details.voluntary_return.guidance_on if details.voluntary_return else None,
        "voluntary_return.declared_on": details.voluntary_return.declared_on if details.voluntary_return else None,
    }
    for path, day in past.items():
        if day is not None and day > today:
            yield path, FUTURE
    voluntary = details.voluntary_return
    if voluntary and voluntary.guidance_on and voluntary.declared_on and voluntary.declared_on < voluntary.guidance_on:
        yield "voluntary_return.declared_on", said("La declaración no puede ser anterior a la orientación.")
    call = details.emergency_call
    if call is not None and call.at is not None and call.at > moment.now:
        yield "emergency_call.at", "No puede ser un momento futuro."


def _of_needs(needs: tuple[CaseNeed, ...], known: Known, today: date) -> Iterator[Finding]:
    seen = set()
    for place, need in enumerate(needs):
        if need.code in seen:
            yield f"needs.{place}.code", "Esta necesidad está repetida."
        seen.add(need.code)
        against = need.against
        if against is not None and against.institution and not known.institution_exists(against.institution):
            yield f"needs.{place}.against.institution", "No está en el directorio."
        if need.about is not None:
            yield from _of_relative(f"needs.{place}.about.", need.about, today)


def _of_relative(head: str, relative: Relative, today: date) -> Iterator[Finding]:
    yield from _of_birth(head, relative.birth_date, relative.estimated_age, today, today)
    seen = relative.last_seen.date if relative.last_seen else None
    if seen is not None and seen > today:
        yield f"{head}last_seen.date", FUTURE


def _of_consent(
    consent: Consent, person: Person, occurred_on: date, known: Known, moment: Moment, *, head: str
) -> Iterator[Finding]:
    if consent.status not in GRANTABLE:
        yield f"{head}status", "Registre granted o refused. Un consentimiento se retira en su propia llamada."
    granted = consent.status is ConsentStatus.GRANTED
    if granted and consent.given_by is ConsentGivenBy.SELF and is_child(person, occurred_on):
        yield f"{head}given_by", "Por una niña, niño o adolescente consiente su responsable o la autoridad."
    if consent.expires_on is not None and consent.expires_on < moment.today:
        yield f"{head}expires_on", "Ya pasó."
    if consent.option_version is not None and not known.consent_text_exists(consent.option_version):
        yield f"{head}option_version", "No es ninguno de los textos de consentimiento."
    if consent.guardian is not None:
        yield from _of_phone(f"{head}guardian.phone", consent.guardian.phone, known)
    for place, recipient in enumerate(consent.recipients):
        if not known.institution_exists(recipient):
            yield f"{head}recipients.{place}", "No está en el directorio."


def _of_guardian(consent: Consent, person: Person, occurred_on: date, *, head: str) -> Iterator[Finding]:
    """Who consented for a child is named, or an authority did (domain.md, Consent)."""
    granted = consent.status is ConsentStatus.GRANTED and is_child(person, occurred_on)
    if granted and consent.given_by is ConsentGivenBy.GUARDIAN and consent.guardian is None:
        yield f"{head}guardian", "Escriba quién responde por la niña, el niño o adolescente: nombre, parentesco y teléfono."
