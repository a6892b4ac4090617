"""From the hub's event to the letter: through inbox, ledger and a real mail server, on both databases."""

import pytest
from sqlalchemy import delete

from services.notifications.store.tables import messaging
from shared.contracts.notification_delivered import NotificationDelivered
from shared.vocabulary.codes import Urgency
from tests.integration.notifications.world import CONTACT, REFERRAL, USERS, World, user


def test_officers_of_the_institution_get_a_letter_and_the_hub_hears_of_it(world) -> None:
    world.hears(world.change("requested", "institution"))
    world.delivers()
    mails = {str(mail["To"]): mail for mail in world.sink.wait_for(2)}
    assert set(mails) == {"officer@pddh.example", "colleague@pddh.example"}
    assert str(mails["colleague@pddh.example"]["Subject"]).startswith("New referral (urgent)")
    assert f"https://hub.example/referrals/{REFERRAL}" in mails["officer@pddh.example"].get_body(("plain",)).get_content()
    told = world.told_hub("notification.delivered")
    assert {(one.recipient, one.referral_id, one.channel, one.attempts) for one in told} == {
        ("officer@pddh", REFERRAL, "email", 1), ("colleague@pddh", REFERRAL, "email", 1)
    }
    assert all(isinstance(one, NotificationDelivered) for one in told)


def test_staff_of_the_window_are_sent_to_their_own_pages(world) -> None:
    world.hears(world.change("accepted", "window", "person", person=CONTACT))
    world.delivers()
    mails = world.sink.wait_for(2)
    assert {mail["To"] for mail in mails} == {"staff@la-union.example", "supervisor@la-union.example"}
    assert "https://la-union.example/cases/" in mails[0].get_body(("plain",)).get_content()


def test_the_same_event_again_tells_nobody_twice(world) -> None:
    first = world.change("requested", "institution", event_id="0192f000-0000-7000-8000-0000000000aa")
    world.hears(first, first)
    world.delivers()
    world.hears(first)
    world.delivers()
    assert len(world.sink.messages) == 2


def test_an_event_that_the_inbox_forgot_still_tells_nobody_twice(world) -> None:
    first = world.change("requested", "institution", event_id="0192f000-0000-7000-8000-0000000000aa")
    world.hears(first)
    with world.wiring.database.write() as connection:
        connection.execute(delete(messaging.inbox))
        connection.execute(delete(messaging.positions))
    world.hears(first)
    world.delivers()
    assert len(world.rows()) == len(world.sink.wait_for(2)) == 2


def test_a_late_request_is_not_asked_of_who_answered_already(world) -> None:
    late = world.change("requested", "institution", version=1)
    world.hears(world.change("accepted", "window", version=3, by="officer@pddh"))
    world.hears(late)
    assert world.outcomes()["officer@pddh"] == ("suppressed", "superseded")
    world.delivers()
    assert {mail["To"] for mail in world.sink.wait_for(2)} == {"staff@la-union.example", "supervisor@la-union.example"}


def test_steps_that_come_in_the_wrong_order_tell_only_the_last(world) -> None:
    accepted, completed = (world.change(change, "window", version=number) for number, change in ((3, "accepted"), (5, "completed")))
    world.hears(completed)
    world.hears(accepted)
    world.delivers()
    assert len(world.sink.wait_for(2)) == 2
    assert sorted(row["reason"] or "" for row in world.rows()) == ["", "", "superseded", "superseded"]


def test_the_author_is_not_told_of_their_own_act(world) -> None:
    world.hears(world.change("requested", "institution", by="officer@pddh"))
    world.delivers()
    assert world.outcomes() == {"officer@pddh": ("suppressed", "author"), "colleague@pddh": ("sent", None)}


def test_a_cancelled_referral_withdraws_the_letter_that_did_not_leave_yet(world) -> None:
    world.hears(world.change("requested", "institution", version=1))
    world.hears(world.change("cancelled", "institution", version=2))
    world.delivers()
    assert [row["reason"] for row in world.rows() if row["version"] == 1] == ["superseded", "superseded"]
    assert len(world.sink.wait_for(2)) == 2


def test_a_user_who_left_since_is_not_written_to(world) -> None:
    world.hears(world.change("requested", "institution"))
    gone, moved = USERS[0], USERS[1]
    world.hears(
        world.access(user(gone.username, "officer", institution="pddh", version=2, active=False)),
        world.access(user(moved.username, "officer", institution="pddh", version=2, email="new@pddh.example", language="es")),
    )
    world.delivers()
    (mail,) = world.sink.wait_for(1)
    assert (mail["To"], mail["Content-Language"]) == ("new@pddh.example", "es")
    assert world.outcomes()[gone.username] == ("suppressed", "no_address")


def test_an_older_version_of_a_user_changes_nothing(world) -> None:
    world.hears(world.access(user("officer@pddh", "officer", institution="pddh", version=3, email="newest@pddh.example")))
    world.hears(world.access(user("officer@pddh", "officer", institution="pddh", version=2, email="older@pddh.example")))
    world.hears(world.change("requested", "institution"))
    world.delivers()
    assert "newest@pddh.example" in {mail["To"] for mail in world.sink.wait_for(2)}


def test_the_hub_is_told_how_far_we_are(world) -> None:
    world.hears(world.change("requested", "institution"))
    (position,) = world.told_hub("position")
    assert (position.through, position.source_epoch) == (2, world.epoch)


@pytest.mark.parametrize("change", ["requested", "accepted", "commented", "scheduled", "overdue", "stop-requested", "teleported"])
def test_nothing_that_an_event_holds_beyond_ids_gets_into_a_letter(world, change) -> None:
    """Every free field is planted; only the referral's id, the urgency and our own words may come out."""
    world.hears(
        world.change(
            change, "institution", "window", "coordinator", "person",
            reason="planted reason trata", ask_id="planted-ask", institution="pddh", by="planted author María",
            person=CONTACT, urgency=Urgency.EMERGENCY,
        )
    )
    world.delivers()
    mails = world.sink.wait_for(5)
    for mail in mails:
        whole = mail.as_string() + str(mail["Subject"]) + "".join(
            mail.get_body((kind,)).get_content() for kind in ("plain", "html")
        )
        without_addresses = whole.replace(str(mail["To"]), "")
        for secret in ("planted", "Planted", "María", "trata", "70000000", "pddh"):
            assert secret not in without_addresses, secret


def test_what_came_before_its_readers_were_known_is_told_to_them_when_they_are(tmp_path, database_url) -> None:
    world = World(tmp_path, database_url)
    try:
        with world.sink.listening():
            world.hears(world.change("requested", "institution"))
            assert world.outcomes() == {"institution:pddh": ("suppressed", "nobody")}
            world.hears(world.access(*USERS))
            world.delivers()
            assert len(world.sink.wait_for(2)) == 2
            assert world.outcomes() == {
                "institution:pddh": ("suppressed", "heard_later"), "officer@pddh": ("sent", None), "colleague@pddh": ("sent", None)
            }
            world.hears(world.access(user("officer@pddh", "officer", institution="pddh", version=2)))
            world.delivers()
            assert len(world.sink.messages) == 2
    finally:
        world.close()


def test_old_news_are_not_told_to_who_comes_days_later(tmp_path, database_url) -> None:
    world = World(tmp_path, database_url)
    try:
        world.hears(world.change("requested", "institution"))
        world.clock.forward(days=1)
        world.hears(world.access(*USERS))
        assert world.outcomes() == {"institution:pddh": ("suppressed", "nobody")}
    finally:
        world.close()
