"""What these tests share: three addresses with their keys, made once, and a day."""

from datetime import UTC, datetime
from functools import cache
from pathlib import Path
from tempfile import mkdtemp

from shared.contracts.addresses import Address
from shared.security.keyring import Keyring, Label
from shared.security.keys import generate

NOW = datetime(2026, 11, 24, 15, 0, tzinfo=UTC)
WINDOW = Address.window("sv", "la-union")
OTHER_WINDOW = Address.window("sv", "la-hachadura")
HUB = Address.hub("sv")
NAME = "Guadalupe Zelaya"


@cache
def key_folder() -> Path:
    folder = Path(mkdtemp(prefix="ventanilla-keys-"))
    generate(folder, [WINDOW, OTHER_WINDOW, HUB], now=NOW)
    return folder


@cache
def keyring(address: Address) -> Keyring:
    return Keyring.load(key_folder() / address.key)


def label(**changed: object) -> Label:
    told = {"id": "0193", "type": "case.registered", "version": 3, "sender": WINDOW, "to": HUB} | changed
    return Label(**told)  # type: ignore[arg-type]
