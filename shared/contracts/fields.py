"""Field classes of every schema: strict, and with one meaning each."""

from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from enum import StrEnum
from typing import Any, TypeVar

from marshmallow import EXCLUDE, Schema, ValidationError, fields, post_load, validate

from shared.vocabulary.codes import Answer, Vulnerability
from shared.vocabulary.countries import COUNTRIES

SHORT = 200
"""Characters in a name, a place, a reference."""
LONG = 4000
"""Characters in a note or narrative (contracts.md, HTTP)."""


def _clean(text: str) -> None:
    if any(
        (ord(character) < 32 and character not in "\n\t\r") or 0xD800 <= ord(character) <= 0xDFFF
        for character in text
    ):
        message = "Contiene caracteres que no son texto."
        raise ValidationError(message)


def _not_blank(text: str) -> None:
    if not text.strip():
        message = "No puede quedar vacío."
        raise ValidationError(message)


def text(
    *, required: bool = False, longest: int = SHORT, blank: bool = True, none: bool = False
) -> fields.String:
    """Free text of at most ``longest`` characters."""
    checks: list[Callable[[str], object]] = [validate.Length(max=longest), _clean]
    if not blank:
        checks.append(_not_blank)
    return fields.String(required=required, allow_none=none, validate=checks)


def code(kind: type[StrEnum], *, required: bool = False, none: bool = False) -> fields.Enum[Any]:
    """One code of a list, by its value."""
    return fields.Enum(kind, by_value=True, required=required, allow_none=none)


def codes(kind: type[StrEnum], *, required: bool = False) -> fields.List[Any]:
    """Some codes of a list."""
    return fields.List(fields.Enum(kind, by_value=True), required=required, validate=validate.Length(max=50))


def whole(*, required: bool = False, least: int = 0, most: int = 2**53, none: bool = False) -> fields.Integer:
    """A whole number; ``"5"`` and ``5.0`` are refused."""
    return fields.Integer(
        strict=True, required=required, allow_none=none, validate=validate.Range(min=least, max=most)
    )


class Flag(fields.Boolean):
    """True or false; ``"yes"``, ``1`` and ``"true"`` are refused."""

    def _deserialize(
        self, value: object, attr: str | None, data: Mapping[str, object] | None, **kwargs: object
    ) -> bool:
        if not isinstance(value, bool):
            raise self.make_error("invalid", input=value)
        return value


class Country(fields.String):
    """ISO 3166-1 alpha-2."""

    default_error_messages = {  # noqa: RUF012 - as marshmallow declares it
        "country": "No es un código de país (dos letras, como SV)."
    }

    def _deserialize(
        self, value: object, attr: str | None, data: Mapping[str, object] | None, **kwargs: object
    ) -> str:
        found = super()._deserialize(value, attr, data, **kwargs)
        if found not in COUNTRIES:
            raise self.make_error("country")
        return str(found)


def department(*, none: bool = False) -> fields.String:
    """ISO 3166-2, such as ``SV-UN``."""
    return fields.String(
        allow_none=none,
        validate=validate.Regexp(
            r"[A-Z]{2}-[A-Z0-9]{1,3}\Z", error="No es un código de departamento (como SV-UN)."
        ),
    )


def language(*, required: bool = False, none: bool = False) -> fields.String:
    """BCP 47, such as ``es`` or ``es-SV``."""
    return fields.String(
        required=required,
        allow_none=none,
        validate=validate.Regexp(
            r"[a-z]{2,3}(-[A-Za-z]{4})?(-([A-Z]{2}|[0-9]{3}))?\Z",
            error="No es un código de idioma (como es).",
        ),
    )


def identifier(*, required: bool = False, none: bool = False) -> fields.String:
    """An institution's, window's or user's id."""
    return fields.String(
        required=required,
        allow_none=none,
        validate=validate.Regexp(r"[a-z0-9@._-]{1,100}\Z", error="No es un identificador."),
    )


_FIRST, _LAST = datetime(1900, 1, 2, tzinfo=UTC), datetime(9998, 12, 31, tzinfo=UTC)


def moment(*, required: bool = False, none: bool = False) -> fields.AwareDateTime:
    """RFC 3339 with its zone, in a year that stays one in every zone."""
    return fields.AwareDateTime(
        format="iso", required=required, allow_none=none, validate=validate.Range(min=_FIRST, max=_LAST)
    )


class Answers(fields.Field[Mapping[Vulnerability, Answer]]):
    """Screening: a list of codes means yes to each; a map gives each answer; the rest was not asked."""

    default_error_messages = {  # noqa: RUF012 - as marshmallow declares it
        "shape": "Envíe una lista de códigos o un objeto código: respuesta.",
        "code": "No es una pregunta de tamizaje: {input}.",
        "answer": "Responda yes, no, not_asked o declined.",
    }

    def _deserialize(
        self, value: object, attr: str | None, data: Mapping[str, object] | None, **kwargs: object
    ) -> Mapping[Vulnerability, Answer]:
        if isinstance(value, list):
            return {self._question(item): Answer.YES for item in value}
        if not isinstance(value, dict):
            raise self.make_error("shape")
        given = {self._question(key): self._answer(item) for key, item in value.items()}
        return {question: answer for question, answer in given.items() if answer is not Answer.NOT_ASKED}

    def _question(self, item: object) -> Vulnerability:
        try:
            return Vulnerability(str(item))
        except ValueError as error:
            raise self.make_error("code", input=str(item)[:40]) from error

    def _answer(self, item: object) -> Answer:
        try:
            return Answer(str(item))
        except ValueError as error:
            raise self.make_error("answer") from error

    def _serialize(
        self, value: Mapping[Vulnerability, Answer] | None, attr: str | None, obj: object, **kwargs: object
    ) -> object:
        return {question.value: answer.value for question, answer in sorted((value or {}).items())}


class ValueSchema(Schema):
    """A schema that loads into the frozen dataclass ``makes``; lists become tuples."""

    makes: type

    @post_load
    def _make(self, data: dict[str, object], **_kwargs: object) -> object:
        return self.makes(
            **{name: tuple(value) if isinstance(value, list) else value for name, value in data.items()}
        )


S = TypeVar("S", bound=Schema)


def tolerant(schema: S) -> S:
    """Make a schema, and all that are nested in it, ignore fields it does not know (for readers of events)."""
    schema.unknown = EXCLUDE
    for field in schema.fields.values():
        inner = field.inner if isinstance(field, fields.List) else field
        if isinstance(inner, fields.Nested):
            tolerant(inner.schema)
    return schema
