"""What a window's database needs before its service opens, when it was put back from a copy (``ventanilla restore``)."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta

from sqlalchemy import Connection, select
from sqlalchemy.exc import SQLAlchemyError

from services.intake.domain.case import Case
from services.intake.store.case_rows import case_of
from services.intake.store.cases import CASE_NUMBER
from services.intake.store.counters import raise_to
from services.intake.store.hub import DIGEST, FORKED_SINCE
from services.intake.store.tables import Tables, window_tables
from services.intake.use_cases.carry_over import carry_over
from services.intake.wiring import FIRST_INCARNATION, INCARNATION, Wiring, build
from shared.config import Settings
from shared.errors import Broken, TryAgain
from shared.messaging.epochs import EPOCH
from shared.messaging.new_life import begin_life
from shared.messaging.node_state import note, recall
from shared.messaging.recovery import ANSWERED_TO
from shared.persistence.engine import open_database
from shared.security.identities import Actor
from shared.security.sessions import end_all_sessions
from shared.security.vault import Erased

CODES_AHEAD = 1000
"""Case numbers left out: the lost life may have given them to persons who hold a slip (the hub's receipt raises it more)."""
AT_ONCE = 500
"""Rows of the replaced database held in memory."""
BEGINNING = datetime(2026, 1, 1, tzinfo=UTC)
"""Incarnations count minutes from here, so that two restores of one copy never share one."""


@dataclass(frozen=True)
class Before:
    """What was read of a database: its epoch, incarnation, and highest case number."""

    epoch: str | None
    incarnation: int
    number: int


def begin_new_life(settings: Settings, replaced: str | None, *, now: datetime) -> list[str]:
    """A new epoch, a higher incarnation, and case numbers far enough; what ended in the replaced database stays ended.

    ``settings`` lead to the database that is put back, ``replaced`` is the URL of the one it replaces. Says what an
    operator must know.
    """
    tables = window_tables()
    lost = _read(replaced, tables)
    database = open_database(settings.database_url)
    with database.write() as connection:
        copy = _before(connection, tables)
        begin_life(
            connection, tables.messaging, above=lost.epoch if lost else None, forgets=(ANSWERED_TO, DIGEST, FORKED_SINCE)
        )
        known = [copy, lost] if lost else [copy]
        incarnation = max(*(one.incarnation + 1 for one in known), (now - BEGINNING) // timedelta(minutes=1))
        note(connection, tables.messaging, INCARNATION, str(incarnation))
        highest = max(one.number for one in known) + CODES_AHEAD
        raise_to(connection, tables.counters, CASE_NUMBER, highest)
        end_all_sessions(connection, tables.entrance.sessions)
    database.close()
    said = [f"New case numbers begin above {highest}."]
    return said + (_carry_over(settings, replaced) if replaced is not None and lost else [_NOT_READ])


_NOT_READ = (
    "The database that was replaced could not be read: consents withdrawn and cases closed after the copy come back "
    "from the hub (windows rebuild), as far as it was told of them."
)


def _read(url: str | None, tables: Tables) -> Before | None:
    """None when there is no such database, or it cannot be read any more."""
    if url is None:
        return None
    database = open_database(url)
    try:
        with database.read() as connection:
            return _before(connection, tables)
    except (SQLAlchemyError, TryAgain, ValueError):
        return None
    finally:
        database.close()


def _before(connection: Connection, tables: Tables) -> Before:
    counters = tables.counters
    number = connection.execute(select(counters.c.value).where(counters.c.name == CASE_NUMBER)).scalar_one_or_none()
    incarnation = recall(connection, tables.messaging, INCARNATION)
    return Before(recall(connection, tables.messaging, EPOCH), int(incarnation or FIRST_INCARNATION), number or 0)


def _carry_over(settings: Settings, replaced: str) -> list[str]:
    window, lost = build(settings), build(replace(settings, database_url=replaced))
    by = Actor.system(window.place.node, window.place.window)
    try:
        count = 0
        for case in _ended(lost):
            with window.works.open() as work:
                count += carry_over(case, by=by, work=work)
    except (SQLAlchemyError, TryAgain, Broken):
        return [_NOT_READ]
    finally:
        window.close()
        lost.close()
    return [f"{count} cases that were closed or withdrawn after the copy stay so."] if count else []


def _ended(lost: Wiring) -> Iterator[Case]:
    """The cases of a database that are closed or of which a consent was withdrawn."""
    cases = lost.tables.cases
    with lost.database.read() as connection:
        for row in connection.execute(select(cases).execution_options(yield_per=AT_ONCE)).mappings():
            try:
                case = case_of(row, lost.vault.open(row["person_id"], row["id"], row["sealed"]))
            except Erased:
                continue
            if case.closing is not None or any(record.withdrawn_at for record in case.consents):
                yield case
