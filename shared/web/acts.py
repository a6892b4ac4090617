"""How a view carries out an act: ``perform``, once per ``Idempotency-Key`` where one came."""

from collections.abc import Callable
from typing import Generic, TypeVar

from sqlalchemy import Table

from shared.clock import Clock
from shared.errors import Broken
from shared.persistence.perform import Rendered, Seals, perform, perform_once
from shared.persistence.work import W, Works
from shared.security.identities import Subject
from shared.web.answers import Answer
from shared.web.call import Call

R = TypeVar("R")


class Acts(Generic[W]):
    """A service's way from a call to a use case; built once by its wiring."""

    def __init__(self, works: Works[W], *, keys: Table, seals: Seals, clock: Clock) -> None:
        self._works = works
        self._keys = keys
        self._seals = seals
        self._clock = clock

    def carry_out(
        self,
        call: Call,
        act: Callable[[W], R],
        *,
        about: Callable[[W], Subject | None],
        answer: Callable[[R], Answer],
    ) -> Rendered:
        """Do ``act`` for the caller in one transaction and render its result.

        Twice with one ``Idempotency-Key`` and body: the first answer again, marked as replayed. Meanwhile: the
        second waits. With another body: ``key_reused``. A refused act frees its key.
        """
        may = call.endpoint.act
        if may is None:
            message = "an act needs a policy row"
            raise Broken(message)
        once = call.once
        if once is None:
            return call.rendered(answer(perform(act, works=self._works, by=call.actor, may=may, about=about)))
        return perform_once(
            act,
            works=self._works,
            by=call.actor,
            may=may,
            about=about,
            once=once,
            render=lambda result: call.rendered(answer(result)),
            table=self._keys,
            seals=self._seals,
            now=self._clock.now(),
        )
