"""How codes, institutions, people and times are shown to one visitor: in their language, as of now."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime

from babel.dates import format_datetime

from services.intake.domain.age import age_of, is_child
from services.intake.domain.window import Window
from services.intake.queries.world import InForce
from services.intake.store.work import WindowWork
from services.intake.web.pages.counter import Counter
from shared.errors import CODES, Refused
from shared.routing.case import Address, Person
from shared.texts import said
from shared.vocabulary.labels import label
from shared.web.languages import country_name
from shared.web.times import spelled, spelled_day
from shared.web.visit import Visit


@dataclass(frozen=True)
class Told:
    """A text of ours with what fills its places; the template translates it."""

    text: str
    values: dict[str, str]


@dataclass(frozen=True)
class Seen:
    """One visitor's view: language, window and moment. ``in_force`` None before the hub published."""

    language: str
    place: Window
    now: datetime
    in_force: InForce | None

    def label(self, vocabulary: str, code: str) -> str:
        """A code in words."""
        return label(vocabulary, code, self.language)

    def labels(self, vocabulary: str, codes: Iterable[str]) -> list[str]:
        """Some codes in words."""
        return [self.label(vocabulary, code) for code in codes]

    def institution(self, institution_id: str) -> str:
        """What an institution is called; its id while no directory names it."""
        found = self.in_force.directory.find(institution_id) if self.in_force else None
        return found.name(self.language) if found else institution_id

    def when(self, at: datetime) -> str:
        """The hour alone today, else the day too."""
        local = at.astimezone(self.place.time_zone)
        if local.date() == self.today:
            return str(format_datetime(local, "H:mm", tzinfo=self.place.time_zone, locale=self.language))
        return spelled(at, self.place.time_zone, self.language)

    def day(self, day: date) -> str:
        """A day with its month spelled."""
        return spelled_day(day, self.language)

    def is_today(self, at: datetime) -> bool:
        """Whether it is on this day at the window."""
        return self.place.moment(at).today == self.today

    @property
    def today(self) -> date:
        """The day at this window."""
        return self.place.moment(self.now).today

    def country(self, code: str) -> str:
        """A country's name."""
        return country_name(code, self.language)

    def place_of(self, address: Address | None) -> str:
        """Where, as it was said."""
        if address is None:
            return ""
        return ", ".join(part for part in (address.municipality, self.country(address.country)) if part)

    def age(self, person: Person, on: date) -> Told | None:
        """How old, on the day of the interview; None when nobody knows."""
        years = age_of(person, on)
        if years is None:
            return None
        text = said("%(years)s años (estimada)") if person.birth_date is None else said("%(years)s años")
        return Told(text, {"years": str(years)})

    def is_child(self, person: Person, on: date) -> bool:
        """Whether to say so: a child's case is another thing."""
        return is_child(person, on)

    def day_text(self, day: str) -> str:
        """The same of a day that came as text."""
        return self.day(date.fromisoformat(day))

    def full(self, at: datetime) -> str:
        """Day and hour, always."""
        return spelled(at, self.place.time_zone, self.language)

    def refusal(self, code: str) -> str:
        """What a refusal's code means; a newer hub's code stays one."""
        return Refused(code).text(self.language) if code in CODES else code


def seen_by(counter: Counter, visit: Visit, work: WindowWork) -> Seen:
    """How things are shown to this visitor now."""
    room = counter.room
    return Seen(visit.language, room.place, room.clock.now(), room.published.in_force(work.connection))
