"""What a slip says and keeps quiet about, from ``data/slip.yml``."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib import resources
from typing import Any

import yaml
from marshmallow import ValidationError, fields, validate

from shared.contracts.fields import ValueSchema, code
from shared.errors import ConfigError
from shared.vocabulary.codes import InstitutionKind


@dataclass(frozen=True)
class SlipTexts:
    """The sentences of a slip in one language."""

    discreet: str
    where_discreet: str
    ask: str
    keep: str
    hours_unknown: str
    to_confirm: str
    not_on_it: tuple[str, ...]


@dataclass(frozen=True)
class SlipWords:
    """The whole file. ``revealing_kinds``: institutions whose name tells why somebody goes there."""

    version: int
    revealing_kinds: tuple[InstitutionKind, ...]
    texts: Mapping[str, SlipTexts]

    def told(self, language: str) -> SlipTexts:
        """In a language; Spanish where there is none."""
        return self.texts.get(language.partition("-")[0], self.texts["es"])


_SENTENCE = validate.Length(min=1)


class SlipTextsSchema(ValueSchema):
    """One language."""

    makes = SlipTexts
    discreet = fields.String(required=True, validate=_SENTENCE)
    where_discreet = fields.String(required=True, validate=_SENTENCE)
    ask = fields.String(required=True, validate=_SENTENCE)
    keep = fields.String(required=True, validate=_SENTENCE)
    hours_unknown = fields.String(required=True, validate=_SENTENCE)
    to_confirm = fields.String(required=True, validate=_SENTENCE)
    not_on_it = fields.List(fields.String(validate=_SENTENCE), required=True, validate=_SENTENCE)


class SlipWordsSchema(ValueSchema):
    """``slip.yml``."""

    makes = SlipWords
    version = fields.Integer(strict=True, required=True)
    revealing_kinds = fields.List(code(InstitutionKind), required=True)
    texts = fields.Dict(
        keys=fields.String(validate=validate.OneOf(["es", "en"])), values=fields.Nested(SlipTextsSchema), required=True,
        validate=validate.Length(equal=2),
    )


@cache
def slip_words() -> SlipWords:
    """The file of this program; ``ConfigError`` names what is wrong with it."""
    return read_slip_words((resources.files("services.intake") / "data" / "slip.yml").read_text(encoding="utf-8"))


def read_slip_words(text: str) -> SlipWords:
    """From YAML."""
    raw: Any = yaml.safe_load(text)
    try:
        words: SlipWords = SlipWordsSchema().load(raw)
    except ValidationError as error:
        message = f"slip.yml is not right: {error.messages}"
        raise ConfigError(message) from error
    return words
