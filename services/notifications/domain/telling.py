"""From one change of a referral to the messages it means: one per recipient, channel and event."""

from collections.abc import Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, field, replace
from enum import StrEnum

from services.notifications.domain.delivery import Status, Suppression
from services.notifications.domain.readers import SERVED, Reader, audience_of
from services.notifications.domain.sayings import Sayings
from shared.vocabulary.codes import Urgency


class Channel(StrEnum):
    """By what a message goes out."""

    EMAIL = "email"


@dataclass(frozen=True)
class Occurrence:
    """One change of one referral as the hub told it: ids, an urgency, who is to be told. Nothing of the person.

    ``version`` is the referral's; ``audiences`` are those that the hub names; ``by`` is who did it. ``silences``: a
    consent was taken back, nothing older of this referral is said any more.
    """

    event_id: str
    referral_id: str
    case_id: str
    version: int
    change: str
    window: str
    institution: str
    urgency: Urgency
    audiences: tuple[str, ...]
    by: str
    batch: str | None = None
    silences: bool = False


@dataclass(frozen=True)
class Memory:
    """What is known of a referral from events that came before.

    ``version`` is the highest seen, ``answered`` that of the latest change that answers (``sayings.yml``);
    ``told`` the highest version that each recipient has a row for, ``silenced`` that below which nothing is said.
    """

    version: int = 0
    answered: int = 0
    told: Mapping[str, int] = field(default_factory=dict)
    silenced: int = 0

    def merged(self, other: "Memory") -> "Memory":
        """Both together: no number falls."""
        told = {name: max(self.told.get(name, 0), other.told.get(name, 0)) for name in {*self.told, *other.told}}
        numbers = max(self.version, other.version), max(self.answered, other.answered)
        return Memory(*numbers, told, max(self.silenced, other.silenced))


KNOW_ALL_THE_SAME = frozenset({Suppression.AUTHOR, Suppression.SUPERSEDED})
"""Who was not told for these reasons knows; who has no address or did not want to hear does not."""


@dataclass(frozen=True)
class Choice:
    """What a user wants to hear by a channel: the messages named. Emergencies reach them all the same."""

    username: str
    channel: Channel
    messages: AbstractSet[str]


@dataclass(frozen=True)
class Notice:
    """One message to one recipient by one channel about one event, as it enters the ledger."""

    event_id: str
    recipient: str
    audience: str
    channel: Channel
    message: str
    urgency: Urgency
    language: str
    status: Status
    reason: Suppression | None = None
    referral_id: str | None = None
    case_id: str | None = None
    window: str | None = None
    institution: str | None = None
    version: int = 0
    batch: str | None = None
    count: int = 1
    asks: bool = False


def remembered(memory: Memory, occurrence: Occurrence, sayings: Sayings, made: Sequence[Notice] = ()) -> Memory:
    """The memory once ``occurrence`` and its notices are in it; what is late changes nothing but what it is the latest of."""
    answered = occurrence.version if sayings.of(occurrence.change).answers else 0
    told = {notice.recipient: notice.version for notice in made if notice.reason in {None, *KNOW_ALL_THE_SAME}}
    silenced = occurrence.version if occurrence.silences else 0
    return memory.merged(Memory(occurrence.version, answered, told, silenced))


def notices(
    occurrence: Occurrence,
    *,
    readers: Sequence[Reader],
    memory: Memory,
    choices: Mapping[tuple[str, Channel], Choice],
    sayings: Sayings,
) -> tuple[Notice, ...]:
    """One notice per reader that the audiences mean; a reader in two audiences is told once, by the first.

    An audience with nobody in it gives one suppressed notice in its own name, so that the silence is seen.
    """
    made: dict[str, Notice] = {}
    for audience in occurrence.audiences:
        if audience not in SERVED:
            continue
        found = audience_of(audience, readers, institution=occurrence.institution, window=occurrence.window)
        for reader in found:
            if reader.username not in made:
                message = sayings.message(occurrence.change, audience)
                choice = choices.get((reader.username, Channel.EMAIL))
                made[reader.username] = _notice(
                    occurrence,
                    reader.username,
                    audience,
                    message,
                    reader.language,
                    _silence(occurrence, reader, message, memory, choice, sayings),
                    asks=sayings.of(occurrence.change).asks,
                )
        if not found:
            empty = f"{audience}:{occurrence.window if audience == 'window' else occurrence.institution}"
            message = sayings.message(occurrence.change, audience)
            made[empty] = _notice(occurrence, empty, audience, message, "es", Suppression.NOBODY, asks=False)
    return tuple(made.values())


def told_after_all(notice: Notice, readers: Sequence[Reader]) -> tuple[Notice, ...]:
    """What a notice to an empty audience becomes now that ``readers`` are known; nothing if it is empty still."""
    found = audience_of(
        notice.audience, readers, institution=notice.institution or "", window=notice.window or ""
    )
    return tuple(
        replace(
            notice,
            recipient=reader.username,
            language=reader.language,
            status=Status.PENDING if reader.email else Status.SUPPRESSED,
            reason=None if reader.email else Suppression.NO_ADDRESS,
        )
        for reader in found
    )


def _silence(
    occurrence: Occurrence,
    reader: Reader,
    message: str,
    memory: Memory,
    choice: Choice | None,
    sayings: Sayings,
) -> Suppression | None:
    """Why this reader is not told, or None."""
    if reader.username == occurrence.by:
        return Suppression.AUTHOR
    if memory.silenced > occurrence.version:
        return Suppression.CONSENT_WITHDRAWN
    answered = sayings.of(occurrence.change).asks and memory.answered > occurrence.version
    if answered or memory.told.get(reader.username, 0) > occurrence.version:
        return Suppression.SUPERSEDED
    if not reader.email:
        return Suppression.NO_ADDRESS
    unwanted = choice is not None and message not in choice.messages
    if unwanted and occurrence.urgency is not Urgency.EMERGENCY:
        return Suppression.UNSUBSCRIBED
    return None


def _notice(
    occurrence: Occurrence,
    recipient: str,
    audience: str,
    message: str,
    language: str,
    silence: Suppression | None,
    *,
    asks: bool,
) -> Notice:
    return Notice(
        event_id=occurrence.event_id,
        recipient=recipient,
        audience=audience,
        channel=Channel.EMAIL,
        message=message,
        urgency=occurrence.urgency,
        language=language,
        status=Status.PENDING if silence is None else Status.SUPPRESSED,
        reason=silence,
        referral_id=occurrence.referral_id,
        case_id=occurrence.case_id,
        window=occurrence.window,
        institution=occurrence.institution,
        version=occurrence.version,
        asks=asks,
    )
