"""The world on each kind of database."""

import pytest

from tests.integration.notifications.world import USERS, World


@pytest.fixture
def world(tmp_path, database_url):
    world = World(tmp_path, database_url)
    world.hears(world.access(*USERS))
    with world.sink.listening():
        yield world
    world.close()
