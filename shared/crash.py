"""Named crash points: places at which a test makes the process die as by ``kill -9`` (anchors-reliability.md 7).

``CRASH_AT=after_confirm:3`` (setting; in the environment ``VENTANILLA_CRASH_AT``) ends the process with status 137
when it passes that point for the third time; ``CRASH_AT=before_effect@SUBJECT`` each time it passes it with that
subject: a message that kills whoever handles it. Unset, as it always is outside the fault tests, a point does nothing.
"""

import os
from enum import StrEnum

from shared.errors import ConfigError

STATUS = 137
"""What a process killed by signal 9 ends with."""


class CrashPoint(StrEnum):
    """Each step between an act and its last acknowledgement; what is true when the process dies there."""

    BEFORE_COMMIT = "before_commit"
    """A unit of work has written everything, and has not committed: nothing happened."""
    AFTER_COMMIT = "after_commit"
    """A unit of work has committed, and has woken nobody: nobody was answered yet."""
    AFTER_LEASE = "after_lease"
    """Rows are leased and have their places; none was published."""
    AFTER_PUBLISH = "after_publish"
    """A batch is on its way to the broker; no answer was read."""
    AFTER_CONFIRM = "after_confirm"
    """The broker has a batch and has said so; it is not marked."""
    AFTER_MARK = "after_mark"
    """A batch is marked as sent."""
    AFTER_CONSUME = "after_consume"
    """A batch has come; nothing of it was taken."""
    AFTER_INBOX = "after_inbox"
    """The ids of a batch are in the open transaction; their effects are not."""
    BEFORE_EFFECT = "before_effect"
    """One message of a batch is about to have its effect; ``of`` is its subject."""
    AFTER_DEAD_LETTER = "after_dead_letter"
    """A dead letter is in the open transaction."""
    AFTER_TAKE = "after_take"
    """A batch was taken and committed; it is not acknowledged."""
    AFTER_ACK = "after_ack"
    """A batch was acknowledged."""
    AFTER_CLAIM = "after_claim"
    """Messages to people are claimed; none was sent."""
    AFTER_SEND = "after_send"
    """The mail server has a message; the ledger does not know it."""


class _Fuse:
    """Which point, with which subject (empty: any), and how often it may still be passed."""

    def __init__(self) -> None:
        self.point: CrashPoint | None = None
        self.subject = ""
        self.passes = 0


_FUSE = _Fuse()


def arm(at: str | None) -> None:
    """Die at ``POINT``, ``POINT:N`` or ``POINT@SUBJECT``; None disarms. ``ConfigError`` names a point that does not exist."""
    place, _, _FUSE.subject = (at or "").partition("@")
    name, _, passes = place.partition(":")
    try:
        _FUSE.point = CrashPoint(name) if name else None
        _FUSE.passes = int(passes or 1)
    except ValueError as error:
        message = f"The settings are not right. CRASH_AT: {at} is not one of {', '.join(CrashPoint)}, with :N or @SUBJECT or without."
        raise ConfigError(message) from error


def crash_point(point: CrashPoint, *, of: str = "") -> None:
    """Pass a point: the process ends here when it was armed for this pass, or for this subject."""
    if _FUSE.point is not point or _FUSE.subject not in {"", of}:
        return
    _FUSE.passes -= 1
    if _FUSE.passes <= 0:
        os.write(2, f"ventanilla: crashed at {point}\n".encode())
        os._exit(STATUS)
