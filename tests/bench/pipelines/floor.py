"""The floor: the statements of our hub and our notifications in the same batches, by bare psycopg2 and py-amqp.

``python -m tests.bench.pipelines.floor window|hub|notifications``. Batches of a hundred, pipelined confirms, one
transaction to take a batch, one to lease what is to be said, one to mark it: as we do it, without anything around it.
"""

import sys
import time
from collections.abc import Iterable, Sequence
from datetime import UTC, datetime, timedelta

import amqp
import psycopg2
from psycopg2.extras import execute_values

from shared.messaging.publisher import Confirms
from tests.bench.pipelines.common import (
    HubSide,
    NotificationsSide,
    Outbox,
    Run,
    Signed,
    Work,
    finished,
    wait_for_go,
)

BATCH, WAIT = 100, 0.02
OUTBOX = (
    "id", "destination", "exchange", "routing_key", "type", "schema_version", "subject", "version", "time", "body",
    "sequenced", "due_at", "attempts",
)


def connect(run: Run) -> amqp.Connection:
    """By bare py-amqp."""
    user, _, rest = run.amqp_uri.removeprefix("amqp://").partition("@")
    host, _, vhost = rest.partition("/")
    name, _, password = user.partition(":")
    connection = amqp.Connection(host, userid=name, password=password, virtual_host=vhost)
    connection.connect()
    return connection


class Exit:
    """Publishes a batch, then waits for all its confirms."""

    def __init__(self, run: Run) -> None:
        self._connection = connect(run)
        self._channel = self._connection.channel()
        self._channel.confirm_select()
        self._confirms = Confirms()
        self._channel.events["basic_ack"].add(self._confirms.acked)
        self._channel.events["basic_return"].add(self._confirms.returned)

    def publish(self, messages: Iterable[Signed]) -> None:
        self._confirms.begin()
        for one in messages:
            message = amqp.Message(
                one.body, content_type="application/cloudevents+json", delivery_mode=2, message_id=one.id,
                application_headers={"signature": one.signature},
            )
            self._confirms.published(one.id)
            self._channel._basic_publish(message, one.exchange, one.routing_key, mandatory=True)
        while self._confirms.waiting:
            self._connection.drain_events(timeout=15)


class Entrance:
    """Batches of one queue; each is acknowledged when the next is asked for."""

    def __init__(self, run: Run, queue: str) -> None:
        self._connection = connect(run)
        self._channel = self._connection.channel()
        self._channel.basic_qos(0, 2 * BATCH, a_global=False)
        self._pending: list[amqp.Message] = []
        self._channel.basic_consume(queue, callback=self._pending.append)

    def batches(self) -> Iterable[list[amqp.Message]]:
        while True:
            since = 0.0
            while len(self._pending) < BATCH:
                patience = 1.0 if not self._pending else max(0.001, min(WAIT / 4, since + WAIT - time.monotonic()))
                try:
                    self._connection.drain_events(timeout=patience)
                except TimeoutError:
                    if self._pending:
                        break
                since = since or time.monotonic()
            batch = self._pending[:BATCH]
            del self._pending[:BATCH]
            yield batch
            self._channel.basic_ack(batch[-1].delivery_tag, multiple=True)


def take(cursor: "psycopg2.extensions.cursor", side: HubSide | NotificationsSide, works: Sequence[Work]) -> None:
    """Write a batch's rows: one statement for each table."""
    rows: dict[str, list[tuple[object, ...]]] = {}
    for work in works:
        for table, some in work.rows.items():
            rows.setdefault(table, []).extend(some)
    for table, some in rows.items():
        execute_values(cursor, side.inserts(table), some, page_size=len(some))


def count(cursor: "psycopg2.extensions.cursor", works: Sequence[Work]) -> None:
    """How far the source was taken."""
    key = (works[0].rows["inbox"][0][1], "bench")
    cursor.execute("SELECT through, ahead FROM positions WHERE source = %s AND source_epoch = %s FOR UPDATE", key)
    through = max(int(str(work.rows["inbox"][0][3])) for work in works)
    cursor.execute(
        "INSERT INTO positions (source, source_epoch, through, ahead, heard_at) VALUES (%s, %s, %s, '[]', now()) "
        "ON CONFLICT (source, source_epoch) DO UPDATE SET through = excluded.through, heard_at = excluded.heard_at",
        (*key, through),
    )


def read_back(cursor: "psycopg2.extensions.cursor", works: Sequence[Work]) -> None:
    """Hold the cases and persons of a batch, and read what is known of them: nothing yet."""
    cases = [work.rows["cases"][0][0] for work in works]
    persons = [work.rows["person_keys"][0][0] for work in works]
    cursor.execute(
        "SELECT pg_advisory_xact_lock(hashtextextended(key, 0)) FROM unnest(%s) AS key", (sorted([*cases, *persons]),)
    )
    cursor.fetchall()
    for query, ids in (
        ("SELECT person_id FROM cases WHERE id = ANY(%s)", cases),
        ("SELECT person_id, wrapped FROM person_keys WHERE person_id = ANY(%s)", persons),
        ("SELECT * FROM cases WHERE id = ANY(%s) ORDER BY id", cases),
        ("SELECT * FROM referrals WHERE case_id = ANY(%s) ORDER BY id", cases),
        ("SELECT * FROM open_needs WHERE person_id = ANY(%s)", persons),
        ("SELECT * FROM tombstones WHERE id = ANY(%s)", cases),
        ("SELECT * FROM refusals WHERE case_id = ANY(%s)", cases),
    ):
        cursor.execute(query, (ids,))
        cursor.fetchall()


def hub(run: Run) -> None:
    side, entrance, exit_ = HubSide(run), Entrance(run, "hub.sv.intake"), Exit(run)
    database = psycopg2.connect(run.hub_dsn)
    for batch in entrance.batches():
        wanted = [one for one in batch if one.delivery_info["exchange"] == "intake.events"]
        works = [side.take(_bytes(one), one.headers["signature"]) for one in wanted]
        says = [said for work in works for said in work.says]
        if not works:
            continue
        with database, database.cursor() as cursor:
            read_back(cursor, works)
            take(cursor, side, works)
            rows = [_waiting(side, said) for said in says]
            names = ", ".join(OUTBOX)
            execute_values(cursor, f"INSERT INTO outbox ({names}) VALUES %s", rows, page_size=len(rows))
            count(cursor, works)
        for start in range(0, len(says), BATCH):
            send(database, side, exit_, says[start : start + BATCH])


def send(
    database: "psycopg2.extensions.connection", side: HubSide, exit_: Exit, says: Sequence[dict[str, object]]
) -> None:
    """Lease, publish, mark."""
    with database, database.cursor() as cursor:
        cursor.execute(
            "SELECT id, body FROM outbox WHERE due_at <= now() ORDER BY due_at, id LIMIT %s FOR UPDATE SKIP LOCKED",
            (BATCH,),
        )
        bodies = dict(cursor.fetchall())
        ids = list(bodies)
        lease = "UPDATE outbox SET due_at = %s, attempts = attempts + 1, epoch = 'bench', sequence = 1 WHERE id = ANY(%s)"
        cursor.execute(lease, (datetime.now(UTC) + timedelta(seconds=60), ids))
    by_id = {str(said["id"]): said for said in says}
    exit_.publish([side.signed(by_id[key], body) for key, body in bodies.items() if key in by_id])
    with database, database.cursor() as cursor:
        cursor.execute(
            "UPDATE outbox SET due_at = NULL, sent_at = now(), attempts = 0, problem = NULL WHERE id = ANY(%s)", (ids,)
        )


def _waiting(side: HubSide, said: dict[str, object]) -> tuple[object, ...]:
    _, sealed = side.say(said)
    now = datetime.now(UTC)
    return (
        said["id"], said["to"], said["exchange"], said["routing_key"], said["type"], said["schema_version"],
        said["subject"], said["version"], now, sealed, True, now, 0,
    )


def notifications(run: Run) -> None:
    side, entrance = NotificationsSide(run), Entrance(run, "notify.sv")
    database = psycopg2.connect(run.notifications_dsn)
    for batch in entrance.batches():
        works = [side.take(_bytes(one), one.headers["signature"]) for one in batch]
        with database, database.cursor() as cursor:
            known = [row[0] for work in works for row in work.rows["referrals_known"]]
            cursor.execute("SELECT * FROM referrals_known WHERE referral_id = ANY(%s) FOR UPDATE", (known,))
            cursor.fetchall()
            take(cursor, side, works)
            count(cursor, works)


def window(run: Run) -> None:
    outbox, exit_ = Outbox(run), Exit(run)
    wait_for_go()
    for batch in outbox.batches():
        exit_.publish(batch)
    finished()


def _bytes(message: amqp.Message) -> bytes:
    body = message.body
    return body.encode() if isinstance(body, str) else bytes(body)


if __name__ == "__main__":
    {"window": window, "hub": hub, "notifications": notifications}[sys.argv[1]](Run.load())
