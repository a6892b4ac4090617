"""The referrals of one unit of work, their histories, and the needs that they hold open."""

from bisect import insort
from collections.abc import Collection, Iterable, Sequence
from dataclasses import replace
from datetime import datetime
from operator import attrgetter
from typing import Any

from sqlalchemy import Connection, bindparam, delete, insert, select, update
from sqlalchemy.exc import IntegrityError

from services.referrals.domain.history import Entry
from services.referrals.domain.referral import Referral
from services.referrals.domain.transitions import WORKED_ON
from services.referrals.store.locks import Locks
from services.referrals.store.referrals import REFERRALS
from services.referrals.store.shelf import Shelf, chunks
from services.referrals.store.tables import Tables
from shared.errors import TryAgain
from shared.ids import id_after
from shared.security.vault import Vault
from shared.vocabulary.codes import Need

Held = tuple[str, str, Need]
"""Person, institution and need: the key of ``open_needs``."""


class KeptReferrals:
    """Reads a referral once, after holding its case and person; writes everything back at ``flush``.

    ``open_needs`` follows the referrals by itself: whatever ends one frees its needs, whatever opens one takes
    them, and the table's key refuses what two acts took at once.
    """

    def __init__(self, connection: Connection, tables: Tables, vault: Vault, locks: Locks) -> None:
        self._connection = connection
        self._tables = tables
        self._vault = vault
        self._locks = locks
        self._shelf = Shelf(connection, tables.referrals, vault, REFERRALS)
        self._cases: set[str] = set()
        self._by_case: dict[str, list[Referral]] = {}
        self._by_person: dict[str, list[Referral]] = {}
        self._persons: dict[str, dict[Held, str]] = {}
        self._before: dict[str, set[Held]] = {}
        self._histories: dict[str, list[Entry]] = {}
        self._entries: list[Entry] = []
        self._words: dict[str, frozenset[str]] = {}
        self._moved: set[str] = set()

    def cases(self, referral_ids: Iterable[str]) -> set[str]:
        """Whose cases these are; what does not exist is left out."""
        table, found = self._tables.referrals, set[str]()
        for some in chunks(sorted(set(referral_ids))):
            found.update(self._connection.execute(select(table.c.case_id).where(table.c.id.in_(some))).scalars())
        return found

    def load(self, case_ids: Iterable[str], person_ids: Iterable[str]) -> None:
        """Read all referrals of these cases with their histories, and what these persons have open."""
        wanted = set(case_ids) - self._cases
        self._cases |= wanted
        found = self._shelf.load("case_id", wanted)
        for referral in found:
            if referral.id not in self._before:
                self._before[referral.id] = _held(referral)
                self._index(referral)
        self._load_histories([referral.id for referral in found])
        self._load_open(set(person_ids) - self._persons.keys())

    def get(self, referral_id: str) -> Referral | None:
        """One referral, held until the end."""
        if referral_id not in self._shelf:
            table = self._tables.referrals
            query = select(table.c.case_id, table.c.person_id).where(table.c.id == referral_id)
            place = self._connection.execute(query).one_or_none()
            if place is None:
                return None
            self._locks.hold(place)
            self.load([place.case_id], [place.person_id])
        return self._shelf.get(referral_id)

    def of_case(self, case_id: str) -> Sequence[Referral]:
        """All of one case, oldest first."""
        self.load([case_id], ())
        return sorted(self._by_case.get(case_id, ()), key=lambda referral: (referral.created_at, referral.id))

    def add(self, referral: Referral) -> None:
        """A new one; its history begins."""
        self._shelf.add(referral)
        self._before[referral.id] = set()
        self._index(referral)
        self._histories[referral.id] = []

    def open_at(self, person_id: str, institution: str, need: Need) -> str | None:
        """Who holds this need open: as this act has it, else as it stands in the table."""
        self._load_open({person_id} - self._persons.keys())
        key = (person_id, institution, need)
        for referral in self._by_person.get(person_id, ()):
            if key in _held(referral):
                return referral.id
        standing = self._persons[person_id].get(key)
        return None if standing is None or standing in self._shelf else standing

    def record(self, entry: Entry) -> None:
        """Add to a referral's history, after all that is in it: its order is that of the ids, whatever our clock says."""
        past = self.history(entry.referral_id)
        if past and entry.id <= past[-1].id:
            entry = replace(entry, id=id_after(past[-1].id))
        self._histories[entry.referral_id].append(entry)
        self._entries.append(entry)

    def recall(self, entry: Entry) -> None:
        """Add to a referral's history what was forgotten, in the order of the ids."""
        self.history(entry.referral_id)
        insort(self._histories[entry.referral_id], entry, key=attrgetter("id"))
        self._entries.append(entry)

    def history(self, referral_id: str) -> Sequence[Entry]:
        """What happened to it, oldest first."""
        if referral_id not in self._histories:
            self._load_histories([referral_id])
        return tuple(self._histories[referral_id])

    def searchable(self, referral_id: str, words: Collection[str]) -> None:
        """By which words it is found from now on."""
        self._words[referral_id] = frozenset(words)

    def move(self, referral: Referral, person_id: str) -> None:
        """It is another person's: its needs are held open in their name, and its words sealed anew for them."""
        self.history(referral.id)
        self._by_person[referral.person_id].remove(referral)
        self._by_person.setdefault(person_id, []).append(referral)
        referral.person_id = person_id
        self._moved.add(referral.id)

    def purge(self, referral_id: str) -> None:
        """Nothing of it is found any more, and no words of its history are kept."""
        self.searchable(referral_id, ())
        self._histories[referral_id] = [replace(entry, text=None) for entry in self.history(referral_id)]
        self._entries = [replace(one, text=None) if one.referral_id == referral_id else one for one in self._entries]
        table = self._tables.history
        self._connection.execute(update(table).where(table.c.referral_id == referral_id).values(sealed=None))

    def unanswered_stops(self, before: datetime, most: int) -> Sequence[Referral]:
        """Those asked to stop before a moment that have not answered and were not escalated, held."""
        table = self._tables.referrals
        waiting = table.c.status.in_(sorted(WORKED_ON)) & table.c.escalated.is_(False)
        cases = self._tables.cases
        known = table.c.case_id.not_in(select(cases.c.id).where(cases.c.recovering.is_(True)))  # else answers are missing
        late = table.c.stop_requested_at < before
        query = select(table.c.id).where(waiting, late, known).order_by(table.c.id).limit(most)
        found = [self.get(one) for one in self._connection.execute(query).scalars().all()]
        return [one for one in found if one is not None]

    def flush(self) -> None:
        """Write what changed: referrals, then what they hold open, their histories, their words."""
        changed = self._shelf.flush()
        self._flush_open(changed)
        self._flush_entries()
        self._flush_moved()
        self._flush_words()

    def _index(self, referral: Referral) -> None:
        self._by_case.setdefault(referral.case_id, []).append(referral)
        self._by_person.setdefault(referral.person_id, []).append(referral)

    def _load_histories(self, referral_ids: Sequence[str]) -> None:
        table = self._tables.history
        for referral_id in referral_ids:
            self._histories[referral_id] = []
        for some in chunks(sorted(referral_ids)):
            query = select(table).where(table.c.referral_id.in_(some)).order_by(table.c.id)
            for row in self._connection.execute(query).mappings():
                owner = self._shelf.get(row["referral_id"])
                if owner is not None:
                    self._histories[owner.id].append(entry_of(row, owner.person_id, self._vault))

    def _load_open(self, person_ids: Collection[str]) -> None:
        table = self._tables.open_needs
        for person_id in person_ids:
            self._persons[person_id] = {}
        for some in chunks(sorted(person_ids)):
            for row in self._connection.execute(select(table).where(table.c.person_id.in_(some))):
                self._persons[row.person_id][row.person_id, row.institution, Need(row.need)] = row.referral_id

    def _flush_open(self, changed: Sequence[Referral]) -> None:
        table = self._tables.open_needs
        freed, taken = [], []
        for referral in changed:
            before, now = self._before[referral.id], _held(referral)
            freed += [{"p": person, "i": place, "n": need} for person, place, need in before - now]
            taken += [
                {"person_id": person, "institution": place, "need": need, "referral_id": referral.id}
                for person, place, need in sorted(now - before)
            ]
            self._before[referral.id] = now
        if freed:
            self._connection.execute(
                delete(table).where(
                    table.c.person_id == bindparam("p"), table.c.institution == bindparam("i"), table.c.need == bindparam("n")
                ),
                freed,
            )
        if taken:
            try:
                self._connection.execute(insert(table), taken)
            except IntegrityError as error:
                message = "somebody opened the same need at the same moment"
                raise TryAgain(message, retry_after=0.1) from error

    def _flush_entries(self) -> None:
        entries, self._entries = self._entries, []
        if entries:
            self._connection.execute(insert(self._tables.history), [self._entry_row(entry) for entry in entries])

    def _flush_moved(self) -> None:
        moved, self._moved = self._moved, set()
        told = [entry for referral_id in sorted(moved) for entry in self._histories[referral_id] if entry.text is not None]
        if told:
            table = self._tables.history
            anew = [{"_id": entry.id, "sealed": self._entry_row(entry)["sealed"]} for entry in told]
            self._connection.execute(update(table).where(table.c.id == bindparam("_id")), anew)

    def _entry_row(self, entry: Entry) -> dict[str, Any]:
        owner = self._shelf.get(entry.referral_id)
        sealed = None
        if entry.text is not None and owner is not None:
            sealed = self._vault.seal(owner.person_id, entry.id, {"text": entry.text})
        return {
            "id": entry.id, "referral_id": entry.referral_id, "at": entry.at, "change": entry.change, "by": entry.by,
            "reason": entry.reason, "sealed": sealed,
        }

    def _flush_words(self) -> None:
        words, self._words = self._words, {}
        table = self._tables.search_tokens
        if words:
            self._connection.execute(delete(table).where(table.c.referral_id.in_(sorted(words))))
        rows = [{"referral_id": referral, "token": token} for referral, tokens in words.items() for token in sorted(tokens)]
        if rows:
            self._connection.execute(insert(table), rows)


def entry_of(row: Any, person_id: str, vault: Vault) -> Entry:
    """A row of the history, its words opened."""
    text = None
    if row["sealed"] is not None:
        text = str(vault.open(person_id, row["id"], row["sealed"])["text"])
    return Entry(row["id"], row["referral_id"], row["at"], row["change"], row["by"], row["reason"], text)


def _held(referral: Referral) -> set[Held]:
    if not referral.holds_needs:
        return set()
    return {(referral.person_id, referral.institution, need) for need in referral.needs}
