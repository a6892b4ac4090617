"""Each test of the suite runs on the embedded broker with SQLite and on RabbitMQ with PostgreSQL."""

import uuid
from collections.abc import Iterator
from pathlib import Path

import pytest

from shared.messaging import memory
from shared.messaging.broker import Broker
from tests.conformance.messaging.world import Urls, World


class SqliteUrls(Urls):
    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def __call__(self, name: str) -> str:
        return f"sqlite:///{self._folder / name}.sqlite"


class PostgresqlUrls(Urls):
    def __init__(self, server) -> None:
        self._server = server
        self._made: dict[str, str] = {}
        self._run = uuid.uuid4().hex[:8]

    def __call__(self, name: str) -> str:
        if name not in self._made:
            self._made[name] = self._server.new_database(f"{name}_{self._run}")
        return self._made[name]

    def drop(self) -> None:
        for name in self._made:
            self._server.drop_database(f"{name}_{self._run}")


def forget_memory_broker() -> None:
    """What the end of a process does to the embedded broker."""
    memory.Channel.queues.clear()
    memory.Transport.global_state.clear()


@pytest.fixture
def embedded_world(tmp_path: Path) -> Iterator[World]:
    forget_memory_broker()
    world = World(Broker("memory://"), tmp_path / "keys", SqliteUrls(tmp_path))
    yield world
    world.close()
    forget_memory_broker()


@pytest.fixture
def distributed_world(tmp_path: Path, amqp_uri: str, postgresql) -> Iterator[World]:
    urls = PostgresqlUrls(postgresql)
    world = World(Broker(amqp_uri), tmp_path / "keys", urls)
    yield world
    world.close()
    urls.drop()


@pytest.fixture(
    params=[
        "embedded",
        pytest.param("distributed", marks=[pytest.mark.rabbitmq, pytest.mark.postgresql]),
    ]
)
def world(request: pytest.FixtureRequest) -> World:
    return request.getfixturevalue(f"{request.param}_world")
