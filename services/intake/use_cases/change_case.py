"""A window changes a case; the hub routes every new version again."""

from collections.abc import Callable
from dataclasses import dataclass, fields
from datetime import datetime

from services.intake.domain.case import Case
from services.intake.domain.guidance import with_guidance_version
from services.intake.domain.rules import faults_of
from services.intake.use_cases.finding import case_or_refuse
from services.intake.use_cases.ports import Work
from services.intake.use_cases.telling import tell
from services.intake.use_cases.todos import note_todos
from shared.errors import Refused
from shared.routing.case import CaseDetails
from shared.security.identities import Actor, Role
from shared.texts import said
from shared.vocabulary.codes import Urgency

_RANK = {Urgency.ROUTINE: 0, Urgency.URGENT: 1, Urgency.EMERGENCY: 2}


@dataclass(frozen=True)
class ChangeCase:
    """``patched`` gives the details as they would be, from those that stand; ``version`` is what the caller read.

    ``version`` None means whatever stands (``If-Match: *``).
    """

    case_id: str
    version: int | None
    patched: Callable[[CaseDetails], CaseDetails]


def change_case(request: ChangeCase, *, by: Actor, work: Work, now: datetime) -> Case:
    """Keep the next version and queue it for the hub; what the hub had refused stands no longer.

    Refuses bad fields first, then a stale version, then a closed case (contracts.md, HTTP). Staff may raise the
    urgency, only a supervisor may lower it (domain.md, Vocabulary).
    """
    case = case_or_refuse(request.case_id, work=work)
    details = with_guidance_version(
        request.patched(case.details), before=case.details.guidance, version=work.guidance_version
    )
    faults = _faults(case, details, work=work, now=now)
    if _RANK[details.urgency] < _RANK[case.details.urgency] and by.role is not Role.SUPERVISOR:
        faults.setdefault("urgency", []).append(said("Solo supervisión puede bajar la urgencia."))
    if faults:
        raise Refused("invalid", fields=faults)
    if request.version is not None:
        case.at_version(request.version)
    if details == case.details:
        return case
    changed = tell(case.changed(details, incarnation=work.incarnation), work=work, moment=work.place.moment(now))
    work.cases.save(changed)
    note_todos(changed, work=work)
    work.refusals.clear(case.id)
    work.cases.log(changed, "changed", by=by.user, at=now)
    work.audit.note(by, "case.change", "case", case.id, _differing(case.details, details))
    return changed


def _faults(case: Case, details: CaseDetails, *, work: Work, now: datetime) -> dict[str, list[str]]:
    """What is wrong with the changed case. A consent that stands was judged when it was recorded.

    Only whether a child consented alone is asked again: the change may have told the age.
    """
    faults = faults_of(details, known=work.known, moment=work.place.moment(now))
    if details.consent != case.details.consent:
        return faults
    asked_again = {"consent.given_by"}
    return {path: texts for path, texts in faults.items() if path in asked_again or not path.startswith("consent.")}


def _differing(before: CaseDetails, after: CaseDetails) -> tuple[str, ...]:
    return tuple(item.name for item in fields(before) if getattr(before, item.name) != getattr(after, item.name))
