from collections.abc import Iterator

import pytest

from tests.simulation.running import Runner, runner


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--seed", type=int, help="the one schedule to run (pytest tests/simulation --seed N)")


@pytest.fixture
def simulation() -> Iterator[Runner]:
    with runner() as run:
        yield run
