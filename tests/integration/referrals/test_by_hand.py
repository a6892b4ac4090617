"""Referrals that people make: by hand, by forwarding, by a window's ask."""

from shared.contracts.referral_asked import Ask, ReferralAsked
from shared.ids import new_id
from tests.integration.referrals.world import LA_HACHADURA, LA_UNION, MONDAY, World
from tests.unit.routing.given import case

NAMED = ("pddh", "rree", "alcaldia-la-union")


def by_hand(told, institution: str = "rree", *needs: str) -> dict[str, object]:
    return {
        "case_id": told.case_id, "institution": institution, "needs": list(needs or ["documentation"]), "text": "Pasaporte",
    }


def asks(world: World, told, referral, ask: Ask, **more) -> ReferralAsked:
    event = ReferralAsked(new_id(), told.case_id, referral["id"], ask, "staff@la-union", MONDAY, **more)
    world.tells(event)
    return event


def test_a_coordinator_refers_by_hand_once(world: World) -> None:
    told = world.registers(case("legal_aid", recipients=NAMED))
    coordinator = world.at("coordinator@sv")

    made = coordinator.post("/referrals", by_hand(told), Idempotency_Key="k1")
    assert (made.status_code, made.json["institution"], made.json["person"]) == (201, "rree", {})
    again = coordinator.post("/referrals", by_hand(told), Idempotency_Key="k1")
    assert (again.json["id"], again.headers["Idempotent-Replayed"]) == (made.json["id"], "true")
    assert coordinator.post("/referrals", by_hand(told, "rree", "shelter"), Idempotency_Key="k1").json["code"] == "key_reused"
    second = coordinator.post("/referrals", by_hand(told))
    assert (second.status_code, second.json["referral_id"]) == (409, made.json["id"])


def test_an_officer_refers_by_hand_with_access_and_never_accepts_it(world: World) -> None:
    told = world.registers(case("legal_aid", recipients=NAMED))
    officer = world.at("officer@pddh")
    assert officer.post("/referrals", by_hand(told, "pddh", "shelter")).status_code == 403
    assert world.at("officer@rree").post("/referrals", by_hand(told)).status_code == 404

    officer.acts(world.referral_at("pddh")["id"], "receive", "accept")
    made = officer.post("/referrals", by_hand(told, "pddh", "shelter")).json
    officer.acts(made["id"], "receive")
    assert officer.act(made["id"], "accept").status_code == 403
    assert world.at("deputy@pddh").act(made["id"], "accept").status_code == 200


def test_forwarding_ends_one_referral_and_opens_another_that_points_back(world: World) -> None:
    world.registers(case("legal_aid", recipients=NAMED))
    referral = world.referral_at("pddh")
    officer = world.at("officer@pddh")
    officer.acts(referral["id"], "receive")

    old = officer.act(referral["id"], "forward", {"institution": "rree", "text": "Es de su competencia."}).json
    assert old["status"] == "cancelled"
    new = world.referral_at("rree")
    assert (new["replaces"], new["hops"], new["needs"], new["due_at"]) == (referral["id"], 1, ["legal_aid"], referral["due_at"])
    assert [event.change for event in world.updates_to(LA_UNION)] == ["requested", "received", "forwarded", "requested"]


def test_a_chain_has_four_hops_at_most(world: World) -> None:
    world.registers(case("legal_aid", recipients=NAMED))
    here, there = "pddh", "rree"
    for _ in range(4):
        (one,) = [item for item in world.desk(here) if item["status"] == "requested"]
        officer = world.at(f"officer@{here}")
        officer.acts(one["id"], "receive")
        assert officer.act(one["id"], "forward", {"institution": there, "text": "Para ustedes."}).status_code == 200
        here, there = there, here
    (last,) = [item for item in world.desk(here) if item["status"] == "requested"]
    officer = world.at(f"officer@{here}")
    officer.acts(last["id"], "receive")
    answer = officer.act(last["id"], "forward", {"institution": there, "text": "Para ustedes."})
    assert (answer.status_code, answer.json["code"]) == (409, "too_many_hops")


def test_a_window_cancels_comments_and_asks_anew(world: World) -> None:
    told = world.registers(case("legal_aid", "livelihood", recipients=NAMED))
    referral, other = world.referral_at("pddh"), world.referral_at("alcaldia-la-union")
    asks(world, told, referral, Ask.COMMENT, text="Llega el lunes.")
    asks(world, told, other, Ask.CANCEL, reason="person-request")
    assert world.referral_at("alcaldia-la-union")["status"] == "cancelled"

    world.at("officer@pddh").acts(referral["id"], "receive", "reject")
    ask = asks(world, told, referral, Ask.RE_REFER, institution="rree")
    assert world.referral_at("rree")["replaces"] == referral["id"]
    assert [event.change for event in world.updates_to(LA_UNION) if event.ask_id == ask.ask_id] == ["requested"]


def test_what_a_window_asks_too_late_is_refused_aloud_and_changes_nothing(world: World) -> None:
    told = world.registers(case("legal_aid"))
    referral = world.referral_at("pddh")
    world.at("officer@pddh").acts(referral["id"], "receive", "reject")
    ask = asks(world, told, referral, Ask.CANCEL, reason="person-request")

    (answer,) = world.updates_to(LA_UNION, "ask-refused")
    assert (answer.ask_id, answer.reason) == (ask.ask_id, "wrong_state")
    assert world.referral_at("pddh")["status"] == "rejected"


def test_a_window_cannot_ask_about_another_windows_referral(world: World) -> None:
    told = world.registers(case("legal_aid"))
    referral = world.referral_at("pddh")
    event = ReferralAsked(new_id(), told.case_id, referral["id"], Ask.CANCEL, "staff@la-hachadura", MONDAY)
    world.tells(event, by=LA_HACHADURA)
    assert world.referral_at("pddh")["status"] == "requested"
