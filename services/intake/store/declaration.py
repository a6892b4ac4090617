"""The declaration of voluntariness, from ``data/declaration.yml``."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cache
from importlib import resources
from typing import Any

import yaml
from marshmallow import ValidationError, fields, validate

from shared.contracts.fields import ValueSchema
from shared.errors import ConfigError


@dataclass(frozen=True)
class Declaration:
    """What somebody declares, sentence by sentence. ``reviewed_on`` None: nobody has reviewed the words yet."""

    version: int
    reviewed_on: date | None
    reviewed_by: str
    texts: Mapping[str, Sequence[str]]

    def told(self, language: str) -> Sequence[str]:
        """In a language; Spanish where there is none."""
        return self.texts.get(language.partition("-")[0], self.texts["es"])


class DeclarationSchema(ValueSchema):
    """``declaration.yml``: as many sentences in each language."""

    makes = Declaration
    version = fields.Integer(strict=True, required=True)
    reviewed_on = fields.Date(format="iso", required=True, allow_none=True)
    reviewed_by = fields.String(required=True, validate=validate.Length(min=1))
    texts = fields.Dict(
        keys=fields.String(validate=validate.OneOf(["es", "en"])),
        values=fields.List(fields.String(validate=validate.Length(min=1)), validate=validate.Length(min=1)),
        required=True, validate=validate.Length(equal=2),
    )


@cache
def declaration() -> Declaration:
    """The file of this program; ``ConfigError`` names what is wrong with it."""
    text = (resources.files("services.intake") / "data" / "declaration.yml").read_text(encoding="utf-8")
    raw: Any = yaml.safe_load(text)
    try:
        loaded: Declaration = DeclarationSchema().load(raw)
    except ValidationError as error:
        message = f"declaration.yml is not right: {error.messages}"
        raise ConfigError(message) from error
    return loaded
