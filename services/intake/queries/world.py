"""What a window knows of the world outside its cases: places, telephone plans, the directory in force."""

import threading
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from functools import cache, lru_cache

import orjson
from sqlalchemy import Connection, Table, select

from services.intake.domain.window import Window
from services.intake.store.consent_texts import consent_texts
from shared.directory.entries import Assurance
from shared.directory.finding import Area
from shared.routing.capacity import Room
from shared.routing.case import CaseDetails
from shared.routing.decide import EVERYWHERE, decide
from shared.routing.decision import Decision
from shared.routing.directory import Directory
from shared.routing.loading import directory_from_wire, rules_from_wire
from shared.routing.rules import RuleSet
from shared.vocabulary import territory
from shared.vocabulary.codes import Need
from shared.vocabulary.phones import check_phone


@dataclass(frozen=True)
class InForce:
    """The directory and the rules that the hub published last, and when."""

    version: str
    directory: Directory
    rules: RuleSet
    published_at: datetime

    def decide(self, details: CaseDetails, place: Window, room: Room = EVERYWHERE) -> Decision:
        """What routing would decide about a case of that window; no other hub is counted on."""
        return decide(
            details, node=place.node, window=place.window, rules=self.rules, directory=self.directory, room=room
        )


class Published:
    """Reads what is in force, and keeps it read until another version is there."""

    def __init__(self, directories: Table, place: Window) -> None:
        self.place = place
        self._table = directories
        self._lock = threading.Lock()
        self._read: InForce | None = None

    def in_force(self, connection: Connection) -> InForce | None:
        """What is in force; None before the hub first published."""
        found = connection.execute(select(self._table.c.version, self._table.c.published_at)).one_or_none()
        if found is None:
            return None
        with self._lock:
            if self._read is None or (self._read.version, self._read.published_at) != tuple(found):
                body: Mapping[str, dict[str, object]] = orjson.loads(
                    connection.execute(select(self._table.c.body)).scalar_one()
                )
                directory, rules = directory_from_wire(body["directory"]), rules_from_wire(body["rules"])
                self._read = InForce(found.version, directory, rules, found.published_at)
            return self._read


def near(directory: Directory, place: Window) -> Area:
    """Where the window stands; its country alone while the directory does not name it."""
    here = next((one for one in directory.windows if (one.node, one.id) == (place.node, place.window)), None)
    return Area(here.country, here.department, here.municipality) if here else Area(place.country)


class World:
    """``Known`` for one open connection."""

    def __init__(self, connection: Connection, published: Published) -> None:
        self._connection = connection
        self._published = published

    def phone_is_valid(self, phone: str) -> bool:
        """Whether the number can exist in its country's plan."""
        return check_phone(phone) is not None

    def phone_as_told(self, text: str) -> str | None:
        """In E.164; a number without its country's code is read as Salvadoran."""
        found = check_phone(text, territory.COUNTRY)
        return found.e164 if found else None

    def department_exists(self, department: str) -> bool:
        """Whether an ISO 3166-2 code names a department of El Salvador."""
        return department in _departments()

    def place_exists(self, name: str, department: str | None) -> bool:
        """Whether a municipality or district bears that name; one that several bear exists as well."""
        return _place_exists(name, department)

    def institution_exists(self, institution: str) -> bool:
        """Whether the directory names it; any, while there is no directory."""
        in_force = self._published.in_force(self._connection)
        return in_force is None or in_force.directory.find(institution) is not None

    def assurance(self, institution: str, needs: Collection[Need], day: date) -> Assurance | None:
        """How far the institution's entries can be relied on; None while there is no directory."""
        in_force = self._published.in_force(self._connection)
        return None if in_force is None else in_force.directory.assurance(institution, needs, day)

    def consent_text_exists(self, option_version: str) -> bool:
        """Whether a consent text of that hash was ever read here."""
        return any(text.option_version == option_version for text in consent_texts())

    def rules(self) -> RuleSet | None:
        """The rules in force."""
        in_force = self._published.in_force(self._connection)
        return in_force.rules if in_force else None

    def decide(self, details: CaseDetails) -> Decision | None:
        """What routing would decide, whoever has room; no other hub is counted on."""
        in_force = self._published.in_force(self._connection)
        return in_force.decide(details, self._published.place) if in_force else None


@cache
def _departments() -> frozenset[str]:
    return frozenset(place.department for place in territory.departments())


@lru_cache(maxsize=1024)
def _place_exists(name: str, department: str | None) -> bool:
    among = [department] if department else sorted(_departments())
    return any(territory.resolve(territory.COUNTRY, one, name) is not None for one in among)
