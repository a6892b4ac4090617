"""The network in both its modes; each story asks for the one, and is told twice."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.drivers.deployed import Deployed
from tests.drivers.network import Embedded, Network


@pytest.fixture(params=["embedded", pytest.param("deployed", marks=[pytest.mark.rabbitmq, pytest.mark.postgresql])])
def network(request: pytest.FixtureRequest) -> Network:
    """The running network."""
    found: Network = request.getfixturevalue(request.param)
    return found


@pytest.fixture
def embedded(tmp_path: Path) -> Iterator[Embedded]:
    """All in one process, on the embedded broker."""
    network = Embedded(tmp_path)
    network.start()
    yield network
    network.kill()


@pytest.fixture
def deployed(tmp_path: Path, request: pytest.FixtureRequest) -> Iterator[Deployed]:
    """The compose file's processes, on RabbitMQ and PostgreSQL."""
    network = Deployed(tmp_path, request.getfixturevalue("rabbitmq"), request.getfixturevalue("postgresql"))
    network.prepare()
    try:
        network.start()
        yield network
    finally:
        network.clear()
