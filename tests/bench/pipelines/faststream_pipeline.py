"""The peer: FastStream on uvloop with asyncpg. Quorum queues, manual acknowledgement, confirmed publishes in parallel.

``python -m tests.bench.pipelines.faststream_pipeline window|hub|notifications``. One transaction per message, as many
at once as the prefetch lets in; a message is acknowledged after its transaction and all its confirms.
"""

import asyncio
import logging
import sys

import asyncpg
import uvloop
from faststream import AckPolicy, FastStream
from faststream.rabbit import (
    Channel,
    ExchangeType,
    QueueType,
    RabbitBroker,
    RabbitExchange,
    RabbitMessage,
    RabbitQueue,
)

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

INTAKE = RabbitExchange("intake.events", type=ExchangeType.TOPIC, durable=True)
REFERRALS = RabbitExchange("referrals.events", type=ExchangeType.TOPIC, durable=True)


def queue(name: str, key: str) -> RabbitQueue:
    """A quorum queue."""
    return RabbitQueue(name, queue_type=QueueType.QUORUM, durable=True, routing_key=key)


async def write(pool: asyncpg.Pool, side: HubSide | NotificationsSide, work: Work) -> None:
    """One transaction; a message that comes again changes nothing."""
    async with pool.acquire() as connection, connection.transaction():
        done = await connection.execute(_insert(side, "inbox"), *work.rows["inbox"][0])
        if done.endswith(" 1"):
            for table, rows in work.rows.items():
                if table != "inbox":
                    await connection.executemany(_insert(side, table), rows)


def _insert(side: HubSide | NotificationsSide, table: str) -> str:
    values = ", ".join(f"${number}" for number, _ in enumerate(side.columns[table], 1))
    return side.inserts(table, placeholder=f"({values})")


async def publish(broker: RabbitBroker, one: Signed, exchange: RabbitExchange) -> None:
    """Returns when the broker has confirmed it."""
    await broker.publish(
        one.body, exchange=exchange, routing_key=one.routing_key, persist=True, mandatory=True, message_id=one.id,
        headers={"signature": one.signature}, content_type="application/cloudevents+json",
    )


def broker_of(run: Run) -> RabbitBroker:
    """Confirms on; nothing logged."""
    return RabbitBroker(
        run.amqp_uri, default_channel=Channel(prefetch_count=run.prefetch, publisher_confirms=True), logger=None
    )


async def hub(run: Run) -> None:
    broker, side = broker_of(run), HubSide(run)
    pool = await asyncpg.create_pool(run.hub_dsn, min_size=run.workers, max_size=run.workers)

    @broker.subscriber(queue("hub.sv.intake", "sv.#"), INTAKE, ack_policy=AckPolicy.MANUAL, no_reply=True)
    async def take(body: bytes, message: RabbitMessage) -> None:
        work = side.take(message.body, message.headers["signature"])
        await write(pool, side, work)
        await asyncio.gather(*(publish(broker, one, REFERRALS) for one in side.messages(work)))
        await message.ack()

    await FastStream(broker, logger=None).run(log_level=logging.CRITICAL)


async def notifications(run: Run) -> None:
    broker, side = broker_of(run), NotificationsSide(run)
    pool = await asyncpg.create_pool(run.notifications_dsn, min_size=run.workers, max_size=run.workers)

    @broker.subscriber(queue("notify.sv", "sv.notifications.#"), REFERRALS, ack_policy=AckPolicy.MANUAL, no_reply=True)
    async def take(body: bytes, message: RabbitMessage) -> None:
        await write(pool, side, side.take(message.body, message.headers["signature"]))
        await message.ack()

    await FastStream(broker, logger=None).run(log_level=logging.CRITICAL)


async def window(run: Run) -> None:
    async with broker_of(run) as broker:
        await broker.start()
        outbox = Outbox(run)
        wait_for_go()
        for batch in outbox.batches():
            await asyncio.gather(*(publish(broker, one, INTAKE) for one in batch))
    finished()


if __name__ == "__main__":
    logging.disable(logging.CRITICAL)
    uvloop.run({"window": window, "hub": hub, "notifications": notifications}[sys.argv[1]](Run.load()))
