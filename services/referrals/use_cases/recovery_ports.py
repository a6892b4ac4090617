"""What a use case is given to learn back what a restored hub forgot (decision 5)."""

from collections.abc import Mapping, Sequence
from typing import Protocol

from services.referrals.domain.before import Before
from services.referrals.use_cases.window_ask import AnswerAsk
from shared.contracts.referral import ReferralState


class Recovery(Protocol):
    """What this hub learns back from its windows after it was restored (decision 5)."""

    @property
    def was_restored(self) -> bool:
        """Whether this hub ever forgot anything."""
        ...

    def is_on(self, window: str) -> bool:
        """Whether a window may still hold something that this hub forgot."""
        ...

    def take_answer(self, window: str, epoch: str | None) -> None:
        """To which life of this hub a window has told all that it holds."""
        ...

    def go_on_without(self, window: str) -> None:
        """Somebody decided that this window is not waited for."""
        ...

    def keep(self, state: ReferralState) -> None:
        """A referral as its window holds it, until it is taken back; the highest version of it."""
        ...

    def route_later(self, case_id: str, window: str, before: Before) -> None:
        """A case is routed when its window is done; so it stood before what was told now."""
        ...

    def ask_later(self, request: AnswerAsk) -> None:
        """What a window asks is answered when it is done."""
        ...

    def hold(self) -> None:
        """Let no other replica take the next steps meanwhile."""
        ...

    def next_held(self, count: int) -> Sequence[Sequence[ReferralState]]:
        """What is held of the next persons, each person's together, taken out; of windows that have answered."""
        ...

    def next_unrouted(self, count: int) -> Mapping[str, Before]:
        """The next cases that wait to be routed, and how they stood before, taken out."""
        ...

    def is_unrouted(self, case_id: str) -> bool:
        """Whether a case waits to be routed."""
        ...

    def next_asks(self, count: int) -> Sequence[AnswerAsk]:
        """The next asks that wait, oldest first, taken out."""
        ...

    def finish(self) -> Sequence[str]:
        """Windows that have answered and of which nothing waits: this hub recovers from them no more. Their names."""
        ...
