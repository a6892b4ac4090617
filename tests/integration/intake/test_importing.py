"""Files of cases as offices really write them."""

import csv
import io
import shutil
from pathlib import Path

import pytest
from rich.console import Console
from sqlalchemy import func, select

from services.intake import commands
from shared.errors import Refused
from tests.integration.intake.world import World

DATA = Path(__file__).parents[2] / "data"


def _screen() -> Console:
    return Console(file=io.StringIO(), width=200)


def _import(world: World, file: Path, screen: Console | None = None) -> int:
    return commands.import_file(file, [world.settings], screen=screen or _screen(), clock=world.clock)


def _copy(world: World, name: str) -> Path:
    return Path(shutil.copy(DATA / name, world.folder / name))


def _count(world: World, *where: object) -> int:
    cases = world.window.tables.cases
    with world.window.database.read() as connection:
        return connection.execute(select(func.count()).select_from(cases).where(*where)).scalar_one()


def _refused(file: Path) -> list[dict[str, str]]:
    with file.with_name(f"{file.stem}.refused.csv").open(encoding="utf-8", newline="") as lines:
        return list(csv.DictReader(lines))


def _expected() -> dict[int, str]:
    with (DATA / "with-mistakes.expected.csv").open(encoding="utf-8") as lines:
        return {int(row["line"]): row["expected"] for row in csv.DictReader(lines)}


def test_exactly_the_lines_with_mistakes_are_refused_and_duplicates_only_flagged(world: World):
    file = _copy(world, "with-mistakes.csv")
    assert _import(world, file) == commands.SOME_REFUSED
    expected = _expected()
    bad = {line for line, what in expected.items() if what not in {"ok", "duplicate"}}
    refused = _refused(file)
    assert [int(row["line"]) for row in refused] == sorted(bad)
    fields = {
        "bad_date": {"fecha", "fecha_nacimiento"}, "bad_country": {"nacionalidad"}, "unknown_need": {"necesidades"},
        "future_birth": {"fecha_nacimiento"}, "impossible_phone": {"telefono"}, "no_name": {"nombres"},
        "too_many_columns": {"línea"}, "dui_check": {"numero_documento"}, "no_birth": {"fecha_nacimiento"}, "bad_sex": {"sexo"},
    }
    for row in refused:
        assert row["field"] in fields[expected[int(row["line"])]], row
        assert row["reason"]
    assert _count(world) == len(expected) - len(bad)
    alike = world.window.tables.alike
    with world.window.database.read() as connection:
        flagged = set(connection.execute(select(alike.c.line)).scalars())
    assert flagged == {line for line, what in expected.items() if what == "duplicate"}


def test_a_refused_file_is_corrected_and_given_again(world: World):
    file = _copy(world, "with-mistakes.csv")
    _import(world, file)
    refused = file.with_name("with-mistakes.refused.csv")
    rows = _refused(file)
    rows[0] |= {"fecha": "2015-02-11", "fecha_nacimiento": "1990-03-31"}
    corrected = world.folder / "corrected.csv"
    with corrected.open("w", encoding="utf-8-sig", newline="") as output:
        writer = csv.DictWriter(output, [name for name in rows[0] if name], extrasaction="ignore")
        writer.writeheader()
        writer.writerows(rows[:1])
    assert _import(world, corrected) == commands.ALL_TAKEN
    assert refused.exists()


def test_a_file_is_taken_once_and_its_refused_lines_are_written_whole_again(world: World):
    file = _copy(world, "with-mistakes.csv")
    _import(world, file)
    before, refused = _count(world), _refused(file)
    file.with_name("with-mistakes.refused.csv").unlink()
    renamed = file.rename(world.folder / "otro.csv")
    assert _import(world, renamed) == commands.SOME_REFUSED
    assert (_count(world), _refused(renamed)) == (before, refused)


def test_an_import_that_was_killed_goes_on_where_it_stopped(world: World, monkeypatch: pytest.MonkeyPatch):
    file = _copy(world, "with-mistakes.csv")

    class Killed(BaseException):
        pass

    def killed(_seconds: float) -> None:
        raise Killed

    monkeypatch.setattr(commands.time, "sleep", killed)
    with pytest.raises(Killed):
        _import(world, file)
    assert 0 < _count(world) < 106
    monkeypatch.undo()
    assert _import(world, file) == commands.SOME_REFUSED
    assert _count(world) == 106
    assert len(_refused(file)) == 20


def test_the_caseload_of_2015_comes_in_whole(world: World):
    file = _copy(world, "la-union-2015.csv")
    assert _import(world, file) == commands.ALL_TAKEN
    cases = world.window.tables.cases
    assert (_count(world), _count(world, cases.c.hold == "withheld"), _count(world, cases.c.told)) == (3700, 254, 3446)
    with world.window.database.read() as connection:
        batches = connection.execute(select(cases.c.batch).distinct()).scalars().all()
    assert len(batches) == 1
    assert batches[0]
    assert not file.with_name("la-union-2015.refused.csv").exists()
    assert world.outbox_count() == 3446
    assert len(world.finds("fuentes benites josue")) >= 1


def test_lines_of_another_window_are_refused(world: World):
    text = (DATA / "la-union-2015.csv").read_text(encoding="utf-8").splitlines()[:3]
    file = world.folder / "two.csv"
    file.write_text("\n".join([text[0], text[1].replace("la-union", "la-hachadura"), text[2]]), encoding="utf-8")
    assert _import(world, file) == commands.SOME_REFUSED
    assert [(row["line"], row["field"]) for row in _refused(file)] == [("2", "ventanilla")]
    assert _count(world) == 1


@pytest.mark.parametrize("data", [b"", b"a,b\n1,2\n", b"\xff\xfe\x00"])
def test_what_is_no_file_of_cases_ends_with_status_two(world: World, data: bytes):
    file = world.folder / "x.csv"
    file.write_bytes(data)
    assert _import(world, file) == commands.NOT_DONE
    assert _import(world, world.folder / "missing.csv") == commands.NOT_DONE


def test_two_imports_of_one_file_take_nobody_twice(world: World, monkeypatch: pytest.MonkeyPatch):
    file = _copy(world, "with-mistakes.csv")
    meanwhile = []

    def beside(_seconds: float) -> None:
        monkeypatch.undo()
        meanwhile.append(_import(world, file))

    monkeypatch.setattr(commands.time, "sleep", beside)
    assert _import(world, file) == commands.NOT_DONE
    assert meanwhile == [commands.SOME_REFUSED]
    assert _count(world) == 106


def test_no_refusal_is_swallowed(world: World):
    with pytest.raises(Refused), world.window.works.open() as work:
        work.imports.begin("d", "b", world.clock.now())
        from services.intake.use_cases.import_lines import ImportLines, import_lines
        from services.intake.use_cases.prepare_lines import Prepared
        from shared.security.identities import Actor

        import_lines(ImportLines("d", 5, Prepared(9, [], [])), by=Actor.system("sv"), work=work, now=world.clock.now())
