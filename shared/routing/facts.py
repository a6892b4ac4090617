"""What the rules ask about a case: the derived words of domain.md, each worked out once. Pure."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, replace
from datetime import date

from shared.routing.case import Address, CaseDetails, Person
from shared.routing.rules import Word
from shared.vocabulary.codes import AgeBand, ConsentGivenBy, ConsentGround, Need, Situation, Vulnerability
from shared.vocabulary.places import WindowPlace
from shared.vocabulary.territory import resolve

ADULT_AGE = 18
"""Years; below it every rule sees a child (Convention on the Rights of the Child, art. 1)."""

_BANDS = (
    (6, AgeBand.UNDER_6),
    (12, AgeBand.FROM_6),
    (18, AgeBand.FROM_12),
    (25, AgeBand.FROM_18),
    (60, AgeBand.FROM_25),
)


@dataclass(frozen=True)
class Facts:
    """A case as the rules see it, on the day of the interview; ``needs`` leaves out ``information``."""

    node: str
    country: str
    nationalities: frozenset[str]
    located_in: str
    needs: frozenset[Need]
    answers: frozenset[Vulnerability]
    words: frozenset[Word]
    origin: Address | None
    residence: Address
    window: Address
    recipients: frozenset[str]
    complaints: Mapping[Need, frozenset[str]]
    institutions_complained_of: frozenset[str]

    @property
    def complaint_countries(self) -> frozenset[str]:
        """Every country that a need complains of."""
        return frozenset().union(*self.complaints.values())

    def holds(self, word: Word) -> bool:
        """Whether a word is true of this case."""
        return word in self.words


def facts_of(details: CaseDetails, *, node: str, window: WindowPlace, out_of_reach: Collection[str] = ()) -> Facts:
    """Work out every word of domain.md for one case. ``out_of_reach`` are the nodes that no link leads to yet."""
    country = node.upper()
    facts = Facts(
        node=node,
        country=country,
        nationalities=nationalities(details.person),
        located_in=details.located_in or window.country,
        needs=frozenset(need.code for need in details.needs) - {Need.INFORMATION},
        answers=frozenset(question for question in details.vulnerabilities if details.answered_yes(question)),
        words=frozenset(),
        origin=details.person.origin,
        residence=residence(details.person, country, window),
        window=_place_of(window),
        recipients=frozenset(details.consent.recipients),
        complaints=_complaints(details),
        institutions_complained_of=frozenset(
            need.against.institution for need in details.needs if need.against and need.against.institution
        ),
    )
    return replace(facts, words=_words(details, facts, {other.upper() for other in out_of_reach}))


def nationalities(person: Person) -> frozenset[str]:
    """All nationalities, the first one included."""
    return frozenset({person.nationality, *person.other_nationalities})


def age_on(person: Person, day: date) -> int | None:
    """Full years on a day, from the birth date, else as estimated; ``None`` when nothing is known."""
    born = person.birth_date
    if born is None:
        return person.estimated_age
    return day.year - born.year - ((day.month, day.day) < (born.month, born.day))


def age_band(age: int | None) -> AgeBand:
    """The band that a preview shows instead of the age."""
    if age is None:
        return AgeBand.UNKNOWN
    return next((band for below, band in _BANDS if age < below), AgeBand.FROM_60)


def child_alone(details: CaseDetails) -> bool:
    """Unaccompanied or separated, or of doubtful age without a trusted contact: the doubt counts for the child."""
    if details.answered_yes(Vulnerability.UNACCOMPANIED_CHILD) or details.answered_yes(Vulnerability.SEPARATED_CHILD):
        return True
    doubtful = details.answered_yes(Vulnerability.AGE_DOUBTFUL)
    return doubtful and not details.answered_yes(Vulnerability.TRUSTED_CONTACT)


def residence(person: Person, country: str, window: WindowPlace) -> Address:
    """Where the person lives: as told, else the origin when it is in the node's country, else the window's place."""
    if person.residence is not None:
        return person.residence
    if person.origin is not None and person.origin.country == country:
        return person.origin
    return _place_of(window)


def municipality_of(address: Address) -> str | None:
    """The municipality of today that an address lies in; ``None`` when it cannot be told."""
    return resolve(address.country, address.department, address.municipality)


def _place_of(window: WindowPlace) -> Address:
    return Address(window.country, window.department, window.municipality)


def _complaints(details: CaseDetails) -> dict[Need, frozenset[str]]:
    """The countries that each need complains of."""
    found: dict[Need, frozenset[str]] = {}
    for need in details.needs:
        if need.against and need.against.country:
            found[need.code] = found.get(need.code, frozenset()) | {need.against.country}
    return found


def _words(details: CaseDetails, facts: Facts, out_of_reach: Collection[str]) -> frozenset[Word]:
    national = facts.country in facts.nationalities
    abroad = facts.located_in != facts.country
    in_transit = details.situation is Situation.IN_TRANSIT
    age = age_on(details.person, details.occurred_on)
    alone = child_alone(details)
    child = age is not None and age < ADULT_AGE
    consent = details.consent
    guarded = consent.guardian is not None or consent.given_by is ConsentGivenBy.GUARDIAN
    papers = details.voluntary_return
    true = {
        Word.NATIONAL: national,
        Word.ABROAD: abroad,
        Word.AT_HOME: national and not abroad and not in_transit,
        Word.IN_TRANSIT: in_transit,
        Word.CHILD: child,
        Word.ADULT: age is not None and not child,
        Word.CHILD_ALONE: alone,
        Word.WITH_GUARDIAN: child and not alone and guarded,
        Word.PAPERS_COMPLETE: papers is not None and None not in {papers.guidance_on, papers.declared_on},
        Word.BEST_INTERESTS: details.best_interests is not None,
        Word.RECIPIENTS_NAMED: bool(facts.recipients),
        Word.OTHER_GROUND: consent.ground is not ConsentGround.CONSENT,
        Word.COMPLAINT_OUT_OF_REACH: not facts.complaint_countries.isdisjoint(out_of_reach),
        Word.INSTITUTION_COMPLAINED_OF: bool(facts.institutions_complained_of),
        Word.ONLY_INFORMATION: not facts.needs,
        Word.EMERGENCY_CALLED: details.emergency_call is not None and details.emergency_call.made,
        Word.ENTRY_DATE_KNOWN: details.entry_date is not None,
    }
    return frozenset(word for word, holds in true.items() if holds)
