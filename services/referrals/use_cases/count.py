"""What windows and notifications tell only to be counted or noted."""

from datetime import datetime

from services.referrals.use_cases.ports import Work
from services.referrals.use_cases.receipts import answer
from shared.contracts.addresses import Address
from shared.contracts.notification_delivered import NotificationDelivered
from shared.contracts.notification_failed import NotificationFailed
from shared.contracts.position import Position
from shared.contracts.training_recorded import TrainingRecorded
from shared.contracts.visit_recorded import VisitRecorded


def count_visit(window: str, visit: VisitRecorded, *, work: Work) -> None:
    """Somebody only asked: anonymous, counted once. Twice or out of order: the same row."""
    work.counted.visit(window, visit)


def count_training(window: str, training: TrainingRecorded, *, work: Work) -> None:
    """A training session, in numbers. Told again, the newest telling counts."""
    work.counted.training(window, training)


def note_delivery(told: NotificationDelivered, *, work: Work) -> None:
    """A message left by its channel, or was given up: the machine's time stamp, beside the officer's ``receive``.

    Twice or out of order: the row of that message is replaced.
    """
    failed = isinstance(told, NotificationFailed)
    work.counted.delivery(
        told.notification_id, told.referral_id, told.channel, told.at, delivered=not failed, attempts=told.attempts,
        reason=told.reason if isinstance(told, NotificationFailed) else "",
    )


def take_position(source: Address, position: Position, *, told_at: datetime, work: Work, now: datetime) -> None:
    """How far notifications has committed. Twice, late, out of order: see ``settle``; answered as a window is."""
    work.streams.settle(source, position, told_at=told_at, now=now)
    answer(source, position, work=work, now=now)
