"""``python -m tests.browser.pictures FOLDER`` (``make pictures``): the window's pages as they are, in both languages and two widths.

The pages are walked by the very states that the browser tests walk; people in them are made up.
"""

import sys
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path

from playwright.sync_api import Browser, Page, sync_playwright

from tests.browser import casework_states, counter_states, register_states
from tests.browser.looks import opened
from tests.integration.intake.world import World
from tests.integration.web.tiny import served
from tests.packages import CHROMIUM, find_or_install

LANGUAGES = {"es": "es-SV", "en": "en"}
WIDTHS = (1366, 360)
SHOWN = {
    "today, full": "today", "search, one found": "search", "waiting, full": "waiting", "case, answered": "case",
    "form, cerrar": "close", "form, retirar": "withdraw-consent", "lift, empty": "lift-a-block", "merge, side by side": "merge",
    "team": "team", "numbers": "numbers", "locked": "locked", "three questions": "three-questions",
    "an empty form": "register", "somebody alike, while typing": "somebody-alike", "step 1": "register-step",
    "to be checked, with blocks and somebody alike": "check", "registered": "registered", "a draft": "drafts",
    "a correction beside somebody else's": "correct", "a family, to be completed": "family", "a group, empty": "group",
    "the form on paper": "paper", "help": "help", "texts": "guidance", "a text": "guidance-text", "a question": "question",
    "services, found": "directory", "a service": "service", "a slip": "slip", "ask by slip, answered": "ask-by-slip",
    "return, declared": "voluntary-return", "return, the sheet": "return-sheet", "a training": "training",
    "certificates": "certificates", "trainings": "trainings",
}
"""States that are shown, and what their pictures are called."""

Walk = Callable[[Page, str, World], Iterator[str]]


def casework(page: Page, url: str, world: World) -> Iterator[str]:
    """The day, the case, supervisors."""
    here = casework_states.village(world)
    parts = (casework_states.lists, casework_states.case_page, casework_states.acts, casework_states.locked, casework_states.supervision)
    for part in parts:
        page.context.clear_cookies()
        yield from part(page, url, here)


def registering(page: Page, url: str, world: World) -> Iterator[str]:
    """From an empty form to a registered case."""
    yield from register_states.registering(page, url, register_states.furnished(world))


def takes(browser: Browser, walk: Walk, language: str, width: int, into: Path) -> set[str]:
    """Walk once and keep what is shown; the names of the pictures."""
    taken = set()
    with tempfile.TemporaryDirectory() as name:
        world = World(Path(name))
        with served(world.window.site) as url:
            page = opened(browser, width, LANGUAGES[language])
            for state in walk(page, url, world):
                if page.get_attribute("html", "lang") != language:
                    page.click(f"button[lang={language}]")
                if state in SHOWN:
                    page.wait_for_load_state()
                    page.screenshot(path=into / f"{SHOWN[state]}-{language}-{width}.jpg", full_page=True, type="jpeg", quality=60)
                    taken.add(SHOWN[state])
            page.context.close()
        world.close()
    return taken


def main() -> None:
    """All of them; a state that no walk comes to any more is a mistake."""
    into = Path(sys.argv[1])
    into.mkdir(parents=True, exist_ok=True)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=find_or_install(CHROMIUM), args=["--no-sandbox"])
        for language in LANGUAGES:
            for width in WIDTHS:
                taken: set[str] = set()
                for walk in (casework, registering, counter_states.walk):
                    taken |= takes(browser, walk, language, width, into)
                missing = set(SHOWN.values()) - taken
                if missing:
                    raise SystemExit(f"No walk came to {', '.join(sorted(missing))}.")
        browser.close()


if __name__ == "__main__":
    main()
