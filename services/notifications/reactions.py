"""What comes from the hub, and which act it becomes. The inbox has seen to what came before.

Changes of referrals are gathered while the inbox goes through a batch, and done together at its end, in the same
transaction: so that what they recall is read in two queries.
"""

from collections.abc import Callable, Mapping
from typing import TypeVar

from services.notifications.domain.sayings import Sayings
from services.notifications.domain.telling import Occurrence
from services.notifications.store.tables import messaging
from services.notifications.store.work import NotificationsWork
from services.notifications.use_cases.keep_access import KeepAccess, keep_access
from services.notifications.use_cases.tell_about_referral import TellAboutReferral, tell_about_referral
from shared.clock import Clock
from shared.contracts.access_changed import AccessChanged
from shared.contracts.addresses import Address
from shared.contracts.position import Position
from shared.contracts.receipt import Receipt
from shared.contracts.referral_updated import ReferralUpdated
from shared.contracts.standing import Standing
from shared.errors import Broken
from shared.messaging.inbox import Finish
from shared.messaging.positions import standing_towards
from shared.messaging.reading import Received
from shared.messaging.settle import settle

E = TypeVar("E")
Reaction = Callable[[Received, NotificationsWork], None]


def reactions(sayings: Sayings, clock: Clock, epoch: str) -> Mapping[str, Reaction]:
    """The table, by the type that the envelope names."""
    return {
        "referral.updated": lambda received, work: work.waiting.append(received),
        "access.changed": lambda received, work: _keep_access(received, work, clock),
        "receipt": lambda received, work: _settle(received, work, clock, epoch),
    }


def finishing(sayings: Sayings, clock: Clock) -> Finish[NotificationsWork]:
    """After each batch: do what was gathered."""
    return lambda work: _tell(work, sayings, clock)


def tell_standing(work: NotificationsWork, source: Address, standing: Standing) -> None:
    """How far we have committed what ``source`` sent: after each batch, and every minute."""
    position = Position(**vars(standing))
    work.outbox.append(position, to=source, subject="position", version=standing.through, sequenced=False)


def _tell(work: NotificationsWork, sayings: Sayings, clock: Clock) -> None:
    """Twice, late, out of order: see ``tell_about_referral``. An event that names no audience tells nobody."""
    waiting, work.waiting = work.waiting, []
    occurrences = [occurrence for received in waiting if (occurrence := occurrence_of(received)) is not None]
    work.referrals.prepare([occurrence.referral_id for occurrence in occurrences if occurrence.batch is None])
    for occurrence in occurrences:
        tell_about_referral(TellAboutReferral(occurrence), work=work, sayings=sayings, now=clock.now())


def _keep_access(received: Received, work: NotificationsWork, clock: Clock) -> None:
    """Twice, late, out of order: see ``keep_access``."""
    keep_access(KeepAccess(_event(received, AccessChanged).users), work=work, now=clock.now())


def _settle(received: Received, work: NotificationsWork, clock: Clock, epoch: str) -> None:
    """Twice, late, out of order: see ``settle``. A hub that has not heard of our present life is told how we stand."""
    told = _event(received, Receipt)
    settle(
        work.connection,
        messaging,
        destination=received.source,
        standing=told,
        told_at=received.envelope.time,
        now=clock.now(),
    )
    if not told.has_heard_of(epoch):
        tell_standing(work, received.source, standing_towards(work.connection, messaging, source=received.source, epoch=epoch))


def occurrence_of(received: Received) -> Occurrence | None:
    """The ids, the urgency and the audiences of an event: all that this service ever knows of a referral."""
    told = _event(received, ReferralUpdated)
    if told.notice is None:
        return None
    return Occurrence(
        event_id=received.envelope.id,
        referral_id=told.referral_id,
        case_id=told.case_id,
        version=received.envelope.version,
        change=told.change,
        window=told.window,
        institution=told.institution,
        urgency=told.urgency,
        audiences=told.notice.audiences,
        by=told.notice.by,
        batch=told.notice.batch,
        silences=told.notice.silences,
    )


def _event(received: Received, kind: type[E]) -> E:
    if isinstance(received.event, kind):
        return received.event
    message = f"the registry made {type(received.event).__name__} of a {received.envelope.type}"
    raise Broken(message)
