"""Messages that nobody honest sends, put on the broker by somebody who can write anything there."""

import hashlib
import random
from dataclasses import replace
from uuid import uuid4

from kombu import Connection, Exchange

from shared.contracts.addresses import Address
from shared.contracts.envelope import Envelope, to_bytes
from shared.ids import new_id
from shared.security.keyring import Keyring, Label
from tests.drivers.network import NODE
from tests.faults.journal import Journal, Planted, now
from tests.faults.stage import Stage

HUB = Address.hub(NODE)
WINDOW = Address.window(NODE, "la-union")


class Poison:
    """Makes and sends them; each is written into the journal as what must become a dead letter."""

    def __init__(self, stage: Stage, journal: Journal) -> None:
        self._stage = stage
        self._journal = journal
        self._window = Keyring.load(stage.keys / WINDOW.key)
        self._other = Keyring.load(stage.keys / f"{NODE}.la-hachadura")

    def some(self, rng: random.Random, count: int) -> None:
        """``count`` of all kinds, in the order of the dice."""
        for _ in range(count):
            rng.choice([self.garbage, self.unsigned, self.forged, self.from_the_future, self.not_for_us, self.strange_header])()

    def garbage(self) -> None:
        """No JSON at all, well signed."""
        body = b"\xff\xfenot json " + uuid4().bytes
        self._send(body, self._window.sign(body), "garbage")

    def unsigned(self) -> None:
        """A proper envelope without a signature."""
        self._send(to_bytes(self._envelope()), None, "an unsigned message")

    def forged(self) -> None:
        """Another window signs what it says is ours."""
        body = to_bytes(self._envelope())
        self._send(body, self._other.sign(body), "a forged message")

    def from_the_future(self) -> None:
        """A version of the schema that nobody here knows yet."""
        body = to_bytes(replace(self._envelope(), schema_version=99))
        self._send(body, self._window.sign(body), "a future version")

    def not_for_us(self) -> None:
        """Sealed for somebody else: a swapped sealed part."""
        body = to_bytes(self._envelope(to=Address.notifications(NODE)))
        self._send(body, self._window.sign(body), "a swapped sealed part")

    def strange_header(self) -> None:
        """A signature that is none."""
        self._send(to_bytes(self._envelope()), "a..b", "a broken signature")

    def _envelope(self, to: Address = HUB) -> Envelope:
        event_id = new_id()
        label = Label(event_id, "case.registered", 1, WINDOW, to)
        return Envelope(
            id=event_id, source=WINDOW.source, type="case.registered", schema_version=1, subject=new_id(), time=now(),
            epoch="poison", version=1, sealed=self._window.seal({"case_id": "x"}, label),
        )

    def _send(self, body: bytes, signature: str | None, what: str) -> None:
        with Connection(self._stage.vhost_uri) as connection:
            producer = connection.Producer(exchange=Exchange("intake.events", "topic", no_declare=True), auto_declare=False)
            producer.publish(
                body, routing_key=f"{WINDOW.key}.case.registered", content_type="application/cloudevents+json",
                content_encoding="binary", headers={"signature": signature} if signature else {}, delivery_mode=2,
            )
        self._journal.planted.append(Planted(HUB.key, hashlib.sha256(body).hexdigest(), what))


