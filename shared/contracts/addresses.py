"""Who speaks and who is spoken to: a window, a hub, the notifications service, or all windows of a node."""

import re
from dataclasses import dataclass

RESERVED_NAMES = frozenset({"all", "hub", "notifications"})
"""No node or window may be called so (contracts.md, Events)."""

_NAME = r"[a-z0-9]+(?:-[a-z0-9]+)*"
_SOURCE = re.compile(rf"/({_NAME})/(?:windows/({_NAME})|(hub|notifications|all))")


@dataclass(frozen=True, order=True)
class Address:
    """A place in the network: ``name`` is a window's id, or ``hub``, ``notifications``, ``all``."""

    node: str
    name: str

    @classmethod
    def window(cls, node: str, window: str) -> "Address":
        """The address of a window; ``ValueError`` for a name that is reserved or not lower-case-with-hyphens."""
        if window in RESERVED_NAMES or not re.fullmatch(_NAME, window):
            message = f"{window!r} cannot be a window's name"
            raise ValueError(message)
        return cls(node, window)

    @classmethod
    def hub(cls, node: str) -> "Address":
        """The address of a country's hub."""
        return cls(node, "hub")

    @classmethod
    def notifications(cls, node: str) -> "Address":
        """The address of a country's notifications service."""
        return cls(node, "notifications")

    @classmethod
    def everyone(cls, node: str) -> "Address":
        """All windows of a node: what is published to it is signed but not sealed."""
        return cls(node, "all")

    @classmethod
    def from_source(cls, text: str) -> "Address":
        """Read a CloudEvents ``source`` such as ``/sv/windows/la-union``; ``ValueError`` when it is none."""
        match = _SOURCE.fullmatch(text)
        if match is None:
            message = "not a source of this network"
            raise ValueError(message)
        return cls.window(match[1], match[2]) if match[2] else cls(match[1], match[3])

    @property
    def is_window(self) -> bool:
        """Whether this is one window."""
        return self.name not in RESERVED_NAMES

    @property
    def source(self) -> str:
        """As written in an envelope's ``source``."""
        return f"/{self.node}/windows/{self.name}" if self.is_window else f"/{self.node}/{self.name}"

    @property
    def key(self) -> str:
        """As written at the head of a routing key and in key names: ``sv.la-union``, ``sv.hub``."""
        return f"{self.node}.{self.name}"
