"""The windows as ``data/windows.yml`` lists them."""

from collections.abc import Iterator, Mapping
from functools import cache
from importlib import resources

import yaml

from shared.vocabulary.places import WindowPlace

__all__ = ["WINDOWS", "WindowPlace", "window_place"]


@cache
def _by_node() -> Mapping[str, Mapping[str, WindowPlace]]:
    text = (resources.files("shared.vocabulary") / "data" / "windows.yml").read_text(encoding="utf-8")
    found: dict[str, dict[str, WindowPlace]] = {}
    for entry in yaml.safe_load(text)["windows"]:
        place = WindowPlace(**entry)
        found.setdefault(place.node, {})[place.id] = place
    return found


class _Windows(Mapping[str, Mapping[str, WindowPlace]]):
    """``WINDOWS[node][window]``; the file is read at the first look, not at import."""

    def __getitem__(self, node: str) -> Mapping[str, WindowPlace]:
        return _by_node()[node]

    def __iter__(self) -> Iterator[str]:
        return iter(_by_node())

    def __len__(self) -> int:
        return len(_by_node())


WINDOWS: Mapping[str, Mapping[str, WindowPlace]] = _Windows()
"""All windows by node and id, in the file's order; a node's first is where a preview stands by default."""


def window_place(node: str, window: str) -> WindowPlace:
    """One window; ``LookupError`` for a name that no file knows."""
    return WINDOWS[node][window]
