"""Cases as lines of a list: on the first page, in a search, among what waits."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from services.intake.domain.case import CaseStatus
from services.intake.queries.case_list import CaseSummary
from services.intake.store.work import WindowWork
from services.intake.web.pages.case_words import DELIVERIES, STATUSES, URGENCIES
from services.intake.web.pages.seen import Seen
from shared.security.identities import Actor
from shared.vocabulary.codes import Urgency

SHOWN = ("person.name", "needs")
"""What a line tells of a person, as the audit notes it."""


@dataclass(frozen=True)
class CaseLine:
    """One case in a list."""

    id: str
    code: str
    name: str
    needs: str
    urgency: str
    urgency_kind: str
    delivery: str
    delivery_kind: str
    status: str
    closed: bool
    on: str


def case_line(case: CaseSummary, seen: Seen) -> CaseLine:
    """One line in the visitor's language; the urgency is left out where it is the usual one."""
    kind, delivery = DELIVERIES[case.delivery]
    return CaseLine(
        id=case.id,
        code=case.code,
        name=f"{case.given_name} {case.family_name}",
        needs=", ".join(seen.labels("need", case.needs)),
        urgency="" if case.urgency == Urgency.ROUTINE else seen.label("urgency", case.urgency),
        urgency_kind=URGENCIES[case.urgency],
        delivery=delivery,
        delivery_kind=kind,
        status=STATUSES[case.status][1],
        closed=case.status is not CaseStatus.OPEN,
        on=seen.day_text(case.occurred_on),
    )


def case_lines(cases: Iterable[CaseSummary], seen: Seen) -> Sequence[CaseLine]:
    """Some lines."""
    return [case_line(case, seen) for case in cases]


def note_seen(work: WindowWork, actor: Actor, case_ids: Iterable[str]) -> None:
    """Names were shown: of whom, stands in the audit."""
    for case_id in dict.fromkeys(case_ids):
        work.audit.note(actor, "case.search", "case", case_id, SHOWN)
