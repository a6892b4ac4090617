"""What was typed into a form whose session was over: it goes through the sign-in sealed, and back to its owner only."""

from base64 import urlsafe_b64decode, urlsafe_b64encode
from binascii import Error as NotBase64
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

import orjson
from werkzeug.datastructures import MultiDict

from shared.security.page_secrets import PageSecrets
from shared.web.forms import NEVER_KEPT, OURS

KEPT_FOR: Final = timedelta(hours=12)
"""A page left open overnight is still sent in the morning; a week later nobody remembers what it was."""


@dataclass(frozen=True)
class Carried:
    """Fields of one form, whose they are, and the path of the page that shows it."""

    username: str
    path: str
    fields: Mapping[str, list[str]]
    at: datetime


def typed_in(sent: MultiDict[str, str]) -> dict[str, list[str]]:
    """What of a form is worth keeping: no password, no code, nothing of the framework's."""
    return {name: values for name, values in sent.lists() if name not in OURS | NEVER_KEPT}


def pack(carried: Carried, secrets: PageSecrets) -> str:
    """As a page can carry it in a hidden field."""
    return urlsafe_b64encode(secrets.seal(orjson.dumps(carried))).decode()


def unpack(text: str, secrets: PageSecrets, *, username: str, now: datetime) -> Carried | None:
    """What ``pack`` made, if it is this user's and not too old; None for anything else."""
    try:
        plain = secrets.open(urlsafe_b64decode(text.encode()))
    except (NotBase64, ValueError):
        return None
    if plain is None:
        return None
    raw = orjson.loads(plain)
    found = Carried(raw["username"], raw["path"], raw["fields"], datetime.fromisoformat(raw["at"]))
    return found if found.username == username and found.at > now - KEPT_FOR else None


def to_bytes(fields: Mapping[str, list[str]]) -> bytes:
    """The fields alone, as the session keeps them."""
    return orjson.dumps(dict(fields))


def from_bytes(plain: bytes) -> MultiDict[str, str]:
    """What ``to_bytes`` made."""
    fields: dict[str, list[str]] = orjson.loads(plain)
    return MultiDict((name, value) for name, values in fields.items() for value in values)
