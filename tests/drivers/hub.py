"""A country's hub, seen by its coordinator."""

from dataclasses import dataclass

from tests.drivers.http import Caller, Json


@dataclass(frozen=True)
class Hub:
    """What a coordinator sees and does."""

    node: str
    caller: Caller

    def referrals(self, **filters: str) -> list[Json]:
        return self.caller.everything("/referrals", **filters)

    def institutions(self) -> list[Json]:
        return self.caller.everything("/institutions")
