"""What the pages of a window are made with: the same room, acts and policy as its API."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import TypeVar

from services.intake.store.work import WindowWork
from services.intake.web.api.v1.room import Room
from shared.errors import Broken
from shared.persistence.perform import perform
from shared.persistence.work import Works
from shared.security.identities import Subject
from shared.web.visit import Visit

R = TypeVar("R")


@dataclass(frozen=True)
class Counter:
    """Given once by the wiring."""

    room: Room
    works: Works[WindowWork]

    def here(self, _visit: Visit) -> Subject:
        """The window itself: what is new, listed or counted belongs to it."""
        return self.room.here

    def case(self, visit: Visit) -> Subject | None:
        """The case that the address names, if it is one of this window's."""
        return self.room.case(visit)

    def training(self, visit: Visit) -> Subject | None:
        """The training session that the address names."""
        return self.room.training(visit)

    def draft(self, visit: Visit) -> Subject | None:
        """The draft that the address names."""
        return self.room.draft(visit)

    def carry_out(self, visit: Visit, act: Callable[[WindowWork], R]) -> R:
        """Do what the page declares, in one transaction; raises what the policy or the use case refuses."""
        page = visit.page
        if page.act is None or page.about is None:
            message = "an act needs a policy row"
            raise Broken(message)
        about = page.about
        return perform(act, works=self.works, by=visit.actor, may=page.act, about=lambda _work: about(visit))
