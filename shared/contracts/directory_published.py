"""``directory.published``: the directory and the rules of a node, whole, for all its windows; signed, not sealed."""

from dataclasses import dataclass
from typing import Any

from marshmallow import fields

from shared.contracts.fields import ValueSchema, text

NAME = "directory.published"
VERSION = 1


@dataclass(frozen=True)
class DirectoryPublished:
    """Both as ``shared/routing/loading.py`` writes and reads them; ``version`` names what is in force."""

    version: str
    directory: dict[str, Any]
    rules: dict[str, Any]


class DirectoryPublishedSchema(ValueSchema):
    """``directory.published``, version 1."""

    makes = DirectoryPublished
    version = text(required=True)
    directory = fields.Dict(required=True)
    rules = fields.Dict(required=True)
