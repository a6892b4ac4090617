"""The users that the hub named: who can be told, and whose tokens open our API."""

from sqlalchemy import Connection, select

from services.notifications.domain.readers import Reader
from services.notifications.store.tables import access
from shared.contracts.access import UserAccess
from shared.security.users import ToldUsers


class SqlReaders:
    """``Readers`` on both databases; read once per unit of work."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection
        self._users = ToldUsers(connection, access)
        self._read: tuple[Reader, ...] | None = None

    def all(self) -> tuple[Reader, ...]:
        """See ``Readers.all``."""
        if self._read is None:
            users = access.users
            columns = (users.c.username, users.c.role, users.c.email, users.c.language, users.c.window, users.c.institution)
            query = select(*columns).where(users.c.active).order_by(users.c.username)
            self._read = tuple(Reader(**row) for row in self._connection.execute(query).mappings())
        return self._read

    def keep(self, user: UserAccess) -> bool:
        """See ``Readers.keep``."""
        self._read = None
        return self._users.keep(user)
