"""Events told again where their sealed bodies are gone: a destination was restored and asks for what it forgot."""

from sqlalchemy import Connection, RowMapping, select

from services.referrals.domain.case_file import CaseFile
from services.referrals.domain.history import Entry
from services.referrals.domain.referral import Referral
from services.referrals.store.cases import case_of_row
from services.referrals.store.kept_referrals import entry_of
from services.referrals.store.referrals import referral_of_row
from services.referrals.store.tables import Tables
from services.referrals.use_cases.telling import for_notifications, for_window, notice_of
from shared.clock import Clock
from shared.contracts.access_changed import AccessChanged
from shared.contracts.case_routed import BlockedInstitution, CaseRouted, RoutingNote
from shared.errors import Refused
from shared.messaging.relay import Rebuilt
from shared.security.users import Users
from shared.security.vault import Vault
from shared.vocabulary.codes import Need, Urgency


class Rebuilder:
    """The present state of a subject as the event that tells it; None where there is nothing left to tell."""

    def __init__(self, tables: Tables, vault: Vault, clock: Clock) -> None:
        self._tables = tables
        self._vault = vault
        self._clock = clock

    def __call__(self, connection: Connection, kind: str, subject: str) -> Rebuilt | None:
        """Tell ``subject`` again; a person who was forgotten is not told of any more."""
        try:
            match kind:
                case "referral.updated":
                    return self._notice(connection, subject) or self._referral(connection, subject)
                case "case.routed":
                    return self._routed(connection, subject)
                case "access.changed":
                    return self._access(connection, subject)
                case _:
                    return None
        except Refused:
            return None

    def _referral(self, connection: Connection, referral_id: str) -> Rebuilt | None:
        referral = self._one(connection, referral_id)
        if referral is None:
            return None
        history = self._history(connection, referral)
        latest = [entry for entry in history if not entry.private][-1]
        return Rebuilt(for_window(referral, latest, history), referral.version)

    def _notice(self, connection: Connection, entry_id: str) -> Rebuilt | None:
        table = self._tables.history
        row = connection.execute(select(table).where(table.c.id == entry_id)).mappings().one_or_none()
        referral = self._one(connection, row["referral_id"]) if row is not None else None
        if row is None or referral is None:
            return None
        entry = entry_of(row, referral.person_id, self._vault)
        case = self._case(connection, referral.case_id)
        notice = notice_of(case, referral, entry, now=self._clock.now(), by_window=entry.by in {"window", "routing"})
        return Rebuilt(for_notifications(referral, entry, notice), referral.version)

    def _routed(self, connection: Connection, case_id: str) -> Rebuilt | None:
        table = self._tables.decisions
        query = select(table).where(table.c.case_id == case_id).order_by(table.c.incarnation.desc(), table.c.version.desc())
        row = connection.execute(query.limit(1)).mappings().one_or_none()
        if row is None:
            return None
        case = self._case(connection, case_id)
        body = self._vault.open(case.person_id, row["id"], row["sealed"])
        return Rebuilt(_routed(row, case, body), row["version"])

    def _access(self, connection: Connection, username: str) -> Rebuilt | None:
        user = Users(connection, self._tables.access).get(username)
        return None if user is None else Rebuilt(AccessChanged((user,)), user.version)

    def _one(self, connection: Connection, referral_id: str) -> Referral | None:
        table = self._tables.referrals
        row = connection.execute(select(table).where(table.c.id == referral_id)).mappings().one_or_none()
        return None if row is None else referral_of_row(row, self._vault.open(row["person_id"], row["id"], row["sealed"]))

    def _case(self, connection: Connection, case_id: str) -> CaseFile:
        table = self._tables.cases
        row = connection.execute(select(table).where(table.c.id == case_id)).mappings().one()
        return case_of_row(row, self._vault.open(row["person_id"], row["id"], row["sealed"]))

    def _history(self, connection: Connection, referral: Referral) -> list[Entry]:
        table = self._tables.history
        rows = connection.execute(select(table).where(table.c.referral_id == referral.id).order_by(table.c.id)).mappings()
        return [entry_of(row, referral.person_id, self._vault) for row in rows]


def _routed(row: RowMapping, case: CaseFile, body: dict[str, object]) -> CaseRouted:
    notes = body["notes"]
    told = [
        RoutingNote(
            note["code"], note["es"], note["en"], Need(note["need"]) if note["need"] else None, note["institution"]
        )
        for note in (notes if isinstance(notes, list) else [])
    ]
    return CaseRouted(
        case_id=case.id, incarnation=row["incarnation"], case_version=row["version"], rules_version=row["rules_version"],
        urgency=Urgency(row["urgency"]), routed_at=row["decided_at"],
        blocked=tuple(BlockedInstitution(block.institution, block.rule, block.es, block.en) for block in case.binding),
        notes=tuple(told),
    )
