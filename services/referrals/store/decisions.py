"""What routing last decided about a case, as its window is told."""

from collections.abc import Mapping
from typing import Any

from sqlalchemy import Connection, RowMapping, select

from services.referrals.domain.case_file import CaseFile
from services.referrals.store.tables import Tables
from shared.contracts.case_routed import BlockedInstitution, CaseRouted, RoutingNote
from shared.vocabulary.codes import Need, Urgency


def last_decision(connection: Connection, tables: Tables, case_id: str) -> RowMapping | None:
    """The decision about the highest version that was routed; its ``sealed`` is under the id of the row."""
    table = tables.decisions
    query = select(table).where(table.c.case_id == case_id).order_by(table.c.incarnation.desc(), table.c.version.desc())
    return connection.execute(query.limit(1)).mappings().one_or_none()


def routed_of(row: RowMapping, case: CaseFile, body: Mapping[str, Any]) -> CaseRouted:
    """The event of a decision, with the blocks that stand now."""
    notes = tuple(
        RoutingNote(
            note["code"], note["es"], note["en"], Need(note["need"]) if note["need"] else None, note["institution"]
        )
        for note in body["notes"]
    )
    return CaseRouted(
        case_id=case.id, incarnation=row["incarnation"], case_version=row["version"], rules_version=row["rules_version"],
        urgency=Urgency(row["urgency"]), routed_at=row["decided_at"],
        blocked=tuple(BlockedInstitution(block.institution, block.rule, block.es, block.en) for block in case.binding),
        notes=notes,
    )
