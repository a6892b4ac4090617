"""What a hub's database needs before its service opens, when it was put back from a copy (``ventanilla restore``)."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select, update
from sqlalchemy.exc import SQLAlchemyError

from services.referrals.store.standings import CLOSED, WITHDRAWN
from services.referrals.store.streams import PUBLISHED
from services.referrals.store.tables import Tables, hub_tables
from services.referrals.store.untold import Untold, go_on_above, put_untold, revision, untold
from services.referrals.use_cases.change_access import tell_everyone_again
from services.referrals.use_cases.close_case import CloseCase, close_case
from services.referrals.use_cases.withdraw_consent import WithdrawConsent, withdraw_consent
from services.referrals.wiring import Wiring, build
from shared.config import Settings
from shared.contracts.access import UserAccess
from shared.errors import TryAgain
from shared.messaging.epochs import EPOCH
from shared.messaging.new_life import begin_life
from shared.messaging.node_state import recall
from shared.messaging.recovery import begin_recovery
from shared.persistence.engine import open_database
from shared.security.sessions import end_all_sessions
from shared.security.users import Users
from shared.vocabulary.codes import CloseReason

USERS_AHEAD = 1000
"""By how much users' versions rise: further than they were changed in the life that is lost."""
AT_ONCE = 50


@dataclass(frozen=True)
class Stone:
    """What was final in the replaced database: a consent taken back, or a case closed."""

    kind: str
    id: str
    reason: str | None
    at: datetime


@dataclass(frozen=True)
class Lost:
    """What was read of the replaced database."""

    epoch: str | None
    stones: Sequence[Stone]
    users: Sequence[UserAccess]
    untold: Untold
    directory: str | None


def begin_new_life(settings: Settings, replaced: str | None, *, now: datetime) -> list[str]:
    """A new epoch, in which this hub waits for each of its windows; what was final in the replaced database stays so.

    ``settings`` lead to the database that is put back, ``replaced`` is the URL of the one it replaces. Says what an
    operator must know.
    """
    tables = hub_tables()
    lost = _read(replaced, tables)
    database = open_database(settings.database_url)
    with database.write() as connection:
        goes_on = lost is not None and lost.epoch == recall(connection, tables.messaging, EPOCH)
        begin_life(connection, tables.messaging, above=lost.epoch if lost else None, forgets=(PUBLISHED,))
        if lost is not None and goes_on:
            put_untold(connection, tables, lost.untold)
        go_on_above(connection, tables, lost.directory if lost else None)
        end_all_sessions(connection, tables.entrance.sessions)
        begin_recovery(connection, tables.messaging)
        connection.execute(update(tables.cases).values(recovering=True))
    database.close()
    hub = build(settings)
    try:
        ended = _lay(hub, lost.stones) if lost else 0
        users = _restore_users(hub, lost.users if lost else (), tables)
    finally:
        hub.close()
    said = [
        "Until a window has told what it holds, its cases show no person and nobody acts on them: see the hub's page.",
        f"{users} users are as they were" + ("." if lost else " when the copy was made: disable again who was disabled since."),
    ]
    if not goes_on:
        said.append(_AS_OF_THE_COPY)
    if lost is None:
        said.append("The database that was replaced could not be read: withdrawals after the copy come back from the windows.")
    return said + ([f"{ended} cases that were closed or withdrawn after the copy stay so."] if ended else [])


_AS_OF_THE_COPY = (
    "Supervisors, second steps and what institutions wrote into the directory are as they were when the copy was made: "
    "appoint again, before its windows are back, who became a supervisor since, and reset the second step of who lost a telephone."
)


def _read(url: str | None, tables: Tables) -> Lost | None:
    """None when there is no such database, or it cannot be read any more."""
    if url is None:
        return None
    database, stones = open_database(url), tables.tombstones
    try:
        with database.read() as connection:
            return Lost(
                recall(connection, tables.messaging, EPOCH),
                [Stone(row.kind, row.id, row.reason, row.at) for row in connection.execute(select(stones))],
                Users(connection, tables.access).everyone(),
                untold(connection, tables),
                revision(connection, tables),
            )
    except (SQLAlchemyError, TryAgain):
        return None
    finally:
        database.close()


def _lay(hub: Wiring, stones: Sequence[Stone]) -> int:
    """Close and withdraw as it was done after the copy; how many."""
    cases, tombstones = hub.tables.cases, hub.tables.tombstones
    with hub.database.read() as connection:
        known = {(row.kind, row.id) for row in connection.execute(select(tombstones.c.kind, tombstones.c.id))}
        rows = connection.execute(select(cases.c.id, cases.c.window, cases.c.consent_id)).all()
    by_case, by_consent = {row.id: row for row in rows}, {row.consent_id: row for row in rows}
    new = [stone for stone in stones if (stone.kind, stone.id) not in known]
    for start in range(0, len(new), AT_ONCE):
        with hub.works.open() as work:
            for stone in new[start : start + AT_ONCE]:
                row = (by_case if stone.kind == CLOSED else by_consent).get(stone.id)
                if row is None and stone.kind == CLOSED:
                    work.standings.close(stone.id, stone.reason or CloseReason.OTHER, stone.at)
                elif row is None and stone.kind == WITHDRAWN:
                    work.standings.withdraw(stone.id, stone.at)
                elif row is not None and stone.kind == CLOSED:
                    reason = CloseReason(stone.reason or CloseReason.OTHER)
                    close_case(CloseCase(row.window, row.id, reason, stone.at, (0, 0)), work=work, now=hub.clock.now())
                elif row is not None:
                    request = WithdrawConsent(row.window, row.id, stone.id, stone.at, (0, 0))
                    withdraw_consent(request, work=work, now=hub.clock.now())
    return len(new)


def _restore_users(hub: Wiring, newer: Sequence[UserAccess], tables: Tables) -> int:
    """Users as they were in the replaced database, where it could be read; all told again, above what others know."""
    with hub.works.open() as work:
        kept = Users(work.connection, tables.access)
        for user in newer:
            kept.keep(user)
        kept.raise_versions(USERS_AHEAD)
        users = kept.everyone()
        for user in users:
            work.supervisors.keep(user)
        tell_everyone_again(work=work)
        return len(users)
