"""The consent texts, read from their files; what was used once must never read otherwise."""

from functools import cache
from importlib import resources
from importlib.resources.abc import Traversable
from typing import Any

import yaml
from marshmallow import Schema, ValidationError, fields, validate

from services.intake.domain.consent_text import ConsentText, Part, Topic
from shared.errors import ConfigError


class PartSchema(Schema):
    """One topic of a text."""

    topic = fields.Enum(Topic, by_value=True, required=True)
    text = fields.String(required=True, validate=validate.Length(min=1, max=1500))


class TextSchema(Schema):
    """``VERSION/LANGUAGE.yml``."""

    title = fields.String(required=True, validate=validate.Length(min=1, max=200))
    parts = fields.List(fields.Nested(PartSchema), required=True)


class IndexSchema(Schema):
    """``index.yml``: which version is read now, and of every text the hash that consents keep of it."""

    current = fields.String(required=True)
    hashes = fields.Dict(
        keys=fields.String(),
        values=fields.Dict(keys=fields.String(), values=fields.String(validate=validate.Length(equal=64))),
        required=True,
    )


@cache
def consent_texts() -> tuple[ConsentText, ...]:
    """All that were ever read, in the order of the index."""
    return read_texts(resources.files("services.intake") / "data" / "consent")


def read_texts(folder: Traversable) -> tuple[ConsentText, ...]:
    """Every text of a folder. ``ConfigError`` names the file that is missing, wrong, or no longer what it was."""
    index: dict[str, Any] = _checked(IndexSchema(), folder / "index.yml")
    texts = tuple(
        _text(folder / version / f"{language}.yml", version, language, current=version == index["current"])
        for version, languages in index["hashes"].items()
        for language in languages
    )
    for text in texts:
        if index["hashes"][text.version][text.language] != text.option_version:
            message = f"consent/{text.version}/{text.language}.yml: is not the text that was used; make a new version of it"
            raise ConfigError(message)
    if not any(text.current for text in texts):
        message = f"consent/index.yml: current: there is no version {index['current']}"
        raise ConfigError(message)
    return texts


def _text(file: Traversable, version: str, language: str, *, current: bool) -> ConsentText:
    told: dict[str, Any] = _checked(TextSchema(), file)
    parts = tuple(Part(part["topic"], part["text"]) for part in told["parts"])
    if [part.topic for part in parts] != list(Topic):
        message = f"consent/{version}/{language}.yml: parts: say every topic once, in this order: {', '.join(Topic)}"
        raise ConfigError(message)
    return ConsentText(version, language, told["title"], parts, current)


def _checked(schema: Schema, file: Traversable) -> dict[str, Any]:
    try:
        loaded: dict[str, Any] = schema.load(yaml.safe_load(file.read_text(encoding="utf-8")))
    except (OSError, yaml.YAMLError, ValidationError) as error:
        message = f"consent: {file.name} is not right: {error}"
        raise ConfigError(message) from error
    return loaded
