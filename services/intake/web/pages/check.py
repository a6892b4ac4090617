"""A case before it is sent, in words: the answers as they were given, and what each institution would see."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Final

from services.intake.queries.likely_duplicates import LikelyDuplicate
from services.intake.queries.outlook import Outlook, Sight
from services.intake.web.forms.case_form import Options
from services.intake.web.forms.case_json import Values
from services.intake.web.forms.fields import CHOSEN, Field, Kind, Section
from services.intake.web.forms.reading import day_text
from shared.routing.rules import Disclosure
from shared.texts import said
from shared.vocabulary.codes import Urgency
from shared.vocabulary.labels import label

ROWS: Final[Mapping[str, str]] = {
    "name": said("nombre, edad y nacionalidad"),
    "document": said("documento"),
    "relative": said("el familiar que busca"),
    "contact": said("teléfono y contacto"),
    "address": said("de dónde es y dónde vive"),
    "route": said("su viaje y lo que contó"),
    "health": said("lo que dijo de su salud"),
    "gender_based_violence": said("lo que dijo de violencia de género"),
    "trafficking": said("lo que dijo de trata"),
}
"""The rows of the matrix (``classes.yml``) as they are said to staff and to the person."""
AGREEMENTS: Final[Mapping[str, str]] = {
    "document": said("el mismo documento"),
    "name": said("el mismo nombre"),
    "similar_name": said("un nombre parecido"),
    "birth_date": said("la misma fecha de nacimiento"),
    "similar_birth_date": said("una fecha de nacimiento parecida"),
    "age": said("una edad parecida"),
    "municipality": said("el mismo lugar"),
}
"""Why two records may be of one person."""


@dataclass(frozen=True)
class Row:
    """One question and what was answered."""

    field: Field
    texts: Sequence[str]


@dataclass(frozen=True)
class Answered:
    """One section; ``not_asked`` are the questions that nobody put."""

    section: Section
    rows: Sequence[Row]
    not_asked: Sequence[Field]


@dataclass(frozen=True)
class SeenBy:
    """One institution in words."""

    name: str
    urgency: str
    pressing: bool
    needs: Sequence[str]
    reasons: Sequence[tuple[str, str]]
    needs_before: Sequence[str]
    needs_after: Sequence[str]
    after: Sequence[str]
    knows_person: bool
    code_only: bool
    assurance: str


@dataclass(frozen=True)
class KeptOut:
    """Who must not know, and the sentence of the rule that says so."""

    names: Sequence[str]
    rule: str
    text: str


@dataclass(frozen=True)
class Alike:
    """Somebody registered already who may be the person typed in."""

    case_id: str
    code: str
    name: str
    born: str
    seen_on: str
    reasons: Sequence[str]


def answered(
    sections: tuple[Section, ...], values: Values, options: Mapping[str, Options], understood: Values
) -> list[Answered]:
    """Every answer by section, as it was understood, codes in words; what was left empty is not listed."""
    return [
        Answered(
            section,
            [
                Row(one, _texts(one, values[one.name], options, understood))
                for one in section.all_fields
                if values.get(one.name)
            ],
            [one for one in section.all_fields if one.kind is Kind.ANSWER and not values.get(one.name)],
        )
        for section in sections
    ]


def _texts(one: Field, given: Sequence[str], options: Mapping[str, Options], understood: Values) -> Sequence[str]:
    if one.kind not in CHOSEN:
        return understood.get(one.name, given)
    words = dict(options[one.name])
    return [words.get(code, code) for code in given]


def sights(found: Outlook, language: str) -> list[SeenBy]:
    """Who would be asked, in words."""
    return [_seen_by(one, language) for one in found.sights]


def kept_out(found: Outlook, language: str) -> list[KeptOut]:
    """Who is blocked, one line for each reason."""

    def name(institution: str) -> str:
        known = found.directory.find(institution)
        return known.name(language) if known else institution

    return [
        KeptOut([name(one) for one in institutions], block.rule, block.en if language == "en" else block.es)
        for block, institutions in found.blocked.items()
    ]


def beside(found: Sequence[LikelyDuplicate]) -> list[Alike]:
    """Who may be the same person, to be shown beside what was typed."""
    return [
        Alike(
            case_id=one.case.id,
            code=one.case.code,
            name=f"{one.case.given_name} {one.case.family_name}",
            born=day_text(date.fromisoformat(one.case.birth_date)) if one.case.birth_date else str(one.case.estimated_age),
            seen_on=day_text(date.fromisoformat(one.case.occurred_on)),
            reasons=[AGREEMENTS[reason] for reason in one.reasons],
        )
        for one in found
    ]


def _seen_by(one: Sight, language: str) -> SeenBy:
    referral = one.referral
    return SeenBy(
        name=one.institution.name(language) if one.institution else referral.institution,
        urgency=label("urgency", referral.urgency.value, language),
        pressing=referral.urgency is not Urgency.ROUTINE,
        needs=[label("need", need.value, language) for need in referral.needs],
        reasons=[(reason.rule, reason.en if language == "en" else reason.es) for reason in referral.reasons],
        needs_before=[label("need", code, language) for code in one.needs_before],
        needs_after=[label("need", code, language) for code in one.needs_after],
        after=[ROWS[row] for row in one.after],
        knows_person=one.knows_person,
        code_only=referral.disclosure is Disclosure.CODE_ONLY,
        assurance=one.assurance.value,
    )
