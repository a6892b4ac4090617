"""Events told again where their sealed bodies are gone: the hub was restored and asks for what it forgot."""

from sqlalchemy import Connection, RowMapping, Table, select

from services.intake.store.case_rows import case_of
from services.intake.store.referrals import ASKED, blocks_in
from services.intake.store.tables import Tables
from services.intake.use_cases.telling import as_it_stands
from shared.contracts.case_closed import CaseClosed
from shared.contracts.case_routed import BlockedInstitution
from shared.contracts.case_told import CaseTold
from shared.contracts.consent_withdrawn import ConsentWithdrawn
from shared.contracts.referral_asked import ReferralAsked
from shared.contracts.visit_recorded import VisitRecorded
from shared.messaging.messages import Rebuilt
from shared.security.vault import Erased, Vault
from shared.vocabulary.codes import AgeBand, GuidanceTopic, Sex, Situation


class Rebuilder:
    """The present state of a subject as the event that tells it; None where nothing may be told any more."""

    def __init__(self, tables: Tables, vault: Vault) -> None:
        self._tables = tables
        self._vault = vault

    def __call__(self, connection: Connection, kind: str, subject: str) -> Rebuilt | None:
        """Tell ``subject`` again; a person who was forgotten is not told of any more."""
        try:
            if kind == "visit.recorded":
                return self._visit(connection, subject)
            if kind == "referral.asked":
                return self._asked(connection, subject)
            if kind == "referral.held":
                return None  # for each life of the hub all that is held is queued anew
            return self._case(connection, kind, subject)
        except Erased:
            return None

    def _case(self, connection: Connection, kind: str, case_id: str) -> Rebuilt | None:
        row = _row(connection, self._tables.cases, case_id)
        if row is None:
            return None
        case = case_of(row, self._vault.open(row["person_id"], row["id"], row["sealed"]))
        event = as_it_stands(case, kind, self._blocks(connection, case_id))
        return Rebuilt(event, event.version) if isinstance(event, CaseTold | CaseClosed | ConsentWithdrawn) else None

    def _blocks(self, connection: Connection, case_id: str) -> tuple[BlockedInstitution, ...]:
        table = self._tables.routings
        row = connection.execute(select(table).where(table.c.case_id == case_id)).mappings().one_or_none()
        return blocks_in(row, self._vault) if row is not None else ()

    def _asked(self, connection: Connection, ask_id: str) -> Rebuilt | None:
        """An ask that was answered is done: a hub that forgot it has the answer from what is held."""
        row = _row(connection, self._tables.asks, ask_id)
        if row is None or row["answered_at"] is not None:
            return None
        asked: ReferralAsked = ASKED.load(self._vault.open(row["person_id"], row["id"], row["sealed"]))
        return Rebuilt(asked, 1)

    def _visit(self, connection: Connection, visit_id: str) -> Rebuilt | None:
        row = _row(connection, self._tables.visits, visit_id)
        if row is None:
            return None
        visit = VisitRecorded(
            visit_id=visit_id,
            occurred_on=row["occurred_on"],
            topics=tuple(GuidanceTopic(topic) for topic in row["topics"].split()),
            directory_version=row["directory_version"],
            situation=Situation(row["situation"]) if row["situation"] else None,
            sex=Sex(row["sex"]) if row["sex"] else None,
            age_band=AgeBand(row["age_band"]) if row["age_band"] else None,
        )
        return Rebuilt(visit, 1)


def _row(connection: Connection, table: Table, record_id: str) -> RowMapping | None:
    return connection.execute(select(table).where(table.c.id == record_id)).mappings().one_or_none()
