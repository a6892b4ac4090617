"""Who saw and did what: rows that are only ever added, with ids and names of fields, never a value.

They are written in the act's own transaction, unchained; ``position`` and ``digest`` are for the sealer that
chains them later in the order of their commits, and are empty until then.
"""

import re
from collections.abc import Iterable

from sqlalchemy import BigInteger, Column, Connection, Index, MetaData, String, Table, Text, insert

from shared.clock import Clock
from shared.errors import Broken
from shared.ids import new_id
from shared.persistence.columns import Moment
from shared.security.identities import Actor

_NAME = re.compile(r"[a-z][a-z0-9_.\[\]-]{0,79}")
"""How acts, kinds and fields are named: what does not look so could be a value."""


def audit_table(metadata: MetaData) -> Table:
    """The audit of one service."""
    return Table(
        "audit",
        metadata,
        Column("id", String(36), primary_key=True),
        Column("at", Moment, nullable=False, index=True),
        Column("who", String(100), nullable=False),
        Column("role", String(30), nullable=False),
        Column("act", String(80), nullable=False),
        Column("kind", String(80), nullable=False),
        Column("object_id", String(100), nullable=False),
        Column("fields", Text, nullable=False),
        Column("ground", String(100)),
        Column("position", BigInteger, unique=True),
        Column("digest", String(64)),
        Index("audit_of_object", "kind", "object_id"),
        Index("audit_of_who", "who", "at"),
    )


class AuditTrail:
    """What one act notes; written at ``flush``, in one statement, with the act or not at all."""

    def __init__(self, connection: Connection, table: Table, clock: Clock) -> None:
        self._connection = connection
        self._table = table
        self._clock = clock
        self._rows: list[dict[str, object]] = []

    def note(
        self, actor: Actor, act: str, kind: str, object_id: str, fields: Iterable[str] = (), *, ground: str | None = None
    ) -> None:
        """Note that ``actor`` did ``act`` to an object, seeing or changing the named fields.

        ``ground`` is what let personal data be read at that moment: ``consent:ID`` or ``approval:ID``.
        ``Broken`` when a name does not look like one: values have no place here.
        """
        names = sorted(set(fields))
        if not all(_NAME.fullmatch(name) for name in (act, kind, *names)):
            message = "an audit row holds names, never values"
            raise Broken(message)
        self._rows.append(
            {
                "id": new_id(), "at": self._clock.now(), "who": actor.user, "role": actor.role.value, "act": act,
                "kind": kind, "object_id": object_id, "fields": " ".join(names), "ground": ground,
            }
        )

    def flush(self) -> None:
        """Write what was noted."""
        rows, self._rows = self._rows, []
        if rows:
            self._connection.execute(insert(self._table), rows)
