"""Room: where an institution said that it has none for a need, another takes it, if there is one. Pure.

domain.md, A referral's life: a rejection for ``no-capacity`` marks a service as full for some days, and routing
prefers another. It never takes a need away from whoever has it already.
"""

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import datetime

from shared.routing.assigning import Addition
from shared.routing.directory import Directory, Institution
from shared.routing.facts import Facts, municipality_of
from shared.vocabulary.codes import Need
from shared.vocabulary.territory import department_of

Pair = tuple[str, Need]
"""An institution and a need."""


@dataclass(frozen=True)
class Lack:
    """An institution without room for a need, until when, and who takes it ``instead``; None: nobody else can."""

    institution: str
    need: Need
    until: datetime
    instead: str | None = None


@dataclass(frozen=True)
class Room:
    """Who has room. ``full`` says who has none and until when; ``held`` what this case has open with whom already."""

    full: Mapping[Pair, datetime]
    held: Collection[Pair] = frozenset()

    def settle(
        self, additions: Iterable[Addition], *, facts: Facts, directory: Directory, may_have: Callable[[Institution], bool]
    ) -> tuple[list[Addition], list[Lack]]:
        """The additions with room for each where there is any, and where there was none.

        Another is of the same kind and node, gives the need to residents of the person's place, and ``may_have`` it.
        """
        settled: list[Addition] = []
        lacking: list[Lack] = []
        for addition in additions:
            pair = (addition.institution or "", addition.need)
            others = [other.id for other in _others(addition, facts, directory) if may_have(other)]
            kept = next((other for other in others if (other, addition.need) in self.held), None)
            if pair in self.held or (pair not in self.full and kept is None):
                settled.append(addition)
                continue
            instead = kept or next((other for other in others if (other, addition.need) not in self.full), None)
            settled.append(replace(addition, institution=instead) if instead else addition)
            if pair in self.full:
                lacking.append(Lack(*pair, self.full[pair], instead))
        return settled, lacking


def _others(addition: Addition, facts: Facts, directory: Directory) -> Iterator[Institution]:
    first = directory.find(addition.institution or "")
    municipality = municipality_of(facts.residence)
    department = department_of(municipality) if municipality else facts.residence.department
    for other in directory.active:
        alike = first is not None and other.id != first.id and other.kind is first.kind
        if alike and other.node == facts.node and other.country == facts.country:
            services = directory.services_of(other.id)
            if any(one.given and addition.need in one.needs and one.covers(department, municipality) for one in services):
                yield other
