"""A window whose keys are locked: it opens nothing for anybody, sends what is sealed, and keeps what comes."""

import io
import shutil
from pathlib import Path
from typing import Any

import pytest
from rich.console import Console
from sqlalchemy import func, select, update

from services.intake import commands
from shared.contracts.access import UserAccess
from shared.contracts.access_changed import AccessChanged
from shared.contracts.receipt import Receipt
from shared.errors import TryAgain
from shared.messaging.epochs import epoch_of
from shared.messaging.held import MOST_ATTEMPTS, HeldMessages, WhenOpen
from shared.messaging.ports import RawMessage
from shared.security.key_store import Locked
from shared.security.keys import STORE_FILE
from shared.security.store_file import read_store
from shared.vocabulary.codes import ReferralStatus
from tests.cast import returned_woman
from tests.drivers.person import password_hash
from tests.integration.intake.world import MONDAY, STAFF, SUPERVISOR, World

WORD, OTHER_WORD = "tres perros azules", "cuatro gatos verdes"
DATA = Path(__file__).parents[2] / "data"


@pytest.fixture
def locked(world: World) -> World:
    """A window with one case that was sent, locked since."""
    world.case = world.registers(returned_woman(), Idempotency_Key="first")
    world.protects(STAFF, WORD)
    return world


def opens(world: World, by: str = STAFF, word: str = WORD) -> None:
    """Somebody signs in; what a timer of the service does next is done."""
    world.window.presence.signed_in(by, word)
    world.window.after_opening()


def locks(world: World) -> None:
    world.window.presence.nobody_left()


def arrives(world: World, *messages: RawMessage) -> None:
    """As the feed hands them over; returning means that they are acknowledged."""
    world.window.messaging.take(messages)


def referral(world: World, version: int = 1, status: ReferralStatus = ReferralStatus.REQUESTED) -> RawMessage:
    from shared.contracts.referral_updated import ReferralUpdated

    state = world.referral(world.case, id="referral-1", version=version, status=status)
    told = ReferralUpdated(
        status.value, state.id, state.case_id, "la-union", state.institution, state.urgency, world.clock.now(), referral=state
    )
    return world.message(told, version=version)


def statuses(world: World) -> list[str]:
    return [one["status"] for one in world.sees(world.case["id"])["referrals"]]


def count(world: World, table: str) -> int:
    found = world.window.tables.metadata.tables[table]
    with world.window.database.read() as connection:
        return connection.execute(select(func.count()).select_from(found)).scalar_one()


@pytest.mark.parametrize(("method", "path", "body"), [
    ("POST", "/cases", returned_woman()), ("GET", "/cases?q=Xiomara", None), ("POST", "/cases/search", {"q": "Xiomara"}),
    ("GET", "/cases/{case}", None), ("POST", "/cases/{case}/close", {"reason": "settled"}),
    ("PUT", "/drafts/x", {"content": {}}), ("GET", "/drafts/x", None),
    ("POST", "/duplicates/check", {"person": {"given_name": "Xiomara", "family_name": "x", "sex": "female", "birth_date": "1990-05-01"}}),
])
def test_whoever_asks_for_a_person_is_told_to_sign_in_and_nothing_changes(locked: World, method, path, body):
    before = [count(locked, name) for name in ("cases", "outbox", "audit", "drafts", "idempotency_keys")]
    answer = locked.call(method, path.format(case=locked.case["id"]), body)
    assert (answer.status_code, answer.get_json()["code"]) == (423, "locked"), answer.text
    assert "contraseña" in answer.get_json()["title"]
    assert [count(locked, name) for name in ("cases", "outbox", "audit", "drafts", "idempotency_keys")] == before


def test_an_answer_that_was_given_before_is_not_given_again_while_locked(locked: World):
    replayed = locked.call("POST", "/cases", returned_woman(), Idempotency_Key="first")
    assert replayed.status_code == 423
    opens(locked)
    assert locked.call("POST", "/cases", returned_woman(), Idempotency_Key="first").headers["Idempotent-Replayed"] == "true"


def test_somebody_who_only_asks_is_counted_while_locked(locked: World):
    answer = locked.call("POST", "/visits", {"topics": ["fundamental_rights"]})
    assert answer.status_code == 201, answer.text
    assert {kind for kind, _ in locked.sends()} == {"case.registered", "visit.recorded"}


def test_locked_it_sends_what_is_sealed_and_its_heartbeats(locked: World):
    locked.window.report()
    told = dict(locked.sends())
    assert told["case.registered"].case_id == locked.case["id"]
    assert told["window.heartbeat"].unreceipted == 0


def test_what_must_be_built_anew_waits_until_somebody_signs_in(locked: World):
    outbox = locked.window.tables.messaging.outbox
    with locked.window.database.write() as connection:
        connection.execute(update(outbox).values(body=None))
    locked.call("POST", "/visits", {"topics": ["fundamental_rights"]})
    assert [kind for kind, _ in locked.sends()] == ["visit.recorded"]
    opens(locked)
    with locked.window.database.write() as connection:
        connection.execute(update(outbox).where(outbox.c.type == "case.registered").values(due_at=MONDAY))
    assert [event.case_id for _, event in locked.sends()] == [locked.case["id"]]


def test_what_comes_is_kept_as_it_came_and_taken_in_order_when_somebody_signs_in(locked: World):
    arrives(locked, referral(locked, 1), referral(locked, 2, ReferralStatus.RECEIVED))
    arrives(locked, referral(locked, 3, ReferralStatus.ACCEPTED))
    assert (count(locked, "held_messages"), count(locked, "referrals"), count(locked, "inbox")) == (3, 0, 0)
    seen: list[int] = []
    watch(locked, seen)
    opens(locked)
    assert statuses(locked) == ["accepted"]
    assert (count(locked, "held_messages"), count(locked, "inbox"), count(locked, "dead_letters")) == (0, 3, 0)
    assert seen == [3]  # in one batch, in the order in which they came


def watch(world: World, seen: list[int]) -> None:
    take = world.window.when_open._take

    def watched(messages):
        seen.append(len(messages))
        return take(messages)

    world.window.when_open._take = watched


def test_what_was_kept_survives_a_start_and_is_taken_before_anything_newer(locked: World):
    arrives(locked, referral(locked, 1))
    locked.window.close()
    locked.start()
    locked.window.presence.signed_in(STAFF, WORD)
    arrives(locked, referral(locked, 2, ReferralStatus.RECEIVED))  # before any timer looked
    assert statuses(locked) == ["received"]
    assert count(locked, "held_messages") == 0


def test_a_death_after_taking_and_before_forgetting_has_one_effect(locked: World, monkeypatch: pytest.MonkeyPatch):
    first = referral(locked, 1)
    arrives(locked, first, first)

    class Died(BaseException):
        """The process is gone here."""

    def dies(*_positions: object) -> None:
        raise Died

    with monkeypatch.context() as patched:
        patched.setattr(HeldMessages, "_remove", dies)
        with pytest.raises(Died):
            locked.window.presence.signed_in(STAFF, WORD)
    locked.window.close()
    locked.start()
    opens(locked)
    assert statuses(locked) == ["requested"]
    assert (count(locked, "inbox"), count(locked, "held_messages"), count(locked, "dead_letters")) == (1, 0, 0)


def test_keys_that_go_in_the_middle_of_a_batch_lose_nothing_and_bury_nothing(locked: World):
    opens(locked)
    ring = locked.window.keys.opening

    def goes() -> object:
        found = ring()
        locks(locked)
        return found

    locked.window.keys.opening = goes  # opened for the first message, gone before its effect is written
    with pytest.raises(Locked):
        arrives(locked, referral(locked, 1))
    del locked.window.keys.opening
    assert (count(locked, "inbox"), count(locked, "dead_letters"), count(locked, "referrals")) == (0, 0, 0)
    locked.sequence -= 1
    arrives(locked, referral(locked, 1))
    opens(locked)
    assert statuses(locked) == ["requested"]


def test_when_there_is_no_more_room_the_rest_stays_at_the_broker_until_somebody_signs_in(locked: World):
    held = HeldMessages(locked.window.database, locked.window.tables.held, locked.clock, most_bytes=1000)
    inbox = locked.window.inbox
    way_in = WhenOpen(held, lambda: locked.window.keys.is_open, inbox.take, inbox.take_dead, size=10)
    way_in.probe()
    way_in([referral(locked, 1)])
    with pytest.raises(TryAgain):
        way_in([referral(locked, 2)])
    with pytest.raises(TryAgain):  # asked before the feed consumes again: a full window costs no delivery
        way_in.probe()
    opens(locked)
    way_in.probe()
    way_in([])
    assert statuses(locked) == ["requested"]


def test_what_kills_the_process_again_and_again_is_buried_in_the_end_and_the_rest_is_taken(locked: World):
    arrives(locked, referral(locked, 1))
    held = locked.window.tables.held
    with locked.window.database.write() as connection:
        connection.execute(update(held).values(attempts=MOST_ATTEMPTS))
    arrives(locked, referral(locked, 2, ReferralStatus.RECEIVED))
    opens(locked)
    assert statuses(locked) == ["received"]
    letters = locked.window.tables.messaging.dead_letters
    with locked.window.database.read() as connection:
        assert connection.execute(select(letters.c.reason)).scalars().all() == ["delivered too often without an answer"]


def test_a_fault_that_passes_is_not_counted_against_what_was_kept(locked: World):
    arrives(locked, referral(locked, 1))
    assert locked.window.keys.open_with(STAFF, WORD)

    def away(_messages: object) -> None:
        message = "the database is away"
        raise TryAgain(message)

    for _ in range(MOST_ATTEMPTS + 1):
        with pytest.raises(TryAgain):
            locked.window.when_open._held.take_all(away, away, size=10)
    locked.window.after_opening()
    assert statuses(locked) == ["requested"]


def test_the_persons_in_memory_go_with_the_keys_and_come_back_with_them(locked: World):
    assert len(locked.window.people) == 0
    opens(locked)
    assert len(locked.window.people) == 1
    assert locked.finds("Xiomara") == [locked.case["code"]]
    locks(locked)
    assert len(locked.window.people) == 0
    assert len(locked.window.vault._cache._held) == 0
    assert locked.call("POST", "/cases/search", {"q": "Xiomara"}).status_code == 423
    opens(locked)
    assert locked.finds("Xiomara") == [locked.case["code"]]


def test_after_a_quarter_of_an_hour_of_nothing_it_is_locked_again(locked: World):
    opens(locked)
    assert locked.sees(locked.case["id"])
    locked.clock.at = locked.clock.at.replace(hour=locked.clock.at.hour + 1)
    locked.window.presence.somebody_left()
    assert locked.call("GET", f"/cases/{locked.case['id']}").status_code == 423


def test_a_receipt_that_came_while_locked_settles_when_it_is_opened(locked: World):
    locked.sends()
    with locked.window.database.read() as connection:
        epoch = epoch_of(connection, locked.window.tables.messaging)
    arrives(locked, locked.message(Receipt(1, epoch, "hub-1", (), 7), sequenced=False))
    opens(locked)
    assert locked.sees(locked.case["id"])["delivery"] == "received"


@pytest.mark.parametrize("changed", [{"active": False}, {"window": "la-hachadura"}, {"password_hash": "another"}, {"active": True}])
def test_a_colleague_who_was_dismissed_or_reset_or_went_elsewhere_opens_it_no_longer(locked: World, changed: dict[str, Any]):
    opens(locked)
    locked.window.presence.signed_in(SUPERVISOR, OTHER_WORD)
    file = locked.settings.key_store / STORE_FILE
    assert set(read_store(file).staff) == {STAFF, SUPERVISOR}
    known = {"username": SUPERVISOR, "role": "supervisor", "node": "sv", "window": "la-union", "password_hash": password_hash()}
    told = UserAccess(**{**known, "version": 9, **changed})
    arrives(locked, locked.message(AccessChanged((told,))))
    stays = changed == {"active": True}
    assert set(read_store(file).staff) == ({STAFF, SUPERVISOR} if stays else {STAFF})


def test_the_state_page_and_readyz_say_that_it_is_locked_and_what_waits(locked: World):
    arrives(locked, referral(locked, 1))
    ready = locked.client.get("/readyz")
    assert (ready.status_code, ready.get_json()["checks"]["keys"]) == (200, "locked; messages kept: 1")
    assert "cerradas hasta que alguien entre; 1 mensajes esperan" in locked.client.get("/estado").text
    opens(locked)
    assert locked.client.get("/readyz").get_json()["checks"]["keys"] == "ok"


def test_a_file_is_imported_by_somebodys_password_and_not_without(locked: World):
    file = Path(shutil.copy(DATA / "with-mistakes.csv", locked.folder / "cases.csv"))
    screen = Console(file=io.StringIO(), width=200)
    locked.window.close()
    assert commands.import_file(file, [locked.settings], screen=screen, clock=locked.clock) == commands.NOT_DONE
    assert "cerrada con llave" in screen.file.getvalue()
    taken = commands.import_file(
        file, [locked.settings], screen=screen, clock=locked.clock, let_in=lambda window: window.presence.signed_in(STAFF, WORD)
    )
    assert taken == commands.SOME_REFUSED
    locked.start()
    opens(locked)
    assert locked.call("GET", "/cases").get_json()["total"] > 1


def test_cases_that_the_hub_asks_for_are_told_when_somebody_is_in(locked: World):
    from shared.contracts.resync_requested import ResyncRequested

    locked.sends()
    opens(locked)
    arrives(locked, locked.message(ResyncRequested(buckets=())))
    locks(locked)
    locked.window.tell_again()  # nothing, and no fault
    assert count(locked, "telling_queue") == 1
    opens(locked)
    locked.window.tell_again()
    assert count(locked, "telling_queue") == 0
