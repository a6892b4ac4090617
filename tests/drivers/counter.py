"""The PC at a window's counter: a real browser at a service that runs by itself."""

import re

from playwright.sync_api import Browser, Page, expect

from tests.browser.register_states import field, goes_on, takes
from tests.browser.states import signs_in
from tests.drivers.probe import eventually

PRINTED = "window.printed = 0; window.print = () => { window.printed += 1; }"
"""A headless browser has no printer: it counts how often it was asked to print."""


class Counter:
    """One window's PC; ``page`` is what it shows now."""

    def __init__(self, browser: Browser, url: str, username: str) -> None:
        self.browser, self.url = browser, url
        self.page = self._opened_by(username)

    def _opened_by(self, username: str) -> Page:
        page = self.browser.new_context(viewport={"width": 1366, "height": 740}, locale="es-SV").new_page()
        page.add_init_script(PRINTED)
        signs_in(page, self.url, username)
        expect(page.locator("header")).to_contain_text(username)
        return page

    def closes(self) -> None:
        """The whole browser, with everything that it knew."""
        self.page.context.close()

    def is_taken_over_by(self, username: str) -> None:
        """Somebody else opens a browser that knows nothing."""
        self.page = self._opened_by(username)

    def goes_to(self, path: str) -> None:
        self.page.goto(self.url + path)

    def reads(self, path: str) -> str:
        """What stands on a page, as somebody reads it."""
        self.goes_to(path)
        return " ".join(self.page.inner_text("main").split())

    def comes_to_read(self, path: str, words: str, seconds: float = 60) -> str:
        """The page, opened again and again until these words stand on it."""
        return eventually(lambda: self.reads(path), until=lambda text: words in text, what=f"{words!r} on {path}", seconds=seconds)

    def types(self, name: str, text: str) -> None:
        """Key by key, at the end of what stands in the field."""
        field(self.page, name).focus()
        self.page.keyboard.press("End")
        self.page.keyboard.type(text)

    def is_told(self, words: str) -> None:
        """Beside the form that keeps itself."""
        expect(self.page.locator("#kept")).to_contain_text(words, timeout=60_000)

    def asks_for(self, need: str) -> None:
        """What the person needs, and that they agree."""
        takes(self.page, "needs", need)
        takes(self.page, "consent.status", "granted")
        takes(self.page, "consent.method", "signed")

    def looks_through(self) -> str:
        goes_on(self.page)
        return self.page.inner_text("main")

    def sends(self) -> str:
        """What was looked through; the path of the case."""
        self.page.click(".send form button")
        self.page.wait_for_url(re.compile("/registrado"))
        assert "sale solo hacia la central" in self.page.inner_text("main")
        return re.search(r"/casos/[0-9a-f-]{36}", self.page.url)[0]
