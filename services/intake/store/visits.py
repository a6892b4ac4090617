"""Anonymous visits, in one unit of work."""

from datetime import datetime

from sqlalchemy import Connection
from sqlalchemy.dialects import postgresql, sqlite

from services.intake.store.tables import Tables
from shared.contracts.visit_recorded import VisitRecorded


class KeptVisits:
    """Counts without identity."""

    def __init__(self, connection: Connection, tables: Tables) -> None:
        self._connection = connection
        self._table = tables.visits

    def add(self, visit: VisitRecorded, *, by: str, at: datetime) -> bool:
        """Keep one; False when it was kept before, also by somebody at the same moment."""
        dialect = postgresql if self._connection.dialect.name == "postgresql" else sqlite
        row = {
            "id": visit.visit_id,
            "occurred_on": visit.occurred_on,
            "topics": " ".join(topic.value for topic in visit.topics),
            "directory_version": visit.directory_version,
            "situation": visit.situation,
            "sex": visit.sex,
            "age_band": visit.age_band,
            "guidance_version": visit.guidance_version,
            "recorded_at": at,
            "recorded_by": by,
        }
        return self._connection.execute(dialect.insert(self._table).values(row).on_conflict_do_nothing()).rowcount == 1
