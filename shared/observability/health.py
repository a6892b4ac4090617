"""Whether a service lives, and whether it can do its work."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field

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
    """Every check with its reason, None where all is well; ``notices`` are to be known, and keep nobody from work."""

    reasons: Mapping[str, str | None]
    notices: Mapping[str, str | None] = field(default_factory=dict)

    @property
    def ready(self) -> bool:
        """Whether no check has a reason against it."""
        return not any(self.reasons.values())


def readiness(checks: Sequence[Check], notices: Sequence[Check] = ()) -> Readiness:
    """Ask all. A check that fails itself counts as a reason, named by its kind alone."""
    return Readiness(
        {check.name: _reason(check) for check in checks}, {notice.name: _reason(notice) for notice in notices}
    )


def _reason(check: Check) -> str | None:
    try:
        return check.ask()
    except Exception as error:  # noqa: BLE001 - whatever breaks here means "not ready", and is logged
        _log.warning("check.failed", check=check.name, error=type(error).__name__)
        return f"la comprobación falló ({type(error).__name__})"
