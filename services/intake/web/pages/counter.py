"""What the pages of a window are made with: the same room, acts and policy as its API."""

import hashlib
from collections.abc import Callable
from dataclasses import dataclass
from typing import Final, TypeVar

from sqlalchemy import select

from services.intake.store.work import WindowWork
from services.intake.web.api.v1.room import Room
from shared.errors import Broken
from shared.persistence.perform import OnceKey, Rendered, perform, perform_once
from shared.persistence.work import Works
from shared.security.identities import Subject
from shared.web.visit import Page, Visit

R = TypeVar("R")

FORMS: Final = "forms of this window"
"""Under whose name a form's own key is kept: a colleague may send what one began, and it is still sent once."""
_SAME: Final = hashlib.sha256(b"").hexdigest()
"""A form sent twice is one form, whatever was changed in between: the first stands."""


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
        about = _object(visit.page)
        return perform(act, works=self.works, by=visit.actor, may=_act(visit.page), about=lambda _work: about(visit))

    def carry_out_once(self, visit: Visit, call: str, key: str, act: Callable[[WindowWork], str]) -> Rendered:
        """The same for a form that bears its own key: ``act`` gives the address to go on to.

        Sent twice, by whomever, the first address is given again, ``replayed``; meanwhile the second waits.
        """
        about, room = _object(visit.page), self.room
        return perform_once(
            act,
            works=self.works,
            by=visit.actor,
            may=_act(visit.page),
            about=lambda _work: about(visit),
            once=OnceKey(FORMS, call, key, _SAME),
            render=lambda to: Rendered(303, b"", location=to),
            table=room.tables.idempotency,
            seals=room.vault,
            now=room.clock.now(),
        )

    def sent_to(self, call: str, key: str) -> str | None:
        """Where a form of that key led when it was sent; None while it was not."""
        keys = self.room.tables.idempotency
        mine = (keys.c.user == FORMS) & (keys.c.call == call) & (keys.c.key == key)
        with self.room.database.read() as connection:
            return connection.execute(select(keys.c.location).where(mine)).scalar_one_or_none()


def _act(page: Page) -> str:
    if page.act is None:
        message = "an act needs a policy row"
        raise Broken(message)
    return page.act


def _object(page: Page) -> Callable[[Visit], Subject | None]:
    if page.about is None:
        message = "an act needs an object"
        raise Broken(message)
    return page.about
