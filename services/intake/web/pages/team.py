"""``/equipo``: who looks after how much, and all open cases of one colleague given to another. ``/numeros``: how it goes."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from services.intake.domain.feedback import Question, Reply
from services.intake.queries.colleagues import Colleague, colleagues
from services.intake.queries.numbers import Numbers, numbers
from services.intake.store.work import WindowWork
from services.intake.use_cases.assign_case import ReassignCases, reassign_cases
from services.intake.web.forms.casework import Handing, HandOverForm
from services.intake.web.pages.case_words import DELIVERIES
from services.intake.web.pages.counter import Counter
from services.intake.web.pages.seen import Seen, seen_by
from shared.errors import Refused
from shared.security.sessions import Notice
from shared.texts import said
from shared.web.call import Words
from shared.web.forms import Form, again, filled
from shared.web.visit import Entry, Goes, Page, Shown, Visit

TEAM = Entry(
    Words("Equipo", "Team"), Words("Quién lleva cuántos casos.", "Who looks after how many cases."), "/equipo", "case.assign"
)
NUMBERS = Entry(
    Words("Números", "Numbers"), Words("Cómo va esta ventanilla.", "How this window is doing."), "/numeros", "numbers.read"
)
HANDED: Final = said("Casos que cambiaron de manos: %(count)s. Sus seguimientos van con ellos.")
ASKED: Final = {
    Question.EXPLAINED: said("¿Le explicaron bien qué se iba a hacer?"),
    Question.ATTENDED: said("¿La atendieron en lo que pidió?"),
    Question.COME_BACK: said("¿Volvería a esta ventanilla?"),
}


@dataclass(frozen=True)
class Bar:
    """One line of a count, with its share of the largest in hundredths."""

    label: str
    count: int
    share: int


def team_pages(counter: Counter) -> tuple[Page, ...]:
    """Both pages."""
    return (*_team(counter), _numbers(counter))


def _team(counter: Counter) -> tuple[Page, Page]:
    def asked(visit: Visit) -> Shown:
        return _shown(visit, again(visit.typed))

    def handed(visit: Visit) -> Shown | Goes:
        form = filled(HandOverForm(), visit.sent)
        if form.errors:
            return _shown(visit, form, 422)
        typed = form.made(Handing)
        request = ReassignCases(typed.of, typed.to)
        try:
            count = counter.carry_out(visit, lambda work: reassign_cases(request, by=visit.actor, work=work, now=counter.room.clock.now()))
        except Refused as refusal:
            return _shown(visit, form.refused(refusal, "to"), 422)
        return Goes(TEAM.path, Notice("good", HANDED, {"count": str(count)}))

    def _shown(visit: Visit, form: Form, status: int = 200) -> Shown:
        team: Sequence[Colleague] = counter.carry_out(visit, colleagues)
        values = {
            "form": form, "team": team, "givers": [(one.username, one.username) for one in team if one.open_cases],
            "takers": [(one.username, one.username) for one in team if one.active],
        }
        return Shown("intake/team.html", values, status)

    return (
        Page("GET", TEAM.path, TEAM.act, asked, TEAM.label, about=counter.here),
        Page("POST", TEAM.path, TEAM.act, handed, TEAM.label, about=counter.here),
    )


def _numbers(counter: Counter) -> Page:
    def shown(visit: Visit) -> Shown:
        def counted(work: WindowWork) -> tuple[Numbers, Seen]:
            seen = seen_by(counter, visit, work)
            return numbers(work, counter.room.people, seen.today), seen

        found, seen = counter.carry_out(visit, counted)
        answered = found.in_time + found.late
        values = {
            "numbers": found,
            "needs": _bars([(seen.label("need", need), count) for need, count in found.by_need]),
            "deliveries": _bars([(DELIVERIES[where][1], found.by_delivery.get(where, 0)) for where in DELIVERIES]),
            "percent": round(100 * found.in_time / answered) if answered else None,
            "said": [(text, [found.said[question][reply] for reply in Reply]) for question, text in ASKED.items()],
        }
        return Shown("intake/numbers.html", values)

    return Page("GET", NUMBERS.path, NUMBERS.act, shown, NUMBERS.label, about=counter.here)


def _bars(counts: Sequence[tuple[str, int]]) -> Sequence[Bar]:
    most = max((count for _, count in counts), default=0)
    return [Bar(label, count, round(100 * count / most) if most else 0) for label, count in counts]
