"""Two persons side by side, with what differs."""

from collections.abc import Sequence
from dataclasses import dataclass

from services.intake.domain.case import Case
from services.intake.domain.duplicates import Agreement
from services.intake.queries.merging import Candidate
from services.intake.web.pages.seen import Seen
from shared.texts import said
from shared.vocabulary.codes import DocumentType

REASONS = {
    Agreement.DOCUMENT: said("mismo documento"),
    Agreement.NAME: said("mismo nombre"),
    Agreement.SIMILAR_NAME: said("nombre parecido"),
    Agreement.BIRTH_DATE: said("misma fecha de nacimiento"),
    Agreement.SIMILAR_BIRTH_DATE: said("fecha de nacimiento parecida"),
    Agreement.AGE: said("edad parecida"),
    Agreement.MUNICIPALITY: said("mismo municipio"),
}


@dataclass(frozen=True)
class Fact:
    """One row: what, of this and of the other; ``private`` is hidden where names are, ``name`` is one."""

    label: str
    mine: str
    theirs: str
    private: bool = False
    name: bool = False

    @property
    def differs(self) -> bool:
        """Whether it speaks against."""
        return bool(self.mine and self.theirs) and self.mine != self.theirs


@dataclass(frozen=True)
class Pair:
    """Another case beside the one at hand."""

    id: str
    code: str
    reasons: Sequence[str]
    facts: Sequence[Fact]


def compared(case: Case, other: Candidate, seen: Seen) -> Pair:
    """What is known of both."""
    mine, theirs = _facts(case, seen), _facts(other.case, seen)
    labels = (said("Nombre"), said("Nacimiento"), said("Documento"), said("Origen"), said("Necesidades"), said("Entrevista"))
    facts = [
        Fact(label, one, two, private=label in labels[1:3], name=label == labels[0])
        for label, one, two in zip(labels, mine, theirs, strict=True)
    ]
    return Pair(other.case.id, other.case.code, [REASONS[Agreement(reason)] for reason in other.reasons], facts)


def _facts(case: Case, seen: Seen) -> Sequence[str]:
    person, paper = case.details.person, case.details.person.document
    return (
        f"{person.given_name} {person.family_name}",
        seen.day(person.birth_date) if person.birth_date else "",
        (paper.number or "") if paper and paper.type is not DocumentType.NONE else "",
        seen.place_of(person.origin),
        ", ".join(seen.labels("need", [need.code for need in case.details.needs])),
        seen.day(case.details.occurred_on),
    )
