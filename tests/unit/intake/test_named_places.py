"""One search box for department, municipality and district, as people name them."""

import pytest

from services.intake.queries.named_places import areas_named, parts_of, written
from shared.directory.finding import Area
from shared.vocabulary.territory import departments, municipalities_of


@pytest.mark.parametrize(
    ("typed", "expected"),
    [
        ("Conchagua", ["La Unión Sur, La Unión"]),
        ("san francisco menendes", ["Ahuachapán Sur, Ahuachapán"]),
        ("La Unión", ["Departamento de La Unión", "La Unión Sur, La Unión"]),
        ("departamento de La Unión", ["Departamento de La Unión"]),
        ("Conchagua, La Unión", ["La Unión Sur, La Unión"]),
        ("Conchagua, Santa Ana", []),
        ("xyxyxy", []),
    ],
)
def test_a_place_means_the_areas_that_bear_its_name(typed, expected):
    assert [written(area) for area in areas_named(typed, "SV")] == expected


@pytest.mark.parametrize("department", [place.department for place in departments()])
def test_what_was_written_for_a_choice_means_that_choice_alone(department):
    for area in parts_of(Area("SV", department)):
        assert areas_named(written(area), "SV") == (area,)


def test_a_whole_department_holds_its_municipalities_and_a_municipality_only_itself():
    whole, south = Area("SV", "SV-UN"), Area("SV", "SV-UN", "La Unión Sur")
    assert list(parts_of(whole)) == [whole, *(Area("SV", "SV-UN", name) for name in municipalities_of("SV-UN"))]
    assert list(parts_of(south)) == [south]


def test_abroad_only_the_words_are_known():
    assert list(areas_named(" Ayutla ", "GT")) == [Area("GT", None, "Ayutla")]
