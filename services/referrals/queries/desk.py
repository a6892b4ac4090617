"""A desk's list: what this reader may see, nothing else, whatever is filtered, sorted or searched by."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, Connection, Table, and_, func, or_, select, true

from services.referrals.domain.limits import STOP_WITHIN
from services.referrals.domain.referral import Referral
from services.referrals.domain.transitions import OPEN
from services.referrals.queries import rows
from services.referrals.queries.shown import is_own, listed
from services.referrals.store.tables import Tables
from services.referrals.use_cases.ports import Country
from services.referrals.use_cases.reading import query_words, reading_of, reading_without_person, search_words
from shared.security.identities import Actor, Role
from shared.security.release import Reading, released, visible_needs
from shared.security.vault import Vault
from shared.vocabulary.codes import PROTECTED_NEEDS, Need, ReferralStatus, Urgency

SORTS: Mapping[str, str] = {
    "created_at": "created_at", "ack_due_at": "ack_due_at", "due_at": "due_at", "urgency": "urgency_rank",
    "status": "status", "case_code": "case_code",
}
"""What a list can be sorted by; ``-`` before it turns it round."""


@dataclass(frozen=True)
class Wanted:
    """What is asked for; what is left out does not matter."""

    institution: str | None = None
    status: ReferralStatus | None = None
    urgency: Urgency | None = None
    overdue: bool | None = None
    window: str | None = None
    need: Need | None = None
    q: str = ""
    sort: str = "-created_at"


@dataclass(frozen=True)
class Desk:
    """Reads lists for one hub."""

    tables: Tables
    vault: Vault
    country: Country

    def page(
        self, connection: Connection, reader: Actor, wanted: Wanted, *, now: datetime, offset: int, size: int
    ) -> tuple[list[dict[str, object]], int]:
        """One page and the number of all. A filter on what the reader may not know matches nothing."""
        table = self.tables.referrals
        where = and_(self._rights(table, reader), *self._filters(table, reader, wanted, now))
        query = select(table).where(where).order_by(*_order(table, wanted.sort))
        if wanted.need in PROTECTED_NEEDS or wanted.q.strip():
            found = rows.referrals_of(connection.execute(query).mappings().all(), self.vault)
            known = self._readings(connection, reader, found, now, every=True)
            kept = [one for one in found if self._matches(one, known[one.id], wanted)]
            return self._lines(kept[offset : offset + size], known, reader, now), len(kept)
        total = connection.execute(select(func.count()).select_from(table).where(where)).scalar_one()
        some = rows.referrals_of(connection.execute(query.limit(size).offset(offset)).mappings().all(), self.vault)
        return self._lines(some, self._readings(connection, reader, some, now, every=False), reader, now), total

    def _lines(
        self, some: Sequence[Referral], known: Mapping[str, "_Known"], reader: Actor, now: datetime
    ) -> list[dict[str, object]]:
        return [listed(one, known[one.id].reading, reader=reader, country=self.country, now=now) for one in some]

    def _rights(self, table: Table, reader: Actor) -> ColumnElement[bool]:
        """An institution's own; a coordinator's and the system's all of the node."""
        if reader.role in {Role.COORDINATOR, Role.SYSTEM}:
            return true()
        return table.c.institution == (reader.institution or "")

    def _filters(self, table: Table, reader: Actor, wanted: Wanted, now: datetime) -> list[ColumnElement[bool]]:
        plain = {"institution": wanted.institution, "status": wanted.status, "urgency": wanted.urgency, "window": wanted.window}
        found = [table.c[name] == value for name, value in plain.items() if value is not None]
        if wanted.overdue is not None:
            late = _overdue(table, now)
            found.append(late if wanted.overdue else ~late)
        if wanted.need is not None:
            found.append(table.c.needs.like(f"% {wanted.need} %"))
            if reader.institution is not None:
                found.append(table.c.access_ended.is_(False))
        if wanted.q.strip():
            found.append(self._searched(table, reader, wanted.q))
        return found

    def _searched(self, table: Table, reader: Actor, q: str) -> ColumnElement[bool]:
        """The case code, or every word among those that this institution may search by."""
        code = table.c.case_code.like(f"%{_code(q)}%") if _code(q) else table.c.id.is_(None)
        words = query_words(q, self.vault)
        if reader.institution is None or not words:
            return code
        tokens = self.tables.search_tokens
        found = [
            table.c.id.in_(select(tokens.c.referral_id).where(tokens.c.token.in_(sorted(spellings)))) for spellings in words
        ]
        return or_(code, and_(table.c.institution == reader.institution, *found))

    def _readings(
        self, connection: Connection, reader: Actor, some: Sequence[Referral], now: datetime, *, every: bool
    ) -> Mapping[str, "_Known"]:
        """How each is read; the case is opened only where something depends on it."""
        asking = [one for one in some if is_own(reader, one) and (every or _hides(one))]
        cases = rows.cases(connection, self.tables, self.vault, {one.case_id for one in asking})
        siblings = rows.of_cases(connection, self.tables, self.vault, cases.keys())
        known = {one.id: _Known(reading_without_person(one), frozenset()) for one in some}
        for one in asking:
            case = cases[one.case_id]
            reading = reading_of(one, case, siblings[case.id], self.country, now)
            person = released(case.details, reading, code=case.code) if every and one.gives_access else {}
            known[one.id] = _Known(reading, search_words(person, one.institution_ref, self.vault) if every else frozenset())
        return known

    def _matches(self, one: Referral, known: "_Known", wanted: Wanted) -> bool:
        """Whether it still matches by what the reader may know at this very moment."""
        if wanted.need is not None and wanted.need not in visible_needs(known.reading):
            return False
        if not wanted.q.strip():
            return True
        if _code(wanted.q) and _code(wanted.q) in one.case_code:
            return True
        words = query_words(wanted.q, self.vault)
        return bool(words) and all(not spellings.isdisjoint(known.words) for spellings in words)


@dataclass(frozen=True)
class _Known:
    """How a referral is read, and by which words it may be found now."""

    reading: Reading
    words: frozenset[str]


def _code(q: str) -> str:
    """A case code, or the beginning of its parts, as it is kept; empty when it cannot be one."""
    text = q.strip().upper()
    return text if len(text) >= 3 and all(letter.isascii() and (letter.isalnum() or letter == "-") for letter in text) else ""


def _hides(one: Referral) -> bool:
    """Whether its needs may read otherwise than they are kept."""
    return one.access_ended or not PROTECTED_NEEDS.isdisjoint(one.needs)


def _overdue(table: Table, now: datetime) -> ColumnElement[bool]:
    """The same as ``Referral.is_overdue``."""
    stopping = table.c.stop_requested_at.is_not(None)
    waiting = and_(table.c.status == ReferralStatus.REQUESTED, or_(table.c.ack_due_at < now, table.c.due_at < now))
    answering = and_(table.c.status == ReferralStatus.RECEIVED, table.c.due_at < now)
    unanswered = and_(table.c.status.in_(sorted(OPEN)), table.c.stop_requested_at < now - STOP_WITHIN)
    return or_(and_(~stopping, or_(waiting, answering)), unanswered)


def _order(table: Table, sort: str) -> list[ColumnElement[object]]:
    column = table.c[SORTS[sort.removeprefix("-")]]
    down = sort.startswith("-")
    return [column.desc() if down else column.asc(), table.c.id.desc() if down else table.c.id.asc()]
