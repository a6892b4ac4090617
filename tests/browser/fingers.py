"""A person at the keyboard, without a mouse."""

import pytest
from playwright.sync_api import Page


class Fingers:
    """A keyboard that counts."""

    def __init__(self, page: Page) -> None:
        self.page = page
        self.pressed = 0

    def types(self, text: str) -> None:
        self.pressed += len(text)
        self.page.keyboard.type(text)

    def presses(self, key: str, times: int = 1) -> None:
        for _ in range(times):
            self.pressed += 1
            self.page.keyboard.press(key)

    def tabs_to(self, name: str) -> None:
        here = "() => document.activeElement.name || ''"
        for _ in range(40):
            if self.page.evaluate(here) == name:
                return
            self.presses("Tab")
        pytest.fail(f"Tab never came to {name}")


def routine_case(keys: Fingers) -> None:
    """A woman who came back and needs papers, in the empty form, up to its last field."""
    keys.types("Ana")
    keys.tabs_to("person.family_name")
    keys.types("Reyes")
    keys.tabs_to("person.sex")
    keys.types("1")
    keys.tabs_to("person.birth")
    keys.types("36")
    keys.tabs_to("situation")
    keys.types("2")
    keys.tabs_to("person.origin")
    keys.types("conchagua")
    keys.tabs_to("needs")
    keys.types("d ")
    keys.tabs_to("vulnerabilities.immediate_danger")
    keys.types("nnnnnnnnnn")
    keys.tabs_to("consent.status")
    keys.types("1")
    keys.tabs_to("consent.method")
    keys.types("1")
