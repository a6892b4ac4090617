"""Messages on a stick: a file that a node signs as a whole, of messages that are signed and sealed each.

A zip file of three members. Whoever finds it reads no more than on the broker: ids, types, who speaks to whom.
"""

import hashlib
import zipfile
from collections.abc import Iterable, Iterator
from dataclasses import asdict, dataclass
from datetime import datetime
from pathlib import Path
from typing import Protocol

import orjson
from marshmallow import ValidationError

from shared.contracts.addresses import Address
from shared.contracts.fields import ValueSchema, moment, text, whole
from shared.errors import ConfigError, Unreadable
from shared.messaging.ports import Opener, Outgoing, RawMessage, Signer

MANIFEST, SIGNATURE, MESSAGES = "manifest.json", "manifest.sig", "messages.jsonl"
LONGEST_MANIFEST = 4096
"""Bytes; a larger one is none of ours, and nothing of it is looked at."""


@dataclass(frozen=True)
class Bundle:
    """What a bundle says of itself: from whom to whom (as sources), when, how many messages, and their digest."""

    sender: str
    to: str
    epoch: str
    made_at: datetime
    count: int
    sha256: str


class BundleSchema(ValueSchema):
    """``manifest.json``."""

    makes = Bundle
    sender = text(required=True)
    to = text(required=True)
    epoch = text(required=True)
    made_at = moment(required=True)
    count = whole(required=True)
    sha256 = text(required=True)


class _Trusted(Opener, Protocol):
    @property
    def me(self) -> Address:
        """For whom we read."""
        ...


def write_bundle(
    file: Path, messages: Iterable[Outgoing], *, sender: Address, to: Address, epoch: str, signer: Signer, now: datetime
) -> Bundle:
    """Write them to a new file, whole or not at all; ``ConfigError`` when there is one already."""
    if file.exists():
        message = f"{file} exists already: a bundle overwrites nothing."
        raise ConfigError(message)
    half = file.with_name(f".{file.name}.half")
    digest, count = hashlib.sha256(), 0
    try:
        with zipfile.ZipFile(half, "w", zipfile.ZIP_DEFLATED) as bundle:
            with bundle.open(MESSAGES, "w", force_zip64=True) as lines:
                for outgoing in messages:
                    line = orjson.dumps(_line(outgoing)) + b"\n"
                    lines.write(line)
                    digest.update(line)
                    count += 1
            made = Bundle(sender.source, to.source, epoch, now, count, digest.hexdigest())
            manifest = orjson.dumps(asdict(made))
            bundle.writestr(MANIFEST, manifest)
            bundle.writestr(SIGNATURE, signer.sign(manifest))
        half.replace(file)
    finally:
        half.unlink(missing_ok=True)
    return made


def read_bundle(file: Path, opener: _Trusted) -> Bundle:
    """What a bundle is, after its signature, its destination and all of its messages were compared.

    ``ConfigError`` says what is wrong. The messages themselves are believed one by one, as from a broker.
    """
    try:
        with zipfile.ZipFile(file) as bundle:
            found = _manifest(bundle, opener)
            digest, count = hashlib.sha256(), 0
            with bundle.open(MESSAGES) as lines:
                for line in lines:
                    digest.update(line)
                    count += 1
    except (OSError, zipfile.BadZipFile, KeyError) as error:
        message = f"{file} is no bundle, or was cut off: take it from its source again."
        raise ConfigError(message) from error
    if (digest.hexdigest(), count) != (found.sha256, found.count):
        message = f"{file} is not what its source wrote: take it from there again."
        raise ConfigError(message)
    if found.to != opener.me.source:
        message = f"This bundle is for {found.to}, and the keys here are of {opener.me.source}."
        raise ConfigError(message)
    return found


def messages_in(file: Path) -> Iterator[RawMessage]:
    """The messages of a bundle that was read before, in their order."""
    with zipfile.ZipFile(file) as bundle, bundle.open(MESSAGES) as lines:
        for line in lines:
            told = orjson.loads(line)
            yield RawMessage(told["body"].encode(), told["exchange"], told["routing_key"], {"signature": told["signature"]})


def _line(message: Outgoing) -> dict[str, str]:
    return {
        "exchange": message.exchange, "routing_key": message.routing_key, "signature": message.signature,
        "body": message.body.decode(),
    }


def _manifest(bundle: zipfile.ZipFile, opener: _Trusted) -> Bundle:
    if bundle.getinfo(MANIFEST).file_size > LONGEST_MANIFEST or bundle.getinfo(SIGNATURE).file_size > LONGEST_MANIFEST:
        raise KeyError(MANIFEST)
    manifest = bundle.read(MANIFEST)
    try:
        signer = opener.verify(manifest, bundle.read(SIGNATURE).decode())
        found: Bundle = BundleSchema().load(orjson.loads(manifest))
    except (Unreadable, ValidationError, ValueError) as error:
        message = "This bundle is not signed by anybody of this network."
        raise ConfigError(message) from error
    if found.sender != signer.source:
        message = f"This bundle says it is of {found.sender}, and is signed by {signer.source}."
        raise ConfigError(message)
    return found
