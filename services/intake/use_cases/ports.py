"""What the use cases of a window need from outside; ``store/work.py`` and the tests' fakes provide it."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Protocol

from services.intake.domain.case import Case
from services.intake.domain.duplicates import Features, Likeness
from services.intake.domain.rules import Known
from services.intake.domain.window import Window
from services.intake.use_cases.access_ports import Access, KeyWraps
from services.intake.use_cases.casework_ports import Feedback, FollowUps, Refusals, Todos
from services.intake.use_cases.counter_ports import Claims, Trainings, Visits
from services.intake.use_cases.hub_ports import Hub
from shared.contracts.addresses import Address
from shared.contracts.case_routed import BlockedInstitution, CaseRouted
from shared.contracts.directory_published import DirectoryPublished
from shared.contracts.referral import ReferralState
from shared.contracts.referral_asked import ReferralAsked
from shared.security.identities import Actor


class Cases(Protocol):
    """The cases of this window."""

    def take_numbers(self, count: int) -> range:
        """The next free numbers, taken in this transaction; freed again when it rolls back."""
        ...

    def raise_number(self, highest: int) -> None:
        """Go on above ``highest``, if the counter stands lower (a restored window)."""
        ...

    def add(self, case: Case) -> None:
        """Keep a new case."""
        ...

    def save(self, case: Case) -> None:
        """Keep a later version of a case."""
        ...

    def find(self, case_id: str) -> Case | None:
        """One case by id, or None."""
        ...

    def find_by_code(self, code: str) -> Case | None:
        """The case that has this code here, or None."""
        ...

    def find_by_claim(self, code: str) -> Case | None:
        """The case whose slip bears this claim code, or None."""
        ...

    def person_of(self, case_id: str) -> str | None:
        """Whose case it is, or None when there is no such case."""
        ...

    def told_in(self, buckets: Collection[int]) -> Sequence[str]:
        """The cases that the hub was told of, in these parts of the digest; in all, where none is named."""
        ...

    def queue(self, case_ids: Sequence[str]) -> None:
        """Put cases into the queue of those to be told again."""
        ...

    def held_back(self, case_ids: Collection[str]) -> frozenset[str]:
        """Which of these cases do not leave the window now."""
        ...

    def is_forgotten(self, person_id: str) -> bool:
        """Whether nothing of a person may be kept any more."""
        ...

    def changes(self) -> int:
        """How often any case of this window has changed."""
        ...

    def take_queued(self, count: int) -> Sequence[Case]:
        """The next cases of that queue, taken out of it."""
        ...

    def of_person(self, person_id: str) -> Sequence[Case]:
        """Every case of one person."""
        ...

    def open_of(self, responsible: str) -> Sequence[Case]:
        """Every open case that one member of staff looks after."""
        ...

    def run_out(self, today: date, count: int) -> Sequence[Case]:
        """Cases that may leave as they were last judged, but whose consent or ground has run out since."""
        ...

    def last_logged(self, case_id: str, what: str) -> datetime | None:
        """When that last happened to a case; None when it never did."""
        ...

    def log(self, case: Case, what: str, *, by: str, at: datetime) -> None:
        """One line of the case's timeline; codes only, no personal data."""
        ...

    def flag(self, case_id: str, alike: "Alike", *, line: int) -> None:
        """Note that another case might be of the same person; ``line`` is where an import met it."""
        ...


@dataclass(frozen=True)
class Alike:
    """Another case that might be of the same person."""

    case_id: str
    likeness: Likeness


class People(Protocol):
    """The window's index of persons, in memory."""

    def alike(self, features: Features) -> Sequence[Alike]:
        """Cases whose person is like this one, the likeliest first."""
        ...

    def remember(self, case_id: str, person: Mapping[str, Any], occurred_on: date) -> None:
        """Count somebody in who is about to be kept."""
        ...


class Referrals(Protocol):
    """What the hub last told of this window's referrals, and what was asked of it."""

    def find(self, referral_id: str) -> ReferralState | None:
        """The state last told, or None."""
        ...

    def keep(self, state: ReferralState) -> bool:
        """Keep a state unless a higher version is kept already; whether it was kept."""
        ...

    def queue_held(self, case_ids: Sequence[str] | None = None) -> None:
        """Put what is held of these cases, or everything, into the queue of what the hub is to be told."""
        ...

    def take_held(self, count: int) -> Sequence[ReferralState]:
        """The next states of that queue, taken out of it."""
        ...

    def blocks_of(self, case_id: str) -> tuple[BlockedInstitution, ...]:
        """Who must not know of a case, as the hub last told."""
        ...

    def routing(self, case_id: str) -> CaseRouted | None:
        """What the hub last decided about a case, or None."""
        ...

    def keep_routing(self, routed: CaseRouted, person_id: str) -> None:
        """Keep a decision unless one of a later version of the case is kept already."""
        ...

    def add_ask(self, asked: ReferralAsked, person_id: str) -> None:
        """Keep what was asked, unanswered."""
        ...

    def of_case(self, case_id: str) -> Sequence[ReferralState]:
        """All of one case, as last told."""
        ...

    def find_ask(self, ask_id: str) -> ReferralAsked | None:
        """What was asked, if it was."""
        ...

    def answer_ask(self, ask_id: str, *, refused: str | None, at: datetime) -> None:
        """Note the hub's answer once; an ask that is unknown or answered is left alone."""
        ...


@dataclass(frozen=True)
class Draft:
    """A form not yet sent; ``content`` is whatever the page keeps."""

    id: str
    content: Mapping[str, Any]
    saved_by: str
    created_at: datetime
    updated_at: datetime


class Drafts(Protocol):
    """Forms not yet sent."""

    def key_of(self, draft_id: str) -> str:
        """What stands for an id on disk and in the audit: the page chose it, and it may hold a name."""
        ...

    def put(self, draft: Draft) -> None:
        """Keep it, replacing one of the same id."""
        ...

    def find(self, draft_id: str) -> Draft | None:
        """One draft, or None."""
        ...

    def remove(self, draft_id: str) -> None:
        """Forget it."""
        ...


@dataclass(frozen=True)
class RefusedLine:
    """A line of a file that cannot be taken: the columns and what is wrong with each."""

    line: int
    fields: tuple[str, ...]
    reasons: tuple[str, ...]


class Imports(Protocol):
    """How far each file has been taken, in the same transaction as its cases."""

    def begin(self, file_hash: str, batch: str, at: datetime) -> str:
        """Open a file's record; the batch that it has (the first one, when it was begun before)."""
        ...

    def taken_through(self, file_hash: str) -> int:
        """The last line that was taken or refused; 0 before the first."""
        ...

    def advance(self, file_hash: str, through: int, refused: Sequence[RefusedLine]) -> None:
        """Note lines as done."""
        ...

    def refused(self, file_hash: str) -> Sequence[RefusedLine]:
        """All lines of a file that were refused, whenever that was."""
        ...


class Directories(Protocol):
    """The directory and rules that the hub published last."""

    @property
    def version(self) -> str | None:
        """Of what is in force here; None before the first."""
        ...

    def keep(self, published: DirectoryPublished, at: datetime) -> None:
        """Replace what is in force."""
        ...


class Outbox(Protocol):
    """Where events of an act go, in its transaction."""

    def append(self, event: object, *, to: Address, subject: str, version: int, sequenced: bool = True) -> str:
        """Seal an event for its destination and queue it; its id."""
        ...


class Audit(Protocol):
    """Who read or wrote personal data."""

    def note(self, actor: Actor, act: str, kind: str, object_id: str, fields: Iterable[str] = ()) -> None:
        """One row: ids and field names, never values."""
        ...


class Work(Protocol):
    """An open unit of work of a window."""

    @property
    def place(self) -> Window:
        """Which window this is."""
        ...

    @property
    def incarnation(self) -> int:
        """How often this window was restored, plus one; first part of every case's version."""
        ...

    @property
    def known(self) -> Known:
        """What the window knows of the world."""
        ...

    @property
    def guidance_version(self) -> str:
        """The very words of this window's guidance."""
        ...

    @property
    def cases(self) -> Cases:
        """The cases."""
        ...

    @property
    def referrals(self) -> Referrals:
        """What the hub told."""
        ...

    @property
    def todos(self) -> Todos:
        """What waits."""
        ...

    @property
    def follow_ups(self) -> FollowUps:
        """Days to ask how it went."""
        ...

    @property
    def feedback(self) -> Feedback:
        """What persons answered."""
        ...

    @property
    def refusals(self) -> Refusals:
        """What the hub refuses."""
        ...

    @property
    def drafts(self) -> Drafts:
        """Forms not yet sent."""
        ...

    @property
    def claims(self) -> Claims:
        """Slips of other windows."""
        ...

    @property
    def visits(self) -> Visits:
        """Anonymous visits."""
        ...

    @property
    def trainings(self) -> Trainings:
        """Training sessions."""
        ...

    @property
    def imports(self) -> Imports:
        """Files being taken in."""
        ...

    @property
    def directories(self) -> Directories:
        """The directory in force."""
        ...

    @property
    def wraps(self) -> KeyWraps:
        """Who opens the keys."""
        ...

    @property
    def access(self) -> Access:
        """The window's users."""
        ...

    @property
    def hub(self) -> Hub:
        """The stream to the hub."""
        ...

    @property
    def outbox(self) -> Outbox:
        """Events of this act."""
        ...

    @property
    def audit(self) -> Audit:
        """Who read or wrote personal data."""
        ...
