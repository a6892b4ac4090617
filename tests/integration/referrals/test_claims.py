"""What a slip's code tells at the hub: how the case stands, to anybody, and nothing else."""

from sqlalchemy import select

from shared.claims import ClaimStatus
from shared.contracts.case_closed import CaseClosed
from shared.contracts.claim_asked import ClaimAsked
from shared.spoken import new_code
from shared.vocabulary.codes import CloseReason
from tests.integration.referrals.world import LA_HACHADURA, LA_UNION, MONDAY, World
from tests.unit.routing.given import case


def looks(world: World, code: str):
    return world.hub.site.test_client().get(f"/api/v1/claims/{code}")


def test_a_slip_tells_how_the_case_stands_and_nothing_else(world: World) -> None:
    code = new_code()
    told = world.registers(case("legal_aid"), claim_code=code)
    assert looks(world, code).json == {"status": "received"}
    officer, referral = world.at("officer@pddh"), world.referral_at("pddh")["id"]
    officer.acts(referral, "receive")
    assert looks(world, code.lower()).json == {"status": "in_review"}
    officer.acts(referral, "accept")
    assert looks(world, code).json == {"status": "answered"}
    world.tells(CaseClosed(told.case_id, 1, 9, CloseReason.SETTLED, MONDAY))
    assert looks(world, code).json == {"status": "closed"}


def test_a_mistyped_code_is_said_to_be_so_and_an_unknown_one_does_not_exist(world: World) -> None:
    code = new_code()
    wrong = code[:-1] + ("2" if code[-1] != "2" else "3")
    assert (looks(world, wrong).status_code, list(looks(world, wrong).json["errors"])) == (422, ["code"])
    assert (looks(world, code).status_code, looks(world, code).json["code"]) == (404, "not_found")


def test_the_hub_keeps_no_code_only_a_hash_and_counts_the_looks(world: World) -> None:
    code = new_code()
    world.registers(case("legal_aid"), claim_code=code)
    looks(world, code)
    looks(world, new_code())
    with world.hub.database.read() as connection:
        kept = connection.execute(select(world.hub.tables.cases.c.claim)).scalar_one()
        counted = connection.execute(select(world.hub.tables.claim_looks)).mappings().one()
    assert kept not in (None, code, code.replace("-", ""))
    assert (counted["looked"], counted["unknown"]) == (2, 1)


def test_a_later_version_without_a_code_keeps_the_one_that_is_known(world: World) -> None:
    code = new_code()
    told = world.registers(case("legal_aid"), claim_code=code)
    world.updates(told, claim_code=None, details=case("legal_aid", "shelter"))
    assert looks(world, code).json == {"status": "received"}


def test_any_window_of_the_node_may_ask_and_hears_four_words_at_most(world: World) -> None:
    code = new_code()
    world.registers(case("legal_aid"), claim_code=code)
    for ask_id, asked in (("a1", code), ("a2", new_code())):
        world.tells(ClaimAsked(ask_id, asked), by=LA_HACHADURA)
    answers = [one.event for one in world.said(to=LA_HACHADURA, kind="claim.answered")]
    assert [(one.ask_id, one.status) for one in answers] == [("a1", ClaimStatus.RECEIVED), ("a2", None)]
    assert world.said(to=LA_UNION, kind="claim.answered") == []
