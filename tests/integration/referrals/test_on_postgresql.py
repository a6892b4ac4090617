"""The same hub on PostgreSQL, where several replicas write at once."""

import threading
from collections import Counter
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from sqlalchemy import select

from shared.contracts.addresses import Address
from shared.contracts.consent_withdrawn import ConsentWithdrawn
from shared.spoken import new_code
from tests.integration.referrals.world import LA_HACHADURA, MONDAY, World
from tests.unit.routing.given import case

TURNS = 8


@pytest.fixture
def world(tmp_path: Path, postgresql_url: str) -> Iterator[World]:
    made = World(tmp_path, database_url=postgresql_url)
    yield made
    made.close()


def at_once(*acts: Callable[[], object]) -> list[object]:
    """Let all acts begin together; what each returned or raised."""
    start, found = threading.Barrier(len(acts)), [None] * len(acts)

    def run(number: int, act: Callable[[], object]) -> None:
        start.wait()
        try:
            found[number] = act()
        except Exception as error:  # noqa: BLE001 - the test says what it expected
            found[number] = error

    threads = [threading.Thread(target=run, args=one) for one in enumerate(acts)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return found


def test_a_referral_goes_its_whole_way(world: World) -> None:
    told = world.registers(case("legal_aid", "livelihood"))
    referral = world.referral_at("pddh")
    world.at("officer@pddh").acts(referral["id"], "receive", "accept", "schedule", "start", "complete")
    world.updates(told, details=case("legal_aid", "shelter"))
    assert world.at("coordinator@sv").get("/referrals", sort="status").json["total"] == 3
    assert world.at("officer@pddh").get("/referrals", q="Persona").json["total"] == 0


def test_only_one_of_many_opens_the_same_need(world: World) -> None:
    told = world.registers(case("legal_aid", recipients=("pddh", "rree")))
    body = {"case_id": told.case_id, "institution": "rree", "needs": ["documentation"], "text": "x"}
    answers = at_once(*[lambda: world.at("coordinator@sv").post("/referrals", body) for _ in range(TURNS)])
    assert Counter(answer.status_code for answer in answers) == {201: 1, 409: TURNS - 1}
    (made,) = [answer.json["id"] for answer in answers if answer.status_code == 201]
    assert {answer.json["referral_id"] for answer in answers if answer.status_code == 409} == {made}


def test_two_windows_with_the_same_person_at_once_open_one_need(world: World) -> None:
    first = world.registered(case("legal_aid"))
    second = world.registered(case("legal_aid"), by=LA_HACHADURA, person_id=first.person_id)
    messages = [world.message(first, subject=first.case_id), world.message(second, by=LA_HACHADURA, subject=second.case_id)]
    found = at_once(*[lambda one=one: world.hub.inbox.take([one]) for one in messages])
    assert [taken.applied for taken in found] == [1, 1]
    assert len(world.desk("pddh")) == 1


@pytest.mark.parametrize("turn", range(3))
def test_acceptance_beside_withdrawal_leaves_no_access(world: World, turn: int) -> None:
    told = world.registers(case("legal_aid"))
    referral = world.referral_at("pddh")
    officer = world.at("officer@pddh")
    officer.acts(referral["id"], "receive")
    message = world.message(ConsentWithdrawn(told.case_id, told.consent_id, 1, 2, MONDAY), subject=told.case_id, version=2)
    accepted, _ = at_once(lambda: officer.act(referral["id"], "accept"), lambda: world.hub.inbox.take([message]))

    seen = officer.get(f"/referrals/{referral['id']}").json
    assert seen["person"] == {}
    assert seen["status"] == ("accepted" if accepted.status_code == 200 else "cancelled")
    assert seen["stop_requested"] == (accepted.status_code == 200)


def test_two_officers_who_accept_at_once_are_told_apart(world: World) -> None:
    world.registers(case("legal_aid"))
    referral = world.referral_at("pddh")
    world.at("officer@pddh").acts(referral["id"], "receive")
    answers = at_once(*[
        lambda who=who: world.at(f"{who}@pddh").act(referral["id"], "accept") for who in ("officer", "deputy", "manager")
    ])
    assert sorted(answer.status_code for answer in answers) == [200, 409, 409]


def test_of_many_who_write_the_same_entry_one_wins_and_the_others_read_again(world: World) -> None:
    document = world.at("manager@pddh").get("/services/pddh-denuncias").json
    writes = [
        lambda number=number: world.at("manager@pddh").put(
            "/services/pddh-denuncias", document | {"fees": {"es": f"{number}", "en": f"{number}"}}, If_Match='"1"'
        )
        for number in range(TURNS)
    ]
    answers = at_once(*writes)
    assert Counter(answer.status_code for answer in answers) == {200: 1, 412: TURNS - 1}
    assert world.at("manager@pddh").get("/services/pddh-denuncias").json["version"] == 2


def test_many_who_have_no_room_at_once_are_all_marked_and_published(world: World) -> None:
    for need in ("shelter", "health", "education", "transport"):
        world.registers(case(need))
    referrals = [one["id"] for one in world.desk("alcaldia-la-union")]
    officer = world.at("officer@alcaldia-la-union")
    for referral in referrals:
        officer.acts(referral, "receive")
    body = {"reason": "no-capacity", "text": "No hay cupo este mes."}
    answers = at_once(*[lambda referral=referral: officer.act(referral, "reject", body) for referral in referrals])
    assert Counter(answer.status_code for answer in answers) == {200: 4}
    support = officer.get("/services/alcaldia-la-union-apoyo").json
    assert set(support["full"]) == {"shelter", "health", "education", "transport"}
    last = world.said(to=Address.everyone("sv"))[-1].event
    assert len(last.directory["full"]) == 4


def test_looks_at_claims_are_counted_though_they_come_at_once(world: World) -> None:
    client = lambda: world.hub.site.test_client().get(f"/api/v1/claims/{new_code()}").status_code
    assert at_once(*[client] * TURNS) == [404] * TURNS
    with world.hub.database.read() as connection:
        assert connection.execute(select(world.hub.tables.claim_looks.c.looked)).scalar_one() == TURNS
