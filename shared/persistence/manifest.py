"""What lies in a folder of a backup: of whom, when, under which schema, and the digest of each file."""

import hashlib
from collections.abc import Mapping
from dataclasses import asdict, dataclass, replace
from datetime import datetime
from pathlib import Path

import orjson
from marshmallow import ValidationError, fields

from shared.contracts.fields import ValueSchema, identifier, moment, text
from shared.errors import ConfigError

NAME = "manifest.json"
DATA, KEYS = "data", "keys"
"""The two kinds, which never lie in one folder."""


@dataclass(frozen=True)
class Manifest:
    """``address`` as a CloudEvents source; ``schema`` is the database's revision; ``files`` name to SHA-256."""

    kind: str
    service: str
    address: str
    node: str
    schema: str
    epoch: str
    made_at: datetime
    files: Mapping[str, str]


class ManifestSchema(ValueSchema):
    """``manifest.json``."""

    makes = Manifest
    kind = text(required=True)
    service = identifier(required=True)
    address = text(required=True)
    node = identifier(required=True)
    schema = text(required=True)
    epoch = text(required=True)
    made_at = moment(required=True)
    files = fields.Dict(keys=text(), values=text(), required=True)


def with_files(manifest: Manifest, folder: Path) -> Manifest:
    """The manifest with the digest of each file that is in the folder now."""
    return replace(manifest, files={file.name: _digest(file) for file in sorted(folder.iterdir())})


def write(folder: Path, manifest: Manifest) -> None:
    """Write it last: a folder without one holds no backup."""
    file = folder / NAME
    file.touch(mode=0o600)
    file.write_bytes(orjson.dumps(asdict(manifest), option=orjson.OPT_INDENT_2) + b"\n")


def read(folder: Path, kind: str) -> Manifest:
    """The manifest, its files' digests compared; ``ConfigError`` says what is wrong with the folder."""
    try:
        found: Manifest = ManifestSchema().load(orjson.loads((folder / NAME).read_bytes()))
    except (OSError, orjson.JSONDecodeError, ValidationError) as error:
        message = f"{folder} holds no backup: its {NAME} cannot be read."
        raise ConfigError(message) from error
    if found.kind != kind:
        message = f"{folder} is a backup of {found.kind}, not of {kind}."
        raise ConfigError(message)
    for name, digest in found.files.items():
        file = folder / name
        if Path(name).name != name or not file.is_file() or _digest(file) != digest:
            message = f"{folder}: {name} is missing or is not what was copied."
            raise ConfigError(message)
    return found


def _digest(file: Path) -> str:
    with file.open("rb") as content:
        return hashlib.file_digest(content, "sha256").hexdigest()
