"""Events told again where their sealed bodies are gone: the hub was restored and asks for what it forgot."""

from sqlalchemy import Connection, RowMapping, Table, select

from services.intake.store.case_rows import case_of
from services.intake.store.referrals import ASKED
from services.intake.store.tables import Tables
from services.intake.store.trainings import training_of
from services.intake.use_cases.change_account import whole_account
from services.intake.use_cases.telling import as_it_stands
from services.intake.use_cases.training_steps import as_recorded
from shared.contracts.case_closed import CaseClosed
from shared.contracts.case_told import CaseTold
from shared.contracts.claim_asked import ClaimAsked
from shared.contracts.consent_withdrawn import ConsentWithdrawn
from shared.contracts.referral_asked import ReferralAsked
from shared.contracts.visit_recorded import VisitRecorded
from shared.messaging.relay import Rebuilt
from shared.security.users import ToldUsers
from shared.security.vault import Erased, Vault
from shared.vocabulary.codes import AgeBand, GuidanceTopic, Sex, Situation


class Rebuilder:
    """The present state of a subject as the event that tells it; None where nothing may be told any more."""

    def __init__(self, tables: Tables, vault: Vault) -> None:
        self._tables = tables
        self._vault = vault

    def __call__(self, connection: Connection, kind: str, subject: str) -> Rebuilt | None:
        """Tell ``subject`` again; a person who was forgotten is not told of any more."""
        of_kind = {
            "visit.recorded": self._visit,
            "training.recorded": self._training,
            "account.changed": self._account,
            "claim.asked": self._claim,
            "referral.asked": self._asked,
        }
        try:
            if kind in of_kind:
                return of_kind[kind](connection, subject)
            return self._case(connection, kind, subject)
        except Erased:
            return None

    def _case(self, connection: Connection, kind: str, case_id: str) -> Rebuilt | None:
        row = _row(connection, self._tables.cases, case_id)
        if row is None:
            return None
        event = as_it_stands(case_of(row, self._vault.open(row["person_id"], row["id"], row["sealed"])), kind)
        return Rebuilt(event, event.version) if isinstance(event, CaseTold | CaseClosed | ConsentWithdrawn) else None

    def _account(self, connection: Connection, username: str) -> Rebuilt | None:
        """Under the number that it had: a hub that has not forgotten it takes no notice."""
        users = self._tables.access.users
        user = ToldUsers(connection, self._tables.access).get(username)
        number = connection.execute(select(users.c.own_change).where(users.c.username == username)).scalar_one_or_none()
        return None if user is None or number is None else Rebuilt(whole_account(user), number)

    def _asked(self, connection: Connection, ask_id: str) -> Rebuilt | None:
        row = _row(connection, self._tables.asks, ask_id)
        if row is None:
            return None
        asked: ReferralAsked = ASKED.load(self._vault.open(row["person_id"], row["id"], row["sealed"]))
        return Rebuilt(asked, 1)

    def _claim(self, connection: Connection, ask_id: str) -> Rebuilt | None:
        table = self._tables.claim_asks
        row = connection.execute(select(table).where(table.c.ask_id == ask_id)).mappings().one_or_none()
        if row is None or row["answered_at"] is not None:
            return None
        return Rebuilt(ClaimAsked(ask_id, self._vault.open_local(row["sealed"]).decode()), 1)

    def _training(self, connection: Connection, training_id: str) -> Rebuilt | None:
        row = _row(connection, self._tables.trainings, training_id)
        if row is None or row["closed_at"] is None:
            return None
        training = training_of(connection, self._tables, self._vault, row)
        return Rebuilt(as_recorded(training), training.version)

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
            guidance_version=row["guidance_version"],
        )
        return Rebuilt(visit, 1)


def _row(connection: Connection, table: Table, record_id: str) -> RowMapping | None:
    return connection.execute(select(table).where(table.c.id == record_id)).mappings().one_or_none()
