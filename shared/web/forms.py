"""Forms: what was typed, read into types once; what is wrong is said beside each field, and nothing typed is lost."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Final, TypeVar

from marshmallow import EXCLUDE, Schema, ValidationError, fields
from werkzeug.datastructures import MultiDict

from shared.errors import Broken, Refused
from shared.texts import said
from shared.web.bodies import WHOLE_BODY, dotted, is_text

T = TypeVar("T")

OURS: Final = frozenset({"csrf_token", "carried", "next"})
"""Fields that belong to the framework; no schema knows them."""
NEVER_KEPT: Final = frozenset({"password", "new_password", "again", "code"})
"""Fields that are typed anew each time: they are neither shown again nor carried through a sign-in."""

MISSING: Final = said("Escriba este dato.")
TOO_LONG: Final = said("Es demasiado largo.")
NOT_OFFERED: Final = said("Elija una de las opciones.")
NO_TEXT: Final = said("Contiene caracteres que no son texto.")


@dataclass(frozen=True)
class Form:
    """A form as a page shows it: ``values`` by name, ``errors`` by name (Spanish; the page translates them)."""

    values: Mapping[str, Sequence[str]] = field(default_factory=dict)
    errors: Mapping[str, Sequence[str]] = field(default_factory=dict)
    loaded: object = None

    def value(self, name: str) -> str:
        """What stands in a field; empty for nothing."""
        found = self.values.get(name, ())
        return found[0] if found else ""

    def has(self, name: str, value: str) -> bool:
        """Whether a choice is taken."""
        return value in self.values.get(name, ())

    def made(self, kind: type[T]) -> T:
        """What the schema made of it: a ``kind``; only of a form without errors."""
        if isinstance(self.loaded, kind) and not self.errors:
            return self.loaded
        message = f"a form was used as a {kind.__name__} that it is not"
        raise Broken(message)

    def wrong(self, name: str, text: str) -> "Form":
        """The same form with one more thing that is wrong."""
        return replace(self, errors={**self.errors, name: [*self.errors.get(name, ()), text]})

    def refused(self, refusal: Refused, whole: str) -> "Form":
        """The same form with what an act refused; what names no field stands at the field ``whole``."""
        errors = refusal.fields or {whole: [refusal.text()]}
        return replace(self, errors={**self.errors, **errors})


def shown(values: Mapping[str, str | None]) -> Form:
    """A form with what is known already."""
    return Form({name: [value] for name, value in values.items() if value})


def again(typed: MultiDict[str, str] | None, otherwise: Form | None = None) -> Form:
    """A form with what stood in it when an earlier session ran out (``Visit.typed``), else as it begins."""
    if typed is None:
        return otherwise or Form()
    return Form({name: values for name, values in typed.lists() if name not in OURS | NEVER_KEPT})


def filled(schema: Schema, sent: MultiDict[str, str]) -> Form:
    """A form as it was sent: read through its schema, every bad field named at once.

    Text is stripped, an empty field is one that was left out; fields that the schema does not know are passed over,
    since a browser sends what a page holds.
    """
    values = {name: [value.strip() for value in given] for name, given in sent.lists() if name not in OURS}
    raw: dict[str, object] = {}
    errors: dict[str, list[str]] = {}
    for name, known in schema.fields.items():
        given = [value for value in values.get(name, ()) if value]
        if not all(is_text(value) for value in given):
            errors[name] = [NO_TEXT]
        elif given:
            raw[name] = given if isinstance(known, fields.List) else given[0]
    loaded, bad = _loaded(schema, raw)
    kept = {name: given for name, given in values.items() if name not in NEVER_KEPT}
    return Form(kept, {**bad, **errors}, loaded)


def _loaded(schema: Schema, raw: Mapping[str, object]) -> tuple[object, Mapping[str, Sequence[str]]]:
    try:
        return schema.load(raw, unknown=EXCLUDE), {}
    except ValidationError as error:
        return None, {name.removeprefix(f"{WHOLE_BODY}."): texts for name, texts in dotted(error.messages).items()}
