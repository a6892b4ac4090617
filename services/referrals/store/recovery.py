"""What a restored hub learns back from its windows, kept until it is time for it, in one unit of work."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict
from typing import Any

import orjson
from sqlalchemy import Connection, Row, Table, delete, insert, select, update
from sqlalchemy.dialects import postgresql, sqlite

from services.referrals.domain.before import Before
from services.referrals.store.locks import Locks
from services.referrals.store.shelf import chunks
from services.referrals.store.tables import Tables
from services.referrals.use_cases.window_ask import AnswerAsk
from shared.clock import Clock
from shared.contracts.addresses import Address
from shared.contracts.fields import tolerant
from shared.contracts.referral import ReferralState, ReferralStateSchema
from shared.contracts.referral_asked import Ask
from shared.messaging.epochs import epoch_of
from shared.messaging.recovery import end_recovery, is_recovering, take_answer, was_restored, who_answered
from shared.messaging.streams import insert_or_skip, lock_streams
from shared.security.vault import Erased, Vault
from shared.vocabulary.codes import Need, Urgency

STATE = tolerant(ReferralStateSchema())
ONE_AT_A_TIME = "recovery"
"""The lock under which replicas take turns."""


class KeptRecovery:
    """Held states are written at once in few statements, the rest at ``flush``."""

    def __init__(self, connection: Connection, tables: Tables, vault: Vault, locks: Locks, node: str, clock: Clock) -> None:
        self._connection = connection
        self._tables = tables
        self._vault = vault
        self._locks = locks
        self._node = node
        self._clock = clock
        self._on: dict[str, bool] = {}
        self._held: dict[str, ReferralState] = {}
        self._unrouted: dict[str, tuple[str, Before]] = {}
        self._asks: list[AnswerAsk] = []

    @property
    def was_restored(self) -> bool:
        """Whether this hub ever forgot anything."""
        return was_restored(self._connection, self._tables.messaging)

    def is_on(self, window: str) -> bool:
        """Whether a window may still hold something that this hub forgot."""
        if window not in self._on:
            self._on[window] = is_recovering(self._connection, self._tables.messaging, Address.window(self._node, window))
        return self._on[window]

    def take_answer(self, window: str, epoch: str | None) -> None:
        """To which life of this hub a window has told all that it holds."""
        take_answer(self._connection, self._tables.messaging, Address.window(self._node, window), epoch)

    def go_on_without(self, window: str) -> None:
        """Somebody decided that this window is not waited for."""
        address, messaging = Address.window(self._node, window), self._tables.messaging
        epoch = epoch_of(self._connection, messaging)
        lock_streams(self._connection, messaging, [address.key], epoch=epoch, now=self._clock.now())
        take_answer(self._connection, messaging, address, epoch)

    def keep(self, state: ReferralState) -> None:
        """A referral as its window holds it."""
        other = self._held.get(state.id)
        if other is None or other.version < state.version:
            self._held[state.id] = state

    def route_later(self, case_id: str, window: str, before: Before) -> None:
        """A case is routed when its window is done; so it stood before what was told now."""
        known = self._unrouted.get(case_id)
        self._unrouted[case_id] = (window, before if known is None else known[1].joined(before))

    def ask_later(self, request: AnswerAsk) -> None:
        """What a window asks is answered when it is done."""
        self._asks.append(request)

    def hold(self) -> None:
        """Let no other replica take the next steps meanwhile."""
        self._locks.hold([ONE_AT_A_TIME])

    def next_held(self, count: int) -> Sequence[Sequence[ReferralState]]:
        """What is held of the next persons, each person's together, taken out; of windows that have answered.

        A window that merged two cases may hold a referral under the person whose its case was then: whose the case
        is now counts.
        """
        held, cases = self._tables.held, self._tables.cases
        here = held.join(cases, cases.c.id == held.c.case_id)
        ours, owner = held.c.window.in_(self._answered()), cases.c.person_id
        persons = self._connection.execute(
            select(owner).select_from(here).where(ours).distinct().order_by(owner).limit(count)
        ).scalars().all()
        rows = self._connection.execute(
            select(held, owner.label("owner")).select_from(here).where(ours, owner.in_(persons)).order_by(owner)
        ).all()
        self._take_out(held, "referral_id", [row.referral_id for row in rows])
        sealed_for = {row.person_id for row in rows}
        self._vault.load(sealed_for)
        gone = self._vault.forgotten({*persons, *sealed_for})
        found: dict[str, list[ReferralState]] = {person: [] for person in persons if person not in gone}
        for row in rows:
            if row.owner in found and row.person_id not in gone:
                found[row.owner].append(self._state(row))
        return list(found.values())

    def next_unrouted(self, count: int) -> Mapping[str, Before]:
        """The next cases that wait to be routed, and how they stood before, taken out."""
        rows = self._next(self._tables.unrouted, "case_id", count)
        return {row.case_id: _before(row.before) for row in rows}

    def is_unrouted(self, case_id: str) -> bool:
        """Whether a case waits to be routed."""
        table = self._tables.unrouted
        found = self._connection.execute(select(table.c.case_id).where(table.c.case_id == case_id)).first()
        return found is not None or case_id in self._unrouted

    def next_asks(self, count: int) -> Sequence[AnswerAsk]:
        """The next asks that wait, oldest first, taken out."""
        rows = self._next(self._tables.waiting_asks, "ask_id", count)
        return [_ask(orjson.loads(self._vault.open_local(row.sealed))) for row in rows]

    def finish(self) -> Sequence[str]:
        """Those who have answered and of whom nothing waits: this hub recovers from them no more. Their names."""
        messaging, cases = self._tables.messaging, self._tables.cases
        done = [window for window in self._answered() if self.is_on(window)]
        for window in done:
            mine = (cases.c.window == window) & cases.c.recovering.is_(True)
            self._connection.execute(update(cases).where(mine).values(recovering=False))
            end_recovery(self._connection, messaging, Address.window(self._node, window))
            self._on[window] = False
        return done

    def flush(self) -> None:
        """Write what is to wait."""
        self._write(self._tables.held, "referral_id", self._held_rows())
        self._write_unrouted()
        asks, self._asks = self._asks, []
        rows = [
            {"ask_id": one.ask_id, "window": one.window, "sealed": self._vault.seal_local(orjson.dumps(asdict(one)))}
            for one in asks
        ]
        if rows:
            self._connection.execute(insert_or_skip(self._connection, self._tables.waiting_asks), rows)

    def _answered(self) -> list[str]:
        return [address.name for address in who_answered(self._connection, self._tables.messaging) if address.is_window]

    def _state(self, row: Row[Any]) -> ReferralState:
        state: ReferralState = STATE.load(self._vault.open(row.person_id, f"held:{row.referral_id}", row.sealed))
        return state

    def _held_rows(self) -> list[dict[str, Any]]:
        states, self._held = self._held, {}
        self._vault.ensure(state.person_id for state in states.values())
        rows = []
        for state in states.values():
            try:
                sealed = self._vault.seal(state.person_id, f"held:{state.id}", STATE.dump(state))
            except Erased:
                continue  # nothing of theirs comes back
            rows.append({
                "referral_id": state.id, "case_id": state.case_id, "person_id": state.person_id, "window": state.window,
                "version": state.version, "sealed": sealed,
            })
        return rows

    def _write(self, table: Table, key: str, rows: Sequence[Mapping[str, Any]]) -> None:
        """A row is replaced by one of a higher version only."""
        if not rows:
            return
        dialect = postgresql if self._connection.dialect.name == "postgresql" else sqlite
        new = dialect.insert(table)
        changed = {name: new.excluded[name] for name in rows[0] if name != key}
        statement = new.on_conflict_do_update(
            index_elements=[key], set_=changed, where=new.excluded.version > table.c.version
        )
        self._connection.execute(statement, rows)

    def _write_unrouted(self) -> None:
        """How a case stood before the first of several versions is what counts."""
        waiting, self._unrouted = self._unrouted, {}
        table = self._tables.unrouted
        for some in chunks(sorted(waiting)):
            query = select(table.c.case_id, table.c.before).where(table.c.case_id.in_(some))
            known = {row.case_id: _before(row.before) for row in self._connection.execute(query)}
            self._connection.execute(delete(table).where(table.c.case_id.in_(some)))
            rows = []
            for one in some:
                window, before = waiting[one]
                first = known[one].joined(before) if one in known else before
                rows.append({"case_id": one, "window": window, "before": {**vars(first), "needs": sorted(first.needs)}})
            self._connection.execute(insert(table), rows)

    def _next(self, table: Table, key: str, count: int) -> Sequence[Row[Any]]:
        query = select(table).where(table.c.window.in_(self._answered())).order_by(table.c[key]).limit(count)
        rows = self._connection.execute(query).all()
        self._take_out(table, key, [getattr(row, key) for row in rows])
        return rows

    def _take_out(self, table: Table, key: str, values: Iterable[str]) -> None:
        for some in chunks(sorted(set(values))):
            self._connection.execute(delete(table).where(table.c[key].in_(some)))


def _before(kept: Mapping[str, Any]) -> Before:
    urgency = Urgency(kept["urgency"]) if kept["urgency"] else None
    return Before(frozenset(map(Need, kept["needs"])), urgency, kept["lowered"])


def _ask(kept: Mapping[str, Any]) -> AnswerAsk:
    return AnswerAsk(**{**kept, "ask": Ask(kept["ask"])})
