"""What holds of every page in every state: readable for everybody, on a small telephone, in both languages."""

from collections.abc import Iterable
from pathlib import Path

from axe_playwright_python.sync_playwright import Axe
from babel.messages.pofile import read_po
from playwright.sync_api import Browser, Page

ROOT = Path(__file__).resolve().parents[2]
WIDTHS = (320, 360, 1366)
ZOOMED = 683
"""What is left of 1366 when the page is shown twice as large."""

TARGETS = ".bar a, .bar button, .places a, .foot a, .cards a, .pages a, .button, .choice, .field input:not([type=radio], [type=checkbox]), .field select, tbody th a"
SMALL = f"""() => [...document.querySelectorAll("{TARGETS}")].filter(one => one.offsetParent && one.getBoundingClientRect().height < 43.9)
  .map(one => one.outerHTML)"""
SIDEWAYS = "() => document.documentElement.scrollWidth > document.documentElement.clientWidth"
NO_LABEL = """() => [...document.querySelectorAll("main input:not([type=hidden], [hidden]), main select")].filter(one => !one.labels.length)
  .map(one => one.outerHTML)"""


def opened(browser: Browser, width: int, language: str, **more: object) -> Page:
    return browser.new_context(viewport={"width": width, "height": 740}, locale=language, **more).new_page()


def fits(page: Page, state: str, width: int) -> None:
    assert not page.evaluate(SIDEWAYS), state
    assert page.evaluate(SMALL) == [], state
    assert page.evaluate(NO_LABEL) == [], state
    assert page.locator("h1").count() == 1, state
    assert page.locator("script:not([src])").count() == 0, state
    assert page.locator("[style]").count() == 0, state
    if width in {360, 1366}:
        found = Axe().run(page)
        assert found.violations_count == 0, f"{state}: {found.generate_report()}"


def all_fit(page: Page, states: Iterable[str], width: int, url: str) -> list[str]:
    """Each state fits, and which there were; on the whole way nothing is asked of another host, and the browser has nothing to complain of."""
    asked, faults, seen = [], [], []
    page.on("request", lambda request: asked.append(request.url))
    page.on("pageerror", lambda error: faults.append(str(error)))
    page.on("console", lambda message: faults.append(message.text))
    for state in states:
        page.wait_for_load_state()
        fits(page, state, width)
        seen.append(state)
    assert all(address.startswith(url) for address in asked)
    assert [words for words in faults if "status of" not in words] == []  # a 404 page is a 404 to the console too
    return seen


def all_in_english(page: Page, states: Iterable[str], *rooms: str) -> None:
    """No state shows a text of these rooms in Spanish, but what is said to be Spanish."""
    spanish = in_spanish(*(ROOT / room for room in rooms))
    for state in states:
        if page.get_attribute("html", "lang") == "es":
            page.click("button[lang=en]")  # the user's own language, until they choose another
        page.evaluate("() => [...document.querySelectorAll('[lang=es]:not(html)')].forEach(one => one.remove())")
        shown = page.inner_text("body")
        assert [text for text in spanish if text in shown] == [], state


def in_spanish(*rooms: Path) -> set[str]:
    """Every text of these rooms that has another one in English."""
    spanish = set()
    for room in rooms:
        for path in (room / "locale/en").glob("*.po"):
            with path.open("rb") as file:
                spanish |= {m.id for m in read_po(file, locale="en") if isinstance(m.id, str) and len(m.id) > 6 and m.id != m.string and "%(" not in m.id}
    return spanish - {"Ventanilla"}  # its name
