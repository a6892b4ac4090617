"""A user chooses what to hear by a channel, instead of everything."""

from dataclasses import dataclass
from datetime import datetime

from services.notifications.domain.telling import Channel, Choice
from services.notifications.use_cases.ports import Work
from shared.ids import new_id
from shared.security.identities import Actor


@dataclass(frozen=True)
class Subscribe:
    """The channel, and the messages wanted by it: none at all is a choice too."""

    channel: Channel
    messages: frozenset[str]


@dataclass(frozen=True)
class Subscription:
    """A choice with its id."""

    id: str
    choice: Choice
    created_at: datetime


def subscribe(request: Subscribe, *, by: Actor, work: Work, now: datetime) -> Subscription:
    """Keep the choice; a second one for the same channel is ``duplicate_name``.

    Without a choice a user hears everything meant for them. An emergency reaches them whatever they chose.
    """
    subscription = Subscription(new_id(), Choice(by.user, request.channel, request.messages), now)
    work.choices.add(subscription.id, subscription.choice, now=now)
    work.audit.note(by.user, "subscription.add", "subscription", subscription.id, ("channel", "messages"))
    return subscription


def unsubscribe(subscription_id: str, *, by: Actor, work: Work) -> None:
    """Back to hearing everything."""
    work.choices.remove(subscription_id)
    work.audit.note(by.user, "subscription.remove", "subscription", subscription_id)
