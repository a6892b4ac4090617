"""Which service a settings file is for: its keys say whose they are."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from enum import StrEnum

from shared.config import Settings
from shared.contracts.addresses import Address
from shared.persistence.engine import Database, open_database
from shared.security.keys import KEY_FILE, read_private


class Service(StrEnum):
    """The three services."""

    INTAKE = "intake"
    REFERRALS = "referrals"
    NOTIFICATIONS = "notifications"


@dataclass(frozen=True)
class Part:
    """One service to run, with its own settings."""

    service: Service
    settings: Settings


def address_of(settings: Settings) -> Address:
    """Who the keys of these settings say we are; ``ConfigError`` when there are none."""
    return read_private(settings.key_store / KEY_FILE)[0]


def service_of(settings: Settings) -> Service:
    """The service that these settings are for."""
    address = address_of(settings)
    if address.is_window:
        return Service.INTAKE
    return Service.REFERRALS if address.name == "hub" else Service.NOTIFICATIONS


@contextmanager
def opened(settings: Settings) -> Iterator[Database]:
    """The service's database, let go of at the end."""
    database = open_database(settings.database_url)
    try:
        yield database
    finally:
        database.close()
