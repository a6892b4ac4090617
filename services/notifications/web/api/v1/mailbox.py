"""``GET /mailbox``: what the demo's mail server took. The endpoint exists in the demo only."""

from pathlib import Path

from services.notifications.queries.mailbox import MailSchema, mailbox
from shared.web.answers import Answer
from shared.web.call import EVERYONE, Call, Endpoint, Words
from shared.web.paging import Page, PageQuery, listing, page_of


def mailbox_endpoints(folder: Path) -> tuple[Endpoint, ...]:
    """Open to everyone on this machine, like the mail server itself: the demo's mails hold nothing of anybody."""

    def listed(call: Call) -> Answer:
        page = Page.of(call.query(dict))
        items, total = mailbox(folder, offset=page.offset, size=page.size)
        return Answer(listing(call, items, total, page))

    return (
        Endpoint(
            "GET",
            "/mailbox",
            EVERYONE,
            listed,
            Words("El correo de la demostración", "The demo's mail"),
            {200: page_of(MailSchema())},
            query=PageQuery(),
        ),
    )
