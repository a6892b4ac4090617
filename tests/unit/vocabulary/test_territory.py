"""Departments, municipalities and districts, found as people name them."""

import csv
from pathlib import Path

import pytest

from shared.vocabulary.places import Level
from shared.vocabulary.territory import department_of, departments, resolve, search

ROOT = Path(__file__).parents[3]
TERRITORY = ROOT / "shared" / "vocabulary" / "data" / "territory-sv.csv"
CASELOAD = ROOT / "tests" / "data" / "la-union-2015.csv"
TOLD_IN_2015 = [
    "La Unión", "Santa Rosa de Lima", "Conchagua", "San Alejo", "Pasaquina", "El Carmen", "Anamorós", "Lislique", "Nueva Esparta",
    "Intipucá", "Polorós", "Concepción de Oriente", "Yayantique", "El Sauce", "Yucuaiquín", "Bolívar", "San José", "Meanguera del Golfo",
]  # fmt: skip


@pytest.mark.parametrize("district", TOLD_IN_2015)
def test_every_place_of_the_2015_caseload_lies_in_a_municipality(district: str) -> None:
    assert resolve("SV", "SV-UN", district) in {"La Unión Norte", "La Unión Sur"}


def test_every_municipality_and_district_resolves_within_its_department() -> None:
    with TERRITORY.open(encoding="utf-8") as lines:
        rows = list(csv.DictReader(lines))
    for row in rows:
        for name in (row["municipality"], row["district"]):
            assert resolve("SV", row["department_code"], name) == row["municipality"]
    assert len({row["municipality"] for row in rows}) == 44
    assert len(rows) == 262
    assert len(departments()) == 14


@pytest.mark.parametrize(
    ("department", "text", "municipality"),
    [
        ("SV-AH", "San Fransisco Menendes", "Ahuachapán Sur"),
        ("SV-AH", "la hachadura", "Ahuachapán Sur"),
        ("SV-UN", "La Unión Sur", "La Unión Sur"),
        ("SV-UN", "municipio de Conchagua", "La Unión Sur"),
        ("SV-UN", "Distrito de Santa Rosa de Lima", "La Unión Norte"),
        ("SV-UN", "santa rosa", "La Unión Norte"),
        ("SV-UN", "San Carlos", "La Unión Sur"),
        ("SV-UN", "Meanguera", "La Unión Sur"),
        ("SV-MO", "Meanguera", "Morazán Norte"),
        ("La Unión", "El Carmen", "La Unión Sur"),
        ("SV-CU", "El Carmen", "Cuscatlán Sur"),
        (None, "Yuquaikin", "La Unión Sur"),
        (None, "Nueva San Salvador", "La Libertad Sur"),
        (None, "El Carmen", None),
        (None, "Meanguera", "Morazán Norte"),
        ("SV-SM", "Conchagua", None),
        ("SV-UN", "nadie sabe", None),
        ("SV-UN", "", None),
        ("SV-UN", None, None),
    ],
)
def test_a_place_resolves_as_people_name_it(department: str | None, text: str | None, municipality: str | None) -> None:
    assert resolve("SV", department, text) == municipality


def test_nothing_is_known_of_other_countries() -> None:
    assert resolve("GT", None, "La Unión") is None


def test_one_search_finds_all_levels_and_older_names() -> None:
    found = {(place.level, place.name) for place in search("la union")}
    assert {
        (Level.DEPARTMENT, "La Unión"),
        (Level.MUNICIPALITY, "La Unión Norte"),
        (Level.MUNICIPALITY, "La Unión Sur"),
        (Level.DISTRICT, "La Unión"),
    } == found
    (older,) = search("hachadura")
    assert (older.name, older.also_called, older.municipality) == ("San Francisco Menéndez", "La Hachadura", "Ahuachapán Sur")


@pytest.mark.parametrize(
    ("typed", "name"),
    [("conch", "Conchagua"), ("fran menen", "San Francisco Menéndez"), ("INTIPUCA", "Intipucá"), ("conchaua", "Conchagua"), ("Sensutnepeque", "Sensuntepeque")],
)
def test_what_was_begun_or_mistyped_is_found_first(typed: str, name: str) -> None:
    assert search(typed)[0].name == name


def test_an_empty_search_finds_nothing() -> None:
    assert search("") == ()
    assert search(" - ") == ()


def test_a_municipality_knows_its_department() -> None:
    assert department_of("Ahuachapán Sur") == "SV-AH"
    assert department_of("Tapachula") is None


def test_the_file_of_2015_resolves_whole() -> None:
    with CASELOAD.open(encoding="utf-8") as lines:
        assert all(resolve("SV", row["departamento"], row["municipio"]) for row in csv.DictReader(lines))
