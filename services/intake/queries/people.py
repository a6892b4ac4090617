"""The window's index of persons: in memory alone, built from the sealed records, never on disk.

It catches up before every question: cases that changed since it last looked, by whatever process, are opened and
put in. So an import beside the running service is found as soon as it has committed.
"""

import threading
from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from rapidfuzz import fuzz, process
from sqlalchemy import Connection, RowMapping, select

from services.intake.domain.duplicates import Features, likeness
from services.intake.store.tables import Tables
from services.intake.use_cases.features import features_of
from services.intake.use_cases.ports import Alike
from shared.security.vault import Erased, Vault
from shared.spelling import plain, word_keys

AT_ONCE = 500
"""Records opened in one query while catching up."""
TYPED_WRONG = 80
"""Of 100: how alike two words must be for one to be a slip for the other."""
FORGIVEN_FROM = 4
"""Letters; shorter words are not guessed at."""
MOST_ALIKE = 10


@dataclass(frozen=True)
class Found:
    """One person in the index. ``words`` are the plain words of the name, ``code`` without hyphens, lower case."""

    case_id: str
    number: int
    code: str
    status: str
    words: tuple[str, ...]
    features: Features
    needs: tuple[str, ...] = ()
    came_on: date | None = None

    @property
    def paper(self) -> str:
        """The document's number in comparable form; empty without one."""
        return (self.features.document or "").partition(" ")[2]


class PeopleIndex:
    """Names, papers, codes and birth dates of this window's cases. Safe to share between threads."""

    def __init__(self, tables: Tables, vault: Vault) -> None:
        self._cases = tables.cases
        self._vault = vault
        self._lock = threading.Lock()
        self._seen = 0
        self._people: dict[str, Found] = {}
        self._by_word: defaultdict[str, set[str]] = defaultdict(set)
        self._by_document: defaultdict[str, set[str]] = defaultdict(set)
        self._by_birth: defaultdict[date, set[str]] = defaultdict(set)

    def __len__(self) -> int:
        return len(self._people)

    def catch_up(self, connection: Connection) -> None:
        """Take in what changed since the last look. Half way: what was taken in stays, the rest comes next time."""
        with self._lock:
            while rows := self._changed(connection):
                self._vault.load(row["person_id"] for row in rows)
                for row in rows:
                    self._take_in(row)
                    self._seen = row["change"]
                if len(rows) < AT_ONCE:
                    return

    def forget(self) -> None:
        """Know nobody any more: the keys went. What is asked next is built anew from the records, when they are back."""
        with self._lock:
            self._seen = 0
            self._people.clear()
            for index in (self._by_word, self._by_document, self._by_birth):
                index.clear()

    def remember(self, case_id: str, person: Mapping[str, Any], occurred_on: date) -> None:
        """Put in somebody who is about to be kept, so that the next line of a file is compared with them too."""
        with self._lock:
            self._put(Found(case_id, 0, "", "open", _words(person), features_of(person, occurred_on)))

    def search(self, connection: Connection, text: str, status: str | None) -> list[str]:
        """Ids of cases that every word of ``text`` fits (names, paper, code), best first, then newest.

        Forgiven are accents, Spanish spelling, unfinished words and slips of the pen. No text: all, newest first.
        """
        self.catch_up(connection)
        with self._lock:
            ranks: dict[str, int] | None = None
            for word in _asked(text):
                found = self._fitting(word)
                ranks = found if ranks is None else {one: ranks[one] + found[one] for one in ranks.keys() & found}
            people = [self._people[one] for one in (self._people if ranks is None else ranks)]
            kept = [one for one in people if status is None or one.status == status]
            kept.sort(key=lambda one: (-(ranks or {}).get(one.case_id, 0), -one.number))
            return [one.case_id for one in kept]

    def everybody(self, connection: Connection) -> Sequence[Found]:
        """All of them, to be counted or filtered."""
        self.catch_up(connection)
        with self._lock:
            return list(self._people.values())

    def needing(self, need: str) -> frozenset[str]:
        """Whose case has that need. The index must have caught up."""
        with self._lock:
            return frozenset(one.case_id for one in self._people.values() if need in one.needs)

    def alike(self, features: Features) -> Sequence[Alike]:
        """Cases whose person might be this one, the likeliest first. The index must have caught up."""
        with self._lock:
            found = (self._compared(features, self._people[one]) for one in self._candidates(features))
            likely = [one for one in found if one.likeness.likely]
        likely.sort(key=lambda one: (-one.likeness.score, one.case_id))
        return likely[:MOST_ALIKE]

    def _changed(self, connection: Connection) -> Sequence[RowMapping]:
        cases = self._cases
        columns = (cases.c.id, cases.c.number, cases.c.code, cases.c.person_id, cases.c.status, cases.c.change)
        query = select(*columns, cases.c.sealed).where(cases.c.change > self._seen)
        return connection.execute(query.order_by(cases.c.change).limit(AT_ONCE)).mappings().all()

    def _take_in(self, row: RowMapping) -> None:
        try:
            details: Any = self._vault.open(row["person_id"], row["id"], row["sealed"])["details"]
        except Erased:
            self._drop(row["id"])
            return
        person, day = details["person"], date.fromisoformat(details["occurred_on"])
        code = row["code"].replace("-", "").lower()
        needs = tuple(need["code"] for need in details["needs"])
        self._put(Found(row["id"], row["number"], code, row["status"], _words(person), features_of(person, day), needs, day))

    def _put(self, found: Found) -> None:
        self._drop(found.case_id)
        self._people[found.case_id] = found
        for index, key in self._places(found):
            index[key].add(found.case_id)

    def _drop(self, case_id: str) -> None:
        before = self._people.pop(case_id, None)
        for index, key in self._places(before) if before else ():
            index[key].discard(case_id)
            if not index[key]:
                del index[key]

    def _places(self, found: Found) -> list[tuple[defaultdict[Any, set[str]], Any]]:
        places: list[tuple[defaultdict[Any, set[str]], Any]] = [
            (self._by_word, word) for word in {*found.words, *found.features.names}
        ]
        if found.features.document:
            places.append((self._by_document, found.features.document))
        if found.features.birth_date:
            places.append((self._by_birth, found.features.birth_date))
        return places

    def _fitting(self, word: str) -> dict[str, int]:
        """Whom one word fits, and how well: 4 exactly, 3 spelt otherwise, 2 begun, 1 nearly."""
        ranks: dict[str, int] = {}

        def add(words: set[str], rank: int) -> None:
            for known in words:
                for case_id in self._by_word.get(known, ()):
                    ranks[case_id] = max(rank, ranks.get(case_id, 0))

        keys = set(word_keys(word))
        add({word}, 4)
        add(keys, 3)
        if len(word) > 1:
            add({known for known in self._by_word if known.startswith((word, *keys))}, 2)
        if len(word) >= FORGIVEN_FROM:
            near = process.extract(word, self._by_word.keys(), scorer=fuzz.ratio, score_cutoff=TYPED_WRONG, limit=20)
            add({known for known, _, _ in near}, 1)
        if any(character.isdigit() for character in word):
            ranks |= {one.case_id: 4 for one in self._people.values() if _numbered(one, word)}
        return ranks

    def _candidates(self, features: Features) -> set[str]:
        """Whoever shares the paper, the birth date, or two words of the name."""
        shared = Counter(one for word in set(features.names) for one in self._by_word.get(word, ()))
        enough = min(2, len(set(features.names)))
        found = {one for one, times in shared.items() if times >= enough > 0}
        if features.document:
            found |= self._by_document.get(features.document, set())
        if features.birth_date:
            found |= self._by_birth.get(features.birth_date, set())
        return found

    def _compared(self, features: Features, other: Found) -> Alike:
        return Alike(other.case_id, likeness(features, other.features, names_alike=_names_alike(features, other.features)))


def _names_alike(one: Features, other: Features) -> float:
    """0 to 1 by spelling keys, whatever the order; a second name that one of them leaves out costs a little."""
    mine, theirs = " ".join(sorted(one.names)), " ".join(sorted(other.names))
    whole = fuzz.ratio(mine, theirs)
    within = 90.0 if min(len(set(one.names)), len(set(other.names))) > 1 and _one_holds_the_other(one, other) else 0.0
    return max(whole, within) / 100


def _one_holds_the_other(one: Features, other: Features) -> bool:
    mine, theirs = set(one.names), set(other.names)
    return mine <= theirs or theirs <= mine


def _words(person: Mapping[str, Any]) -> tuple[str, ...]:
    return tuple(plain(f"{person['given_name']} {person['family_name']}").split())


def _asked(text: str) -> list[str]:
    """The words asked for; parts of a code or number joined by hyphens are one word."""
    return [word for part in text.split() for word in _word(part)]


def _word(part: str) -> list[str]:
    if any(character.isdigit() for character in part):
        joined = plain(part).replace(" ", "")
        return [joined] if joined else []
    return plain(part).split()


def _numbered(one: Found, word: str) -> bool:
    """Whether a code, its number, or a paper's number is meant; at least four characters of a number must be there."""
    if word.isdigit() and one.number and int(word[:12]) == one.number:
        return True
    return len(word) >= FORGIVEN_FROM and (word in one.code or one.paper.startswith(word))
