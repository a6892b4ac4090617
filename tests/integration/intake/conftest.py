"""The world of each test: on SQLite, and where a test asks for it on PostgreSQL too."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.integration.intake.world import World


@pytest.fixture
def world(tmp_path: Path) -> Iterator[World]:
    made = World(tmp_path)
    yield made
    made.close()
