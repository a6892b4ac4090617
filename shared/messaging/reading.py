"""From raw bytes to an event that can be believed: signature, identities, seal, schema, in this order."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace

import structlog

from shared.contracts.addresses import Address
from shared.contracts.envelope import Envelope, from_bytes
from shared.errors import Broken, Refused, TryAgain, Unreadable
from shared.messaging.ports import Opener, RawMessage
from shared.messaging.routes import SKIPPED, broker_user, route
from shared.security.keyring import Label

FURTHER_KEYS = frozenset({"CC", "BCC"})
"""Headers by which RabbitMQ 3.10 routes past the topic check. Nobody here writes them; it removes BCC by itself."""
log = structlog.get_logger()

Read = Callable[[str, int, Mapping[str, object]], object]
"""``shared.contracts.registry.read`` or a version of it."""


@dataclass(frozen=True)
class Received:
    """One event that came, and from whom."""

    event: object
    envelope: Envelope
    source: Address


@dataclass(frozen=True)
class Incoming:
    """One message after reading: ``received`` when it is good, else ``reason`` says what is wrong.

    ``envelope`` is there once the signer was proven to be its source: only then may the message count in the
    source's sequence. ``event`` is None for a place that was skipped.
    """

    raw: RawMessage
    envelope: Envelope | None = None
    source: Address | None = None
    event: object = None
    reason: str | None = None

    @property
    def place(self) -> tuple[str, str, int] | None:
        """Where it stands in its source's stream; None for what has no sequence, or is not believed."""
        if self.envelope is None or self.envelope.sequence is None:
            return None
        return self.envelope.source, self.envelope.epoch, self.envelope.sequence

    @property
    def order(self) -> tuple[str, int, int]:
        """By subject, so that two consumers take their locks in one order; then by version."""
        if self.envelope is None:
            return "", 0, 0
        return self.envelope.subject, self.envelope.version, self.envelope.sequence or 0


class Reader:
    """Reads what comes to ``me``. For a bad message it raises nothing: the reason is part of what it returns."""

    def __init__(self, *, opener: Opener, me: Address, read: Read) -> None:
        self._opener = opener
        self._me = me
        self._read = read

    def read(self, raw: RawMessage) -> Incoming:
        """Check and open one message. A mistake of our own on the way is a reason too: the others do not wait for it.

        What passes by itself (``TryAgain``: a disk or a database is away) is raised: it says nothing of the message.
        """
        try:
            believed = self._believe(raw)
        except TryAgain:
            raise
        except Exception as error:  # noqa: BLE001 - whatever it was, it becomes the dead letter's reason
            return Incoming(raw, reason=f"quarantine: {reason_of(error)}")
        try:
            return replace(believed, event=self._event(raw, believed))
        except TryAgain:
            raise
        except Exception as error:  # noqa: BLE001 - as above
            return replace(believed, reason=reason_of(error))

    def _believe(self, raw: RawMessage) -> Incoming:
        """Routing key's window, ``user_id``, source and signer must agree (contracts.md, Events)."""
        if raw.signature is None:
            raise Unreadable("it is not signed")
        if not FURTHER_KEYS.isdisjoint(raw.headers):
            raise Unreadable("it names further routing keys")
        signer = self._opener.verify(raw.body, raw.signature)
        envelope = from_bytes(raw.body)
        if envelope.source != signer.source:
            raise Unreadable("source and signer do not agree")
        if (raw.exchange, raw.routing_key) not in self._ways_from(signer, envelope.type):
            raise Unreadable("source and routing key do not agree")
        if raw.user_id is not None and raw.user_id != broker_user(signer):
            raise Unreadable("source and broker user do not agree")
        return Incoming(raw, envelope=envelope, source=signer)

    def _ways_from(self, signer: Address, kind: str) -> list[tuple[str, str]]:
        ways = []
        for to in (self._me, Address.everyone(self._me.node)):
            try:
                ways.append(route(signer, to, kind))
            except Broken:
                continue
        return ways

    def _event(self, raw: RawMessage, believed: Incoming) -> object:
        envelope, source = believed.envelope, believed.source
        if envelope is None or source is None or envelope.type == SKIPPED:
            return None
        for_all = raw.routing_key == f"{Address.everyone(self._me.node).key}.{envelope.type}"
        if envelope.sealed is None and not for_all:
            raise Unreadable("it is not sealed")
        if envelope.sealed is None:
            data: Mapping[str, object] = envelope.data or {}
        else:
            # what stands inside must agree with what stands outside: nobody can swap a sealed part
            label = Label(envelope.id, envelope.type, envelope.version, source, self._me)
            data = self._opener.open(envelope.sealed, label)
        return self._read(envelope.type, envelope.schema_version, data)


def reason_of(error: Exception) -> str:
    """What a dead letter says of a failure: never values, which may be personal. Our own mistakes stand in the log."""
    if isinstance(error, Unreadable | Refused):
        return str(error)
    reason = f"failed: {type(error).__name__}"
    log.error("inbox.message_failed", reason=reason, where=_place_in_code(error))
    return reason


def _place_in_code(error: Exception) -> str:
    trace = error.__traceback__
    while trace is not None and trace.tb_next is not None:
        trace = trace.tb_next
    return f"{trace.tb_frame.f_code.co_filename}:{trace.tb_lineno}" if trace is not None else ""
