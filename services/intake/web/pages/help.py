"""``/ayuda``: the day at the window in six steps, for whoever is new; open to everybody, also before the sign-in."""

from shared.web.call import EVERYONE, Words
from shared.web.visit import Entry, Page, Shown, Visit

HELP = Entry(
    Words("Ayuda", "Help"),
    Words("El día en la ventanilla en seis pasos.", "The day at the window in six steps."),
    "/ayuda",
    "guidance.read",
)


def help_pages() -> tuple[Page, ...]:
    """One page, without anything of anybody."""

    def helped(_visit: Visit) -> Shown:
        return Shown("intake/help.html")

    return (Page("GET", HELP.path, EVERYONE, helped, HELP.label),)
