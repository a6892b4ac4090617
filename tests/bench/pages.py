"""The window's pages in a browser on an old computer and a slow line: what they weigh, and when somebody can work on them."""

import statistics
import tempfile
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path

from playwright.sync_api import Browser, Page, sync_playwright

from tests.browser import casework_states
from tests.browser.looks import opened
from tests.browser.states import signs_in
from tests.integration.intake.world import STAFF, World
from tests.integration.web.tiny import served
from tests.packages import CHROMIUM, find_or_install

SLOWER = 6
"""How much slower the processor of an old computer is than this one."""
LINE = {"offline": False, "latency": 400, "downloadThroughput": 50_000, "uploadThroughput": 50_000}
"""400 kbit/s each way, in bytes; 400 ms until an answer begins."""
TIMES = 5
READY = "() => performance.getEntriesByType('navigation')[0].domContentLoadedEventEnd"
"""Milliseconds from the press until the page's scripts listen."""


@dataclass(frozen=True)
class Opened:
    """A page that was opened: requests, kilobytes, and milliseconds until it can be worked on (the median)."""

    requests: int
    kilobytes: float
    old_computer: float
    slow_line: float


def pages() -> Mapping[str, Opened]:
    """The first visit, and the pages of the day after it."""
    with tempfile.TemporaryDirectory() as name, sync_playwright() as playwright:
        world = World(Path(name))
        village = casework_states.village(world)
        browser = playwright.chromium.launch(executable_path=find_or_install(CHROMIUM), args=["--no-sandbox"])
        with served(world.window.site) as url:
            first = _opened(browser, url, lambda _page: None, "/entrar")
            paths = {
                "today": "/hoy", "a new person": "/personas/nueva", "a case": f"/casos/{village.answered['id']}", "search": "/buscar",
                "the directory": "/directorio",
            }
            later = {title: _opened(browser, url, lambda page, path=path: _knows(page, url, path), path) for title, path in paths.items()}
        browser.close()
        world.close()
    return {"sign-in, the first visit": first, **later}


def _knows(page: Page, url: str, path: str) -> None:
    """Somebody who was here before: signed in, with styles and scripts kept by the browser."""
    signs_in(page, url, STAFF)
    page.goto(url + path, wait_until="networkidle")


def _opened(browser: Browser, url: str, before: Callable[[Page], None], path: str) -> Opened:
    weights: list[int] = []
    times: dict[str, list[float]] = {"computer": [], "line": []}
    for kind, measured in times.items():
        for _ in range(TIMES):
            page = opened(browser, 1366, "es-SV")
            before(page)
            weights.clear()
            page.on("requestfinished", lambda request: weights.append(request.sizes()["responseBodySize"]))
            with_limits = page.context.new_cdp_session(page)
            if kind == "computer":
                with_limits.send("Emulation.setCPUThrottlingRate", {"rate": SLOWER})
            else:
                with_limits.send("Network.enable")
                with_limits.send("Network.emulateNetworkConditions", LINE)
            page.goto(url + path, wait_until="networkidle")
            measured.append(page.evaluate(READY))
            page.context.close()
    sent = [size for size in weights if size > 0]  # what the browser kept weighs nothing
    return Opened(len(sent), sum(sent) / 1000, *(statistics.median(measured) for measured in times.values()))
