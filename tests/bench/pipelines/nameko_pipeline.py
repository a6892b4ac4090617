"""The peer: nameko as it comes. ``event_handler`` with reliable delivery and requeueing, ``EventDispatcher`` with confirms.

``python -m tests.bench.pipelines.nameko_pipeline window|hub|notifications``. One transaction per message, ``run.workers``
green threads with a connection each; a message is acknowledged after its transaction and after what it says was
confirmed by the broker.
"""

import eventlet

eventlet.monkey_patch()

import logging  # noqa: E402 - after the patching
import sys  # noqa: E402

import psycopg2  # noqa: E402
from eventlet.queue import Queue  # noqa: E402
from nameko.events import EventDispatcher, event_handler  # noqa: E402
from nameko.extensions import DependencyProvider  # noqa: E402
from nameko.runners import ServiceRunner  # noqa: E402
from nameko.standalone.events import event_dispatcher  # noqa: E402
from psycopg2.extras import execute_values  # noqa: E402

from shared.messaging.nameko.containers import prepare  # noqa: E402
from tests.bench.pipelines.common import (  # noqa: E402
    HubSide,
    NotificationsSide,
    Outbox,
    Run,
    Signed,
    Work,
    finished,
    wait_for_go,
)

prepare()  # psycopg2 waits without holding the process


class Database(DependencyProvider):
    """A connection for each worker."""

    def __init__(self, dsn: str) -> None:
        self._dsn = dsn
        self._free: Queue = Queue()

    def start(self) -> None:
        for _ in range(self.container.max_workers):
            self._free.put(psycopg2.connect(self._dsn))

    def get_dependency(self, worker_ctx: object) -> Queue:
        return self._free


def write(free: Queue, side: HubSide | NotificationsSide, work: Work) -> None:
    """One transaction; a message that comes again changes nothing."""
    connection = free.get()
    try:
        with connection, connection.cursor() as cursor:
            cursor.execute(side.inserts("inbox", placeholder="(%s, %s, %s, %s, %s)"), work.rows["inbox"][0])
            if cursor.rowcount:
                for table, rows in work.rows.items():
                    if table != "inbox":
                        execute_values(cursor, side.inserts(table), rows)
    finally:
        free.put(connection)


def hub_service(run: Run) -> type:
    side = HubSide(run)

    class Hub:
        name = "hub"
        database = Database(run.hub_dsn)
        dispatch = EventDispatcher()

        @event_handler("window", "case.registered", requeue_on_error=True)
        def take(self, payload: dict[str, str]) -> None:
            work = side.take(payload["body"].encode(), payload["signature"])
            write(self.database, side, work)
            for one in side.messages(work):
                self.dispatch(one.routing_key, _payload(one))

    return Hub


def notifications_service(run: Run) -> type:
    side = NotificationsSide(run)

    class Notifications:
        name = "notifications"
        database = Database(run.notifications_dsn)

        @event_handler("hub", "sv.notifications.referral.updated", requeue_on_error=True)
        def take(self, payload: dict[str, str]) -> None:
            write(self.database, side, side.take(payload["body"].encode(), payload["signature"]))

    return Notifications


def window(run: Run) -> None:
    dispatch = event_dispatcher(_config(run))
    outbox = Outbox(run)
    wait_for_go()
    for batch in outbox.batches():
        for one in batch:
            dispatch("window", "case.registered", _payload(one))
    finished()


def _payload(one: Signed) -> dict[str, str]:
    return {"body": one.body.decode(), "signature": one.signature}


def _config(run: Run) -> dict[str, object]:
    return {"AMQP_URI": run.amqp_uri, "max_workers": run.workers}


def main() -> None:
    logging.disable(logging.CRITICAL)
    run, part = Run.load(), sys.argv[1]
    if part == "window":
        window(run)
        return
    runner = ServiceRunner(_config(run))
    runner.add_service(hub_service(run) if part == "hub" else notifications_service(run))
    runner.start()
    runner.wait()


if __name__ == "__main__":
    main()
