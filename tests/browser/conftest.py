"""A window with its page, for every test here that does not bring another world of its own."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page

from tests.browser.looks import opened
from tests.browser.states import signs_in
from tests.integration.intake.world import STAFF, World
from tests.integration.web.tiny import served


@pytest.fixture
def world(tmp_path: Path) -> Iterator[World]:
    made = World(tmp_path)
    yield made
    made.close()


@pytest.fixture
def url(world: World) -> Iterator[str]:
    with served(world.window.site) as address:
        yield address


@pytest.fixture
def page(browser: Browser, url: str) -> Iterator[Page]:
    """A signed-in member of staff at a PC."""
    made = opened(browser, 1366, "es-SV")
    signs_in(made, url, STAFF)
    yield made
    made.context.close()
