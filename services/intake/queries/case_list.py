"""The cases of the window as a list: searched, filtered, page by page."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from services.intake.domain.case import CaseStatus, Delivery
from services.intake.queries.case_rows import CaseRecord, records
from services.intake.queries.delivery import deliveries
from services.intake.queries.people import PeopleIndex
from services.intake.store.work import WindowWork
from shared.vocabulary.codes import Need


@dataclass(frozen=True)
class CaseSummary:
    """One line of the list."""

    id: str
    code: str
    status: CaseStatus
    delivery: Delivery
    given_name: str
    family_name: str
    sex: str
    birth_date: str | None
    estimated_age: int | None
    needs: tuple[str, ...]
    urgency: str
    consent: str
    occurred_on: str
    registered_at: datetime
    batch: str | None
    version: int


@dataclass(frozen=True)
class CaseList:
    """One page of what was found."""

    items: Sequence[CaseSummary]
    total: int


def case_list(
    work: WindowWork,
    people: PeopleIndex,
    *,
    text: str,
    status: CaseStatus | None,
    need: Need | None = None,
    delivery: Delivery | None = None,
    offset: int,
    size: int,
) -> CaseList:
    """Search names, document and code; nothing of this window's cases is seen by anybody else.

    ``need`` and ``delivery`` leave out whatever does not fit.
    """
    found = people.search(work.connection, text, status.value if status else None)
    if need is not None:
        needing = people.needing(need)
        found = [one for one in found if one in needing]
    if delivery is not None:
        where = deliveries(work.connection, work.tables, node=work.place.node)
        found = [one for one in found if where.get(one, Delivery.RECEIVED) is delivery]
    page = records(work.connection, work.tables, work.vault, found[offset : offset + size], node=work.place.node)
    return CaseList([summary(record) for record in page], len(found))


def summary(record: CaseRecord) -> CaseSummary:
    """A case as a line of a list."""
    row, details = record.row, record.secret["details"]
    person: dict[str, Any] = details["person"]
    return CaseSummary(
        id=row["id"],
        code=row["code"],
        status=CaseStatus(row["status"]),
        delivery=record.delivery,
        given_name=person["given_name"],
        family_name=person["family_name"],
        sex=person["sex"],
        birth_date=person["birth_date"],
        estimated_age=person["estimated_age"],
        needs=tuple(need["code"] for need in details["needs"]),
        urgency=details["urgency"],
        consent=details["consent"]["status"],
        occurred_on=details["occurred_on"],
        registered_at=row["registered_at"],
        batch=row["batch"],
        version=row["version"],
    )
