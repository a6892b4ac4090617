"""What becomes of one message to one recipient by one channel."""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import StrEnum

from services.notifications.domain.back_off import next_attempt
from shared.errors import Refused

LEASE = timedelta(minutes=2)
"""How long a claimed message belongs to one replica, and how long it waits when that one dies over it. A send that is
begun in the first half takes 20 seconds; the rest is margin."""


class Status(StrEnum):
    """Where a message stands. ``suppressed`` was never to be sent; its reason says why."""

    PENDING = "pending"
    SENT = "sent"
    FAILED = "failed"
    SUPPRESSED = "suppressed"


class Suppression(StrEnum):
    """Why somebody was not told."""

    AUTHOR = "author"
    """They did it themselves."""
    NO_ADDRESS = "no_address"
    """They have no address for this channel."""
    SUPERSEDED = "superseded"
    """They know something later of the same referral, or what was to be said is no longer so."""
    CONSENT_WITHDRAWN = "consent_withdrawn"
    """The person took the consent back before it was sent."""
    UNSUBSCRIBED = "unsubscribed"
    """They chose not to hear of this."""
    NOBODY = "nobody"
    """The audience has no active user: somebody should be named."""
    HEARD_LATER = "heard_later"
    """As ``nobody``, but users of the audience came to be known soon after, and have rows of their own."""


class Fault(StrEnum):
    """Why an attempt failed. Codes, never a server's words: those may quote an address."""

    SERVER_AWAY = "server_away"
    SERVER_REFUSED = "server_refused"
    BUSY = "busy"
    ADDRESS_REFUSED = "address_refused"
    MESSAGE_REFUSED = "message_refused"
    INTERRUPTED = "interrupted"
    """The service ended between sending and recording: it may have been sent, and is sent again."""


@dataclass(frozen=True)
class Standing:
    """How far one message is. ``attempts`` counts what was tried, ``unsure`` those whose end nobody saw."""

    status: Status
    attempts: int
    unsure: int
    next_attempt_at: datetime | None
    fault: Fault | None = None
    ended_at: datetime | None = None
    """When it was sent or given up."""


def interrupted(standing: Standing, *, now: datetime) -> Standing:
    """A claim ran out and nobody recorded its end: counted as unsure, tried again with the usual pause.

    It counts as an attempt too: a message that kills its sender every time ends as ``failed``, not in a loop.
    """
    counted = replace(standing, unsure=standing.unsure + 1)
    return put_off(counted, Fault.INTERRUPTED, now=now)


def delivered(standing: Standing, *, now: datetime) -> Standing:
    """The channel's server took it."""
    return Standing(Status.SENT, standing.attempts + 1, standing.unsure, None, None, now)


def put_off(standing: Standing, fault: Fault, *, now: datetime) -> Standing:
    """A fault that may pass: again later, or ``failed`` when it was the last attempt."""
    attempts = standing.attempts + 1
    again = next_attempt(attempts, now=now)
    status = Status.FAILED if again is None else Status.PENDING
    return Standing(status, attempts, standing.unsure, again, fault, now if again is None else None)


def given_up(standing: Standing, fault: Fault, *, now: datetime) -> Standing:
    """A fault that will not pass (no such address): no second attempt."""
    return Standing(Status.FAILED, standing.attempts + 1, standing.unsure, None, fault, now)


def sent_again(standing: Standing, *, now: datetime) -> Standing:
    """A coordinator had the cause put right: a new row of attempts. Only what failed; else ``wrong_state``."""
    if standing.status is not Status.FAILED:
        raise Refused("wrong_state", state=standing.status.value, allowed=[])
    return Standing(Status.PENDING, 0, standing.unsure, now)
