"""What this window asked the hub about slips of other windows, in one unit of work."""

from datetime import datetime

from sqlalchemy import Connection, delete, select, update
from sqlalchemy.dialects import postgresql, sqlite

from services.intake.store.tables import Tables
from services.intake.use_cases.counter_ports import ClaimAsk
from shared.claims import ClaimStatus, claim_token
from shared.contracts.claim_asked import ClaimAsked
from shared.security.vault import Vault


class KeptClaims:
    """Rows bear the keyed hash of a code; the code itself is sealed for this node alone."""

    def __init__(self, connection: Connection, tables: Tables, vault: Vault) -> None:
        self._connection = connection
        self._table = tables.claim_asks
        self._vault = vault

    def find(self, code: str) -> ClaimAsk | None:
        """What was asked last about a code."""
        mine = self._table.c.claim == self._vault.lookup(claim_token(code))
        row = self._connection.execute(select(self._table).where(mine)).mappings().one_or_none()
        if row is None:
            return None
        return ClaimAsk(row["ask_id"], row["asked_at"], row["answered_at"], ClaimStatus(row["status"]) if row["status"] else None)

    def ask(self, asked: ClaimAsked, *, at: datetime, forget_before: datetime) -> None:
        """Keep a question, instead of an older one about the same code; answers from before a time are swept away."""
        table = self._table
        self._connection.execute(delete(table).where(table.c.answered_at < forget_before))
        row = {
            "claim": self._vault.lookup(claim_token(asked.claim_code)), "ask_id": asked.ask_id, "asked_at": at,
            "answered_at": None, "status": None, "sealed": self._vault.seal_local(asked.claim_code.encode()),
        }
        dialect = postgresql if self._connection.dialect.name == "postgresql" else sqlite
        news = {name: value for name, value in row.items() if name != "claim"}
        statement = dialect.insert(table).values(row)
        self._connection.execute(statement.on_conflict_do_update(index_elements=[table.c.claim], set_=news))

    def answer(self, ask_id: str, status: ClaimStatus | None, *, at: datetime) -> None:
        """Note the hub's answer once; a question that was replaced or forgotten is left alone."""
        open_one = (self._table.c.ask_id == ask_id) & self._table.c.answered_at.is_(None)
        self._connection.execute(
            update(self._table).where(open_one).values(answered_at=at, status=status.value if status else None)
        )
