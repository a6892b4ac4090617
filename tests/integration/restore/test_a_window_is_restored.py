"""A window put back from a copy, and one that is rebuilt from the hub."""

import json
from datetime import timedelta

from shared.ids import parse_case_code
from tests.cast import returned_woman
from tests.drivers.console import done
from tests.integration.restore.town import LA_UNION, Place, Town

DAY = timedelta(days=1)


def test_a_restored_window_gives_no_number_twice_and_its_new_versions_stand_above_those_of_the_lost_life(town: Town):
    case = town.registers(returned_woman())
    town.talks()
    data, _ = town.backs_up(town.window, "yesterday")
    town.changes(case["id"], {"notes": "De la vida que se pierde."})
    lost = town.registers(returned_woman())
    town.talks()

    said = town.restores(town.window, data)
    assert "New case numbers begin above 1002." in said  # the replaced database could be read
    town.changes(case["id"], {"notes": "De ahora."})
    new = town.registers(returned_woman())
    assert parse_case_code(new["code"]).number == 1003
    town.talks()
    rows = {row["id"]: row for row in town.hub.table("cases")}
    assert set(rows) == {case["id"], lost["id"], new["id"]}
    assert rows[case["id"]]["incarnation"] > 1
    assert town.sees(case["id"])["notes"] == "De ahora."
    assert town.sees(new["id"])["delivery"] == "received"


def test_a_restored_window_goes_on_above_what_the_hub_knows_though_its_own_database_is_gone(small_town: Town):
    town = small_town
    data, _ = town.backs_up(town.window, "empty")
    for _ in range(2):
        town.registers(returned_woman())
    town.talks()
    counters = town.window.running.tables.counters
    with town.window.running.database.write() as connection:  # the lost life was a long one
        connection.execute(counters.update().where(counters.c.name == "case_number").values(value=5000))
    far = town.registers(returned_woman())
    town.talks()
    town.window.stops()
    (town.folder / "la-union.sqlite").unlink()
    town.restores(town.window, data)
    offline = town.registers(returned_woman())
    assert parse_case_code(offline["code"]).number == 1001
    town.talks()
    after = town.registers(returned_woman())
    assert parse_case_code(after["code"]).number == parse_case_code(far["code"]).number + 1


def test_two_restores_of_one_copy_never_share_an_incarnation(small_town: Town):
    town = small_town
    data, _ = town.backs_up(town.window, "yesterday")
    town.restores(town.window, data)
    first = town.window.running.works
    with first.open() as work:
        before = work.incarnation
    town.restores(town.window, data)
    with town.window.running.works.open() as work:
        assert work.incarnation > before


def test_what_was_withdrawn_and_closed_after_the_copy_stays_so_at_a_restored_window(town: Town):
    withdrawn, closed = town.registers(returned_woman()), town.registers(returned_woman())
    town.talks()
    data, _ = town.backs_up(town.window, "yesterday")
    town.withdraws(withdrawn["id"])
    town.at_window().post(f"/cases/{closed['id']}/close", {"reason": "settled"})
    town.talks()
    assert "2 cases that were closed or withdrawn" in town.restores(town.window, data)
    assert town.sees(withdrawn["id"])["delivery"] == "withheld"
    assert town.sees(closed["id"])["status"] == "closed"
    town.talks()
    assert [row["withdrawn"] for row in town.hub.table("cases") if row["id"] == withdrawn["id"]] == [True]


def test_a_restored_window_has_back_from_the_hub_what_it_forgot(town: Town):
    case = town.registers(returned_woman())
    town.talks()
    data, _ = town.backs_up(town.window, "yesterday")
    later = town.registers(returned_woman())
    town.talks()
    town.acts(town.referral(later["id"])["id"], "receive", "accept")
    town.changes(case["id"], {"notes": "Cambió."})
    town.talks()
    town.restores(town.window, data)
    town.talks()
    town.talks()  # what differed was told again, and compared once more
    assert town.at_window().get("/sync").get_json()["hub_agrees"] is False

    assert "2 cases go back to la-union." in done("windows", "rebuild", "la-union", *town.hub.config)
    town.talks()
    town.clock.ahead += DAY
    town.talks()
    assert town.sees(later["id"])["code"] == later["code"]
    assert {one["institution"]: one["status"] for one in town.sees(later["id"])["referrals"]}["pddh"] == "accepted"
    assert town.sees(case["id"])["notes"] == "Cambió."
    assert town.at_window().get("/sync").get_json()["hub_agrees"] is True
    town.agree()


def test_a_dead_window_is_rebuilt_on_a_new_machine_as_often_as_one_likes(town: Town):
    opened, withdrawn, closed = (town.registers(returned_woman()) for _ in range(3))
    town.talks()
    town.acts(town.referral(opened["id"])["id"], "receive", "accept")
    town.withdraws(withdrawn["id"])
    town.at_window().post(f"/cases/{closed['id']}/close", {"reason": "settled"})
    town.talks()
    town.window.stops()
    for file in town.folder.glob("la-union.sqlite*"):
        file.unlink()
    (town.keys / "sv.la-union" / "persons.sqlite").unlink()
    done("migrate", *town.window.config)
    town.window.starts()

    for _ in range(2):
        done("windows", "rebuild", "la-union", *town.hub.config)
        town.talks()
        town.talks()
    first, second, third = (town.sees(case["id"]) for case in (opened, withdrawn, closed))
    assert first["person"]["family_name"] == returned_woman()["person"]["family_name"]
    assert {one["institution"]: one["status"] for one in first["referrals"]}["pddh"] == "accepted"
    assert first["routing"]["urgency"] == "urgent"
    assert (second["delivery"], third["status"]) == ("withheld", "closed")
    assert parse_case_code(town.registers(returned_woman())["code"]).number == 4
    town.clock.ahead += DAY
    town.talks()
    assert town.at_window().get("/sync").get_json()["hub_agrees"] is True
    town.agree()


def test_a_stolen_window_is_rebuilt_under_new_keys_and_the_old_ones_are_believed_no_more(town: Town):
    case = town.registers(returned_woman())
    town.talks()
    town.acts(town.referral(case["id"])["id"], "receive", "accept")
    town.registers(returned_woman())
    town.window.sends()
    town.hub.sends()  # sealed for the old keys, and taken by nobody
    stolen = town.hub.fetches()
    town.window.fetches()
    for place in (town.window, town.hub):
        place.stops()
    for file in town.folder.glob("la-union.sqlite*"):
        file.unlink()
    (town.keys / "sv.la-union").rename(town.folder / "stolen")
    trust = town.keys / "trust.json"
    told = json.loads(trust.read_text())
    trust.write_text(json.dumps({"keys": [key for key in told["keys"] if key["address"] != LA_UNION.source]}))
    assert "/sv/windows/la-union" in done("keys", "generate", "--dir", str(town.keys), "--node", "sv", "--window", "la-union")
    done("migrate", *town.window.config)
    for place in (town.window, town.hub):
        place.starts()

    town.talks()
    done("windows", "rebuild", "la-union", *town.hub.config)
    town.talks()
    town.talks()
    assert {one["institution"]: one["status"] for one in town.sees(case["id"])["referrals"]}["pddh"] == "accepted"
    assert {reason.partition(":")[0] for reason in letters(town.window)} <= {"the sealed part is not for a key of mine, or not sealed as agreed"}
    assert town.hub.running.inbox.take(stolen).dead == len(stolen)
    town.agree()


def test_whoever_was_forgotten_does_not_go_back_to_a_window_nor_come_back_from_one(town: Town):
    case = town.registers(returned_woman())
    town.talks()
    (row,) = town.hub.table("cases")
    town.hub.running.vault.forget(row["person_id"], now=town.clock.now())
    done("windows", "rebuild", "la-union", *town.hub.config)
    town.window.running.vault.forget(row["person_id"], now=town.clock.now())
    town.talks()
    assert letters(town.window) == letters(town.hub) == []
    assert town.at_window().get(f"/cases/{case['id']}").status_code == 410


def letters(place: Place) -> list[str]:
    table = place.running.tables.messaging.dead_letters
    with place.running.database.read() as connection:
        return [row.reason for row in connection.execute(table.select())]


def test_an_old_machine_that_is_switched_on_again_is_noticed_by_both(small_town: Town):
    # Given a window that was restored on another machine
    town, database = small_town, small_town.folder / "la-union.sqlite"
    town.registers(returned_woman())
    town.talks()
    data, _ = town.backs_up(town.window, "now")
    town.window.stops()
    old = database.read_bytes()
    town.restores(town.window, data)
    town.talks()
    town.window.stops()
    new = database.read_bytes()

    # When the old one is switched on again, and registers somebody
    database.write_bytes(old)
    town.window.starts()
    person = town.registers(returned_woman())
    town.talks()
    town.talks()

    # Then that person is not lost, and both sides say what happened
    assert person["id"] in {row["id"] for row in town.hub.table("cases")}
    assert town.at_window().get("/sync").get_json()["forked_since"] is not None
    assert "la-union existe dos veces" in town.hub.running.site.test_client().get("/readyz").text

    # And when it is off again, that ends
    town.window.stops()
    database.write_bytes(new)
    town.window.starts()
    town.clock.ahead += timedelta(minutes=11)
    town.talks()
    town.talks()
    assert town.at_window().get("/sync").get_json()["forked_since"] is None
    assert "existe dos veces" not in town.hub.running.site.test_client().get("/readyz").text
