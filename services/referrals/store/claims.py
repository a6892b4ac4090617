"""Claim codes at the hub: looked up by their keyed hash, and how often that was done."""

from datetime import date

from sqlalchemy import Connection, select
from sqlalchemy.dialects import postgresql, sqlite

from services.referrals.store.tables import Tables
from shared.claims import ClaimStatus, claim_status, claim_token
from shared.security.vault import Vault
from shared.vocabulary.codes import ReferralStatus


class KeptClaims:
    """Reads and writes at once. Nothing sealed is opened for a claim, and no case is held."""

    def __init__(self, connection: Connection, tables: Tables, vault: Vault) -> None:
        self._connection = connection
        self._tables = tables
        self._vault = vault

    def status(self, code: str) -> ClaimStatus | None:
        """How the case stands; None when nobody has this code."""
        cases, referrals = self._tables.cases, self._tables.referrals
        mine = cases.c.claim == self._vault.lookup(claim_token(code))
        row = self._connection.execute(select(cases.c.id, cases.c.closed_at, cases.c.withdrawn).where(mine)).first()
        if row is None:
            return None
        states = self._connection.execute(select(referrals.c.status).where(referrals.c.case_id == row.id)).scalars()
        shut = row.closed_at is not None or row.withdrawn
        return claim_status(shut=shut, referrals=map(ReferralStatus, states))

    def count(self, day: date, *, known: bool) -> None:
        """One more look on that day."""
        table = self._tables.claim_looks
        unknown = 0 if known else 1
        dialect = postgresql if self._connection.dialect.name == "postgresql" else sqlite
        statement = dialect.insert(table).values(day=day, looked=1, unknown=unknown)
        more = {"looked": table.c.looked + 1, "unknown": table.c.unknown + unknown}
        self._connection.execute(statement.on_conflict_do_update(index_elements=[table.c.day], set_=more))
