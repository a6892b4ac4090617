from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.conformance.messaging.conftest import PostgresqlUrls, forget_memory_broker
from tests.integration.restore.town import Town


@pytest.fixture
def small_town(tmp_path: Path) -> Iterator[Town]:
    """All on SQLite."""
    forget_memory_broker()
    town = Town(tmp_path, lambda name: f"sqlite:///{tmp_path}/{name}.sqlite")
    yield town
    town.close()
    forget_memory_broker()


@pytest.fixture
def large_town(tmp_path: Path, postgresql) -> Iterator[Town]:
    """Hub and notifications on PostgreSQL, persons' keys in a database of their own; the window on SQLite."""
    forget_memory_broker()
    urls = PostgresqlUrls(postgresql)
    place = lambda name: f"sqlite:///{tmp_path}/{name}.sqlite" if name == "la-union" else urls(name)
    town = Town(tmp_path, place, lambda name: urls(f"{name}_keys") if name == "hub" else None)
    yield town
    town.close()
    urls.drop()
    forget_memory_broker()


@pytest.fixture(params=["small", pytest.param("large", marks=pytest.mark.postgresql)])
def town(request: pytest.FixtureRequest) -> Town:
    found: Town = request.getfixturevalue(f"{request.param}_town")
    return found
