"""A filled form as the JSON of a case, the same that ``POST /cases`` takes, and back.

Only text is read here. Whether it makes a case is judged by ``CaseBodySchema`` and the rules, whose dotted paths are led
back to the fields that were typed into.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any, Final

from services.intake.domain.consent_text import ConsentText
from services.intake.web.forms.fields import CHOSEN, Field, Kind, Section, every
from services.intake.web.forms.kinds import BAD_DAY
from services.intake.web.forms.person_form import CONSENT, FIELDS, SECTIONS
from services.intake.web.forms.reading import (
    address_text,
    age_of,
    country_of,
    day_of,
    day_text,
    place_of,
)
from shared.texts import said
from shared.vocabulary.codes import Answer, DocumentType, Need
from shared.vocabulary.documents import dui_as_written, dui_is_valid
from shared.vocabulary.phones import check_phone
from shared.web.bodies import is_text
from shared.web.forms import MISSING, NO_TEXT, NOT_OFFERED, TOO_LONG
from shared.web.languages import country_name

Values = Mapping[str, Sequence[str]]

BAD_BIRTH: Final = said("Escriba la fecha de nacimiento, como 1/5/1990, o la edad en años.")
BAD_COUNTRY: Final = said("No hay un país con ese nombre.")
BAD_PLACE: Final = said("No hay un lugar con ese nombre. Para otro país escriba: ciudad, país.")
WHICH_PLACE: Final = said("Hay más de un lugar así. Elija uno.")
BAD_PHONE: Final = said("No es un teléfono válido. De otro país, con su código: +502 y el número.")
NO_TYPE: Final = said("Elija qué documento es.")
NO_NEED: Final = said("Marque la necesidad a la que esto corresponde.")
NO_CLASSES: Final = said("Marque qué datos se comparten, o anote que no acepta.")

COMPLAINTS: Final = (Need.RIGHTS_VIOLATION, Need.PROTECTION, Need.LEGAL_AID, Need.LABOUR_ABUSE)
"""Needs that may be about somebody: whom, stands in ``against`` (R7, R16)."""
RELATIVES: Final = (Need.FAMILY_TRACING, Need.REPATRIATION_OF_REMAINS)
"""Needs that are about a relative (R6, R9)."""
CHOICE: Final = ".choice"
"""Ends the name of the field in which one of several places is chosen."""
WHOLE: Final = "form"
"""Where a finding stands that is of no field."""
ONE_IN_MANY: Final = {"against": COMPLAINTS, "about": RELATIVES}

_PATHS: Final = {
    "person.birth_date": "person.birth",
    "person.estimated_age": "person.birth",
    "person.document": "person.document.number",
    "person.document.type": "person.document.type",
    "person.document.country": "person.document.country",
    "consent.guardian": "consent.guardian.name",
    "consent.option_version": "consent.text",
    "consent.language": "consent.text",
    "return": "return.country",
    "best_interests": "best_interests.decided_by",
    "emergency_call": "emergency_call.made",
}
"""Where a finding stands when no field bears its own path."""


@dataclass(frozen=True)
class Told:
    """What a form says: the body, what could not be read, and places to choose from, both by field."""

    body: dict[str, Any]
    errors: dict[str, list[str]] = field(default_factory=dict)
    choices: dict[str, Sequence[str]] = field(default_factory=dict)


def settled(values: Values) -> dict[str, Sequence[str]]:
    """A form in which each place that was chosen among several stands for the vague one, unless that was typed anew."""
    kept = {name: given for name, given in values.items() if not name.endswith(CHOICE)}
    for name in kept:
        chosen = next(iter(values.get(f"{name}{CHOICE}", ())), None)
        if chosen and chosen in place_of(kept[name][0]).choices:
            kept[name] = [chosen]
    return kept


@dataclass(frozen=True)
class Reader:
    """What reading needs to know: the day at the window, its country, the texts that may have been read aloud."""

    today: date
    home: str
    texts: Sequence[ConsentText]


def told_by(values: Values, reader: Reader, sections: tuple[Section, ...] = SECTIONS) -> Told:
    """Read a form, or some sections of it."""
    told = Told({"person": {}})
    for one in every(sections):
        given = [value.strip() for value in values.get(one.name, ()) if value.strip()]
        if not all(is_text(value) for value in given):
            told.errors[one.name] = [NO_TEXT]
        elif any(len(value) > one.longest for value in given):
            told.errors[one.name] = [TOO_LONG]
        elif given:
            _READERS[one.kind](one, given, told, reader.today)
        elif one.required:
            told.errors[one.name] = [NOT_OFFERED if one.kind in CHOSEN else MISSING]
    _document(told)
    _needs(told)
    if CONSENT in sections:
        _consent(told, reader)
    return told


def field_of(path: str, needs: Sequence[str]) -> str:
    """The field at which a finding of the schema or the rules is shown."""
    if path.startswith("needs."):
        _, place, *rest = path.split(".")
        code = needs[int(place)] if place.isdigit() and int(place) < len(needs) else ""
        group = next((name for name, codes in ONE_IN_MANY.items() if code in codes and rest[:1] == [name]), None)
        return _known(".".join(rest)) if group else "needs"
    return _known(path)


def _known(path: str) -> str:
    """The field of that path, or of the nearest one above it that has a field."""
    while path:
        name = _PATHS.get(path, path)
        if name.endswith((".birth_date", ".estimated_age")):
            name = f"{name.rpartition('.')[0]}.birth"
        if name in FIELDS:
            return name
        path = path.rpartition(".")[0]
    return WHOLE


def values_of(case: Mapping[str, Any], *, language: str) -> dict[str, list[str]]:
    """The form as it would have been typed to say this case; what no field asks is left out."""
    values: dict[str, list[str]] = {}
    for one in FIELDS.values():
        found = _written(one, case, language)
        if found:
            values[one.name] = found
    return values


def _written(one: Field, case: Mapping[str, Any], language: str) -> list[str]:
    if one.name == "needs":
        return [need["code"] for need in case["needs"]]
    group = one.name.partition(".")[0]
    holder: Any = case
    if group in ONE_IN_MANY:
        holder = {group: next((need[group] for need in case["needs"] if need.get(group)), None)}
    if one.name == "consent.text":
        return [str(case["consent"].get("option_version") or "")]
    value = _at(holder, one.name if one.kind is not Kind.BIRTH else f"{one.name}_date")
    if one.kind is Kind.BIRTH:
        age = _at(holder, f"{one.name.rpartition('.')[0]}.estimated_age")
        return [day_text(date.fromisoformat(value))] if value else [] if age is None else [str(age)]
    return [] if value in (None, "", [], (), Answer.NOT_ASKED.value) else _WRITERS.get(one.kind, _plain)(value, language)


def _at(holder: Any, path: str) -> Any:
    for name in path.split("."):
        holder = holder.get(name) if isinstance(holder, Mapping) else None
    return holder


def _plain(value: Any, _language: str) -> list[str]:
    return [str(item) for item in value] if isinstance(value, list) else [str(value)]


_WRITERS: Final[Mapping[Kind, Callable[[Any, str], list[str]]]] = {
    Kind.DATE: lambda value, _language: [day_text(date.fromisoformat(value))],
    Kind.COUNTRY: lambda value, language: [country_name(value, language)],
    Kind.COUNTRIES: lambda value, language: [", ".join(country_name(code, language) for code in value)],
    Kind.PLACE: lambda value, language: [address_text(value, language)],
    Kind.FLAG: lambda value, _language: ["yes" if value else "no"],
}


def _put(told: Told, path: str, value: object) -> None:
    *above, name = path.split(".")
    holder = told.body
    for part in above:
        holder = holder.setdefault(part, {})
    holder[name] = value


def _text(one: Field, given: list[str], told: Told, _today: date) -> None:
    _put(told, one.name, given[0])


def _several(one: Field, given: list[str], told: Told, _today: date) -> None:
    _put(told, one.name, given)


def _flag(one: Field, given: list[str], told: Told, _today: date) -> None:
    _put(told, one.name, given[0] == "yes")


def _day(one: Field, given: list[str], told: Told, today: date) -> None:
    day = day_of(given[0], today)
    if day is None:
        told.errors[one.name] = [BAD_DAY]
    else:
        _put(told, one.name, day.isoformat())


def _birth(one: Field, given: list[str], told: Told, today: date) -> None:
    holder, age, day = one.name.rpartition(".")[0], age_of(given[0]), day_of(given[0], today)
    if age is not None:
        _put(told, f"{holder}.estimated_age", age)
    elif day is not None:
        _put(told, f"{holder}.birth_date", day.isoformat())
    else:
        told.errors[one.name] = [BAD_BIRTH]


def _country(one: Field, given: list[str], told: Told, _today: date) -> None:
    code = country_of(given[0])
    if code is None:
        told.errors[one.name] = [BAD_COUNTRY]
    else:
        _put(told, one.name, code)


def _countries(one: Field, given: list[str], told: Told, _today: date) -> None:
    codes = [country_of(name) for name in given[0].split(",") if name.strip()]
    if None in codes:
        told.errors[one.name] = [BAD_COUNTRY]
    else:
        _put(told, one.name, codes)


def _phone(one: Field, given: list[str], told: Told, _today: date) -> None:
    found = check_phone(given[0], "SV")
    if found is None:
        told.errors[one.name] = [BAD_PHONE]
    else:
        _put(told, one.name, found.e164)


def _place(one: Field, given: list[str], told: Told, _today: date) -> None:
    read = place_of(given[0])
    if read.address is not None:
        _put(told, one.name, vars(read.address))
        return
    told.choices[one.name] = read.choices
    told.errors[one.name] = [WHICH_PLACE if read.choices else BAD_PLACE]


_READERS: Final[Mapping[Kind, Callable[[Field, list[str], Told, date], None]]] = {
    Kind.TEXT: _text, Kind.LONG_TEXT: _text, Kind.ONE: _text, Kind.PICK: _text, Kind.ANSWER: _text,
    Kind.SOME: _several, Kind.TILES: _several, Kind.FLAG: _flag, Kind.DATE: _day, Kind.BIRTH: _birth,
    Kind.COUNTRY: _country, Kind.COUNTRIES: _countries, Kind.PHONE: _phone, Kind.PLACE: _place,
}


def _document(told: Told) -> None:
    """A number alone is a DUI where it reads as one; of any other paper it must be said what it is."""
    document = told.body.get("person", {}).get("document")
    if document is None:
        return
    number = document.get("number", "")
    if "type" not in document and len(number.replace("-", "")) == 9 and number.replace("-", "").isdigit():
        document["type"] = DocumentType.DUI.value
    if "type" not in document:
        told.errors["person.document.type"] = [NO_TYPE]
        del told.body["person"]["document"]
    elif document["type"] == DocumentType.DUI and dui_is_valid(number):
        document["number"] = dui_as_written(number)


def _needs(told: Told) -> None:
    """Each need ticked; who is complained of and the relative go with the need that they are about."""
    codes = list(dict.fromkeys(told.body.pop("needs", [])))
    needs: list[dict[str, Any]] = [{"code": code} for code in codes]
    for group, about in ONE_IN_MANY.items():
        value = told.body.pop(group, None)
        fitting = [need for need in needs if need["code"] in about]
        if value and not fitting and not told.errors.get("needs"):
            told.errors["needs"] = [NO_NEED]
        for need in fitting if value else ():
            need[group] = value
    told.body["needs"] = needs


def _consent(told: Told, reader: Reader) -> None:
    """The text that was read names its language; a country ticked is the purpose to send there, and home stays one."""
    consent = told.body.setdefault("consent", {})
    version = consent.pop("text", None)
    read = next((text for text in reader.texts if text.option_version == version), None)
    if version and read is None:
        told.errors["consent.text"] = [NOT_OFFERED]
    if read is not None:
        consent |= {"option_version": read.option_version, "language": read.language}
    consent.setdefault("purposes", [])
    if consent.get("countries"):
        consent["countries"] = [reader.home, *(code for code in consent["countries"] if code != reader.home)]
        consent["purposes"] = [*consent["purposes"], "cross_border"]
    if consent.get("status") != "granted":
        return
    if "method" not in consent:
        told.errors["consent.method"] = [NOT_OFFERED]
    if not consent.get("classes"):
        told.errors["consent.classes"] = [NO_CLASSES]
