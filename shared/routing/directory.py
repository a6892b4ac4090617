"""The institutions and windows of the network, as plain values with look-ups."""

from dataclasses import dataclass, field
from functools import cached_property

from shared.vocabulary.codes import InstitutionKind
from shared.vocabulary.places import WindowPlace


@dataclass(frozen=True)
class Institution:
    """Whoever may receive a referral. ``area`` is the municipality that it serves; left out: the whole country."""

    id: str
    kind: InstitutionKind
    node: str
    country: str
    es: str
    en: str
    area: str | None = None
    languages: tuple[str, ...] = ("es",)
    calendar: str = "always"
    active: bool = True
    email: str | None = None
    alternate: str | None = None

    def name(self, language: str = "es") -> str:
        """What it is called, Spanish unless English is asked for."""
        return self.en if language == "en" else self.es


@dataclass(frozen=True)
class Directory:
    """What one node knows of the network: its own institutions and windows first, then those of the others."""

    node: str
    version: str
    institutions: tuple[Institution, ...]
    windows: tuple[WindowPlace, ...] = field(default=())

    @cached_property
    def _by_id(self) -> dict[str, Institution]:
        return {institution.id: institution for institution in self.institutions}

    @cached_property
    def nodes(self) -> frozenset[str]:
        """Every node that has an institution here."""
        return frozenset(institution.node for institution in self.institutions)

    def find(self, institution_id: str) -> Institution | None:
        """An institution by its id, active or not."""
        return self._by_id.get(institution_id)

    @cached_property
    def active(self) -> tuple[Institution, ...]:
        """All that may receive referrals."""
        return tuple(institution for institution in self.institutions if institution.active)

    def own(self) -> tuple[Institution, ...]:
        """The node's own institutions, active or not."""
        return tuple(institution for institution in self.institutions if institution.node == self.node)

    def window(self, window_id: str, node: str | None = None) -> WindowPlace:
        """A window of the node; ``LookupError`` when there is none of that name."""
        for window in self.windows:
            if (window.node, window.id) == (node or self.node, window_id):
                return window
        message = f"no window {window_id!r} in {node or self.node}"
        raise LookupError(message)
