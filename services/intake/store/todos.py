"""What waits in the cases of one unit of work."""

from collections.abc import Sequence

from sqlalchemy import Connection, delete, insert

from services.intake.domain.todo import Todo
from services.intake.store.tables import Tables


class KeptTodos:
    """Written at ``flush``; the last word of an act on a case counts."""

    def __init__(self, connection: Connection, tables: Tables) -> None:
        self._connection = connection
        self._table = tables.todos
        self._changed: dict[str, Sequence[Todo]] = {}

    def replace(self, case_id: str, todos: Sequence[Todo]) -> None:
        """All that waits in a case."""
        self._changed[case_id] = todos

    def flush(self) -> None:
        """Write what changed."""
        changed, self._changed = self._changed, {}
        if not changed:
            return
        self._connection.execute(delete(self._table).where(self._table.c.case_id.in_(sorted(changed))))
        rows = [
            {"case_id": case_id, "task": todo.task.value, "about": todo.about or "", "since": todo.since, "until": todo.until}
            for case_id, todos in changed.items()
            for todo in todos
        ]
        if rows:
            self._connection.execute(insert(self._table), rows)
