"""The page ``/mailbox`` of the demo: the mails that its server took, newest first."""

from pathlib import Path

from flask import Flask, render_template
from jinja2 import BaseLoader, ChoiceLoader, FileSystemLoader

from services.notifications.queries.mailbox import mailbox

LOCALE = Path(__file__).parent.parent / "locale"
_TEMPLATES = Path(__file__).parent.parent / "templates"
_SHOWN = 100


def add_mailbox_page(app: Flask, folder: Path) -> None:
    """Give ``app`` the page, its template found beside the shared ones."""
    shared: BaseLoader | None = app.jinja_loader
    own = FileSystemLoader(str(_TEMPLATES))
    app.jinja_loader = ChoiceLoader([shared, own] if shared is not None else [own])

    def page() -> str:
        mails, total = mailbox(folder, offset=0, size=_SHOWN)
        return render_template("notifications/mailbox.html", name="Ventanilla", mails=mails, total=total)

    app.add_url_rule("/mailbox", view_func=page, endpoint="mailbox page")
