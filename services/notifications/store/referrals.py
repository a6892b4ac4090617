"""What is known of referrals: two numbers each, and from the ledger who was told."""

from dataclasses import replace

from sqlalchemy import Connection, case, func, select
from sqlalchemy.dialects import postgresql, sqlite

from services.notifications.domain.delivery import Suppression
from services.notifications.domain.telling import Memory
from services.notifications.store.tables import ledger, referrals

_KNOWN_ALL_THE_SAME = (Suppression.AUTHOR.value, Suppression.SUPERSEDED.value)
"""Who was not told for these reasons knows; who has no address or did not want to hear does not."""


class SqlReferrals:
    """``Referrals`` on both databases; numbers only rise, whichever replica writes last."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection
        self._keeping: dict[str, Memory] = {}

    def recall(self, referral_id: str) -> Memory:
        """See ``Referrals.recall``."""
        query = select(referrals).where(referrals.c.referral_id == referral_id).with_for_update()
        row = self._connection.execute(query).mappings().one_or_none()
        kept = self._keeping.get(referral_id, Memory())
        if row is None:
            return replace(kept, told=self._told(referral_id)) if referral_id in self._keeping else kept
        return Memory(
            max(kept.version, row["version"]), max(kept.answered, row["answered"]), self._told(referral_id)
        )

    def _told(self, referral_id: str) -> dict[str, int]:
        knows = ledger.c.reason.is_(None) | ledger.c.reason.in_(_KNOWN_ALL_THE_SAME)
        query = (
            select(ledger.c.recipient, func.max(ledger.c.version))
            .where((ledger.c.referral_id == referral_id) & knows)
            .group_by(ledger.c.recipient)
        )
        return {str(recipient): int(version) for recipient, version in self._connection.execute(query)}

    def keep(self, referral_id: str, memory: Memory) -> None:
        """See ``Referrals.keep``."""
        kept = self._keeping.get(referral_id, Memory())
        self._keeping[referral_id] = Memory(max(kept.version, memory.version), max(kept.answered, memory.answered))

    def flush(self) -> None:
        """Write what is kept in one statement, always in one order."""
        if not self._keeping:
            return
        insert = postgresql.insert if self._connection.dialect.name == "postgresql" else sqlite.insert
        new = insert(referrals)
        higher = {
            name: case((referrals.c[name] > new.excluded[name], referrals.c[name]), else_=new.excluded[name])
            for name in ("version", "answered")
        }
        self._connection.execute(
            new.on_conflict_do_update(index_elements=["referral_id"], set_=higher),
            [
                {"referral_id": referral_id, "version": memory.version, "answered": memory.answered}
                for referral_id, memory in sorted(self._keeping.items(), key=lambda item: item[0])
            ],
        )
        self._keeping = {}
