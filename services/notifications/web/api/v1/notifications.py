"""``GET /notifications`` and ``POST /notifications/{id}/retry``."""

from services.notifications.queries.notification_list import notification_list, shown, subject_of
from services.notifications.use_cases.retry_notification import RetryNotification, retry_notification
from services.notifications.web.api.v1.room import Room
from services.notifications.web.api.v1.schemas import (
    AskedNotifications,
    NotificationQuery,
    NotificationSchema,
)
from shared.persistence.perform import Rendered
from shared.security.identities import Subject
from shared.web.answers import Answer
from shared.web.call import Call, Endpoint, Words
from shared.web.paging import listing, page_of


def notification_endpoints(room: Room) -> tuple[Endpoint, ...]:
    """The ledger: a coordinator's is whole, a desk's is its institution's."""

    def listed(call: Call) -> Answer:
        asked = call.query(AskedNotifications)
        with room.database.read() as connection:
            items, total = notification_list(
                connection, call.actor, asked.wanted, offset=asked.page.offset, size=asked.page.size
            )
        return Answer(listing(call, items, total, asked.page))

    def retried(call: Call) -> Rendered:
        request = RetryNotification(call.args["id"])
        return room.acts.carry_out(
            call,
            lambda work: retry_notification(request, by=call.actor, work=work, now=room.clock.now()),
            about=lambda work: subject_of(work.connection, room.node, request.notification_id),
            answer=lambda entry: Answer(shown(entry)),
        )

    def about(call: Call) -> Subject | None:
        with room.database.read() as connection:
            return subject_of(connection, room.node, call.args["id"])

    return (
        Endpoint(
            "GET",
            "/notifications",
            "notification.list",
            listed,
            Words("Quién fue avisado, cómo y con qué resultado", "Who was told, how, and with what result"),
            {200: page_of(NotificationSchema())},
            about=lambda _call: room.here,
            query=NotificationQuery(),
        ),
        Endpoint(
            "POST",
            "/notifications/{id}/retry",
            "notification.retry",
            retried,
            Words("Volver a enviar un aviso que no se pudo entregar", "Send a notice again that could not be delivered"),
            {200: NotificationSchema()},
            about=about,
            refuses=("wrong_state",),
        ),
    )
