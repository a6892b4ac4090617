"""The hub among windows and notifications: receipts, heartbeats, the directory, access, what is told again."""

from dataclasses import replace
from datetime import date

import pytest
from sqlalchemy import select, update

from services.referrals import commands
from services.referrals.store.rebuild import Rebuilder
from shared.contracts.access import UserAccess
from shared.contracts.addresses import Address
from shared.contracts.notification_delivered import NotificationDelivered
from shared.contracts.notification_failed import NotificationFailed
from shared.contracts.position import Position
from shared.contracts.standing import Standing
from shared.contracts.training_recorded import TrainingRecorded
from shared.contracts.visit_recorded import VisitRecorded
from shared.contracts.window_heartbeat import WindowHeartbeat
from shared.ids import new_id
from shared.routing.loading import directory_from_wire, rules_from_wire
from shared.vocabulary.codes import GuidanceTopic, TrainingAudience, TrainingTopic
from tests.integration.referrals.world import LA_UNION, MONDAY, NOTIFICATIONS, World
from tests.unit.routing.given import case

EVERYONE = Address.everyone("sv")


def rows(world: World, name: str):
    with world.hub.database.read() as connection:
        return connection.execute(select(getattr(world.hub.tables, name))).mappings().all()


def test_directory_and_rules_are_published_once_and_again_to_a_window_with_older_ones(world: World) -> None:
    world.hub.publish()
    world.hub.publish()
    (told,) = world.said(to=EVERYONE)
    assert directory_from_wire(told.event.directory).find("pddh")
    assert rules_from_wire(told.event.rules).version == world.hub.country.rules.version

    outbox = world.hub.tables.messaging.outbox
    with world.hub.database.write() as connection:
        connection.execute(outbox.delete().where(outbox.c.destination == EVERYONE.key))
    now = WindowHeartbeat(0, None, "e", directory_version=told.event.version)
    world.tells(now, sequenced=False)
    assert world.said(to=EVERYONE) == []
    world.tells(WindowHeartbeat(0, None, "e", directory_version="older", outbox=3), sequenced=False)
    assert len(world.said(to=EVERYONE)) == 1
    assert rows(world, "windows")[0]["outbox"] == 3


def test_a_heartbeat_keeps_the_highest_number_of_its_window(world: World) -> None:
    world.registers(case("legal_aid"))
    world.tells(WindowHeartbeat(0, None, "e"), sequenced=False)
    world.registers(case("legal_aid"))
    assert world.last_receipt().highest_code == 2


def test_a_heartbeat_settles_what_the_window_has_and_drops_the_sealed_part(world: World) -> None:
    world.registers(case("legal_aid"))
    outbox = world.hub.tables.messaging.outbox
    with world.hub.database.write() as connection:
        mine = (outbox.c.destination == LA_UNION.key) & outbox.c.sequenced.is_(True)
        connection.execute(update(outbox).where(mine).values(epoch="hub", sequence=1, due_at=None))
    world.tells(WindowHeartbeat(1, "hub", "e"), sequenced=False)
    with world.hub.database.read() as connection:
        bodies = connection.execute(select(outbox.c.body).where(mine)).scalars().all()
    assert set(bodies) == {None}


@pytest.mark.parametrize(("teller", "says"), [(LA_UNION, WindowHeartbeat), (NOTIFICATIONS, Position)])
def test_who_has_not_heard_of_this_hubs_life_is_told_of_it_and_who_has_is_not(world: World, teller: Address, says) -> None:
    world.tells(says(0, None, "e", heard_epoch="0"), by=teller, sequenced=False)
    receipt = world.last_receipt(teller)
    assert (receipt.through, receipt.source_epoch, receipt.heard_epoch) == (0, None, "e")

    forget(world, "receipt")
    world.tells(says(0, None, "e", heard_epoch=receipt.epoch), by=teller, sequenced=False)
    assert world.said(to=teller, kind="receipt") == []


def forget(world: World, kind: str) -> None:
    outbox = world.hub.tables.messaging.outbox
    with world.hub.database.write() as connection:
        connection.execute(outbox.delete().where(outbox.c.type == kind))


def test_what_is_only_counted_counts_once(world: World) -> None:
    visit = VisitRecorded(new_id(), date(2026, 11, 20), (GuidanceTopic.DOCUMENTS,))
    training = TrainingRecorded(new_id(), date(2026, 11, 20), TrainingAudience.SCHOOLS, (TrainingTopic.MUNICIPAL_SERVICES,), 9, 8)
    for event in (visit, visit, training):
        world.tells(event)
    assert [row["topics"] for row in rows(world, "visits")] == [["documents"]]
    assert [row["women"] for row in rows(world, "trainings")] == [9]


def test_notifications_tells_what_became_of_its_messages_and_how_far_it_is(world: World) -> None:
    sent = NotificationDelivered(new_id(), None, "email", "officer@pddh", MONDAY, 1)
    failed = NotificationFailed(new_id(), None, "email", "officer@pddh", MONDAY, 5, reason="no such box")
    for event in (sent, failed):
        world.tells(event, by=NOTIFICATIONS)
    world.tells(Position(0, None, "e"), by=NOTIFICATIONS, sequenced=False)
    assert sorted(row["delivered"] for row in rows(world, "deliveries")) == [False, True]
    assert world.last_receipt(NOTIFICATIONS).through == 2


def test_users_are_told_to_their_window_and_to_notifications(world: World) -> None:
    commands.add_users(world.hub, [UserAccess("ana@la-union", "staff", "sv", 1, window="la-union", email="ana@example.org")])
    told = [one for one in world.said(kind="access.changed") if one.subject == "ana@la-union"]
    assert {one.to for one in told} == {LA_UNION, NOTIFICATIONS}
    newest = max(told, key=lambda one: one.version).event.users[0]
    assert (newest.email, len(newest.tokens)) == ("ana@example.org", 1)

    commands.disable_user(world.hub, "officer@pddh")
    assert world.at("officer@pddh").get("/referrals").status_code == 401


def test_whatever_was_told_can_be_told_again_from_the_present_state(world: World) -> None:
    world.registers(case("legal_aid"))
    referral = world.referral_at("pddh")
    world.at("officer@pddh").acts(referral["id"], "receive", "accept", "note")
    rebuild = Rebuilder(world.hub.tables, world.hub.vault, world.clock)

    def again(subject: str, kind: str):
        with world.hub.database.read() as connection:
            return rebuild(connection, kind, subject)

    last = world.updates_to(LA_UNION)[-1]
    assert again(referral["id"], "referral.updated").event.referral.status == last.referral.status
    for one in world.said(kind="referral.updated") + world.said(kind="case.routed") + world.said(kind="access.changed"):
        assert again(one.subject, one.type) is not None
    notice = world.said(to=NOTIFICATIONS, kind="referral.updated")[0]
    assert again(notice.subject, notice.type).event.notice == notice.event.notice
    assert again(new_id(), "referral.updated") is None


def test_standing_is_what_a_receipt_repeats(world: World) -> None:
    world.registers(case("legal_aid"))
    receipt = world.last_receipt()
    assert Standing(receipt.through, receipt.source_epoch, receipt.epoch) == Standing(1, "first", receipt.epoch)


def test_institutions_rules_and_preview(world: World) -> None:
    officer = world.at("officer@pddh")
    assert officer.get("/institutions", page_size=200).json["items"][0]["id"] == "pddh"
    assert officer.get("/routing/rules").json["version"] == world.hub.country.rules.version
    body = {
        "person": {"sex": "female", "nationality": "SV", "estimated_age": 30}, "situation": "returnee",
        "needs": [{"code": "legal_aid"}], "consent": {"status": "granted"},
    }
    found = officer.post("/routing/preview?window=la-hachadura", body).json
    assert [one["institution"] for one in found["referrals"]] == ["pddh"]
    assert officer.post("/routing/preview?window=nowhere", body).status_code == 422
    assert set(officer.post("/routing/preview", {"case_id": "x"}).json["errors"]) >= {"case_id", "person", "needs"}
    assert world.at("auditor@sv").post("/routing/preview", body).status_code == 403
    assert rows(world, "cases") == []


def test_of_two_tellings_of_a_training_the_later_version_stands_whatever_the_order(world: World) -> None:
    told = TrainingRecorded(
        new_id(), date(2026, 11, 20), TrainingAudience.SCHOOLS, (TrainingTopic.MUNICIPAL_SERVICES,), 9, 8, version=4
    )
    world.tells(told)
    world.tells(replace(told, women=1, version=3))
    assert [row["women"] for row in rows(world, "trainings")] == [9]
    world.tells(replace(told, women=10, version=5))
    assert [row["women"] for row in rows(world, "trainings")] == [10]
