"""One summary per institution and batch of imported cases, instead of one message per case."""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from services.notifications.domain.delivery import Status, Suppression
from services.notifications.domain.readers import Reader, audience_of
from services.notifications.domain.sayings import Sayings
from services.notifications.domain.telling import Channel, Notice, Occurrence
from shared.vocabulary.codes import Urgency

LONGEST_WAIT = timedelta(hours=1)
"""A batch that keeps coming (a slow link) is told of after an hour at the latest."""
_RANK = {Urgency.ROUTINE: 0, Urgency.URGENT: 1, Urgency.EMERGENCY: 2}


@dataclass(frozen=True)
class Summary:
    """What came so far of one batch for one institution. ``told_at`` is set once: what comes later is counted only."""

    id: str
    batch: str
    institution: str
    window: str
    count: int
    urgency: Urgency
    by: str
    first_at: datetime
    last_at: datetime
    told_at: datetime | None = None


def begun(summary_id: str, occurrence: Occurrence, *, batch: str, now: datetime) -> Summary:
    """The first referral of a batch to an institution."""
    return Summary(
        summary_id, batch, occurrence.institution, occurrence.window, 1, occurrence.urgency, occurrence.by, now, now
    )


def merged(summary: Summary, more: Summary) -> Summary:
    """Two counts of one batch and institution as one; the highest urgency is the summary's."""
    return replace(
        summary,
        count=summary.count + more.count,
        urgency=max(summary.urgency, more.urgency, key=_RANK.__getitem__),
        first_at=min(summary.first_at, more.first_at),
        last_at=max(summary.last_at, more.last_at),
    )


def told(summary: Summary, *, now: datetime) -> Summary:
    """The institution's officers have their notice."""
    return replace(summary, told_at=now)


def is_due(summary: Summary, *, quiet: timedelta, now: datetime) -> bool:
    """Nothing more came for ``quiet``, or the batch has been coming for an hour; never twice.

    What came more than an hour from now came before our clock was set back.
    """
    if summary.told_at is not None:
        return False
    waited, coming = now - summary.last_at, now - summary.first_at
    return waited >= quiet or coming >= LONGEST_WAIT or waited < -LONGEST_WAIT


def summary_notices(summary: Summary, readers: tuple[Reader, ...], sayings: Sayings) -> tuple[Notice, ...]:
    """One notice per officer of the institution; its event is the summary itself."""
    found = audience_of("institution", readers, institution=summary.institution, window=summary.window)
    if not found:
        return (_notice(summary, f"institution:{summary.institution}", "es", sayings, Suppression.NOBODY),)
    return tuple(
        _notice(summary, reader.username, reader.language, sayings, None if reader.email else Suppression.NO_ADDRESS)
        for reader in found
    )


def _notice(
    summary: Summary, recipient: str, language: str, sayings: Sayings, silence: Suppression | None
) -> Notice:
    return Notice(
        event_id=summary.id,
        recipient=recipient,
        audience="institution",
        channel=Channel.EMAIL,
        message=sayings.batch,
        urgency=summary.urgency,
        language=language,
        status=Status.PENDING if silence is None else Status.SUPPRESSED,
        reason=silence,
        institution=summary.institution,
        batch=summary.batch,
        count=summary.count,
    )
