"""The same window on either database."""

import io
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from rich.console import Console

from services.intake import commands
from shared.claims import ClaimStatus
from shared.contracts.access import UserAccess
from shared.contracts.access_changed import AccessChanged
from shared.contracts.case_routed import CaseRouted
from shared.contracts.claim_answered import ClaimAnswered
from shared.contracts.receipt import RefusedCase
from shared.contracts.resync_requested import ResyncRequested
from shared.spoken import new_code
from shared.vocabulary.codes import Urgency
from tests.cast import returned_woman
from tests.integration.intake.world import MONDAY, STAFF, World

DATA = Path(__file__).parents[2] / "data"


@pytest.fixture
def world(tmp_path: Path, database_url: str) -> Iterator[World]:
    made = World(tmp_path, database_url)
    yield made
    made.close()


def test_a_case_lives_on_either_database(world: World):
    case = world.registers(returned_woman(), Idempotency_Key="k")
    assert world.call("POST", "/cases", returned_woman(), Idempotency_Key="k").get_json() == case
    assert [kind for kind, _ in world.sends()] == ["case.registered"]
    world.hub_receipts(refused=[RefusedCase(case["id"], {"needs": ["No."]})], highest_code=40)
    assert world.sees(case["id"])["delivery"] == "refused"
    assert world.changes(case["id"], {"person": {"given_name": "Miguel"}}, 1).status_code == 200
    assert world.finds("miguel") == [case["code"]]
    world.hub_tells_referral(world.referral(case))
    world.hub_tells_referral(world.referral(case, version=1))
    world.hub_tells(CaseRouted(case["id"], 1, 1, "r1", Urgency.URGENT, MONDAY))
    page = world.sees(case["id"])
    assert (len(page["referrals"]), page["routing"]["urgency"], page["delivery"]) == (2, "urgent", "queued")
    referral = page["referrals"][0]["id"]
    asked = world.call("POST", f"/cases/{case['id']}/referrals/{referral}/comments", {"text": "¿Novedades?"})
    assert asked.status_code == 202
    assert world.registers(returned_woman())["code"].startswith("SV-LUN-000041-")
    world.call("DELETE", f"/cases/{case['id']}/consents/{case['consent_id']}")
    world.call("POST", f"/cases/{case['id']}/close", {"reason": "settled"})
    world.sends()
    world.hub_receipts()
    assert world.sees(case["id"])["delivery"] == "withheld"


def test_what_is_beside_cases_lives_on_either_database(world: World):
    assert world.call("PUT", "/drafts/d", {"content": {"a": 1}}).status_code == 201
    assert world.call("PUT", "/drafts/d", {"content": {"a": 2}}).status_code == 200
    assert world.call("GET", "/drafts").get_json()["total"] == 1
    assert world.call("POST", "/visits", {"topics": ["documents"]}).status_code == 201
    world.hub_publishes()
    world.hub_publishes()
    world.registers(returned_woman())
    world.sends()
    world.hub_tells(ResyncRequested())
    world.hub_tells(ResyncRequested())
    world.window.tell_again()
    assert "case.updated" in [kind for kind, _ in world.sends()]
    world.hub_tells(AccessChanged((UserAccess(STAFF, "staff", "sv", 9, "la-union", active=False),)))
    assert world.call("GET", "/sync").status_code == 401


def test_trainings_claims_and_the_directory_live_on_either_database(world: World):
    session = {"held_on": "2026-11-20", "place": "Aquí", "audience": "schools", "topics": ["rights_of_migrants"]}
    training = world.call("POST", "/trainings", session).get_json()
    people = {"participants": [{"name": "Beatriz Inventada", "sex": "female", "consent": True}, {"sex": "male"}]}
    assert world.call("POST", f"/trainings/{training['id']}/attendance", people).status_code == 200
    assert world.call("POST", f"/trainings/{training['id']}/close", {}).status_code == 200
    assert world.call("GET", "/trainings?topic=rights_of_migrants").get_json()["total"] == 1
    assert world.call("GET", f"/trainings/{training['id']}/certificates").get_json()["total"] == 1

    code = new_code()
    assert [world.call("GET", f"/claims/{code}").status_code for _ in range(2)] == [202, 202]
    (asked,) = [event for kind, event in world.sends() if kind == "claim.asked"]
    world.hub_tells(ClaimAnswered(asked.ask_id, world.clock.now(), ClaimStatus.CLOSED))
    assert world.call("GET", f"/claims/{code}").get_json()["status"] == "closed"
    case = world.registers(returned_woman())
    world.hub_publishes()
    world.hub_tells_referral(world.referral(case))
    own = world.call("GET", f"/cases/{case['id']}/slip").get_json()["claim"]["code"]
    assert world.call("GET", f"/claims/{own}").get_json()["status"] == "received"
    assert world.call("GET", "/services?q=denuncia&open_at=2026-11-23T15:00:00Z").get_json()["total"] >= 1


def test_a_file_is_taken_on_either_database(world: World):
    file = Path(shutil.copy(DATA / "with-mistakes.csv", world.folder / "f.csv"))
    for _ in range(2):
        status = commands.import_file(file, [world.settings], screen=Console(file=io.StringIO()), clock=world.clock)
        assert status == commands.SOME_REFUSED
    assert world.call("GET", "/cases").get_json()["total"] == 106
