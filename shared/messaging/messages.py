"""A row of the outbox made into the message that leaves: built, sealed where it must be, signed."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime

import orjson
import structlog
from sqlalchemy import Connection

from shared.contracts.addresses import Address
from shared.contracts.envelope import Envelope, to_bytes
from shared.contracts.registry import wire
from shared.errors import TryAgain
from shared.messaging.outbox import body_for
from shared.messaging.ports import Outgoing, Sealer, Signer
from shared.messaging.routes import SKIPPED, address_of, route
from shared.persistence.engine import Database
from shared.security.keyring import Label

log = structlog.get_logger()


@dataclass(frozen=True)
class Rebuilt:
    """The current state of a subject, told again where the sealed body is gone."""

    event: object
    version: int


Rebuild = Callable[[Connection, str, str], Rebuilt | None]
"""From an event's type and subject; None where nothing is left to tell (erased, withdrawn): its place is skipped."""


@dataclass(frozen=True)
class Leased:
    """One row that is ours to publish for a while, with its place in the sequence."""

    id: str
    destination: str
    exchange: str
    routing_key: str
    type: str
    schema_version: int
    subject: str
    version: int
    time: datetime
    traceparent: str | None
    body: str | None
    sequenced: bool
    epoch: str | None
    sequence: int | None
    attempts: int


class Messages:
    """Makes the messages of one service, in its present epoch."""

    def __init__(
        self, database: Database, *, sealer: Sealer, signer: Signer, me: Address, epoch: str, rebuild: Rebuild
    ) -> None:
        self._database = database
        self._sealer = sealer
        self._signer = signer
        self._me = me
        self._epoch = epoch
        self._rebuild = rebuild

    def outgoing(self, row: Leased) -> Outgoing | None:
        """The signed message of a row; None when its body is gone and cannot be rebuilt now."""
        if row.body is None:
            try:
                row = self._rebuilt(row)
            except TryAgain:
                return None
            except Exception as error:  # noqa: BLE001 - one subject's fault must not stop the others
                # without the exception's own text, which may hold values
                log.error("outbox.not_rebuilt", type=row.type, error=type(error).__name__)  # noqa: TRY400
                return None
        is_clear = row.destination.endswith(".all") or row.type == SKIPPED
        body = to_bytes(
            Envelope(
                id=row.id,
                source=self._me.source,
                type=row.type,
                schema_version=row.schema_version,
                subject=row.subject,
                time=row.time,
                epoch=self._epoch,
                version=row.version,
                sequence=row.sequence,
                traceparent=row.traceparent,
                sealed=None if is_clear else row.body,
                data=orjson.loads(row.body or "{}") if is_clear else None,
            )
        )
        return Outgoing(row.id, row.exchange, row.routing_key, body, self._signer.sign(body))

    def _rebuilt(self, row: Leased) -> Leased:
        to = address_of(row.destination)
        with self._database.read() as connection:
            current = self._rebuild(connection, row.type, row.subject)
        if current is None:
            exchange, key = route(self._me, to, SKIPPED)
            return replace(row, type=SKIPPED, schema_version=1, exchange=exchange, routing_key=key, body="{}")
        kind, schema_version, data = wire(current.event)
        label = Label(row.id, kind, current.version, self._me, to)
        exchange, key = route(self._me, to, kind)
        return replace(
            row,
            type=kind,
            schema_version=schema_version,
            version=current.version,
            exchange=exchange,
            routing_key=key,
            body=body_for(label, data, sealer=self._sealer),
        )
