"""Reads ``data/sayings.yml``: which words a change becomes for whom."""

from pathlib import Path

import yaml
from marshmallow import Schema, ValidationError, fields

from services.notifications.domain.sayings import Saying, Sayings
from shared.errors import ConfigError


class _SayingSchema(Schema):
    asks = fields.Boolean(load_default=False)
    answers = fields.Boolean(load_default=False)
    withdraws = fields.Boolean(load_default=False)
    summed = fields.Boolean(load_default=False)
    messages = fields.Dict(keys=fields.String(), values=fields.String(), load_default=dict)


class _SayingsSchema(Schema):
    version = fields.String(required=True)
    otherwise = fields.String(required=True)
    batch = fields.String(required=True)
    changes = fields.Dict(keys=fields.String(), values=fields.Nested(_SayingSchema), required=True)


def load_sayings(path: Path) -> Sayings:
    """The table in force; ``ConfigError`` names what is wrong in it."""
    try:
        raw = _SayingsSchema().load(yaml.safe_load(path.read_text(encoding="utf-8")))
    except ValidationError as error:
        message = f"{path.name} is not valid: {error.messages_dict}"
        raise ConfigError(message) from error
    changes = {name: Saying(**saying) for name, saying in raw["changes"].items()}
    return Sayings(raw["version"], raw["otherwise"], raw["batch"], changes)
