"""The peer: Celery. Late acknowledgement, quorum queues, confirmed publishes, no results kept, no logging.

``celery -A tests.bench.pipelines.celery_pipeline worker -Q hub|notifications``, and this module as the window's sender.
One transaction per task.
"""

import psycopg2
from celery import Celery
from kombu import Queue
from psycopg2.extras import execute_values

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

run = Run.load()
app = Celery("bench", broker=run.amqp_uri)
app.conf.update(
    task_acks_late=True,
    task_reject_on_worker_lost=True,
    task_ignore_result=True,
    task_store_errors_even_if_ignored=False,
    task_default_delivery_mode="persistent",
    task_queues=[
        Queue(name, routing_key=name, queue_arguments={"x-queue-type": "quorum"})
        for name in ("hub", "notifications", "la-union")
    ],
    task_default_exchange_type="direct",
    broker_transport_options={"confirm_publish": True},
    worker_prefetch_multiplier=max(1, run.prefetch // run.workers),
    worker_send_task_events=False,
    worker_hijack_root_logger=False,
    task_serializer="json",
    broker_connection_retry_on_startup=True,
)


class Sides:
    """What each worker process opens once."""

    hub: HubSide | None = None
    notifications: NotificationsSide | None = None
    connections: dict[str, "psycopg2.extensions.connection"] = {}  # noqa: RUF012 - one side, one process


def write(dsn: str, side: HubSide | NotificationsSide, work: Work) -> None:
    """One transaction; a task that comes again changes nothing."""
    connection = Sides.connections.get(dsn)
    if connection is None:
        connection = Sides.connections[dsn] = psycopg2.connect(dsn)
    with connection, connection.cursor() as cursor:
        cursor.execute(side.inserts("inbox", placeholder="(%s, %s, %s, %s, %s)"), work.rows["inbox"][0])
        if cursor.rowcount:
            for table, rows in work.rows.items():
                if table != "inbox":
                    execute_values(cursor, side.inserts(table), rows)


@app.task(name="hub.take")
def take_case(body: str, signature: str) -> None:
    side = Sides.hub = Sides.hub or HubSide(run)
    work = side.take(body.encode(), signature)
    write(run.hub_dsn, side, work)
    with app.producer_or_acquire() as producer:
        for one in side.messages(work):
            task, queue = ("notifications.take", "notifications") if one.to == "sv.notifications" else ("window.take", "la-union")
            app.send_task(task, args=_arguments(one), queue=queue, task_id=one.id, producer=producer)


@app.task(name="notifications.take")
def take_event(body: str, signature: str) -> None:
    side = Sides.notifications = Sides.notifications or NotificationsSide(run)
    write(run.notifications_dsn, side, side.take(body.encode(), signature))


def _arguments(one: Signed) -> tuple[str, str]:
    return one.body.decode(), one.signature


def main() -> None:
    outbox = Outbox(run)
    with app.producer_or_acquire() as producer:
        wait_for_go()
        for batch in outbox.batches():
            for one in batch:
                app.send_task("hub.take", args=_arguments(one), queue="hub", task_id=one.id, producer=producer)
    finished()


if __name__ == "__main__":
    main()
