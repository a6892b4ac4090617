"""Services by need, place, age, language, words and hours; what they are worth; in which order."""

from datetime import UTC, date, datetime, timedelta

import pytest

from shared.directory.entries import Assurance, Full, ServiceStatus
from shared.directory.finding import Area, Asked, find
from shared.routing.directory import Directory
from shared.vocabulary.codes import Need
from tests.unit.directory.given import OFFICE, TODAY, at, location, service, whole, with_services

NOON = datetime(2026, 11, 23, 18, 0, tzinfo=UTC)
LA_UNION = Area("SV", "SV-UN", "La Unión Sur")


def ids(directory: Directory, asked: Asked, near: Area = LA_UNION) -> list[str]:
    return [one.service.id for one in find(directory, asked, near=near, now=NOON, today=TODAY)]


def test_every_filter_that_is_given_must_hold() -> None:
    directory = with_services(
        service("pddh-a", "pddh", "shelter", minimum_age=18, languages=("es", "en")),
        service("pddh-b", "pddh", "shelter", maximum_age=17),
        service("pddh-c", "pddh", "health", languages=("en",)),
    )
    assert ids(directory, Asked()) == ["pddh-a", "pddh-b", "pddh-c"]
    assert ids(directory, Asked(need=Need.SHELTER)) == ["pddh-a", "pddh-b"]
    assert ids(directory, Asked(need=Need.SHELTER, age=17)) == ["pddh-b"]
    assert ids(directory, Asked(need=Need.SHELTER, age=18, language="en-US")) == ["pddh-a"]
    assert ids(directory, Asked(need=Need.SHELTER, age=17, language="en")) == []


def test_the_nearest_come_first_and_other_countries_last() -> None:
    there = (
        location("pddh-centro", "pddh", department="SV-SS", municipality="San Salvador Centro"),
        location("pddh-norte", "pddh", municipality="La Unión Norte"),
        location("pddh-sur", "pddh"),
    )
    directory = with_services(
        service("comar-x", "comar"),
        service("pddh-pais", "pddh", places=(at("pddh-centro"),)),
        service("pddh-departamento", "pddh", places=(at("pddh-norte"),)),
        service("pddh-municipio", "pddh", places=(at("pddh-sur"),)),
        service("pddh-zona", "pddh", areas=("La Unión Sur",)),
        locations=there,
    )
    assert ids(directory, Asked()) == ["pddh-municipio", "pddh-zona", "pddh-departamento", "pddh-pais", "comar-x"]


def test_a_place_finds_only_what_serves_its_residents() -> None:
    directory = with_services(
        service("pddh-todos", "pddh"),
        service("pddh-sur", "pddh", areas=("La Unión Sur",)),
        service("pddh-departamento", "pddh", areas=("SV-UN",)),
        service("pddh-norte", "pddh", areas=("La Unión Norte",)),
        service("comar-x", "comar"),
    )
    assert ids(directory, Asked(area=LA_UNION)) == ["pddh-sur", "pddh-departamento", "pddh-todos"]
    assert ids(directory, Asked(area=Area("SV", "SV-UN"))) == ["pddh-departamento", "pddh-todos"]


@pytest.mark.parametrize("typed", ["refujio", "REFUGIO", "pedir refug", "procuraduria refugio", "refugee", "proteccion internacional"])
def test_words_are_found_whatever_their_spelling_and_language(typed: str) -> None:
    assert "pddh-proteccion-internacional" in ids(whole(), Asked(text=typed))


def test_words_that_stand_nowhere_find_nothing() -> None:
    assert ids(whole(), Asked(text="refugio submarino")) == []


def test_open_now_knows_the_places_clock_and_what_has_no_hours_is_not_said_to_be_open() -> None:
    directory = with_services(
        service("pddh-oficina", "pddh", places=(at("pddh-sur", OFFICE),)),
        service("pddh-sin-horario", "pddh", places=(at("pddh-sur"),)),
        locations=(location("pddh-sur", "pddh", holidays="SV", closed=(date(2026, 11, 24),)),),
    )
    assert ids(directory, Asked(open_at=NOON)) == ["pddh-oficina"]
    assert ids(directory, Asked(open_at=NOON + timedelta(days=1))) == []
    assert ids(directory, Asked(open_at=NOON + timedelta(hours=6))) == []


def test_a_service_closed_for_good_is_gone_and_one_closed_for_a_time_is_shown() -> None:
    directory = with_services(
        service("pddh-antes", "pddh", status=ServiceStatus.DEFUNCT),
        service("pddh-pausa", "pddh", status=ServiceStatus.TEMPORARILY_CLOSED),
    )
    assert ids(directory, Asked()) == ["pddh-pausa"]


@pytest.mark.parametrize(
    ("until", "expected"),
    [(None, Assurance.TO_CONFIRM), (TODAY, Assurance.CURRENT), (TODAY - timedelta(days=1), Assurance.EXPIRED)],
)
def test_an_entry_is_worth_what_somebody_stands_by_today(until: date | None, expected: Assurance) -> None:
    directory = with_services(service("pddh-a", "pddh", assured_date=until and date(2026, 1, 1), assured_until=until))
    (found,) = find(directory, Asked(), near=LA_UNION, now=NOON, today=TODAY)
    assert found.assurance is expected


def test_a_service_is_full_when_none_of_its_needs_has_room_and_the_mark_fades_by_itself() -> None:
    until = NOON + timedelta(days=2)
    marks = tuple(Full("pddh", need, until) for need in (Need.SHELTER, Need.HEALTH))
    directory = with_services(
        service("pddh-a", "pddh", "shelter", "health"), service("pddh-b", "pddh", "shelter", "education"), full=marks
    )
    one, other = find(directory, Asked(), near=LA_UNION, now=NOON, today=TODAY)
    assert (one.full_until, other.full_until, dict(other.full)) == (until, None, {Need.SHELTER: until})
    one, _ = find(directory, Asked(), near=LA_UNION, now=until, today=TODAY)
    assert one.full_until is None


def test_an_institution_is_as_assured_as_its_least_assured_need() -> None:
    good = {"assured_date": TODAY, "assured_until": TODAY}
    directory = with_services(
        service("pddh-a", "pddh", "shelter"),
        service("pddh-b", "pddh", "shelter", **good),
        service("pddh-c", "pddh", "health", assured_date=date(2025, 1, 1), assured_until=date(2025, 2, 1)),
        service("pddh-d", "pddh", "education", status=ServiceStatus.INACTIVE, **good),
    )

    def worth(*needs: Need) -> Assurance:
        return directory.assurance("pddh", needs, TODAY)

    assert worth(Need.SHELTER) is Assurance.CURRENT
    assert worth(Need.SHELTER, Need.HEALTH) is Assurance.EXPIRED
    assert worth(Need.SHELTER, Need.EDUCATION) is Assurance.TO_CONFIRM
    assert directory.assurance("rree", [Need.SHELTER], TODAY) is Assurance.TO_CONFIRM
