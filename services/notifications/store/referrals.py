"""What is known of referrals: three numbers each, and from the ledger who was told."""

from collections import defaultdict
from collections.abc import Collection, Mapping

from sqlalchemy import Connection, case, func, select
from sqlalchemy.dialects import postgresql, sqlite

from services.notifications.domain.telling import KNOW_ALL_THE_SAME, Memory
from services.notifications.store.tables import ledger, referrals

NUMBERS = ("version", "answered", "silenced")
"""What is kept of each; they only rise."""


class SqlReferrals:
    """``Referrals`` on both databases; numbers only rise, whichever replica writes last."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection
        self._read: dict[str, Memory] = {}
        self._kept: dict[str, Memory] = {}

    def prepare(self, referral_ids: Collection[str]) -> None:
        """Read in two queries what a batch will recall, locked in one order."""
        wanted = sorted(set(referral_ids) - self._read.keys())
        if not wanted:
            return
        query = select(referrals).where(referrals.c.referral_id.in_(wanted)).order_by(referrals.c.referral_id)
        rows = {row.referral_id: row for row in self._connection.execute(query.with_for_update())}
        told = self._told(wanted)
        for referral_id in wanted:
            row = rows.get(referral_id)
            known = Memory(row.version, row.answered, silenced=row.silenced) if row is not None else Memory()
            self._read[referral_id] = known.merged(Memory(told=told.get(referral_id, {})))

    def _told(self, referral_ids: Collection[str]) -> Mapping[str, Mapping[str, int]]:
        knows = ledger.c.reason.is_(None) | ledger.c.reason.in_([reason.value for reason in KNOW_ALL_THE_SAME])
        query = (
            select(ledger.c.referral_id, ledger.c.recipient, func.max(ledger.c.version))
            .where(ledger.c.referral_id.in_(referral_ids) & knows)
            .group_by(ledger.c.referral_id, ledger.c.recipient)
        )
        found: dict[str, dict[str, int]] = defaultdict(dict)
        for referral_id, recipient, version in self._connection.execute(query):
            found[referral_id][recipient] = version
        return found

    def recall(self, referral_id: str) -> Memory:
        """See ``Referrals.recall``."""
        self.prepare([referral_id])
        return self._read[referral_id].merged(self._kept.get(referral_id, Memory()))

    def keep(self, referral_id: str, memory: Memory) -> None:
        """See ``Referrals.keep``."""
        self._kept[referral_id] = memory.merged(self._kept.get(referral_id, Memory()))

    def flush(self) -> None:
        """Write what is kept in one statement, always in one order."""
        if not self._kept:
            return
        insert = postgresql.insert if self._connection.dialect.name == "postgresql" else sqlite.insert
        new = insert(referrals)
        higher = {
            name: case((referrals.c[name] > new.excluded[name], referrals.c[name]), else_=new.excluded[name])
            for name in NUMBERS
        }
        self._connection.execute(
            new.on_conflict_do_update(index_elements=["referral_id"], set_=higher),
            [
                {"referral_id": referral_id} | {name: getattr(memory, name) for name in NUMBERS}
                for referral_id, memory in sorted(self._kept.items(), key=lambda item: item[0])
            ],
        )
        self._read, self._kept = {}, {}
