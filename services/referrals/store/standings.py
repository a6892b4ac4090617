"""What stands about windows and cases besides the cases: tombstones, refusals, highest numbers. Written at once at the end."""

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any, cast

from sqlalchemy import Connection, delete, insert, select, update

from services.referrals.store.shelf import chunks
from services.referrals.store.tables import Tables
from shared.messaging.streams import insert_or_skip

WITHDRAWN = "consent"
CLOSED = "case"


class KeptStandings:
    """Reads what it is asked once; writes at ``flush``."""

    def __init__(self, connection: Connection, tables: Tables) -> None:
        self._connection = connection
        self._tables = tables
        self._stones: dict[tuple[str, str], tuple[str | None, datetime] | None] = {}
        self._laid: list[dict[str, Any]] = []
        self._refused: dict[str, dict[str, Any] | None] = {}
        self._changed: set[str] = set()
        self._codes: dict[str, int] = {}
        self._noted: dict[str, dict[str, Any]] = {}

    def load(self, case_ids: Iterable[str], consent_ids: Iterable[str]) -> None:
        """Read what stands about these, in few queries."""
        cases = set(case_ids)
        self._load_stones({(CLOSED, case) for case in cases} | {(WITHDRAWN, consent) for consent in consent_ids})
        self._load_refusals(cases - self._refused.keys())

    def withdraw(self, consent_id: str, at: datetime) -> None:
        """A consent was taken back, for good."""
        self._lay(WITHDRAWN, consent_id, None, at)

    def withdrawn(self, consent_id: str) -> bool:
        """Whether it was, also before its case came."""
        return self._stone(WITHDRAWN, consent_id) is not None

    def withdrawal(self, consent_id: str) -> datetime | None:
        """When it was taken back, if it was."""
        stone = self._stone(WITHDRAWN, consent_id)
        return None if stone is None else stone[1]

    def close(self, case_id: str, reason: str, at: datetime) -> None:
        """A case was closed, for good."""
        self._lay(CLOSED, case_id, reason, at)

    def closed(self, case_id: str) -> tuple[str, datetime] | None:
        """Reason and time of its closing, also before the case came."""
        stone = self._stone(CLOSED, case_id)
        return None if stone is None else (str(stone[0]), stone[1])

    def refuse(self, case_id: str, window: str, told: tuple[int, int], errors: Mapping[str, list[str]], at: datetime) -> None:
        """A case is not taken as it is."""
        self._refused[case_id] = {
            "case_id": case_id, "window": window, "incarnation": told[0], "version": told[1], "errors": dict(errors), "at": at,
        }
        self._changed.add(case_id)

    def refused(self, case_id: str) -> tuple[int, int] | None:
        """The version that was refused last."""
        self._load_refusals({case_id} - self._refused.keys())
        row = self._refused[case_id]
        return None if row is None else (row["incarnation"], row["version"])

    def heard(self, case_id: str, told: tuple[int, int]) -> None:
        """More was told of a case that is refused; it stays so."""
        standing = self.refused(case_id)
        row = self._refused[case_id]
        if row is not None and standing is not None and told > standing:
            self._refused[case_id] = {**row, "incarnation": told[0], "version": told[1]}
            self._changed.add(case_id)

    def take(self, case_id: str) -> None:
        """No refusal stands any more."""
        if self.refused(case_id) is not None:
            self._refused[case_id] = None
            self._changed.add(case_id)

    def refusals_of(self, window: str) -> Mapping[str, Mapping[str, list[str]]]:
        """Every refusal of a window, with what this work changed."""
        table = self._tables.refusals
        rows = self._connection.execute(select(table).where(table.c.window == window).order_by(table.c.case_id)).mappings()
        standing = {row["case_id"]: dict(row) for row in rows}
        for case_id in self._changed:
            row = self._refused[case_id]
            if row is None:
                standing.pop(case_id, None)
            elif row["window"] == window:
                standing[case_id] = row
        return {case_id: row["errors"] for case_id, row in standing.items()}

    def seen_code(self, window: str, number: int) -> None:
        """A window gave out this case number."""
        self._codes[window] = max(number, self.highest_code(window))

    def highest_code(self, window: str) -> int:
        """The highest case number known of a window."""
        if window not in self._codes:
            table = self._tables.windows
            found = self._connection.execute(select(table.c.highest_code).where(table.c.window == window)).scalar_one_or_none()
            self._codes[window] = found or 0
        return self._codes[window]

    def older_life(self, window: str) -> datetime | None:
        """When an older life of a window was last heard."""
        return self._moment(window, "older_life_at")

    def hear_older_life(self, window: str, at: datetime) -> None:
        """An older life of a window has just been heard."""
        self._note(window, older_life_at=at)

    def compared(self, window: str, at: datetime, *, agrees: bool) -> None:
        """All cases of a window were compared with ours."""
        self._note(window, compared_at=at, agrees=agrees)

    def resync_asked(self, window: str) -> datetime | None:
        """When a window was last asked to tell cases again."""
        return self._moment(window, "resync_asked_at")

    def ask_resync(self, window: str, at: datetime) -> None:
        """A window is asked to tell cases again."""
        self._note(window, resync_asked_at=at)

    def flush(self) -> None:
        """Write what changed."""
        if self._laid:
            self._connection.execute(insert_or_skip(self._connection, self._tables.tombstones), self._laid)
        if self._changed:
            table = self._tables.refusals
            self._connection.execute(delete(table).where(table.c.case_id.in_(sorted(self._changed))))
            rows = [row for case_id in sorted(self._changed) if (row := self._refused[case_id]) is not None]
            if rows:
                self._connection.execute(insert(table), rows)
        for window, number in sorted(self._codes.items()):
            self._raise_code(window, number)
        table = self._tables.windows
        for window, noted in sorted(self._noted.items()):
            self._connection.execute(update(table).where(table.c.window == window).values(noted))
        self._laid, self._changed, self._codes, self._noted = [], set(), {}, {}

    def _moment(self, window: str, name: str) -> datetime | None:
        noted = self._noted.get(window, {})
        if name in noted:
            return cast("datetime", noted[name])
        table = self._tables.windows
        found: datetime | None = self._connection.execute(
            select(table.c[name]).where(table.c.window == window)
        ).scalar_one_or_none()
        return found

    def _note(self, window: str, **what: Any) -> None:
        self._noted.setdefault(window, {}).update(what)

    def _raise_code(self, window: str, number: int) -> None:
        table = self._tables.windows
        known = table.c.window == window
        raised = update(table).where(known, table.c.highest_code < number).values(highest_code=number)
        if number and not self._connection.execute(raised).rowcount:
            self._connection.execute(
                insert_or_skip(self._connection, table), [{"window": window, "highest_code": number}]
            )

    def _lay(self, kind: str, key: str, reason: str | None, at: datetime) -> None:
        if self._stone(kind, key) is None:
            self._stones[kind, key] = (reason, at)
            self._laid.append({"kind": kind, "id": key, "reason": reason, "at": at})

    def _stone(self, kind: str, key: str) -> tuple[str | None, datetime] | None:
        self._load_stones({(kind, key)})
        return self._stones[kind, key]

    def _load_stones(self, wanted: set[tuple[str, str]]) -> None:
        table, unknown = self._tables.tombstones, wanted - self._stones.keys()
        for kind, key in unknown:
            self._stones[kind, key] = None
        for some in chunks(sorted({key for _, key in unknown})):
            for row in self._connection.execute(select(table).where(table.c.id.in_(some))):
                self._stones[row.kind, row.id] = (row.reason, row.at)

    def _load_refusals(self, case_ids: set[str]) -> None:
        table = self._tables.refusals
        for case_id in case_ids:
            self._refused[case_id] = None
        for some in chunks(sorted(case_ids)):
            for row in self._connection.execute(select(table).where(table.c.case_id.in_(some))).mappings():
                self._refused[row["case_id"]] = dict(row)
