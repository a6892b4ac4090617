"""``GET|POST|DELETE /subscriptions``: a user's own choices of what to hear."""

from services.notifications.queries.own_subscriptions import own_subscriptions, subject_of
from services.notifications.use_cases.choose_subscriptions import (
    Subscribe,
    Subscription,
    subscribe,
    unsubscribe,
)
from services.notifications.web.api.v1.room import Room
from services.notifications.web.api.v1.schemas import SubscriptionBody, SubscriptionSchema
from shared.persistence.perform import Rendered
from shared.security.identities import Subject
from shared.web.answers import Answer
from shared.web.call import Call, Endpoint, Words
from shared.web.paging import Page, PageQuery, listing, page_of


def subscription_endpoints(room: Room) -> tuple[Endpoint, ...]:
    """Everybody's own, nobody else's."""

    def listed(call: Call) -> Answer:
        with room.database.read() as connection:
            items = own_subscriptions(connection, call.actor)
        page = Page.of(call.query(dict))
        part = items[page.offset : page.offset + page.size]
        return Answer(listing(call, [_shown(item) for item in part], len(items), page))

    def created(call: Call) -> Rendered:
        request = call.body(Subscribe)
        return room.acts.carry_out(
            call,
            lambda work: subscribe(request, by=call.actor, work=work, sayings=room.sayings, now=room.clock.now()),
            about=lambda _work: room.here,
            answer=lambda made: Answer(_shown(made), location=f"{call.path}/{made.id}"),
        )

    def removed(call: Call) -> Rendered:
        subscription_id = call.args["id"]
        return room.acts.carry_out(
            call,
            lambda work: unsubscribe(subscription_id, by=call.actor, work=work),
            about=lambda work: subject_of(work.connection, room.node, subscription_id),
            answer=lambda _nothing: Answer(),
        )

    def about(call: Call) -> Subject | None:
        with room.database.read() as connection:
            return subject_of(connection, room.node, call.args["id"])

    return (
        Endpoint(
            "GET",
            "/subscriptions",
            "subscription.list",
            listed,
            Words("Qué avisos eligió usted", "Which notices you chose"),
            {200: page_of(SubscriptionSchema())},
            about=lambda _call: room.here,
            query=PageQuery(),
        ),
        Endpoint(
            "POST",
            "/subscriptions",
            "subscription.create",
            created,
            Words(
                "Elegir qué avisos recibir; las emergencias llegan siempre",
                "Choose which notices to get; emergencies always come",
            ),
            {201: SubscriptionSchema()},
            about=lambda _call: room.here,
            body=SubscriptionBody(),
            creating=True,
            refuses=("duplicate_name",),
        ),
        Endpoint(
            "DELETE",
            "/subscriptions/{id}",
            "subscription.delete",
            removed,
            Words("Volver a recibir todos los avisos", "Get all notices again"),
            {204: None},
            about=about,
        ),
    )


def _shown(subscription: Subscription) -> dict[str, object]:
    return {
        "id": subscription.id,
        "channel": subscription.choice.channel,
        "messages": sorted(subscription.choice.messages),
        "created_at": subscription.created_at,
    }
