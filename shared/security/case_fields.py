"""Takes the fields of one class out of a case's JSON: names by path, and what was said of each need."""

from collections.abc import Collection, Mapping

from shared.routing.case import Address
from shared.routing.facts import municipality_of
from shared.security.field_classes import FieldClass

Json = Mapping[str, object]


def fields_of(row: FieldClass, case: Json, needs: Collection[str]) -> dict[str, object]:
    """The fields of a class, each under the last word of its path; of needs only those in ``needs``."""
    return {path.rpartition(".")[2]: _at(path, case, needs) for path in row.fields}


def notes_of(row: FieldClass, case: Json, needs: Collection[str]) -> dict[str, object]:
    """What was written of needs, by code, as far as the class holds their words; empty notes are left out."""
    told = {str(need["code"]): need["note"] for need in _needs(case, needs) if need["note"]}
    return {code: note for code, note in told.items() if code in row.need_notes}


def answers_of(row: FieldClass, case: Json) -> list[str]:
    """The screening questions of this class that were answered yes."""
    answers = _object(case["vulnerabilities"])
    return [question for question, answer in answers.items() if answer == "yes" and question in row.answers]


def narrowed(value: object) -> object:
    """An address no nearer than its municipality of today; a place that cannot be resolved keeps its department."""
    if value is None:
        return None
    place = _object(value)
    told = Address(str(place["country"]), _text(place["department"]), _text(place["municipality"]))
    return {"country": told.country, "department": told.department, "municipality": municipality_of(told)}


def _at(path: str, case: Json, needs: Collection[str]) -> object:
    holder, _, name = path.rpartition(".")
    if holder == "needs":
        told = [(need["code"], need[name]) for need in _needs(case, needs)]
        return [{"need": code, **_object(value)} for code, value in told if value is not None]
    return _object(case[holder])[name] if holder else case[name]


def _needs(case: Json, codes: Collection[str]) -> list[Json]:
    needs = case["needs"]
    every = [_object(need) for need in needs] if isinstance(needs, list) else []
    return [need for need in every if need["code"] in codes]


def _object(value: object) -> Json:
    if isinstance(value, dict):
        return value
    message = f"the JSON of a case has {type(value).__name__} where an object belongs"
    raise TypeError(message)


def _text(value: object) -> str | None:
    return value if isinstance(value, str) else None
