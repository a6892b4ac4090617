"""What this service reads of its settings, and refuses to start without."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta

from shared.config import Settings, settings_from
from shared.errors import ConfigError

QUIET = timedelta(seconds=20)
"""A batch of imported cases is told of when nothing more of it came for so long: a kill and resume takes less."""
POLL = 1.0
"""Seconds between two looks at the ledger when nobody woke us: another replica may have died over a row."""


@dataclass(frozen=True)
class Timing:
    """When things are done; tests make it quicker."""

    quiet: timedelta = QUIET
    poll: float = POLL


def settings_in(config: Mapping[str, object]) -> Settings:
    """The settings of a container: as the console hands them over, or the keys of nameko's own YAML."""
    given = config.get("SETTINGS")
    return given if isinstance(given, Settings) else settings_from(config, {})


def smtp_url(settings: Settings) -> str:
    """Where letters go; ``ConfigError`` without it."""
    if not settings.smtp_url:
        message = "The settings are not right. SMTP_URL: notifications cannot do without a mail server."
        raise ConfigError(message)
    return settings.smtp_url
