"""The page ``/mailbox`` of the demo: the mails that its server took, newest first."""

from pathlib import Path

from services.notifications.queries.mailbox import mailbox
from shared.web.call import EVERYONE, Words
from shared.web.visit import Entry, Page, Shown, Visit

MAILBOX = Entry(
    Words("Correo de la demostración", "The demo's mail"),
    Words("Lo que el sistema envió por correo.", "What the system sent by e-mail."),
    "/mailbox",
    "mailbox.read",
)
_SHOWN = 100


def mailbox_page(folder: Path) -> Page:
    """Open to everyone on this machine, like the mail server itself: the demo's mails hold nothing of anybody."""

    def shown(_visit: Visit) -> Shown:
        mails, total = mailbox(folder, offset=0, size=_SHOWN)
        return Shown("notifications/mailbox.html", {"mails": mails, "total": total})

    return Page("GET", MAILBOX.path, EVERYONE, shown, MAILBOX.label)
