"""Messages that nobody honest sends, put on the broker by somebody who can write anything there."""

import hashlib
import random
from collections.abc import Mapping
from dataclasses import replace
from uuid import uuid4

from kombu import Connection, Exchange

from shared.contracts.addresses import Address
from shared.contracts.envelope import Envelope, to_bytes
from shared.ids import new_id
from shared.security.keyring import Keyring, Label
from tests.drivers.deployed import WINDOWS
from tests.drivers.network import NODE
from tests.faults.journal import Journal, Planted, now
from tests.faults.stage import Stage

HUB = Address.hub(NODE)
WINDOW = Address.window(NODE, "la-union")
ADDRESSES = {
    "referrals": HUB,
    "notifications": Address.notifications(NODE),
    **{name: Address.window(NODE, name) for name in WINDOWS},
}
"""Who each service is in messages."""
CASE, VISIT = "case.registered", "visit.recorded"
NOT_A_CASE = {"case_id": "x"}


class Poison:
    """Makes and sends them; each is written into the journal as what must become a dead letter."""

    def __init__(self, stage: Stage, journal: Journal) -> None:
        self._stage = stage
        self._journal = journal
        self._window = Keyring.load(stage.keys / WINDOW.key)
        self._other = Keyring.load(stage.keys / f"{NODE}.la-hachadura")

    def some(self, rng: random.Random, count: int) -> None:
        """``count`` of all kinds, in the order of the dice."""
        kinds = [
            self.garbage, self.unsigned, self.forged, self.from_the_future, self.incomplete, self.not_for_us, self.strange_header,
        ]
        for _ in range(count):
            rng.choice(kinds)()

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

    def incomplete(self) -> None:
        """All that it says is right, and a field that every visit has is not there."""
        body = to_bytes(self._envelope(kind=VISIT, data={"visit_id": new_id(), "occurred_on": str(now().date())}))
        self._send(body, self._window.sign(body), "an incomplete message", kind=VISIT)

    def not_for_us(self) -> None:
        """Sealed for somebody else: a swapped sealed part."""
        body = to_bytes(self._envelope(to=Address.notifications(NODE)))
        self._send(body, self._window.sign(body), "a swapped sealed part")

    def strange_header(self) -> None:
        """A signature that is none."""
        self._send(to_bytes(self._envelope()), "a..b", "a broken signature")

    def deadly(self) -> Planted:
        """A proper visit that nobody made, by itself harmless: who is armed to die of its subject does."""
        visit = {"visit_id": new_id(), "occurred_on": str(now().date()), "topics": []}
        envelope = self._envelope(kind=VISIT, data=visit)
        body = to_bytes(envelope)
        return self._send(body, self._window.sign(body), "a deadly message", kind=VISIT, subject=envelope.subject)

    def _envelope(self, to: Address = HUB, kind: str = CASE, data: Mapping[str, object] = NOT_A_CASE) -> Envelope:
        event_id = new_id()
        label = Label(event_id, kind, 1, WINDOW, to)
        return Envelope(
            id=event_id, source=WINDOW.source, type=kind, schema_version=1, subject=new_id(), time=now(),
            epoch="poison", version=1, sealed=self._window.seal(data, label),
        )

    def _send(self, body: bytes, signature: str | None, what: str, kind: str = CASE, subject: str = "") -> Planted:
        with Connection(self._stage.vhost_uri) as connection:
            producer = connection.Producer(exchange=Exchange("intake.events", "topic", no_declare=True), auto_declare=False)
            producer.publish(
                body, routing_key=f"{WINDOW.key}.{kind}", content_type="application/cloudevents+json",
                content_encoding="binary", headers={"signature": signature} if signature else {}, delivery_mode=2,
            )
        planted = Planted(HUB.key, hashlib.sha256(body).hexdigest(), what, subject)
        self._journal.planted.append(planted)
        return planted
