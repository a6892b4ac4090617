"""Files read, lines translated, likely duplicates scored."""

from datetime import date

import pytest

from services.intake.domain.duplicates import Agreement, Features, likeness
from services.intake.domain.import_file import COLUMNS, NEEDED, NotThisFile, read_file
from services.intake.domain.import_line import body_of, column_of

HEAD = ",".join(COLUMNS)


def file_of(*rows: str, separator: str = ",", encoding: str = "utf-8") -> bytes:
    return "\r\n".join([HEAD.replace(",", separator), *rows]).encode(encoding)


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "cp1252"])
@pytest.mark.parametrize("separator", [",", ";", "\t"])
def test_encoding_and_separator_are_found_out(encoding: str, separator: str):
    row = separator.join(["2015-01-01", "la-union", "José", "Núñez", *[""] * 18])
    (line,) = read_file(file_of(row, separator=separator, encoding=encoding)).lines
    assert (line.number, line.cells["nombres"], line.cells["apellidos"], line.fault) == (2, "José", "Núñez", None)


def test_lines_are_numbered_as_the_file_shows_them():
    quoted = f'2015-01-01,la-union,"José\nJosué",Núñez{"," * 18}'
    lines = read_file(file_of(quoted, "", quoted, "," * 21, f"x{',' * 30}", "corta")).lines
    assert [(line.number, line.fault is None) for line in lines] == [(2, True), (5, True), (8, False), (9, False)]


def test_a_header_may_be_in_any_order_and_case_and_lack_what_is_not_needed():
    names = sorted(NEEDED)
    told = read_file(("\n".join([",".join(names).upper(), ",".join(names)])).encode())
    assert told.lines[0].cells == {name: name for name in names}


@pytest.mark.parametrize(
    ("data", "word"),
    [(b"", "vacío"), (b"fecha\n", "Faltan"), (f"{HEAD},color\n".encode(), "color"), (f"{HEAD},fecha\n".encode(), "repetidas")],
)
def test_what_is_no_file_of_cases_says_why(data: bytes, word: str):
    with pytest.raises(NotThisFile, match=word):
        read_file(data)


def phone(text: str) -> str | None:
    return text if text.startswith("+") else None


@pytest.mark.parametrize(
    ("told", "read"),
    [("2015-02-06", "2015-02-06"), ("06/02/2015", "2015-02-06"), ("6-2-2015", "2015-02-06"), ("6.2.2015", "2015-02-06")],
)
def test_dates_are_read_day_first_or_as_iso(told: str, read: str):
    assert body_of({"fecha": told}, country="SV", phone=phone).body["occurred_on"] == read


@pytest.mark.parametrize("told", ["31/02/1990", "02/31/1990", "1990", "ayer", "06/02/15"])
def test_a_date_that_does_not_exist_is_a_fault_of_its_column(told: str):
    assert "fecha_nacimiento" in body_of({"fecha_nacimiento": told}, country="SV", phone=phone).faults


def test_a_line_becomes_the_body_of_a_case():
    cells = {
        "fecha": "06/02/2015", "nombres": "Ana", "apellidos": "Reyes", "sexo": "f", "fecha_nacimiento": "1990-05-01",
        "nacionalidad": "sv", "tipo_documento": "dui", "numero_documento": "01234567-8", "telefono": "+50370000000",
        "telefono_seguro": "sí", "departamento": "sv-un", "municipio": "Conchagua", "situacion": "returnee",
        "pais_retorno": "mx", "no_acompanado": "no", "vulnerabilidades": "disability|disability", "necesidades": "health | shelter",
        "consentimiento": "no", "consentimiento_dado_por": "guardian", "idioma": "es", "observaciones": "x",
    }
    read = body_of(cells, country="SV", phone=phone)
    assert read.faults == {}
    assert read.body["person"]["sex"] == "female"
    assert read.body["person"]["origin"] == {"country": "SV", "department": "SV-UN", "municipality": "Conchagua"}
    assert read.body["vulnerabilities"] == ["disability"]
    assert read.body["needs"] == [{"code": "health"}, {"code": "shelter"}]
    assert read.body["consent"] == {"status": "refused", "given_by": "guardian", "language": "es"}
    assert read.body["unaccompanied_child"] is False


def test_faults_of_cells_are_gathered_by_column():
    cells = {"sexo": "Q", "telefono": "123", "telefono_seguro": "quizás", "consentimiento": "", "numero_documento": "1"}
    faults = body_of(cells, country="SV", phone=phone).faults
    assert set(faults) == {"sexo", "telefono", "telefono_seguro", "consentimiento", "tipo_documento", "fecha"}


@pytest.mark.parametrize(
    ("path", "column"),
    [
        ("person.document.number", "numero_documento"), ("person.document.type", "tipo_documento"), ("needs.0.code", "necesidades"),
        ("person.origin.department", "departamento"), ("return.country", "pais_retorno"), ("household_id", "household_id"),
    ],
)
def test_a_field_is_named_by_its_column(path: str, column: str):
    assert column_of(path) == column


ANA = Features(("ana", "reies"), birth_date=date(1990, 5, 1), document="dui 012345678", municipality="SV konchagua")


@pytest.mark.parametrize(
    ("other", "alike", "likely", "reason"),
    [
        (ANA, 1.0, True, Agreement.DOCUMENT),
        (Features((), document="dui 012345678"), 0.0, True, Agreement.DOCUMENT),
        (Features(("ana", "reies"), birth_date=date(1990, 5, 1)), 1.0, True, Agreement.BIRTH_DATE),
        (Features(("ana", "reies"), birth_date=date(1990, 1, 5), municipality="SV konchagua"), 0.9, False, Agreement.SIMILAR_BIRTH_DATE),
        (Features(("ana", "reies"), birth_date=date(1990, 1, 5), municipality="SV konchagua"), 1.0, True, Agreement.SIMILAR_BIRTH_DATE),
        (Features(("ana", "reies"), birth_date=date(1975, 3, 9), document="dui 999999999"), 1.0, False, Agreement.NAME),
        (Features(("ana", "reies"), born_about=1990, municipality="SV konchagua"), 1.0, True, Agreement.AGE),
        (Features(("ana", "reies"), born_about=1950, municipality="SV konchagua"), 1.0, False, Agreement.NAME),
        (Features(("ana", "reies"), birth_date=date(1990, 5, 1), document="dui 999999999"), 1.0, False, Agreement.NAME),
    ],
)
def test_likeness_weighs_papers_birth_names_and_place(other: Features, alike: float, likely: bool, reason: Agreement):
    found = likeness(ANA, other, names_alike=alike)
    assert found.likely is likely, found
    assert reason in found.reasons
    assert likeness(other, ANA, names_alike=alike) == found
