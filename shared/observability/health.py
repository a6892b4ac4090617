"""Whether a service lives, and whether it can do its work."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

import structlog

_log = structlog.get_logger(__name__)


@dataclass(frozen=True)
class Check:
    """One thing that a service needs. ``ask`` gives None when it is there, else the reason for an operator.

    A reason names no person and no secret: ``/readyz`` is read without a user.
    """

    name: str
    ask: Callable[[], str | None]


@dataclass(frozen=True)
class Readiness:
    """Every check with its reason, None where all is well.

    ``cautions`` are of what an operator must see to, while the service does its work all the same.
    """

    reasons: Mapping[str, str | None]
    cautions: Mapping[str, str | None]

    @property
    def ready(self) -> bool:
        """Whether no check has a reason against it."""
        return not any(self.reasons.values())

    @property
    def status(self) -> str:
        """In one word or two."""
        if not self.ready:
            return "not ready"
        return "degraded" if any(self.cautions.values()) else "ready"

    @property
    def found(self) -> Mapping[str, str | None]:
        """Checks and cautions together."""
        return {**self.reasons, **self.cautions}


def readiness(checks: Sequence[Check], cautions: Sequence[Check] = ()) -> Readiness:
    """Ask all. A check that fails itself counts as a reason, named by its kind alone."""
    return Readiness(
        {check.name: _reason(check) for check in checks}, {check.name: _reason(check) for check in cautions}
    )


def _reason(check: Check) -> str | None:
    try:
        return check.ask()
    except Exception as error:  # noqa: BLE001 - whatever breaks here means "not ready", and is logged
        _log.warning("check.failed", check=check.name, error=type(error).__name__)
        return f"la comprobación falló ({type(error).__name__})"
