"""Somebody only asked: counted, and nothing of them kept (contracts.md, intake)."""

from dataclasses import dataclass
from datetime import date, datetime

from services.intake.domain.rules import FUTURE
from services.intake.use_cases.ports import Work
from services.intake.use_cases.telling import hub
from shared.contracts.visit_recorded import VisitRecorded
from shared.errors import Refused
from shared.ids import new_id
from shared.security.identities import Actor
from shared.vocabulary.codes import AgeBand, GuidanceTopic, Sex, Situation


@dataclass(frozen=True)
class RecordVisit:
    """What is counted; ``occurred_on`` left out is today. ``visit_id`` is that of a form: sent twice it is one visit."""

    topics: tuple[GuidanceTopic, ...]
    occurred_on: date | None = None
    situation: Situation | None = None
    sex: Sex | None = None
    age_band: AgeBand | None = None
    visit_id: str | None = None


def record_visit(request: RecordVisit, *, by: Actor, work: Work, now: datetime) -> VisitRecorded:
    """Count a visit, with the versions of the directory and of the texts from which guidance was given.

    Recorded again under one id (a double click, a page sent anew): the first stands, and the hub is told once.
    """
    today = work.place.moment(now).today
    if request.occurred_on is not None and request.occurred_on > today:
        raise Refused("invalid", fields={"occurred_on": [FUTURE]})
    visit = VisitRecorded(
        visit_id=request.visit_id or new_id(),
        occurred_on=request.occurred_on or today,
        topics=request.topics,
        directory_version=work.directories.version,
        situation=request.situation,
        sex=request.sex,
        age_band=request.age_band,
        guidance_version=work.guidance_version,
    )
    if work.visits.add(visit, by=by.user, at=now):
        work.outbox.append(visit, to=hub(work), subject=visit.visit_id, version=1)
    return visit
