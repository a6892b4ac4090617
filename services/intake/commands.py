"""What the ``ventanilla`` command does with a window's database; works while the service runs, and while it does not.

An import sends nothing by itself: what it writes to the outbox, the service's relay brings to the hub.
"""

import csv
import os
import time
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from rich.console import Console
from rich.progress import (
    BarColumn,
    MofNCompleteColumn,
    Progress,
    ProgressColumn,
    Task,
    TextColumn,
    TimeRemainingColumn,
)
from rich.table import Table
from rich.text import Text

from services.intake.domain.import_file import OURS, CaseFile, FileLine, NotThisFile, read_file
from services.intake.queries.imports import Flagged, flagged_lines
from services.intake.queries.world import World
from services.intake.use_cases.import_lines import AT_ONCE, ImportLines, import_lines
from services.intake.use_cases.ports import RefusedLine
from services.intake.use_cases.prepare_lines import IMPOSSIBLE_WINDOW, Judge, Prepared, prepare
from services.intake.wiring import Wiring, build
from shared.clock import Clock
from shared.config import Settings
from shared.errors import Refused
from shared.ids import new_id
from shared.security.identities import Actor

PAUSE = 0.02
"""Seconds between two transactions, in which the running service writes what waits."""
ALL_TAKEN, SOME_REFUSED, NOT_DONE = 0, 1, 2
"""Exit statuses (contracts.md, Commands)."""
SHOWN = 50
"""Likely duplicates that are listed on the screen; each case's page shows its own."""


@contextmanager
def opened(settings: Settings, *, clock: Clock | None = None) -> Iterator[Wiring]:
    """A window for some commands, without running it."""
    wiring = build(settings, clock=clock)
    try:
        yield wiring
    finally:
        wiring.close()


@dataclass(frozen=True)
class Imported:
    """What became of a file: lines ``taken`` now, ``taken_before``, refused, and likely duplicates, by line."""

    taken: int
    taken_before: int
    refused: Sequence[RefusedLine]
    flagged: Sequence[Flagged]


def import_file(
    file: Path,
    windows: Sequence[Settings],
    *,
    screen: Console | None = None,
    clock: Clock | None = None,
    let_in: Callable[[Wiring], object] | None = None,
) -> int:
    """Take a file of cases in at the windows that its lines name; the exit status.

    Lines of any other window are refused. Interrupted and started again it goes on where it stopped; a file that
    was taken whole is not taken again. ``let_in`` opens a window's keys where they are locked. ``ConfigError`` and
    ``TryAgain`` as ``build`` raises them.
    """
    screen = screen or Console()
    try:
        told = read_file(file.read_bytes())
    except OSError as error:
        screen.print(f"No se puede leer {file.name}: {error.strerror}.", markup=False)
        return NOT_DONE
    except NotThisFile as error:
        screen.print(f"{file.name}: {error}", markup=False)
        return NOT_DONE
    with ExitStack() as stack:
        open_windows = {one.window or "": stack.enter_context(opened(one, clock=clock)) for one in windows}
        if let_in is not None:
            for window in open_windows.values():
                let_in(window)
        try:
            done = _take(told, open_windows, screen)
        except Refused as error:
            screen.print(f"{file.name}: {_other_import(error)}", markup=False)
            return NOT_DONE
    if done.refused:
        write_refused(file.with_name(f"{file.stem}.refused.csv"), told, done.refused)
    _tell(screen, file, done)
    return SOME_REFUSED if done.refused else ALL_TAKEN


def write_refused(target: Path, told: CaseFile, refused: Sequence[RefusedLine]) -> None:
    """The refused lines as they were written, each with its number and reasons first; whole or not at all."""
    lines = {line.number: line.raw for line in told.lines}
    ours = {place for place, name in enumerate(told.header) if name.strip().casefold() in OURS}
    half = target.with_name(f".{target.name}.{os.getpid()}")
    with half.open("w", encoding="utf-8", newline="") as output:
        writer = csv.writer(output)
        writer.writerow([*OURS, *_without(told.header, ours)])
        for one in refused:
            writer.writerow([one.line, "; ".join(one.fields), " ".join(one.reasons), *_without(lines[one.line], ours)])
    half.replace(target)


def _take(told: CaseFile, windows: Mapping[str, Wiring], screen: Console) -> Imported:
    by_window: dict[str, list[FileLine]] = {name: [] for name in windows}
    strangers = []
    for line in told.lines:
        name = line.cells.get("ventanilla", "")
        if name in by_window:
            by_window[name].append(line)
        else:
            reason = line.fault or IMPOSSIBLE_WINDOW
            strangers.append(RefusedLine(line.number, ("ventanilla",), (reason,)))
    imports = [_Import(windows[name], told.digest, lines) for name, lines in by_window.items() if lines]
    with _progress(screen) as progress:
        task = progress.add_task("Importando", total=len(told.lines), completed=len(strangers))
        for one in imports:
            one.run(lambda count: progress.advance(task, count))
    taken, before = sum(one.taken for one in imports), sum(one.taken_before for one in imports)
    refused = sorted([*strangers, *(line for one in imports for line in one.refused())], key=lambda line: line.line)
    return Imported(taken, before, refused, [line for one in imports for line in one.flagged()])


@dataclass
class _Import:
    """One file at one window."""

    window: Wiring
    digest: str
    lines: Sequence[FileLine]
    taken: int = 0
    taken_before: int = 0
    batch: str = field(default_factory=new_id)

    def run(self, advance: Callable[[int], object]) -> None:
        """Take what was not taken yet, some lines at a time; between them others may write."""
        window = self.window
        with window.works.open() as work:
            self.batch = work.imports.begin(self.digest, self.batch, window.clock.now())
            after = work.imports.taken_through(self.digest)
        left = [line for line in self.lines if line.number > after]
        refused_before = len(self.refused())
        self.taken_before = len(self.lines) - len(left) - refused_before
        advance(len(self.lines) - len(left))
        by = Actor.system(window.place.node, window.place.window)
        for start in range(0, len(left), AT_ONCE):
            prepared = self._prepared(left[start : start + AT_ONCE])
            request = ImportLines(self.digest, after, prepared)
            with window.works.open() as work:
                self.taken += len(import_lines(request, by=by, work=work, now=window.clock.now()))
            after = prepared.through
            advance(len(left[start : start + AT_ONCE]))
            time.sleep(PAUSE)

    def _prepared(self, lines: Sequence[FileLine]) -> Prepared:
        window = self.window
        moment = window.place.moment(window.clock.now())
        with window.database.read() as connection:
            window.people.catch_up(connection)
            known = World(connection, window.published)
            judge = Judge(window.place.window, window.place.country, known, moment, self.batch)
            prepared = prepare(lines, judge=judge, people=window.people)
        window.vault.ensure(line.new.person_id for line in prepared.taken)
        return prepared

    def refused(self) -> Sequence[RefusedLine]:
        """Every line of this file that was refused, whenever that was."""
        with self.window.works.open() as work:
            return work.imports.refused(self.digest)

    def flagged(self) -> Sequence[Flagged]:
        """Every likely duplicate that this file brought."""
        with self.window.database.read() as connection:
            return flagged_lines(connection, self.window.tables, self.batch)


class _Rate(ProgressColumn):
    """Lines a second."""

    def render(self, task: Task) -> Text:
        """See ``ProgressColumn``."""
        return Text(f"{task.speed:.0f}/s" if task.speed else "–/s")


def _progress(screen: Console) -> Progress:
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), _Rate(), TimeRemainingColumn())
    return Progress(*columns, console=screen)


def _tell(screen: Console, file: Path, done: Imported) -> None:
    screen.print(f"{file.name}: {done.taken} personas registradas, {done.taken_before} ya lo estaban.", markup=False)
    if done.refused:
        screen.print(f"{len(done.refused)} líneas rechazadas: vea {file.stem}.refused.csv.", markup=False)
        for name, count in Counter(name for line in done.refused for name in line.fields).most_common():
            screen.print(f"  {name}: {count}", markup=False)
    if done.flagged:
        table = Table("línea", "caso", "se parece a", "puntos", "por", title="Posibles duplicados")
        for one in done.flagged[:SHOWN]:
            table.add_row(str(one.line), one.code, one.other_code, str(one.score), ", ".join(one.reasons))
        screen.print(table)
        screen.print(f"{len(done.flagged)} posibles duplicados; nada se une solo.", markup=False)


def _without(cells: Sequence[str], places: set[int]) -> list[str]:
    return [cell for place, cell in enumerate(cells) if place not in places]


def _other_import(error: Refused) -> str:
    return "Otra importación del mismo archivo está en marcha." if error.code == "stale" else error.text()
