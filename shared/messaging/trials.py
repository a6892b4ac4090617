"""Which message ends the process: noted before it is tried, crossed out when it was survived.

A process that dies takes its whole batch with it, and the broker counts the death against every message of it. So
what came again is tried alone, and a note says so: who stands in a note at one death after another is the cause.
"""

import hashlib
from dataclasses import dataclass

from sqlalchemy import Connection, delete, insert, select, update

from shared.messaging.ports import RawMessage
from shared.messaging.tables import MessagingTables

MOST_DEATHS = 3
"""Lives that ended while one message was tried alone, after which it is tried no more: two may be somebody else's."""
DEADLY = "the process ended each time that it was tried"


@dataclass(frozen=True)
class Trials:
    """The notes of one service, kept in its ``node_state``; ``life`` is this process' own word for itself."""

    tables: MessagingTables
    life: str

    def begin(self, connection: Connection, raw: RawMessage) -> bool:
        """Note that ``raw`` is tried now, to be committed before it is; False when it has cost too many lives.

        Twice in one life counts once: what failed and came again has killed nobody.
        """
        state, name = self.tables.node_state, _name(raw)
        found = connection.execute(select(state.c.value).where(state.c.name == name)).scalar_one_or_none()
        if found is None:
            connection.execute(insert(state), [{"name": name, "value": f"{self.life} 0"}])
            return True
        life, _, told = str(found).partition(" ")
        deaths = int(told) + (life != self.life)
        connection.execute(update(state).where(state.c.name == name).values(value=f"{self.life} {deaths}"))
        return deaths < MOST_DEATHS

    def survived(self, connection: Connection, raw: RawMessage) -> None:
        """Cross the note out."""
        state = self.tables.node_state
        connection.execute(delete(state).where(state.c.name == _name(raw)))


def _name(raw: RawMessage) -> str:
    """As long as the column allows."""
    return f"trial {hashlib.sha256(raw.body).hexdigest()[:54]}"
