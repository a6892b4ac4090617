"""``/pendientes``: everything that waits for somebody, and the follow-ups that come."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from services.intake.domain.todo import FOR_SUPERVISORS, SAID, Task
from services.intake.queries.waiting import Coming, WaitingRow, Wanted, coming, waiting_list
from services.intake.store.work import WindowWork
from services.intake.web.pages.case_lines import CaseLine, case_line, note_seen
from services.intake.web.pages.case_view import since
from services.intake.web.pages.counter import Counter
from services.intake.web.pages.seen import Seen, Told, seen_by
from shared.web.call import Words
from shared.web.paging import Page as Part
from shared.web.visit import Entry, Page, Shown, Visit

PATH: Final = "/pendientes"
WAITING = Entry(
    Words("Pendientes", "Waiting"),
    Words("Lo que espera a alguien y los seguimientos.", "What waits for somebody, and follow-ups."),
    PATH,
    "todo.list",
)
SIZE: Final = 25
NEXT: Final = 25
"""How many of the coming follow-ups are listed."""


@dataclass(frozen=True)
class TodoLine:
    """One thing that waits."""

    case: CaseLine
    text: str
    since: Told
    for_supervisor: bool
    follow_up_id: str


@dataclass(frozen=True)
class ComingLine:
    """One reminder for a later day."""

    case: CaseLine
    on: str
    text: str


def waiting_pages(counter: Counter) -> tuple[Page, ...]:
    """The list."""

    def shown(visit: Visit) -> Shown:
        task = next((one for one in Task if one.value == visit.asked.get("que")), None)
        mine = visit.asked.get("de") == "mios"
        part = Part(_number(visit.asked.get("page", "")), SIZE)
        wanted = Wanted(task, visit.who.user.username if mine else None)

        def looked(work: WindowWork) -> tuple[Sequence[WaitingRow], int, Sequence[Coming], Seen]:
            seen = seen_by(counter, visit, work)
            rows, total = waiting_list(work, wanted, now=seen.now, offset=part.offset, size=part.size)
            later = coming(work, now=seen.now, responsible=wanted.responsible, size=NEXT)
            note_seen(work, visit.actor, [*(row.case.id for row in rows), *(one.case.id for one in later)])
            return rows, total, later, seen

        rows, total, later, seen = counter.carry_out(visit, looked)
        english = visit.language == "en"
        values = {
            "lines": [_line(row, seen) for row in rows],
            "total": total,
            "page": part,
            "later": [ComingLine(case_line(one.case, seen), seen.day(one.follow_up.due_on), one.follow_up.text) for one in later],
            "kinds": [(one.value, SAID[one][english]) for one in Task],
            "task": task.value if task else "",
            "mine": mine,
        }
        return Shown("intake/waiting.html", values)

    return (Page("GET", PATH, WAITING.act, shown, WAITING.label, about=counter.here),)


def _number(text: str) -> int:
    return int(text) if text.isascii() and text.isdigit() and 0 < len(text) < 7 and int(text) else 1


def _line(row: WaitingRow, seen: Seen) -> TodoLine:
    text = row.todo.en if seen.language == "en" else row.todo.es
    if row.follow_up is not None and row.follow_up.text:
        text = f"{text} {row.follow_up.text}"
    return TodoLine(
        case_line(row.case, seen), text, since(row.todo.since, seen), row.todo.task in FOR_SUPERVISORS, row.todo.follow_up_id or ""
    )
