"""Which institutions a word of a rule means, for one case. Pure."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass

from shared.routing.case import Address
from shared.routing.directory import Institution
from shared.routing.facts import Facts, municipality_of
from shared.routing.rules import Who
from shared.vocabulary.codes import InstitutionKind
from shared.vocabulary.territory import department_of

_KINDS = frozenset(kind.value for kind in InstitutionKind)

Test = Callable[[Institution, Facts], bool]


@dataclass(frozen=True)
class Found:
    """An institution that a word means; ``complaint_country`` limits it to needs that complain of that country."""

    institution: Institution
    complaint_country: str | None = None


def receivers(word: Who, facts: Facts, pool: Iterable[Institution]) -> tuple[Found, ...]:
    """Whom a rule adds by this word. A municipality of which the place is not certain is not added."""
    test = _TESTS.get(word) or _of_kind(word)
    by_country = word is Who.OMBUDSMAN_COMPLAINED_OF
    return tuple(Found(one, one.country if by_country else None) for one in pool if test(one, facts))


def to_block(word: Who, facts: Facts, pool: Iterable[Institution]) -> tuple[Institution, ...]:
    """Whom a rule blocks by this word. Where the told place could be several municipalities, each of them."""
    place = _PLACES.get(word)
    if place is None:
        test = _TESTS.get(word) or _of_kind(word)
        return tuple(one for one in pool if test(one, facts))
    address = place(facts)
    return tuple(one for one in pool if address is not None and _may_hold(one, address))


def _of_kind(word: Who) -> Test:
    if word.value not in _KINDS:
        message = f"no meaning for {word}"
        raise LookupError(message)
    kind = InstitutionKind(word.value)
    return lambda one, facts: one.kind is kind and one.node == facts.node


def _holds(one: Institution, address: Address) -> bool:
    if one.kind is not InstitutionKind.MUNICIPALITY or one.country != address.country or one.area is None:
        return False
    return one.area == municipality_of(address)


def _may_hold(one: Institution, address: Address) -> bool:
    """Whether an address lies, or may lie, in a municipality's area: nothing certain is known of a vague address."""
    if one.kind is not InstitutionKind.MUNICIPALITY or one.country != address.country:
        return False
    area = municipality_of(address)
    if area is not None:
        return one.area == area
    return address.department is None or one.area is None or department_of(one.area) in {None, address.department}


def _at(place: Callable[[Facts], Address | None]) -> Test:
    def test(one: Institution, facts: Facts) -> bool:
        address = place(facts)
        return address is not None and _holds(one, address)

    return test


def _every(kind: InstitutionKind) -> Test:
    return lambda one, _facts: one.kind is kind


def _iom_there(one: Institution, facts: Facts) -> bool:
    return one.kind is InstitutionKind.IOM and one.country == facts.located_in


def _consulate_asked_for(one: Institution, facts: Facts) -> bool:
    ministry = one.kind is InstitutionKind.FOREIGN_MINISTRY
    return ministry and one.country in facts.nationalities - {facts.country} and one.id in facts.recipients


def _ombudsman_complained_of(one: Institution, facts: Facts) -> bool:
    return one.kind is InstitutionKind.OMBUDSMAN and one.country in facts.complaint_countries - {facts.country}


_PLACES: Mapping[Who, Callable[[Facts], Address | None]] = {
    Who.MUNICIPALITY_OF_RESIDENCE: lambda facts: facts.residence,
    Who.MUNICIPALITY_OF_ORIGIN: lambda facts: facts.origin,
    Who.MUNICIPALITY_OF_WINDOW: lambda facts: facts.window,
}

_TESTS: Mapping[Who, Test] = {
    **{word: _at(place) for word, place in _PLACES.items()},
    Who.EVERYONE: lambda _one, _facts: True,
    Who.EVERY_FOREIGN_MINISTRY: _every(InstitutionKind.FOREIGN_MINISTRY),
    Who.EVERY_MUNICIPALITY: _every(InstitutionKind.MUNICIPALITY),
    Who.INSTITUTIONS_OF_NATIONALITY: lambda one, facts: one.country in facts.nationalities,
    Who.IOM_WHERE_THE_PERSON_IS: _iom_there,
    Who.CHOSEN_RECIPIENTS: lambda one, facts: one.id in facts.recipients,
    Who.CONSULATE_ASKED_FOR: _consulate_asked_for,
    Who.INSTITUTION_COMPLAINED_OF: lambda one, facts: one.id in facts.institutions_complained_of,
    Who.OMBUDSMAN_COMPLAINED_OF: _ombudsman_complained_of,
}
