"""``/hoy``: where the day of a window begins."""

from services.intake.queries.sync import sync_of
from services.intake.web.pages.counter import Counter
from shared.web.call import Words
from shared.web.visit import Entry, Page, Shown, Visit

PATH = "/hoy"
TODAY = Entry(
    Words("Hoy", "Today"),
    Words("Las personas de hoy y lo que espera.", "Today's people and what is waiting."),
    PATH,
    "case.search",
)


def today_pages(counter: Counter) -> tuple[Page, ...]:
    """The window's first page."""

    def today(_visit: Visit) -> Shown:
        room = counter.room
        with room.database.read() as connection:
            sync = sync_of(connection, room.tables, node=room.place.node, epoch=room.epoch, broker_up=room.broker_up())
        return Shown("intake/today.html", {"sync": sync})

    return (Page("GET", PATH, TODAY.act, today, TODAY.label, about=counter.here),)
