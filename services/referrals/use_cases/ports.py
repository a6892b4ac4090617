"""What a use case is given: an open unit of work with the hub's repositories, and what the hub goes by."""

import json
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta
from hashlib import sha256
from typing import Protocol

from services.referrals.domain.case_file import CaseFile
from services.referrals.domain.deadlines import Allowed, Calendar
from services.referrals.domain.history import Entry
from services.referrals.domain.referral import Referral
from services.referrals.use_cases.access_ports import SecondSteps, Supervisors, Users
from services.referrals.use_cases.door_ports import Doors
from services.referrals.use_cases.recovery_ports import Recovery
from services.referrals.use_cases.standing_ports import Standings
from shared.claims import ClaimStatus
from shared.contracts.addresses import Address
from shared.contracts.case_routed import CaseRouted
from shared.contracts.digest import Version
from shared.contracts.standing import Standing
from shared.contracts.training_recorded import TrainingRecorded
from shared.contracts.visit_recorded import VisitRecorded
from shared.directory.entries import Location, Service
from shared.routing.decision import Decision
from shared.routing.directory import Directory, Institution
from shared.routing.rules import RuleSet
from shared.security.identities import Actor
from shared.vocabulary.codes import Need
from shared.vocabulary.places import WindowPlace


@dataclass(frozen=True)
class Country:
    """What the hub of one country goes by; all of it data. ``published`` names the files of directory and rules together.

    ``directory`` is the seeded one: of services ``Work.directory`` knows better. ``full_for``: how long an institution
    that has no room is believed to have none.
    """

    node: str
    directory: Directory
    rules: RuleSet
    spans: Allowed
    calendars: Mapping[str, Calendar]
    published: str
    full_for: timedelta
    peers: frozenset[str] = field(default=frozenset())

    @property
    def home(self) -> str:
        """The node's country, ISO 3166-1 alpha-2."""
        return self.node.upper()

    def window(self, window_id: str) -> WindowPlace | None:
        """One of the node's own windows."""
        return next((place for place in self.windows if place.id == window_id), None)

    @property
    def windows(self) -> tuple[WindowPlace, ...]:
        """The node's own windows, in the directory's order."""
        return tuple(place for place in self.directory.windows if place.node == self.node)

    def today(self, now: datetime) -> date:
        """The day in this country, by the clock of its first institution."""
        return now.astimezone(self.calendar_of(self.directory.own()[0]).zone).date()

    def with_windows(self, places: Sequence[WindowPlace]) -> "Country":
        """The same with windows of its own that no file knows; ``published`` says so, so that it is published anew."""
        known = {(place.node, place.id) for place in self.directory.windows}
        added = [place for place in places if (place.node, place.id) not in known]
        if not added:
            return self
        others = [place for place in self.directory.windows if place.node != self.node]
        mark = sha256(json.dumps([vars(place) for place in added], sort_keys=True).encode()).hexdigest()[:8]
        directory = replace(self.directory, windows=(*self.windows, *added, *others))
        return replace(self, directory=directory, published=f"{self.published}+{mark}")

    def calendar_of(self, institution: Institution) -> Calendar:
        """The working time of an institution."""
        return self.calendars[institution.calendar]


class Cases(Protocol):
    """Cases as their windows told them."""

    def get(self, case_id: str) -> CaseFile | None:
        """One case, held against others until the act is over."""
        ...

    def has_code(self, code: str) -> bool:
        """Whether some case has this code."""
        ...

    def add(self, case: CaseFile) -> None:
        """A case that is new here."""
        ...

    def routed(self, case: CaseFile) -> CaseRouted | None:
        """What routing last decided about a case, as its window is told."""
        ...

    def give_back(self, window: str) -> int:
        """Queue all cases of a window to be given back to it; how many there are."""
        ...

    def next_to_give_back(self, count: int) -> Sequence[str]:
        """The next cases of that queue, taken out of it."""
        ...

    def told_by(self, window: str) -> Sequence[Version]:
        """The last version in which anything was said of each case of a window, refused ones included."""
        ...

    def is_forgotten(self, person_id: str) -> bool:
        """Whether nothing of a person may be kept any more."""
        ...

    def move(self, case: CaseFile, person_id: str) -> None:
        """The case is another person's from now on."""
        ...

    def run_out(self, now: datetime, most: int) -> Sequence[CaseFile]:
        """Cases whose consent or ground has run out by itself, and nobody was told; held."""
        ...

    def decided(self, case: CaseFile, decision: Decision, at: datetime) -> None:
        """Keep what routing decided about the case's present version, whole."""
        ...


class Referrals(Protocol):
    """Referrals and what happened to them."""

    def get(self, referral_id: str) -> Referral | None:
        """One referral, held against others until the act is over."""
        ...

    def of_case(self, case_id: str) -> Sequence[Referral]:
        """All of one case, oldest first."""
        ...

    def add(self, referral: Referral) -> None:
        """A new one."""
        ...

    def move(self, referral: Referral, person_id: str) -> None:
        """It is another person's from now on."""
        ...

    def purge(self, referral_id: str) -> None:
        """No word of its history is kept, and nothing finds it."""
        ...

    def unanswered_stops(self, before: datetime, most: int) -> Sequence[Referral]:
        """Those that were asked to stop before that moment, have not answered and are not escalated; held."""
        ...

    def open_at(self, person_id: str, institution: str, need: Need) -> str | None:
        """The id of the open referral that this person has at this institution for this need."""
        ...

    def record(self, entry: Entry) -> None:
        """Add to a referral's history, after all that is in it."""
        ...

    def recall(self, entry: Entry) -> None:
        """Add to a referral's history what this hub forgot, where its id belongs."""
        ...

    def history(self, referral_id: str) -> Sequence[Entry]:
        """What happened to it, oldest first, with what this act added."""
        ...

    def searchable(self, referral_id: str, words: Collection[str]) -> None:
        """By which words the institution may find it from now on; none when it may not by any."""
        ...


class Counted(Protocol):
    """What is only counted."""

    def visit(self, window: str, visit: VisitRecorded) -> None:
        """Somebody only asked; the same visit twice counts once."""
        ...

    def training(self, window: str, training: TrainingRecorded) -> None:
        """A training session; told again it is replaced."""
        ...

    def heartbeat(
        self, window: str, at: datetime, *, directory_version: str | None, outbox: int, unreceipted: int
    ) -> None:
        """How a window stands."""
        ...

    def delivery(
        self, notification_id: str, referral_id: str | None, channel: str, at: datetime, *, delivered: bool, attempts: int, reason: str
    ) -> None:
        """What became of a message."""
        ...


class Streams(Protocol):
    """How far the destinations of this hub's events have come, and what they were told for all."""

    @property
    def epoch(self) -> str:
        """The hub's own: the life between two restores."""
        ...

    def settle(self, destination: Address, standing: Standing, *, told_at: datetime, now: datetime) -> None:
        """Take in how far a destination has committed."""
        ...

    def standing(self, source: Address) -> Standing:
        """How far this hub has committed what a source sent."""
        ...

    def published(self) -> str | None:
        """The directory version that was last published."""
        ...

    def publish(self, version: str) -> None:
        """That this version was published."""
        ...


class Claims(Protocol):
    """Claim codes of slips, known by their keyed hash alone."""

    def status(self, code: str) -> ClaimStatus | None:
        """How the case of this code stands; None when nobody has it."""
        ...

    def count(self, day: date, *, known: bool) -> None:
        """Somebody looked one up."""
        ...


class ServiceDirectory(Protocol):
    """Institutions and their services, with what was changed since the files were written; versioned as a whole."""

    def in_force(self) -> Directory:
        """As it stands now."""
        ...

    @property
    def version(self) -> str:
        """What windows know it by, rules included."""
        ...

    def hold(self) -> None:
        """Keep others from changing it until the act is over."""
        ...

    def write_service(self, service: Service, *, by: str, at: datetime) -> None:
        """Keep a new version of a service."""
        ...

    def write_location(self, location: Location, *, by: str, at: datetime) -> None:
        """Keep a new version of a place."""
        ...

    def mark_full(self, institution: str, needs: Iterable[Need], *, until: datetime, now: datetime) -> None:
        """An institution has no room for these needs, as is believed until then."""
        ...

    def clear_full(self, institution: str, needs: Iterable[Need]) -> None:
        """It has room again."""
        ...


class Outbox(Protocol):
    """Where events go; sent after the act commits."""

    def append(self, event: object, *, to: Address, subject: str, version: int, sequenced: bool = True) -> str:
        """Say ``event`` to ``to``; returns the event's id."""
        ...


class Audit(Protocol):
    """Who did and saw what: ids and field names, never values."""

    def note(
        self, actor: Actor, act: str, kind: str, object_id: str, fields: Iterable[str] = (), *, ground: str | None = None
    ) -> None:
        """Append one line in the act's transaction; ``ground`` is what let personal data be read."""
        ...


class Vault(Protocol):
    """The keyed hash of this node."""

    def lookup(self, token: str, /) -> str:
        """Equal for equal tokens, at this node only."""
        ...


class Work(Protocol):
    """An open unit of work of the hub."""

    @property
    def country(self) -> Country:
        """What the hub goes by."""
        ...

    @property
    def cases(self) -> Cases:
        """The cases."""
        ...

    @property
    def referrals(self) -> Referrals:
        """The referrals."""
        ...

    @property
    def standings(self) -> Standings:
        """Tombstones, refusals, numbers."""
        ...

    @property
    def recovery(self) -> Recovery:
        """What is learnt back after a restore."""
        ...

    def prepare(
        self,
        *,
        case_ids: Iterable[str],
        told: Iterable[tuple[str, str]],
        referral_ids: Iterable[str],
        consent_ids: Iterable[str],
    ) -> None:
        """Hold and read in a few queries all that comes next; ``told`` are cases and whose they are now."""
        ...

    @property
    def counted(self) -> Counted:
        """What is only counted."""
        ...

    @property
    def streams(self) -> Streams:
        """How far destinations have come."""
        ...

    @property
    def claims(self) -> Claims:
        """Claim codes of slips."""
        ...

    @property
    def directory(self) -> ServiceDirectory:
        """Institutions and their services."""
        ...

    @property
    def doors(self) -> Doors:
        """Who may come in, besides the data files."""
        ...

    @property
    def users(self) -> Users:
        """Who may sign in."""
        ...

    @property
    def supervisors(self) -> Supervisors:
        """Who may co-sign at a window."""
        ...

    @property
    def second_steps(self) -> SecondSteps:
        """Their second steps."""
        ...

    @property
    def outbox(self) -> Outbox:
        """Where events go."""
        ...

    @property
    def audit(self) -> Audit:
        """Who did what."""
        ...

    @property
    def vault(self) -> Vault:
        """The node's keyed hash."""
        ...
