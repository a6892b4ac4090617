"""A window three days without network, in which its office takes in five thousand cases; then the network returns."""

from datetime import timedelta
from pathlib import Path

from sqlalchemy import ColumnElement, Connection, func, select

from services.intake.store.tables import window_tables
from services.referrals.store.tables import hub_tables
from tests.faults.checker import Finding
from tests.faults.generator import Generator
from tests.faults.journal import Journal
from tests.faults.proxy import Mode
from tests.faults.reading import reading
from tests.faults.running import Say, Verdict, judge, while_it_moves
from tests.faults.stage import Stage

PLACE = "la-union"
LINES = {3: 2500, 2: 1200, 1: 1300}
"""How many lines are taken in so many days ago."""
PEOPLE = Path(__file__).parents[1] / "data" / "la-union-2015.csv"


def three_days_offline(stage: Stage, journal: Journal, *, seed: int, say: Say) -> Verdict:
    """Five thousand cases, then the network, while people work on everywhere; who gets no answer then is a finding."""
    stage.to_broker[PLACE].become(Mode.CUT)
    for days, file in _files(stage.home).items():
        stage.imports(PLACE, file, clock=-timedelta(days=days))
        say(f"{LINES[days]} lines taken in {days} days ago")
    journal.imported[PLACE] = journal.imported.get(PLACE, 0) + sum(LINES.values())
    before = journal.unanswered()
    generator = Generator(stage, journal, seed=seed)
    generator.start()
    stage.to_broker[PLACE].become(Mode.OPEN)
    took = while_it_moves(lambda: _arrived(stage))
    generator.stop()
    say(f"the network is back: all {_arrived(stage)[0]} cases that may leave are at the hub after {took:.0f} s")
    verdict = judge(stage, journal, generator, say)
    unanswered = journal.unanswered() - before
    if unanswered:
        verdict.findings.append(Finding("offline", f"{unanswered} acts got no answer while the window caught up"))
    return verdict


def _arrived(stage: Stage) -> tuple[object, bool]:
    """How many cases from files the hub has, and whether it has all that the window may tell of."""
    at_window, at_hub = window_tables().cases, hub_tables().cases
    with reading(stage.database_urls[PLACE]) as connection:
        told = _count(connection, at_window.c.batch.is_not(None), at_window.c.told)
    with reading(stage.database_urls["referrals"]) as connection:
        here = _count(connection, at_hub.c.batch.is_not(None), at_hub.c.window == PLACE)
    return here, here >= told


def _count(connection: Connection, *where: ColumnElement[bool]) -> int:
    return int(connection.execute(select(func.count()).where(*where)).scalar_one())


def _files(folder: Path) -> dict[int, Path]:
    """The people of 2015, and some of them once more under another name."""
    header, *people = PEOPLE.read_text(encoding="utf-8").splitlines()
    again = [line.replace(",la-union,", ",la-union,Otra ", 1) for line in people]
    left = iter([*people, *again])
    found = {}
    for days, lines in LINES.items():
        found[days] = folder / f"hace-{days}-dias.csv"
        found[days].write_text("\n".join([header, *(next(left) for _ in range(lines))]) + "\n", encoding="utf-8")
    return found
