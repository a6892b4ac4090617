"""Anonymous visits, in one unit of work."""

from datetime import datetime

from sqlalchemy import Connection, insert

from services.intake.store.tables import Tables
from shared.contracts.visit_recorded import VisitRecorded


class KeptVisits:
    """Counts without identity."""

    def __init__(self, connection: Connection, tables: Tables) -> None:
        self._connection = connection
        self._table = tables.visits

    def add(self, visit: VisitRecorded, *, by: str, at: datetime) -> None:
        """Keep one."""
        self._connection.execute(
            insert(self._table).values(
                id=visit.visit_id,
                occurred_on=visit.occurred_on,
                topics=" ".join(topic.value for topic in visit.topics),
                directory_version=visit.directory_version,
                situation=visit.situation,
                sex=visit.sex,
                age_band=visit.age_band,
                guidance_version=visit.guidance_version,
                recorded_at=at,
                recorded_by=by,
            )
        )
