"""What is measured with: made-up people registered at a window by its own code, waiting in its outbox."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

from services.intake.use_cases.register_case import RegisterCase, register_case
from services.intake.wiring import Wiring, build
from shared.config import Settings
from shared.contracts.addresses import Address
from shared.contracts.case import details_from_request
from shared.persistence.engine import open_database
from shared.persistence.migrate import migrate
from shared.routing.case import CaseDetails
from shared.security.identities import Actor, Role
from shared.security.keys import generate
from tests.cast import dui, returned_woman

NODE = "sv"
HUB, NOTIFICATIONS = Address.hub(NODE), Address.notifications(NODE)
LA_UNION, LA_HACHADURA = Address.window(NODE, "la-union"), Address.window(NODE, "la-hachadura")
REFERRALS_PER_CASE = 3
AT_ONCE = 100


def person(number: int) -> dict[str, object]:
    """The body of ``POST /cases`` of one person: three needs, three institutions, 1.6 kB as an event."""
    body = returned_woman()
    body["person"] |= {
        "given_name": f"Prueba{number}", "family_name": f"Medida{number * 7919 % 100_003}",
        "document": {"type": "dui", "number": dui(f"{10_000_000 + number}"), "country": "SV"},
    }
    return body


def details(number: int) -> CaseDetails:
    """The same, as a window's acts take it."""
    return details_from_request(person(number), today=date.today() - timedelta(days=1))  # noqa: DTZ011 - any day before this one will do


def keys(folder: Path, windows: Sequence[Address] = (LA_UNION, LA_HACHADURA)) -> None:
    """Each address's keys in a folder of its own."""
    generate(folder, [HUB, NOTIFICATIONS, *windows], now=datetime.now(UTC))


def window_settings(window: Address, database: Path, keys: Path, amqp_uri: str = "memory://") -> Settings:
    """How a window of the benchmark runs."""
    return Settings(
        node=NODE, window=window.name, database_url=f"sqlite:///{database}", key_store=keys / window.key,
        amqp_uri=amqp_uri, window_letters=None if window in {LA_UNION, LA_HACHADURA} else "TST", log_level="WARNING",
    )


@contextmanager
def window(settings: Settings) -> Iterator[Wiring]:
    """A window's wiring, without running it."""
    wiring = build(settings)
    try:
        yield wiring
    finally:
        wiring.close()


def fill(settings: Settings, cases: int, *, first: int = 0) -> None:
    """Register this many people at a window whose database is new: its outbox holds them sealed for the hub."""
    database = open_database(settings.database_url)
    migrate(database, "intake")
    database.close()
    by = Actor(f"staff@{settings.window}", Role.STAFF, NODE, window=settings.window)
    with window(settings) as here:
        for start in range(first, first + cases, AT_ONCE):
            with here.works.open() as work:
                for number in range(start, min(start + AT_ONCE, first + cases)):
                    register_case(RegisterCase(details(number)), by=by, work=work, now=here.clock.now())
