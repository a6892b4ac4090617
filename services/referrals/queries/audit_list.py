"""Who saw and did what: ids and names of fields."""

from dataclasses import dataclass

from sqlalchemy import Connection, and_, func, select, true

from services.referrals.store.tables import Tables


@dataclass(frozen=True)
class WantedAudit:
    """What is asked for; what is left out does not matter."""

    who: str | None = None
    act: str | None = None
    kind: str | None = None
    object_id: str | None = None


def audit_list(
    connection: Connection, tables: Tables, wanted: WantedAudit, *, offset: int, size: int
) -> tuple[list[dict[str, object]], int]:
    """One page, the newest first, and the number of all. For auditors, who see no case."""
    table = tables.audit
    asked = [table.c[name] == value for name, value in vars(wanted).items() if value is not None]
    where = and_(true(), *asked)
    total = connection.execute(select(func.count()).select_from(table).where(where)).scalar_one()
    query = select(table).where(where).order_by(table.c.id.desc()).limit(size).offset(offset)
    found = connection.execute(query).mappings()
    return [{**{name: row[name] for name in SHOWN}, "fields": row["fields"].split()} for row in found], total


SHOWN = ("id", "at", "who", "role", "act", "kind", "object_id", "ground")
