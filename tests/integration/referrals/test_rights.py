"""What nobody may find out: by filters, searches, counts, refusals."""

import pytest

from tests.integration.referrals.world import World, with_consent, with_person
from tests.unit.routing.given import case


def test_a_protected_need_is_no_oracle_before_or_without_the_right_to_know(world: World) -> None:
    world.registers(case("gender_based_violence", "legal_aid"))
    officer, referral = world.at("officer@pddh"), world.referral_at("pddh")

    assert "protected" in referral["needs"]
    assert "gender_based_violence" not in str(officer.get("/referrals").json)
    assert officer.get("/referrals", need="gender_based_violence").json["total"] == 0
    assert world.at("coordinator@sv").get("/referrals", need="gender_based_violence").json["total"] == 0
    officer.acts(referral["id"], "receive", "accept")
    assert officer.get("/referrals", need="gender_based_violence").json["total"] == 1
    assert world.at("coordinator@sv").get("/referrals", need="gender_based_violence").json["total"] == 0


def test_a_search_looks_only_where_the_reader_may_look_now(world: World) -> None:
    told = world.registers(with_person(case("legal_aid", "livelihood"), given_name="Xiomara", family_name="Quintanilla"))
    officer, referral = world.at("officer@pddh"), world.referral_at("pddh")

    assert officer.get("/referrals", q="Xiomara").json["total"] == 0
    officer.acts(referral["id"], "receive", "accept")
    assert officer.get("/referrals", q="siomara quintaniya").json["total"] == 1
    assert officer.get("/referrals", q="xiomara perez").json["total"] == 0
    assert world.at("officer@alcaldia-la-union").get("/referrals", q="Xiomara").json["total"] == 0
    assert world.at("coordinator@sv").get("/referrals", q="Xiomara").json["total"] == 0
    assert world.at("coordinator@sv").get("/referrals", q=told.case_code.lower()).json["total"] == 2
    world.clock.forward(days=91)
    assert officer.get("/referrals", q="Xiomara").json["total"] == 0


def test_a_filter_on_another_institution_shows_an_officer_nothing(world: World) -> None:
    world.registers(case("legal_aid", "livelihood"))
    assert world.at("officer@pddh").get("/referrals", institution="alcaldia-la-union").json["total"] == 0
    assert world.at("coordinator@sv").get("/referrals", institution="alcaldia-la-union").json["total"] == 1


def test_lists_have_pages_an_order_and_refuse_what_they_do_not_know(world: World) -> None:
    world.registers(case("legal_aid"))
    world.registers(case("legal_aid", urgency="emergency"))
    officer = world.at("officer@pddh")

    first = officer.get("/referrals", sort="urgency", page_size=1).json
    assert (first["items"][0]["urgency"], first["total"]) == ("emergency", 2)
    assert first["next"]
    assert set(officer.get("/referrals", sort="person", q="x", page_size=201, colour="red").json["errors"]) == {"sort", "page_size", "colour"}


@pytest.mark.parametrize("institution", ["rree", "alcaldia-la-union-norte", "cndh", "nadie"])
def test_whoever_may_not_have_a_referral_is_refused_in_the_same_words(world: World, institution: str) -> None:
    told = world.registers(case("legal_aid"))
    body = {"case_id": told.case_id, "institution": institution, "needs": ["shelter"], "text": "Por favor"}
    answer = world.at("coordinator@sv").post("/referrals", body)
    assert (answer.status_code, answer.json["code"]) == (422, "institution_unavailable")
    assert {key: value for key, value in answer.json.items() if key != "instance"} == {
        key: value
        for key, value in world.at("coordinator@sv").post("/referrals", body | {"institution": "rree"}).json.items()
        if key != "instance"
    }


def test_a_blocked_institution_cannot_be_reached_by_forwarding(world: World) -> None:
    world.registers(case("legal_aid", answers=["fear_of_return"], nationality="HN"))
    officer = world.at("officer@pddh")
    referral = world.referral_at("pddh")
    officer.acts(referral["id"], "receive", "accept")
    answer = officer.act(referral["id"], "forward", {"institution": "rree", "text": "Para su atención."})
    assert answer.json["code"] == "institution_unavailable"
    assert officer.get(f"/referrals/{referral['id']}").json["status"] == "accepted"


def test_a_case_is_shown_through_ones_own_referrals_only(world: World) -> None:
    told = world.registers(with_person(case("legal_aid", "livelihood"), given_name="Xiomara"))
    world.at("officer@pddh").acts(world.referral_at("pddh")["id"], "receive", "accept")

    mine = world.at("officer@pddh").get(f"/cases/{told.case_id}").json
    assert mine["person"]["given_name"] == "Xiomara"
    assert [one["institution"] for one in mine["referrals"]] == ["pddh"]
    theirs = world.at("officer@alcaldia-la-union").get(f"/cases/{told.case_id}").json
    assert "given_name" not in theirs["person"]
    assert world.at("officer@rree").get(f"/cases/{told.case_id}").status_code == 404
    coordinators = world.at("coordinator@sv").get(f"/cases/{told.case_id}").json
    assert (coordinators["person"], len(coordinators["referrals"])) == ({}, 2)


def test_what_was_shown_of_a_person_is_in_the_audit_by_field_names(world: World) -> None:
    world.registers(with_person(case("legal_aid"), given_name="Xiomara"))
    referral = world.referral_at("pddh")
    world.at("officer@pddh").acts(referral["id"], "receive", "accept")
    world.at("officer@pddh").get(f"/referrals/{referral['id']}")

    lines = world.at("auditor@sv").get("/audit", object_id=referral["id"]).json["items"]
    assert (lines[0]["act"], lines[0]["who"]) == ("referral.read", "officer@pddh")
    assert "given_name" in lines[0]["fields"]
    assert "Xiomara" not in str(lines)
    assert world.at("coordinator@sv").get("/audit").status_code == 403


def test_no_planted_word_stands_in_any_file_of_the_hub(world: World, tmp_path) -> None:
    details = with_person(case("legal_aid"), given_name="Zzyxplanted", phone="+50370218846")
    world.registers(with_consent(details))
    referral = world.referral_at("pddh")
    world.at("officer@pddh").acts(referral["id"], "receive", "accept", "comments", "note", "schedule")
    world.at("officer@pddh").patch(f"/referrals/{referral['id']}", {"institution_ref": "Zzyxplanted-7"})
    for file in tmp_path.rglob("*"):
        if file.is_file():
            content = file.read_bytes()
            assert not any(word in content for word in (b"Zzyxplanted", b"70218846", b"Llamar por la tarde", b"Oficina central"))
