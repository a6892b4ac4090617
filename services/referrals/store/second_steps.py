"""The second steps of the hub's users, for acts; the sign-in itself reads them (``shared/security/second_step.py``)."""

from sqlalchemy import Connection

from shared.security.second_step import SecondStepTables, forget_second_step


class KeptSecondSteps:
    """``SecondSteps`` of ``use_cases/ports.py``."""

    def __init__(self, connection: Connection, tables: SecondStepTables) -> None:
        self._connection = connection
        self._tables = tables

    def reset(self, username: str) -> None:
        """See ``SecondSteps.reset``."""
        forget_second_step(self._connection, self._tables, username)
