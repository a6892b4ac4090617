"""The hub that a command works at."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

from services.console.which import Service, opened, service_of
from shared.config import Settings
from shared.errors import ConfigError
from shared.persistence.migrate import pending

if TYPE_CHECKING:
    from services.referrals.wiring import Wiring as Hub


@contextmanager
def at_hub(settings: Settings) -> Iterator["Hub"]:
    """The hub that these settings are for; ``ConfigError`` for another service, or a database that is not up to date."""
    if service_of(settings) is not Service.REFERRALS:
        message = "Windows are kept at the hub: give the hub's settings."
        raise ConfigError(message)
    with opened(settings) as database:
        if pending(database, Service.REFERRALS):
            message = "Revisions are missing in the hub's database: run ventanilla migrate."
            raise ConfigError(message)
    from services.referrals.commands import opened as opened_hub

    with opened_hub(settings) as hub:
        yield hub
