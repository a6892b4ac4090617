"""The sheet with which an institution asks IOM for somebody's voluntary return, where the person is.

The person cannot apply alone: an institution does, to the IOM office of the country the person is in (R10).
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from services.intake.domain.age import age_of, is_child
from services.intake.domain.return_papers import PRIORITY, fears_return, missing_for_return
from services.intake.domain.window import Window
from services.intake.queries.world import InForce
from shared.errors import Refused
from shared.routing.case import BestInterests, CaseDetails, Guardian, Person, VoluntaryReturn
from shared.routing.directory import Institution
from shared.routing.facts import child_alone
from shared.vocabulary.codes import ConsentMethod, InstitutionKind, Vulnerability


@dataclass(frozen=True)
class ReturnSheet:
    """All that the application asks for. ``iom`` and ``applicant`` are None where the directory names nobody.

    ``fears_return``: the person said that they fear to return; guidance again before anything is sent.
    """

    case_code: str
    prepared_on: date
    person: Person
    age: int | None
    phone: str | None
    located_in: str
    return_to: str
    entry_date: date | None
    guidance_on: date
    declared_on: date
    method: ConsentMethod | None
    child: bool
    child_alone: bool
    guardian: Guardian | None
    best_interests: BestInterests | None
    priority: tuple[Vulnerability, ...]
    fears_return: bool
    iom: Institution | None
    applicant: Institution | None


@dataclass(frozen=True)
class ReturnSteps:
    """How far somebody's voluntary return has come; ``missing`` by field, empty when it may be asked for."""

    missing: Mapping[str, list[str]]
    guidance_on: date | None
    declared_on: date | None
    method: ConsentMethod | None
    child: bool
    child_alone: bool
    best_interests: BestInterests | None
    fears_return: bool


def return_steps(details: CaseDetails) -> ReturnSteps:
    """The steps of one case, done and missing."""
    papers = details.voluntary_return or VoluntaryReturn()
    return ReturnSteps(
        missing=missing_for_return(details),
        guidance_on=papers.guidance_on,
        declared_on=papers.declared_on,
        method=papers.method,
        child=is_child(details.person, details.occurred_on),
        child_alone=child_alone(details),
        best_interests=details.best_interests,
        fears_return=fears_return(details),
    )


def return_sheet(
    code: str, details: CaseDetails, known: InForce | None, *, place: Window, today: date
) -> ReturnSheet:
    """The sheet of one case; ``papers_missing`` names every step that is not there yet."""
    missing = missing_for_return(details)
    papers = details.voluntary_return
    if missing or papers is None or papers.guidance_on is None or papers.declared_on is None:
        raise Refused("papers_missing", fields=missing)
    person, located_in = details.person, details.located_in or place.country
    fears = fears_return(details)
    return ReturnSheet(
        case_code=code,
        prepared_on=today,
        person=person,
        age=age_of(person, today),
        phone=person.phone if person.safe_to_contact else None,
        located_in=located_in,
        return_to=person.nationality,
        entry_date=details.entry_date,
        guidance_on=papers.guidance_on,
        declared_on=papers.declared_on,
        method=papers.method,
        child=is_child(person, details.occurred_on),
        child_alone=child_alone(details),
        guardian=details.consent.guardian,
        best_interests=details.best_interests,
        priority=tuple(one for one in PRIORITY if details.answered_yes(one)),
        fears_return=fears,
        iom=_active(known, InstitutionKind.IOM, country=located_in),
        applicant=None if fears else _active(known, InstitutionKind.FOREIGN_MINISTRY, country=place.country),
    )


def _active(known: InForce | None, kind: InstitutionKind, *, country: str) -> Institution | None:
    if known is None:
        return None
    return next((one for one in known.directory.active if one.kind is kind and one.country == country), None)
