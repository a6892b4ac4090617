"""Claim, send, record: what becomes of letters when the mail server or we ourselves fail."""

import threading

import pytest

from services.notifications.channels.delivery import Delivery
from services.notifications.domain.delivery import Fault
from services.notifications.domain.links import Links
from services.notifications.store.rebuild import rebuild
from services.notifications.use_cases.ports import NotNow, Parcel, Undeliverable
from shared.vocabulary.codes import Urgency
from tests.integration.notifications.world import HUB


class Killed(BaseException):
    """What a kill -9 looks like from within: nothing of ours runs after it."""


class Sender:
    """A channel of the test's own: ``send`` does what the test says."""

    def __init__(self, act) -> None:
        self.sent: list[Parcel] = []
        self._act = act
        self._lock = threading.Lock()

    def send(self, parcel: Parcel) -> None:
        self._act(parcel)
        with self._lock:
            self.sent.append(parcel)

    def close(self) -> None:
        """There is nothing to close."""


def delivery(world, act) -> tuple[Delivery, Sender]:
    sender = Sender(act)
    return Delivery(world.wiring.works, sender, Links("https://hub.example"), HUB, world.clock), sender


def test_a_server_that_is_away_is_tried_again_after_a_minute(world) -> None:
    world.hears(world.change("requested", "institution"))
    world.sink.sender_answer = "421 not now"
    world.delivers()
    assert set(world.outcomes().values()) == {("pending", "server_refused")}
    world.sink.sender_answer = "250 OK"
    world.delivers()
    assert world.sink.messages == []
    world.clock.forward(minutes=1)
    world.delivers()
    assert len(world.sink.wait_for(2)) == 2
    assert {row["attempts"] for row in world.rows()} == {2}


def test_when_the_server_takes_nothing_the_rest_is_not_even_tried(world) -> None:
    world.hears(*(world.change("overdue", "coordinator", referral_id=f"0192f000-0000-7000-8000-{n:012d}") for n in range(5)))
    world.sink.sender_answer = "550 go away"
    world.delivers()
    assert world.sink.asked == 1
    assert {row["attempts"] for row in world.rows()} == {1}


def test_after_ten_attempts_it_is_given_up_and_the_hub_hears_why(world) -> None:
    world.hears(world.change("requested", "institution", by="colleague@pddh"))
    world.sink.sender_answer = "421 not now"
    for _ in range(12):
        world.delivers()
        world.clock.forward(hours=1)
    assert world.outcomes()["officer@pddh"] == ("failed", "server_refused")
    (failed,) = world.told_hub("notification.failed")
    assert (failed.recipient, failed.attempts, failed.reason) == ("officer@pddh", 10, "server_refused")


def test_an_address_that_the_server_refuses_hurts_no_other_letter(world) -> None:
    world.hears(world.change("requested", "institution"))

    def refuse_one(parcel: Parcel) -> None:
        if parcel.address == "officer@pddh.example":
            raise Undeliverable(Fault.ADDRESS_REFUSED)

    loop, sender = delivery(world, refuse_one)
    loop.deliver_due()
    assert len(sender.sent) == 1
    assert world.outcomes() == {"officer@pddh": ("failed", "address_refused"), "colleague@pddh": ("sent", None)}


def test_a_crash_after_sending_is_counted_and_the_letter_sent_again_under_the_same_id(world) -> None:
    world.delivers()  # this replica began before the other died
    world.hears(world.change("requested", "institution", by="colleague@pddh"))
    left: list[str] = []

    def send_and_die(parcel: Parcel) -> None:
        left.append(parcel.id)
        raise Killed

    crashing, _ = delivery(world, send_and_die)
    with pytest.raises(Killed):
        crashing.deliver_due()
    assert world.row("officer@pddh")["status"] == "pending"
    world.delivers()
    assert world.sink.messages == []
    world.clock.forward(minutes=6)
    world.delivers()
    assert (world.row("officer@pddh")["unsure"], world.row("officer@pddh")["fault"]) == (1, "interrupted")
    world.clock.forward(minutes=1)
    world.delivers()
    (mail,) = world.sink.wait_for(1)
    assert mail["Message-ID"] == f"<{left[0]}@ventanilla.example>"
    row = world.row("officer@pddh")
    assert (row["status"], row["unsure"], row["attempts"]) == ("sent", 1, 2)


def test_a_second_start_on_sqlite_takes_up_at_once_what_the_first_left_claimed(world) -> None:
    world.hears(world.change("requested", "institution", by="colleague@pddh"))

    def die(parcel: Parcel) -> None:
        raise Killed

    crashing, _ = delivery(world, die)
    with pytest.raises(Killed):
        crashing.deliver_due()
    alone = world.wiring.database.dialect == "sqlite"
    again = world.another()
    again.deliveries.turn()
    assert world.row("officer@pddh")["unsure"] == (1 if alone else 0)
    world.clock.forward(minutes=1)
    again.deliveries.turn()
    assert world.row("officer@pddh")["status"] == ("sent" if alone else "pending")
    again.close()


def test_a_letter_that_kills_us_every_time_is_given_up(world) -> None:
    world.hears(world.change("requested", "institution", by="colleague@pddh"))

    def die(parcel: Parcel) -> None:
        raise Killed

    crashing, _ = delivery(world, die)
    for _ in range(25):
        try:
            crashing.deliver_due()
        except Killed:
            pass
        world.clock.forward(hours=2)
    assert world.outcomes()["officer@pddh"] == ("failed", "interrupted")
    assert world.row("officer@pddh")["unsure"] == 10


def test_several_replicas_send_each_letter_once(world) -> None:
    world.hears(*(world.change("overdue", "coordinator", referral_id=f"0192f000-0000-7000-8000-{n:012d}") for n in range(60)))
    begun = threading.Barrier(3)
    loops = [delivery(world, lambda parcel: None) for _ in range(3)]

    def deliver(loop: Delivery) -> None:
        begun.wait(10)
        while loop.deliver_due():
            pass

    threads = [threading.Thread(target=deliver, args=(loop,)) for loop, _ in loops]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    sent = [parcel.id for _, sender in loops for parcel in sender.sent]
    assert len(sent) == len(set(sent)) == 60
    assert {row["status"] for row in world.rows()} == {"sent"}


def test_a_stop_gives_back_what_was_not_begun(world) -> None:
    world.hears(world.change("requested", "institution"))
    stopping = threading.Event()
    loop, sender = delivery(world, lambda parcel: stopping.set())
    loop.deliver_due(stopping.is_set)
    assert len(sender.sent) == 1
    world.delivers()
    assert len(world.sink.wait_for(1)) == 1


def test_a_slow_server_does_not_make_us_send_what_is_no_longer_ours(world) -> None:
    world.hears(world.change("requested", "institution"))
    loop, sender = delivery(world, lambda parcel: world.clock.forward(minutes=4, seconds=30))
    loop.deliver_due()
    assert len(sender.sent) == 1
    assert sorted(row["status"] for row in world.rows()) == ["pending", "sent"]
    assert all(row["leased_until"] is None for row in world.rows())


def test_a_failure_reported_after_the_lease_is_left_to_who_holds_the_row(world) -> None:
    world.hears(world.change("requested", "institution", by="colleague@pddh"))

    def overtaken(parcel: Parcel) -> None:
        world.clock.forward(minutes=6)
        world.delivers()
        world.clock.forward(minutes=1)
        world.delivers()
        raise NotNow(Fault.SERVER_AWAY, whole=True)

    loop, _ = delivery(world, overtaken)
    loop.deliver_due()
    assert world.outcomes()["officer@pddh"][0] == "sent"


def test_emergencies_go_first(world) -> None:
    urgencies = [Urgency.ROUTINE, Urgency.EMERGENCY]
    world.hears(
        *(
            world.change("overdue", "coordinator", urgency=urgency, referral_id=f"0192f000-0000-7000-8000-{n:012d}")
            for n, urgency in enumerate(urgencies)
        )
    )
    loop, sender = delivery(world, lambda parcel: None)
    loop.deliver_due()
    assert [parcel.urgency for parcel in sender.sent] == [Urgency.EMERGENCY, Urgency.ROUTINE]


def test_an_ending_can_be_told_again_when_the_hub_forgot_it(world) -> None:
    world.hears(world.change("requested", "institution", by="colleague@pddh"))
    world.delivers()
    (told,) = world.told_hub("notification.delivered")
    with world.wiring.database.read() as connection:
        again = rebuild(connection, "notification.delivered", told.notification_id)
        assert again is not None
        assert (again.event, again.version) == (told, 1)
        assert rebuild(connection, "notification.delivered", "unknown") is None
