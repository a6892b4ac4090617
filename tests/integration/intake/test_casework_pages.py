"""Following a case up over the window's pages: what is offered, what happens twice or at once, what waits, what is counted."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Engine, event, func, select

from services.intake.domain.todo import Task
from shared.contracts.referral import Appointment, HistoryEntry
from shared.contracts.referral_asked import ReferralAsked
from shared.vocabulary.codes import ReferralStatus
from tests.cast import PLANTED, returned_woman
from tests.drivers.person import Person
from tests.integration.intake.world import MONDAY, STAFF, SUPERVISOR, World


@pytest.fixture
def world(tmp_path: Path, database_url: str) -> Iterator[World]:
    made = World(tmp_path, database_url)
    made.hub_publishes()
    yield made
    made.close()


def enters(world: World, username: str = STAFF) -> Person:
    person = world.person()
    person.signs_in(username)
    return person


def at(case: dict[str, Any]) -> str:
    return f"/casos/{case['id']}"


def told(world: World, case: dict[str, Any], **changes: Any):
    world.sends()
    world.hub_receipts()
    state = world.referral(case, **changes)
    world.hub_tells_referral(state)
    return state


def declined(world: World, case: dict[str, Any]):
    history = (HistoryEntry(MONDAY, "requested", "routing"), HistoryEntry(MONDAY, "rejected", "officer@pddh", "no-capacity", "Sin cupo."))
    return told(world, case, status=ReferralStatus.REJECTED, version=2, history=history, suggested_institution="conapina")


def rows(world: World, table_name: str) -> list[Any]:
    with world.window.database.read() as connection:
        return list(connection.execute(select(getattr(world.window.tables, table_name))).mappings())


def tasks(world: World, case: dict[str, Any]) -> set[str]:
    return {todo["task"] for todo in world.sees(case["id"])["todos"]}


def test_a_declined_referral_is_referred_to_the_institution_that_was_suggested(world: World) -> None:
    case = world.registers(returned_woman())
    state, person = declined(world, case), enters(world)
    person.visits(at(case))
    assert "Sin cupo." in person.text
    path = f"{at(case)}/referencias/{state.id}/referir"
    person.visits(path)
    person.sends(path)
    (asked,) = [one for _, one in world.sends() if isinstance(one, ReferralAsked)]
    assert (asked.institution, asked.ask, asked.referral_id) == ("conapina", "re-refer", state.id)
    assert path not in person.visits(at(case)).text, "it is under way and not offered twice"


def test_a_form_that_is_sent_twice_asks_once(world: World) -> None:
    case = world.registers(returned_woman())
    state, person = told(world, case), enters(world)
    path = f"{at(case)}/referencias/{state.id}/mensaje"
    person.visits(path)
    form = person._form(path)
    for _ in range(2):
        person.client.post(path, data={**form, "text": "¿Abren mañana?"}, headers={"Accept": "text/html"})
    assert [one.text for _, one in world.sends() if isinstance(one, ReferralAsked)] == ["¿Abren mañana?"]


def test_words_to_an_institution_wait_for_whoever_has_not_seen_its_answer(world: World) -> None:
    case = world.registers(returned_woman())
    state, person = told(world, case), enters(world)
    path = f"{at(case)}/referencias/{state.id}/anular"
    person.visits(path)
    accepted = replace(state, status=ReferralStatus.ACCEPTED, version=2, history=(*state.history, HistoryEntry(MONDAY, "accepted", "officer@pddh")))
    world.hub_tells_referral(accepted, "accepted")
    answer = person.sends(path, reason="person-request", text="Prefiere esperar.")
    assert answer.status_code == 409
    assert "Alguien se adelantó" in person.text
    assert "La institución la aceptó" in person.text
    assert "officer@pddh" in person.text
    assert "Prefiere esperar." in person.text
    assert [one for _, one in world.sends() if isinstance(one, ReferralAsked)] == []
    assert person.sends(path, reason="person-request", text="Prefiere esperar.").status_code == 200
    assert len([one for _, one in world.sends() if isinstance(one, ReferralAsked)]) == 1


def test_only_what_the_user_may_do_in_this_state_is_offered(world: World) -> None:
    claimed = {"status": "refused", "ground": "vital_interest", "ground_text": "Inconsciente."}
    case = world.registers(returned_woman(consent=claimed))
    staff, supervisor = enters(world), enters(world, SUPERVISOR)
    assert f"{at(case)}/aprobar" not in staff.visits(at(case)).text
    assert f"{at(case)}/aprobar" in supervisor.visits(at(case)).text
    world.call("POST", f"/cases/{case['id']}/close", {"reason": "other"})
    for path in ("cerrar", "aprobar", "corregir", "seguimiento", "urgencia"):
        assert f"{at(case)}/{path}" not in supervisor.visits(at(case)).text, path
    supervisor.visits(f"{at(case)}/cerrar")
    assert supervisor.at == at(case)
    assert "Eso ya no se puede hacer" in supervisor.text


def test_who_recorded_a_ground_is_not_offered_to_approve_it(world: World) -> None:
    claimed = {"status": "refused", "ground": "vital_interest", "ground_text": "Inconsciente."}
    case = world.call("POST", "/cases", returned_woman(consent=claimed), by=SUPERVISOR).get_json()
    assert f"{at(case)}/aprobar" not in enters(world, SUPERVISOR).visits(at(case)).text


def test_an_answer_waits_until_somebody_has_seen_it(world: World) -> None:
    case = world.registers(returned_woman())
    declined(world, case)
    assert tasks(world, case) == {Task.DECLINED, Task.ANSWERED}
    person = enters(world)
    assert "Llegó una respuesta" in person.visits("/hoy").text
    person.visits(at(case))
    assert tasks(world, case) == {Task.DECLINED}
    assert "Llegó una respuesta" not in person.visits("/hoy").text
    assert [line["what"] for line in world.sees(case["id"])["timeline"]].count("looked") == 1


def test_a_silent_institution_and_an_appointment_wait_by_the_clock_alone(world: World) -> None:
    case = world.registers(returned_woman())
    told(world, case)
    told(world, case, institution="rree", status=ReferralStatus.ACCEPTED, appointment=Appointment(MONDAY + timedelta(days=1, hours=2), "Cancillería"))
    assert tasks(world, case) == set()
    world.clock.at += timedelta(hours=9)
    assert tasks(world, case) == {Task.OVERDUE}
    world.clock.at = MONDAY + timedelta(days=1)
    assert tasks(world, case) == {Task.OVERDUE, Task.APPOINTMENT}
    world.clock.at = MONDAY + timedelta(days=2)
    assert tasks(world, case) == {Task.OVERDUE}


def test_a_follow_up_waits_on_its_day_and_goes_with_the_case(world: World) -> None:
    case = world.registers(returned_woman())
    person = enters(world)
    path = f"{at(case)}/seguimiento"
    person.visits(path)
    assert person.sends(path, due_on="22/11/2026").status_code == 422
    assert "Ponga el día de hoy o uno que venga." in person.text
    assert person.sends(path, due_on="mañana").status_code == 422
    person.sends(path, due_on="25/11/2026", text="Llamar a la hermana")
    assert "Llamar a la hermana" in person.visits("/pendientes").text
    assert tasks(world, case) == set()

    supervisor = enters(world, SUPERVISOR)
    supervisor.visits("/equipo")
    supervisor.sends("/equipo", of=STAFF, to=SUPERVISOR)
    world.clock.at += timedelta(days=2)
    supervisor = enters(world, SUPERVISOR)
    supervisor.visits("/pendientes?de=mios")
    assert "Llamar a la hermana" in supervisor.text
    assert "Llamar a la hermana" not in enters(world).visits("/pendientes?de=mios").text

    (follow_up,) = rows(world, "follow_ups")
    assert b"hermana" not in follow_up["sealed"]
    supervisor.visits(at(case))
    supervisor.sends(f"{at(case)}/seguimiento/hecho")
    assert tasks(world, case) == set()


def test_a_case_changes_hands_without_the_hub_hearing_of_it(world: World) -> None:
    case = world.registers(returned_woman())
    world.sends()
    world.hub_receipts()
    supervisor = enters(world, SUPERVISOR)
    path = f"{at(case)}/asignar"
    supervisor.visits(path)
    assert supervisor.sends(path, to="staff@la-hachadura").status_code == 422
    supervisor.sends(path, to=SUPERVISOR)
    assert world.sends() == []
    seen = world.sees(case["id"])
    assert (seen["version"], seen["timeline"][-1]["what"]) == (1, "assigned")


def test_answers_of_persons_are_counts_and_lead_to_nobody(world: World) -> None:
    case = world.registers(returned_woman())
    person = enters(world)
    person.visits(f"{at(case)}/cerrar")
    person.sends(f"{at(case)}/cerrar", reason="settled")
    assert person.at == "/encuesta"
    person.sends("/encuesta", explained="yes", come_back="no")
    assert [row for row in rows(world, "audit") if "feedback" in row["act"]] == []
    person.visits("/encuesta")
    person.sends("/encuesta", explained="yes")
    found = {(row["question"], row["answer"]): row["count"] for row in rows(world, "feedback")}
    assert found == {("explained", "yes"): 2, ("come_back", "no"): 1}
    assert {tuple(row.keys()) for row in rows(world, "feedback")} == {("month", "question", "answer", "count")}
    assert '<td data-head="Sí">2</td>' in person.visits("/numeros").text


def test_no_name_stands_in_an_address_and_filters_leave_out_the_rest(world: World) -> None:
    held = world.registers(returned_woman(consent={"status": "refused"}))
    gone = world.registers(returned_woman(needs=[{"code": "shelter"}]))
    person = enters(world)
    person.visits("/buscar")
    person.sends("/buscar", q=PLANTED["family_name"].replace("z", "s"))
    assert person.at == "/buscar"
    assert held["code"] in person.text
    assert gone["code"] in person.text
    person.sends("/buscar", delivery="withheld")
    assert (held["code"] in person.text, gone["code"] in person.text) == (True, False)
    person.sends("/buscar", need="shelter", delivery="")
    assert (held["code"] in person.text, gone["code"] in person.text) == (False, True)
    assert {row["object_id"] for row in rows(world, "audit") if row["act"] == "case.search"} == {held["id"], gone["id"]}


def test_the_first_page_counts_what_waits_besides_the_cases(world: World) -> None:
    person, everything = enters(world), "Todo lo de esta ventanilla está en la central."
    assert everything in person.visits("/hoy").text
    for _ in range(2):
        assert world.call("POST", "/visits", {"topics": ["documents"]}).status_code == 201
    world.registers(returned_woman())
    text = person.visits("/hoy").text
    assert "Un caso espera la red" in text
    assert "La central aún no confirma 2 avisos más (preguntas, capacitaciones o pedidos)." in text
    world.sends()
    text = person.visits("/hoy").text
    assert "Los casos salieron; la central aún no confirma uno." in text
    assert "2 avisos más" in text
    assert everything not in text
    world.hub_receipts()
    assert everything in person.visits("/hoy").text


def test_the_first_page_asks_as_much_with_many_cases_as_with_few(world: World) -> None:
    person = enters(world)
    asked: list[str] = []

    def hears(_connection: object, _cursor: object, statement: str, *_more: object) -> None:
        asked.append(statement)

    def questions() -> int:
        asked.clear()
        event.listen(Engine, "before_cursor_execute", hears)
        assert person.visits("/hoy").status_code == 200
        event.remove(Engine, "before_cursor_execute", hears)
        return len([one for one in asked if one.lstrip().upper().startswith("SELECT")])

    for _ in range(9):
        declined(world, world.registers(returned_woman()))
    few = questions()
    for _ in range(12):
        declined(world, world.registers(returned_woman()))
    assert questions() == few


def test_two_cases_of_one_person_are_joined_side_by_side_and_parted_again(world: World) -> None:
    one, two = world.registers(returned_woman()), world.registers(returned_woman())
    supervisor = enters(world, SUPERVISOR)
    path = f"{at(one)}/unir"
    supervisor.visits(path)
    assert "mismo documento" in supervisor.text
    supervisor.sends(path, case_id=two["id"], reason="Mostró el mismo DUI.")
    assert world.sees(one["id"])["person_id"] == two["person_id"]
    supervisor.visits(f"{at(one)}/separar")
    supervisor.sends(f"{at(one)}/separar", reason="Son primas.")
    assert world.sees(one["id"])["person_id"] == one["person_id"]


def test_numbers_count_people_answers_and_where_cases_are(world: World) -> None:
    case = world.registers(returned_woman())
    declined(world, case)
    world.registers(returned_woman(occurred_on="2026-11-02"))
    late = HistoryEntry(MONDAY + timedelta(days=5), "accepted", "officer@rree")
    told(world, case, institution="rree", status=ReferralStatus.ACCEPTED, version=2, history=(late,))
    text = enters(world).visits("/numeros").text
    counted = [part.split("</dd>")[0] for part in text.split("<dd>")[1:]]
    assert counted == ["1", "1", "2", "2", "0", "1", "1", "0"]
    assert "50 de cada 100" in text


def test_what_happened_is_told_in_its_order_though_the_hubs_clock_is_behind(world: World) -> None:
    case = world.registers(returned_woman())
    told(world, case, created_at=MONDAY - timedelta(minutes=2), history=(HistoryEntry(MONDAY - timedelta(minutes=2), "requested", "routing"),))
    text = enters(world).visits(at(case)).text
    steps = ["La central solicitó la referencia", "La central lo recibió", "Salió hacia la central", "Se registró el caso"]
    places = [text.index(step, text.index("Lo que ha pasado")) for step in steps]
    assert places == sorted(places)


def test_a_case_page_is_noted_with_whom_and_what(world: World) -> None:
    case = world.registers(returned_woman())
    enters(world).visits(at(case))
    with world.window.database.read() as connection:
        audit = world.window.tables.audit
        mine = (audit.c.act == "case.read") & (audit.c.object_id == case["id"]) & (audit.c.who == STAFF)
        assert connection.execute(select(func.count()).select_from(audit).where(mine)).scalar_one() == 1
