"""The two ends of a delivery: taking up what is due, and recording what became of it.

Sending itself stands between them, in ``channels/delivery.py``, with no transaction open.
"""

from dataclasses import dataclass
from datetime import datetime

from services.notifications.domain.delivery import (
    LEASE,
    Fault,
    Standing,
    Status,
    Suppression,
    delivered,
    given_up,
    interrupted,
    put_off,
)
from services.notifications.domain.links import Links, reference
from services.notifications.domain.readers import Reader
from services.notifications.use_cases.ports import Entry, Parcel, Work
from shared.contracts.addresses import Address
from shared.contracts.notification_delivered import NotificationDelivered
from shared.contracts.notification_failed import NotificationFailed


@dataclass(frozen=True)
class Claim:
    """Parcels that are this replica's to send until ``until``."""

    until: datetime
    parcels: tuple[Parcel, ...]
    full: bool
    """As much was due as was asked for: there may be more."""


@dataclass(frozen=True)
class Attempt:
    """What became of one parcel: taken (no fault), refused for good, or not now."""

    notification_id: str
    fault: Fault | None = None
    final: bool = False


def count_interrupted(*, work: Work, hub: Address, now: datetime, until: datetime, most: int) -> int:
    """Rows that a replica claimed, ``until`` then at most, and whose end nobody recorded: counted as unsure and put
    off; how many.

    They may have been sent. They are sent again with the same Message-ID, so that the reader's server can tell.
    """
    open_rows = work.ledger.left_open(now=until, most=most)
    for entry in open_rows:
        _conclude(entry, interrupted(entry.standing, now=now), work=work, hub=hub)
    return len(open_rows)


def claim_due(*, work: Work, links: Links, now: datetime, most: int) -> Claim:
    """Lease what is due; who has lost their address or account since is recorded as suppressed, not sent to.

    Several replicas may call this at once: each row goes to one. The address is looked up now, so a change of
    address or language reaches what is still waiting.
    """
    until = now + LEASE
    entries = work.ledger.claim(now=now, until=until, most=most)
    readers = {reader.username: reader for reader in work.readers.all()} if entries else {}
    parcels = []
    for entry in entries:
        reader = readers.get(entry.notice.recipient)
        if reader is None or not reader.email:
            work.ledger.suppress(entry.id, Suppression.NO_ADDRESS)
        else:
            parcels.append(_parcel(entry, reader, reader.email, links))
    return Claim(until, tuple(parcels), full=len(entries) == most)


def _parcel(entry: Entry, reader: Reader, address: str, links: Links) -> Parcel:
    notice = entry.notice
    return Parcel(
        id=entry.id,
        address=address,
        message=notice.message,
        language=reader.language,
        urgency=notice.urgency,
        reference=reference(notice),
        link=links.to(notice),
        count=notice.count,
    )


def record_attempt(attempt: Attempt, *, claim: Claim, work: Work, hub: Address, now: datetime) -> Standing | None:
    """Write down how a send ended and tell the hub when that was the end of it; None when it was not ours any more.

    Twice: a row that is ``sent`` stays so. Late (our lease ran out and another replica has it): a success is
    true and recorded, a failure is left to the one who holds the row.
    """
    entry = work.ledger.get(attempt.notification_id)
    if entry is None or entry.standing.status is not Status.PENDING:
        return None
    if attempt.fault is not None and entry.leased_until != claim.until:
        return None
    standing = _after(attempt, entry.standing, now)
    _conclude(entry, standing, work=work, hub=hub)
    return standing


def give_back(notification_id: str, *, claim: Claim, work: Work) -> None:
    """End a claim on what was not tried (the service stops, the time is up): it is due again at once."""
    entry = work.ledger.get(notification_id)
    if entry is not None and entry.leased_until == claim.until:
        work.ledger.save(entry.id, entry.standing)


def _after(attempt: Attempt, standing: Standing, now: datetime) -> Standing:
    if attempt.fault is None:
        return delivered(standing, now=now)
    return given_up(standing, attempt.fault, now=now) if attempt.final else put_off(standing, attempt.fault, now=now)


def _conclude(entry: Entry, standing: Standing, *, work: Work, hub: Address) -> None:
    work.ledger.save(entry.id, standing)
    if standing.status not in (Status.SENT, Status.FAILED):
        return
    work.outbox.append(ending(entry, standing), to=hub, subject=entry.id, version=standing.attempts)


def ending(entry: Entry, standing: Standing) -> NotificationDelivered:
    """What the hub is told of the end of one message: ids and a code."""
    at = standing.ended_at or entry.created_at
    if standing.status is Status.SENT:
        return NotificationDelivered(
            notification_id=entry.id,
            referral_id=entry.notice.referral_id,
            channel=entry.notice.channel.value,
            recipient=entry.notice.recipient,
            at=at,
            attempts=standing.attempts,
        )
    return NotificationFailed(
        notification_id=entry.id,
        referral_id=entry.notice.referral_id,
        channel=entry.notice.channel.value,
        recipient=entry.notice.recipient,
        at=at,
        attempts=standing.attempts,
        reason=standing.fault.value if standing.fault else "",
    )
