"""A hub put back from a copy learns back what it forgot, and nobody is told of what may have been withdrawn."""

from collections import Counter

from tests.cast import returned_woman
from tests.drivers.console import console, done
from tests.integration.restore.town import COORDINATOR, Town

FEARS_TO_RETURN = {"vulnerabilities": {"fear_of_return": "yes"}}


def test_what_was_registered_and_answered_after_the_copy_is_there_again_and_nothing_is_twice(town: Town):
    known = town.registers(returned_woman())
    town.talks()
    accepted = town.referral(known["id"])["id"]
    data, _ = town.backs_up(town.hub, "yesterday")
    town.acts(accepted, "receive", "accept", "schedule", "note")
    later = town.registers(returned_woman())
    town.talks()
    answered = town.referral(later["id"])["id"]
    town.acts(answered, "receive", "accept", "start", "complete")
    town.talks()

    town.restores(town.hub, data)
    town.talks()
    town.talks()

    first, second = town.opens(accepted), town.opens(answered)
    assert (first["status"], second["status"]) == ("accepted", "completed")
    assert first["appointment"]["place"] == "Oficina central"
    assert first["person"]["family_name"] == returned_woman()["person"]["family_name"]
    assert ("restored", "repeat-notes") in [(entry["change"], entry["reason"]) for entry in first["history"]]
    assert "noted" not in [entry["change"] for entry in first["history"]]
    town.agree()
    assert not_ready(town) == {}
    town.acts(accepted, "start")
    assert town.at_hub().get("/referrals", q="Quintanillazeledón").get_json()["total"] == 1


def test_until_a_window_has_told_what_it_holds_nobody_acts_on_its_cases_nor_sees_a_person(town: Town):
    case = town.registers(returned_woman())
    town.talks()
    referral = town.referral(case["id"])["id"]
    town.acts(referral, "receive", "accept")
    town.talks()
    data, _ = town.backs_up(town.hub, "now")
    town.window.stops()
    town.restores(town.hub, data)
    town.talks()

    seen = town.opens(referral)
    assert (seen["person"], seen["allowed_actions"], seen["recovering"]) == ({}, [], True)
    answer = town.at_hub().act(referral, "start")
    assert (answer.status_code, answer.get_json()["code"]) == (409, "recovering")
    asked = {"case_id": case["id"], "institution": "conapina", "needs": ["documentation"], "text": "x"}
    assert town.at_hub(COORDINATOR).post("/referrals", asked).get_json()["code"] == "recovering"
    assert town.at_hub().get("/referrals", q="Quintanillazeledón").get_json()["total"] == 0
    assert "la-union" in not_ready(town)["recovered"]

    town.window.starts()
    town.talks()
    town.talks()
    seen = town.opens(referral)
    assert (seen["person"]["family_name"], seen["recovering"]) == (returned_woman()["person"]["family_name"], False)
    assert not_ready(town) == {}


def test_an_operator_can_go_on_without_a_window_that_does_not_come_back(town: Town):
    case = town.registers(returned_woman())
    town.talks()
    referral = town.referral(case["id"])["id"]
    data, _ = town.backs_up(town.hub, "now")
    town.window.stops()
    town.restores(town.hub, data)
    assert console("windows", "do-not-wait", "nowhere", *town.hub.config).status == 2
    done("windows", "do-not-wait", "la-union", *town.hub.config)
    town.talks()
    assert town.acts(referral, "receive", "accept")["status"] == "accepted"
    assert not_ready(town) == {}


def test_a_withdrawal_after_the_copy_stays_although_its_window_is_offline_when_the_replaced_database_can_be_read(town: Town):
    case, _, data = withdrawn_after_the_copy(town)
    town.window.stops()
    said = town.restores(town.hub, data)
    assert "1 cases that were closed or withdrawn after the copy stay so" in said
    done("windows", "do-not-wait", "la-union", *town.hub.config)
    town.talks()
    seen = town.referral(case["id"])
    assert (seen["person"], seen["status"]) == ({}, "cancelled")


def test_a_withdrawal_after_the_copy_comes_back_from_its_window_and_binds_what_was_done_before_it(small_town: Town):
    town = small_town
    case, referral, data = withdrawn_after_the_copy(town)
    town.hub.stops()
    (town.folder / "hub.sqlite").unlink()
    said = town.restores(town.hub, data)
    assert "could not be read" in said
    town.talks()
    town.talks()
    seen = town.opens(referral)
    assert (seen["status"], seen["stop_requested"], seen["person"]) == ("accepted", True, {})
    assert town.sees(case["id"])["referrals"][0]["stop_requested"] is True
    town.agree()


def withdrawn_after_the_copy(town: Town) -> tuple[dict, str, object]:
    case = town.registers(returned_woman(needs=[{"code": "rights_violation"}]))
    town.talks()
    data, _ = town.backs_up(town.hub, "yesterday")
    referral = town.referral(case["id"])["id"]
    town.acts(referral, "receive", "accept")
    town.talks()
    town.withdraws(case["id"])
    town.talks()
    return case, referral, data


def test_a_withdrawal_made_while_the_hub_was_down_ends_what_comes_back_accepted(town: Town):
    case = town.registers(returned_woman(needs=[{"code": "rights_violation"}]))
    town.talks()
    data, _ = town.backs_up(town.hub, "yesterday")
    referral = town.referral(case["id"])["id"]
    town.acts(referral, "receive", "accept")
    town.talks()
    town.hub.stops()
    town.withdraws(case["id"])
    town.restores(town.hub, data)
    town.talks()
    town.talks()
    seen = town.opens(referral)
    assert (seen["status"], seen["stop_requested"], seen["person"]) == ("accepted", True, {})
    town.agree()


def test_a_block_that_only_the_lost_life_knew_binds_after_the_case_has_changed_back(town: Town):
    case = town.registers(returned_woman())
    town.talks()
    data, _ = town.backs_up(town.hub, "yesterday")
    town.changes(case["id"], FEARS_TO_RETURN)
    town.talks()
    assert town.referral(case["id"], "rree")["status"] == "cancelled"
    town.changes(case["id"], {"vulnerabilities": {"fear_of_return": "no"}})
    town.talks()

    town.restores(town.hub, data)
    town.talks()
    town.talks()
    (kept,) = town.hub.table("cases")
    assert "rree" in {block["institution"] for block in kept["blocks"]}
    statuses = [row["status"] for row in town.hub.table("referrals") if row["institution"] == "rree"]
    assert set(statuses) == {"cancelled"}
    town.agree()


def test_what_was_rejected_in_the_lost_life_is_not_asked_again(town: Town):
    data, _ = town.backs_up(town.hub, "yesterday")
    case = town.registers(returned_woman())
    town.talks()
    rejected = town.referral(case["id"])["id"]
    town.acts(rejected, "receive", "reject")
    town.talks()

    town.restores(town.hub, data)
    town.talks()
    town.talks()
    town.changes(case["id"], {"notes": "Otra cosa."})
    town.talks()
    assert town.referral(case["id"])["id"] == rejected
    assert town.opens(rejected)["status"] == "rejected"
    town.agree()


def test_what_a_window_asked_is_done_once_whether_before_or_during_the_recovery(town: Town):
    case = town.registers(returned_woman())
    town.talks()
    data, _ = town.backs_up(town.hub, "yesterday")
    referral = town.referral(case["id"])["id"]
    comments = f"/cases/{case['id']}/referrals/{referral}/comments"
    assert town.at_window().post(comments, {"text": "¿Hay novedades?"}).status_code == 202
    town.talks()
    town.hub.stops()
    assert town.at_window().post(comments, {"text": "La persona llamó."}).status_code == 202

    town.restores(town.hub, data)
    town.talks()
    town.talks()
    said = [row["change"] for row in town.hub.table("history") if row["referral_id"] == referral]
    assert Counter(said)["commented"] == 2
    assert town.sees(case["id"])["asks"] == []
    town.agree()


def test_what_the_hub_said_before_its_restore_and_a_window_hears_after_it_is_learnt_back(town: Town):
    case = town.registers(returned_woman())
    town.talks()
    data, _ = town.backs_up(town.hub, "yesterday")
    referral = town.referral(case["id"])["id"]
    town.acts(referral, "receive", "accept")
    town.hub.sends()  # it waits in the window's queue
    delayed = town.window.fetches()
    town.restores(town.hub, data)
    town.talks()
    town.talks()
    assert town.opens(referral)["status"] == "requested"

    town.window.running.inbox.take(delayed)
    town.talks()
    town.talks()
    assert town.opens(referral)["status"] == "accepted"
    town.agree()


def test_a_hub_restored_to_before_it_heard_of_a_window_and_restored_again_has_everything(town: Town):
    data, _ = town.backs_up(town.hub, "empty")
    case = town.registers(returned_woman())
    town.talks()
    town.acts(town.referral(case["id"])["id"], "receive", "accept")
    town.talks()
    for _ in range(2):
        town.restores(town.hub, data)
        town.talks()
        town.talks()
    assert town.referral(case["id"])["status"] == "accepted"
    assert town.sees(case["id"])["delivery"] == "received"
    town.agree()


def test_nobody_is_told_twice_of_a_referral_because_the_hub_was_restored(town: Town):
    data, _ = town.backs_up(town.hub, "yesterday")
    case = town.registers(returned_woman())
    town.talks()
    town.acts(town.referral(case["id"])["id"], "receive", "accept")
    town.talks()
    before = told(town)
    town.restores(town.hub, data)
    town.talks()
    town.talks()
    assert told(town) == before


def told(town: Town) -> Counter:
    from services.notifications.store.tables import ledger

    with town.notifications.running.database.read() as connection:
        rows = connection.execute(ledger.select()).all()
    return Counter((row.referral_id, row.recipient, row.message) for row in rows)


def not_ready(town: Town) -> dict[str, str]:
    """What ``/readyz`` of the hub cautions of."""
    checks = town.hub.running.site.test_client().get("/readyz").get_json()["checks"]
    return {name: reason for name, reason in checks.items() if reason != "ok"}


def test_what_comes_late_from_before_the_restore_does_not_undo_what_people_did_since(town: Town):
    case = town.registers(returned_woman())
    town.talks()
    data, _ = town.backs_up(town.hub, "yesterday")
    referral = town.referral(case["id"])["id"]
    town.acts(referral, "receive", "accept")
    town.hub.sends()
    delayed = town.window.fetches()
    town.restores(town.hub, data)
    town.talks()
    town.talks()
    town.acts(referral, "receive", "reject")
    town.window.running.inbox.take(delayed)
    town.talks()
    town.talks()
    seen = town.opens(referral)
    assert seen["status"] == "rejected"
    assert {"accepted", "rejected", "restored"} <= {entry["change"] for entry in seen["history"]}
    town.agree()
