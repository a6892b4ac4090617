"""A training session: what was taught, by whom, who came. Pure."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime

from shared.errors import Refused
from shared.vocabulary.codes import Sex, TrainingAudience, TrainingTopic


@dataclass(frozen=True)
class Session:
    """What staff write down of a session; ``institution`` is whose people were taught, ``trainers`` are names."""

    held_on: date
    place: str
    audience: TrainingAudience
    topics: tuple[TrainingTopic, ...]
    trainers: tuple[str, ...] = ()
    institution: str = ""


@dataclass(frozen=True)
class Counts:
    """How many came."""

    women: int = 0
    men: int = 0
    others: int = 0


@dataclass(frozen=True)
class Participant:
    """Somebody on the list. ``name`` is there only with their consent; ``certificate`` names their certificate."""

    id: str
    sex: Sex
    attended: bool
    name: str | None = None
    institution: str = ""
    certificate: str | None = None

    def forgotten(self) -> "Participant":
        """The same, without anything that says who it is; they still count."""
        return replace(self, name=None, institution="", certificate=None)


@dataclass(frozen=True)
class Training:
    """A session with who came: in numbers, or as a list. ``version`` rises with every change."""

    id: str
    session: Session
    registered_at: datetime
    registered_by: str
    version: int = 1
    counts: Counts | None = None
    participants: tuple[Participant, ...] = ()
    closed_at: datetime | None = None

    @property
    def numbers(self) -> Counts:
        """Who came, in numbers: of a list those who attended."""
        if not self.participants:
            return self.counts or Counts()
        came = [one.sex for one in self.participants if one.attended]
        women, men = came.count(Sex.FEMALE), came.count(Sex.MALE)
        return Counts(women, men, len(came) - women - men)

    def at_version(self, version: int | None) -> "Training":
        """Itself, when ``version`` is the one that stands or none was named."""
        if version not in {None, self.version}:
            raise Refused("stale")
        return self

    def changed(self, session: Session) -> "Training":
        """With other details."""
        return self if session == self.session else self._next(session=session)

    def counted(self, counts: Counts) -> "Training":
        """Who came, in numbers alone; a list that stood here goes."""
        return self._next(counts=counts, participants=())

    def listed(self, participants: Sequence[Participant]) -> "Training":
        """Who came, as a list, instead of what stood here."""
        return self._next(counts=None, participants=tuple(participants))

    def without_name(self, participant_id: str) -> "Training":
        """Somebody's name taken off the list; ``not_found`` for anybody else's id."""
        if participant_id not in {one.id for one in self.participants}:
            raise Refused("not_found")
        return self._next(
            participants=tuple(one.forgotten() if one.id == participant_id else one for one in self.participants)
        )

    def closed(self, at: datetime) -> "Training":
        """It is over and complete. Closed again: the same."""
        return self if self.closed_at is not None else self._next(closed_at=at)

    def _next(self, **changes: object) -> "Training":
        return replace(self, version=self.version + 1, **changes)  # type: ignore[arg-type]  # each caller names fields of its own
