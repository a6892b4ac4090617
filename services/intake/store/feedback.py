"""What persons answered, as counts."""

from collections.abc import Mapping
from datetime import date

from sqlalchemy import Connection
from sqlalchemy.dialects import postgresql, sqlite

from services.intake.domain.feedback import Question, Reply
from services.intake.store.tables import Tables


class KeptFeedback:
    """One row for each month, question and answer: no row is a person's, none has a time of day."""

    def __init__(self, connection: Connection, tables: Tables) -> None:
        self._connection = connection
        self._table = tables.feedback

    def count(self, month: date, answers: Mapping[Question, Reply]) -> None:
        """Add one to each answer."""
        table = self._table
        dialect = postgresql if self._connection.dialect.name == "postgresql" else sqlite
        for question, answer in answers.items():
            row = {"month": month, "question": question.value, "answer": answer.value, "count": 1}
            upsert = dialect.insert(table).values(row)
            same = [table.c.month, table.c.question, table.c.answer]
            self._connection.execute(
                upsert.on_conflict_do_update(index_elements=same, set_={"count": table.c.count + 1})
            )
