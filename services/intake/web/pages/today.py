"""``/hoy``: where the day of a window begins."""

from collections.abc import Sequence
from dataclasses import dataclass

from babel.dates import format_date

from services.intake.queries.today import Link, Today, today
from services.intake.store.work import WindowWork
from services.intake.web.pages.case_lines import CaseLine, case_lines, note_seen
from services.intake.web.pages.counter import Counter
from services.intake.web.pages.seen import Seen, Told, seen_by
from shared.texts import said
from shared.web.call import Words
from shared.web.visit import Entry, Page, Shown, Visit

PATH = "/hoy"
TODAY = Entry(
    Words("Hoy", "Today"),
    Words("Las personas de hoy y lo que espera.", "Today's people and what is waiting."),
    PATH,
    "case.search",
)
WAITS_TODAY, WAITS_SINCE = (
    (said("Un caso espera la red desde las %(when)s."), said("%(count)s casos esperan la red desde las %(when)s.")),
    (said("Un caso espera la red desde el %(when)s."), said("%(count)s casos esperan la red desde el %(when)s.")),
)
ALL_SENT = said("Todo lo de esta ventanilla está en la central.")
UNCONFIRMED = said("Los casos salieron; la central aún no confirma %(count)s.")
UNCONFIRMED_ONE = said("Los casos salieron; la central aún no confirma uno.")
OTHERS = said("La central aún no confirma %(count)s avisos más (preguntas, capacitaciones o pedidos).")
OTHER = said("La central aún no confirma un aviso más (una pregunta, una capacitación o un pedido).")
UP, DOWN = said("Hay conexión con la central."), said("No hay conexión con la central. Siga trabajando: todo está guardado aquí y saldrá solo.")
HEARD = said("Última noticia de la central: %(when)s.")


@dataclass(frozen=True)
class Group:
    """One kind of thing that waits, with the first cases of it."""

    task: str
    text: str
    count: int
    lines: Sequence[CaseLine]


def today_pages(counter: Counter) -> tuple[Page, ...]:
    """The window's first page."""

    def shown(visit: Visit) -> Shown:
        def looked(work: WindowWork) -> tuple[Today, Seen]:
            seen = seen_by(counter, visit, work)
            found = today(work, now=seen.now, broker_up=counter.room.broker_up())
            named = [*found.people, *found.refused, *(case for waits in found.waits for case in waits.cases)]
            note_seen(work, visit.actor, [case.id for case in named])
            return found, seen

        found, seen = counter.carry_out(visit, looked)
        english = visit.language == "en"
        return Shown(
            "intake/today.html",
            {
                "day": format_date(seen.today, "EEEE d MMMM" if english else "EEEE d 'de' MMMM", locale=visit.language),
                "link": _link(found.link, seen),
                "up": found.link.up,
                "people": case_lines(found.people, seen),
                "came": found.came,
                "drafts": found.drafts,
                "refused": case_lines(found.refused, seen),
                "refusals": found.refusals,
                "groups": [Group(one.task, one.en if english else one.es, one.count, case_lines(one.cases, seen)) for one in found.waits],
                "any_cases": found.any_cases,
            },
        )

    return (Page("GET", PATH, TODAY.act, shown, TODAY.label, about=counter.here),)


def _link(link: Link, seen: Seen) -> list[Told]:
    """The way to the hub, in plain words."""
    told = [Told(UP if link.up else DOWN, {})]
    if link.waiting and link.since is not None:
        words = WAITS_TODAY if seen.is_today(link.since) else WAITS_SINCE
        told.append(Told(words[link.waiting > 1], {"count": str(link.waiting), "when": seen.when(link.since)}))
    elif link.unreceipted:
        told.append(Told(UNCONFIRMED if link.unreceipted > 1 else UNCONFIRMED_ONE, {"count": str(link.unreceipted)}))
    if link.others:
        told.append(Told(OTHERS if link.others > 1 else OTHER, {"count": str(link.others)}))
    if not link.waiting and not link.unreceipted and not link.others:
        told.append(Told(ALL_SENT, {}))
    if not link.up and link.last_contact is not None:
        told.append(Told(HEARD, {"when": seen.when(link.last_contact)}))
    return told
