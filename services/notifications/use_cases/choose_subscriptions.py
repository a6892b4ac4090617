"""A user chooses what to hear by a channel, instead of everything."""

from dataclasses import dataclass
from datetime import datetime

from services.notifications.domain.sayings import Sayings
from services.notifications.domain.telling import Channel, Choice
from services.notifications.use_cases.ports import Work
from shared.errors import Refused
from shared.ids import new_id
from shared.security.identities import Actor


@dataclass(frozen=True)
class Subscribe:
    """The channel, and the messages wanted by it: none at all is a choice too."""

    channel: Channel
    messages: tuple[str, ...]


@dataclass(frozen=True)
class Subscription:
    """A choice with its id."""

    id: str
    choice: Choice
    created_at: datetime


def subscribe(request: Subscribe, *, by: Actor, work: Work, sayings: Sayings, now: datetime) -> Subscription:
    """Keep the choice; a message that does not exist is ``invalid``, a second choice for the channel ``duplicate_name``.

    Without a choice a user hears everything meant for them. An emergency reaches them whatever they chose.
    """
    unknown = {
        f"messages.{place}": ["No es un mensaje de este servicio."]
        for place, message in enumerate(request.messages)
        if message not in sayings.names()
    }
    if unknown:
        raise Refused("invalid", fields=unknown)
    subscription = Subscription(new_id(), Choice(by.user, request.channel, frozenset(request.messages)), now)
    work.choices.add(subscription.id, subscription.choice, now=now)
    work.audit.note(by, "subscription.add", "subscription", subscription.id, ("channel", "messages"))
    return subscription


def unsubscribe(subscription_id: str, *, by: Actor, work: Work) -> None:
    """Back to hearing everything."""
    work.choices.remove(subscription_id)
    work.audit.note(by, "subscription.remove", "subscription", subscription_id)
