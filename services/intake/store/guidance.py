"""The guidance texts, from ``data/guidance/TOPIC/LANGUAGE.yml``: checked whole when they are first read."""

import hashlib
from collections.abc import Iterator
from datetime import date
from functools import cache
from importlib import resources
from importlib.resources.abc import Traversable
from typing import Any

import orjson
import yaml
from marshmallow import ValidationError, fields, validate

from services.intake.domain.guidance import Guidance, GuidanceText, LegalSource, Section
from shared.contracts.fields import ValueSchema
from shared.errors import ConfigError
from shared.vocabulary.codes import GuidanceTopic

LANGUAGES = ("es", "en")
"""Every topic has both; the first is what its authors write."""
SHOWN = 12
"""Characters of a version's hash: enough to tell texts apart, short enough to be read out."""

_SAID = validate.Length(min=1)


class LegalSourceSchema(ValueSchema):
    """``sources[]``: no article where nobody has checked one."""

    makes = LegalSource
    law = fields.String(required=True, validate=_SAID)
    article = fields.String(required=True, allow_none=True, validate=_SAID)


class SectionSchema(ValueSchema):
    """``sections[]``: what is said, a breath at a time."""

    makes = Section
    id = fields.String(required=True, validate=validate.Regexp(r"[a-z_]+\Z"))
    heading = fields.String(required=True, validate=_SAID)
    say = fields.List(fields.String(validate=_SAID), required=True, validate=_SAID)


class GuidanceTextSchema(ValueSchema):
    """One file, with its topic, language and hash."""

    makes = GuidanceText
    topic = fields.Enum(GuidanceTopic, by_value=True, required=True)
    language = fields.String(required=True, validate=validate.OneOf(LANGUAGES))
    hash = fields.String(required=True)
    title = fields.String(required=True, validate=_SAID)
    version = fields.Integer(strict=True, required=True, validate=validate.Range(min=1))
    valid_from = fields.Date(format="iso", required=True)
    reviewed_on = fields.Date(format="iso", required=True, allow_none=True)
    reviewed_by = fields.String(required=True, validate=_SAID)
    sources = fields.List(fields.Nested(LegalSourceSchema), required=True, validate=_SAID)
    sections = fields.List(fields.Nested(SectionSchema), required=True, validate=_SAID)


@cache
def guidance() -> Guidance:
    """The texts of this program."""
    return read_guidance(resources.files("services.intake") / "data" / "guidance")


def read_guidance(folder: Traversable) -> Guidance:
    """Read every topic in every language; ``ConfigError`` names each file and what is wrong or missing."""
    texts: list[GuidanceText] = []
    faults: list[str] = []
    for topic in GuidanceTopic:
        for language in LANGUAGES:
            try:
                texts.append(_read(folder / topic.value / f"{language}.yml", topic, language))
            except ConfigError as error:
                faults.append(str(error))
    faults += list(_unlike(texts))
    if faults:
        raise ConfigError("\n".join(faults))
    whole = hashlib.sha256("".join(text.hash for text in texts).encode()).hexdigest()
    return Guidance(tuple(texts), whole[:SHOWN])


def _read(file: Traversable, topic: GuidanceTopic, language: str) -> GuidanceText:
    name = f"guidance/{topic}/{language}.yml"
    try:
        data: Any = yaml.safe_load(file.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError, yaml.YAMLError) as error:
        message = f"{name}: cannot be read ({type(error).__name__})"
        raise ConfigError(message) from error
    if not isinstance(data, dict):
        message = f"{name}: not a map"
        raise ConfigError(message)
    told = {key: value.isoformat() if isinstance(value, date) else value for key, value in data.items()}
    digest = hashlib.sha256(orjson.dumps(told, option=orjson.OPT_SORT_KEYS)).hexdigest()[:SHOWN]
    try:
        text: GuidanceText = GuidanceTextSchema().load({**told, "topic": topic.value, "language": language, "hash": digest})
    except ValidationError as error:
        message = f"{name}: {error.messages}"
        raise ConfigError(message) from error
    return text


def _unlike(texts: list[GuidanceText]) -> Iterator[str]:
    """Languages of one topic that do not say the same things: version, date, sections, number of sources and of sentences."""
    first: dict[GuidanceTopic, GuidanceText] = {}
    for text in texts:
        model = first.setdefault(text.topic, text)
        if model.shape != text.shape:
            yield f"guidance/{text.topic}/{text.language}.yml: not built like {model.language}.yml"
