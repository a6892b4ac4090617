"""What a user chose to hear (``GET /subscriptions``)."""

from sqlalchemy import Connection, select

from services.notifications.domain.telling import Channel, Choice
from services.notifications.store.tables import choice_messages, choices
from services.notifications.use_cases.choose_subscriptions import Subscription
from shared.security.identities import Actor, Subject


def own_subscriptions(connection: Connection, reader: Actor) -> list[Subscription]:
    """The reader's own; nobody's else."""
    found = []
    query = select(choices).where(choices.c.username == reader.user).order_by(choices.c.id)
    for row in connection.execute(query).mappings():
        chosen = select(choice_messages.c.message).where(choice_messages.c.subscription_id == row["id"])
        messages = frozenset(connection.execute(chosen).scalars())
        found.append(Subscription(row["id"], Choice(reader.user, Channel(row["channel"]), messages), row["created_at"]))
    return found


def subject_of(connection: Connection, node: str, subscription_id: str) -> Subject | None:
    """What the policy must know of a subscription: whose it is."""
    query = select(choices.c.username).where(choices.c.id == subscription_id)
    owner = connection.execute(query).scalar_one_or_none()
    return None if owner is None else Subject("subscription", node, owner=owner)
