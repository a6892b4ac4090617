"""Hub and window compare what they know once a day, and tell again only what differs."""

from datetime import timedelta

from shared.contracts.digest import BUCKETS, bucket_of, differing, digest_of
from tests.cast import DESKS_OF_THE_RETURNED_WOMAN, returned_woman
from tests.integration.restore.town import Town

DAY = timedelta(days=1)


def test_what_a_hub_silently_lost_is_found_within_a_day_and_only_that_part_is_told_again(town: Town):
    cases = [town.registers(returned_woman()) for _ in range(6)]
    town.talks()
    town.talks()
    assert agrees(town) is True
    lost = cases[0]["id"]
    table = town.hub.running.tables.cases
    with town.hub.running.database.write() as connection:
        connection.execute(table.delete().where(table.c.id == lost))
    town.talks()
    assert len(town.hub.table("cases")) == 5

    town.clock.ahead += DAY
    before = told(town)
    town.talks()
    again = told(town) - before
    assert lost in {row["id"] for row in town.hub.table("cases")}
    assert len(again) == sum(bucket_of(case["id"]) == bucket_of(lost) for case in cases)
    town.talks()
    assert agrees(town) is True
    assert len(town.hub.table("referrals")) == 6 * len(DESKS_OF_THE_RETURNED_WOMAN)


def test_closings_and_withdrawals_are_compared_too(town: Town):
    closed, withdrawn = (town.registers(returned_woman()) for _ in range(2))
    town.talks()
    town.at_window().post(f"/cases/{closed['id']}/close", {"reason": "settled"})
    town.withdraws(withdrawn["id"])
    town.talks()
    town.clock.ahead += DAY
    town.talks()
    assert agrees(town) is True
    stones = town.hub.running.tables.tombstones
    rows = town.hub.running.tables.cases
    with town.hub.running.database.write() as connection:  # as if the withdrawal had never come
        connection.execute(stones.delete())
        connection.execute(
            rows.update().where(rows.c.id == withdrawn["id"]).values(withdrawn=False, told_version=rows.c.version)
        )
    town.clock.ahead += DAY
    town.talks()
    assert {row["id"]: row["withdrawn"] for row in town.hub.table("cases")}[withdrawn["id"]] is True


def test_a_window_that_has_less_than_the_hub_is_asked_once_and_said_on_the_hubs_page(town: Town):
    town.registers(returned_woman())
    town.talks()
    data, _ = town.backs_up(town.window, "now")
    town.registers(returned_woman())
    town.talks()
    town.restores(town.window, data)
    asked = []
    for _ in range(4):
        town.talks()
        asked.append(sum(row["type"] == "resync.requested" for row in outbox(town)))
    assert asked[-1] == asked[0] == 1
    assert "la-union" in town.hub.running.site.test_client().get("/readyz").get_json()["checks"]["same_cases"]


def test_the_order_does_not_matter_and_each_difference_is_in_its_own_part():
    versions = [(f"case-{number}", 1, number) for number in range(200)]
    mine = digest_of(versions)
    assert digest_of(reversed(versions)) == mine
    assert sum(bucket.count for bucket in mine) == 200
    assert len(mine) == BUCKETS
    assert differing(mine, mine) == ()
    for changed in (("case-7", 1, 8), ("case-7", 2, 7)):
        assert differing(mine, digest_of([*versions[:7], changed, *versions[8:]])) == (bucket_of("case-7"),)
    assert differing(mine, digest_of(versions[1:])) == (bucket_of("case-0"),)


def agrees(town: Town) -> bool | None:
    found = town.at_window().get("/sync").get_json()["hub_agrees"]
    return None if found is None else bool(found)


def told(town: Town) -> set[str]:
    """Every event with a case that the window ever said."""
    table = town.window.running.tables.messaging.outbox
    with town.window.running.database.read() as connection:
        rows = connection.execute(table.select().where(table.c.type.in_(["case.registered", "case.updated"])))
        return {row.id for row in rows}


def outbox(town: Town) -> list[dict]:
    table = town.hub.running.tables.messaging.outbox
    with town.hub.running.database.read() as connection:
        return [dict(row) for row in connection.execute(table.select()).mappings()]
