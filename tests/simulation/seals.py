"""The ports of sealing and signing, as cheap as they can be and still notice a swap."""

import zlib
from collections.abc import Mapping

import orjson

from shared.contracts.addresses import Address
from shared.errors import Unreadable
from shared.messaging.routes import address_of
from shared.security.keyring import Label


class Seals:
    """One address's. ``tests/unit/security`` holds the real keyring to the same promises."""

    def __init__(self, me: Address) -> None:
        self._me = me

    def seal(self, data: Mapping[str, object], label: Label) -> str:
        return orjson.dumps([_written(label), data]).decode()

    def open(self, token: str, label: Label) -> Mapping[str, object]:
        written, data = orjson.loads(token)
        if written != _written(label) or label.to != self._me:
            raise Unreadable("what was sealed is not what stands outside")
        return data

    def sign(self, body: bytes) -> str:
        return f"{self._me.key}:{zlib.crc32(body)}"

    def verify(self, body: bytes, signature: str) -> Address:
        signer, _, sum_of = signature.partition(":")
        if sum_of != str(zlib.crc32(body)):
            raise Unreadable("the signature is not right")
        return address_of(signer)


def _written(label: Label) -> list[object]:
    return [label.id, label.type, label.version, label.sender.key, label.to.key]
