"""Who may come in at the hub: windows added by command, suspended, given new keys; seen by every process at once."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest
from sqlalchemy import select

from services.referrals import commands
from services.referrals.use_cases.add_window import AddWindow
from shared.contracts.addresses import Address
from shared.contracts.visit_recorded import VisitRecorded
from shared.errors import Refused
from shared.ids import new_id
from shared.messaging.dead_letters import dead_letters
from shared.messaging.ports import RawMessage
from shared.messaging.positions import standing_towards
from shared.routing.loading import directory_from_wire
from shared.security.keyring import Keyring
from shared.security.keys import TRUST_FILE, entry_of, generate, read_trust
from shared.vocabulary.places import WindowPlace
from tests.integration.referrals.world import HUB, LA_UNION, MONDAY, World
from tests.unit.routing.given import case

SONSONATE = Address.window("sv", "sonsonate")
PLACE = WindowPlace("sonsonate", "sv", "SV", "SON", "SV-SO", "Sonsonate Oeste", "Acajutla", "Ventanilla de Sonsonate")


@pytest.fixture
def world(tmp_path: Path, database_url: str) -> Iterator[World]:
    made = World(tmp_path, database_url=database_url)
    yield made
    made.close()


def keys_of(folder: Path, address: Address) -> tuple[dict[str, str], ...]:
    """Fresh keys of an address; its public ones as rows."""
    generate(folder, [HUB, address], now=datetime.now(UTC))
    return tuple(entry_of(key) for key in read_trust(folder / TRUST_FILE) if key.address == address)


def ring_of(world: World, folder: Path, address: Address) -> None:
    """From now on the test speaks as this address with the keys of ``folder``, for the true hub."""
    ring = Keyring.load(folder / address.key)
    ring.trust([key for key in read_trust(world.settings.key_store / TRUST_FILE) if key.address == HUB])
    world.rings[address] = ring


def arrives(world: World, *messages: RawMessage) -> None:
    world.hub.messaging.take(messages)


def visit(world: World, by: Address = LA_UNION) -> RawMessage:
    return world.message(VisitRecorded(new_id(), MONDAY.date(), ()), by=by)


def reasons(world: World) -> list[str]:
    with world.hub.database.read() as connection:
        return [letter.reason for letter in dead_letters(connection, world.hub.tables.messaging)]


def through(world: World, source: Address = LA_UNION) -> int:
    with world.hub.database.read() as connection:
        return standing_towards(connection, world.hub.tables.messaging, source=source, epoch="x").through


def visits(world: World) -> int:
    with world.hub.database.read() as connection:
        return len(connection.execute(select(world.hub.tables.visits.c.id)).all())


def from_another_process(world: World):
    """The hub as a command opens it, beside the one that serves."""
    return commands.opened(world.settings, clock=world.clock)


def test_a_suspended_window_is_not_heard_from_the_next_batch_on_and_nothing_is_lost(world: World):
    first, second = visit(world), visit(world)
    arrives(world, first)
    with from_another_process(world) as console:
        commands.suspend_window(console, "la-union")
    receipts = len(world.said(to=LA_UNION, kind="receipt"))
    arrives(world, second)
    assert reasons(world) == ["quarantine: suspended"]
    assert (visits(world), through(world)) == (1, 1)
    assert len(world.said(to=LA_UNION, kind="receipt")) == receipts  # nothing is settled at the thief's

    # resumed, a replay takes it, once, and what the window sends again is known
    with from_another_process(world) as console:
        commands.resume_window(console, "la-union")
    with world.hub.database.read() as connection:
        [letter] = dead_letters(connection, world.hub.tables.messaging)
    assert [world.hub.inbox.replay(letter.id).took_effect for _ in range(2)] == [True, False]
    arrives(world, second, visit(world))
    assert (visits(world), through(world)) == (3, 3)


def test_without_a_replay_the_window_itself_sends_it_again(world: World):
    message = visit(world)
    commands.suspend_window(world.hub, "la-union")
    arrives(world, message)
    commands.resume_window(world.hub, "la-union")
    arrives(world, message)
    assert (visits(world), through(world)) == (1, 1)


def test_other_windows_and_the_staff_of_the_suspended_one_at_the_hub_are_as_before(world: World):
    commands.suspend_window(world.hub, "la-union")
    arrives(world, visit(world, by=Address.window("sv", "la-hachadura")))
    assert reasons(world) == []
    assert world.at("officer@pddh").get("/referrals").status_code == 200
    assert all(user.active for user in commands.list_users(world.hub))


def test_what_the_broker_gave_up_is_not_believed_of_a_suspended_window_either(world: World):
    commands.suspend_window(world.hub, "la-union")
    world.hub.take_dead([visit(world)])
    assert reasons(world) == ["quarantine: suspended"]
    assert through(world) == 0


def test_suspending_and_resuming_twice_is_once_and_is_audited(world: World):
    at = commands.suspend_window(world.hub, "la-union").suspended_at
    assert commands.suspend_window(world.hub, "la-union").suspended_at == at
    for _ in range(2):
        commands.resume_window(world.hub, "la-union")
    told = world.at("auditor@sv").get("/audit", kind="window").json["items"]
    assert [(line["act"], line["object_id"]) for line in told] == [("window.resume", "la-union"), ("window.suspend", "la-union")]


@pytest.mark.parametrize("act", [commands.suspend_window, commands.resume_window])
def test_a_window_that_does_not_exist_is_not_found(world: World, act):
    with pytest.raises(Refused, match="not_found"):
        act(world.hub, "nowhere")


def test_an_added_window_is_in_the_directory_of_the_running_hub_and_its_cases_are_taken(world: World, tmp_path: Path):
    world.hub.publish()
    before = world.hub.country.published
    with from_another_process(world) as console:
        commands.add_window(console, AddWindow("sonsonate", PLACE, keys_of(tmp_path / "new", SONSONATE)))
    ring_of(world, tmp_path / "new", SONSONATE)
    arrives(world, visit(world, by=SONSONATE))
    assert reasons(world) == []
    assert visits(world) == 1
    published = world.said(kind="directory.published")[-1].event
    assert published.version != before
    assert directory_from_wire(published.directory).window("sonsonate") == PLACE
    assert world.hub.country.published == published.version
    assert world.at("coordinator@sv").post("/routing/preview?window=sonsonate", preview_body()).status_code == 200


def preview_body() -> dict[str, object]:
    person = {"sex": "female", "birth_date": "1990-05-01", "nationality": "SV"}
    return {"person": person, "situation": "returnee", "needs": [{"code": "legal_aid"}], "consent": {"status": "granted"}}


def test_an_added_window_survives_a_start_and_is_what_was_published(world: World, tmp_path: Path):
    commands.add_window(world.hub, AddWindow("sonsonate", PLACE, keys_of(tmp_path / "new", SONSONATE)))
    published = world.hub.country.published
    world.hub.close()
    world.hub = world.start()
    assert world.hub.country.window("sonsonate") == PLACE
    assert world.hub.country.published == published
    assert [place.id for place in world.hub.country.windows] == ["la-union", "la-hachadura", "sonsonate"]


def test_adding_again_changes_nothing_and_publishes_nothing(world: World, tmp_path: Path):
    request = AddWindow("sonsonate", PLACE, keys_of(tmp_path / "new", SONSONATE))
    first = commands.add_window(world.hub, request)
    told = len(world.said(kind="directory.published"))
    assert commands.add_window(world.hub, request) == first
    assert commands.add_window(world.hub, replace(request, place=None, keys=())) == first
    assert len(world.said(kind="directory.published")) == told
    assert len(world.at("auditor@sv").get("/audit", kind="window").json["items"]) == 1


@pytest.mark.parametrize(("change", "field"), [
    ({"letters": "LUN"}, "letters"), ({"id": "otra", "letters": "SON"}, "letters"),
])
def test_letters_are_one_windows_alone_and_never_change(world: World, tmp_path: Path, change, field):
    keys = keys_of(tmp_path / "new", SONSONATE)
    commands.add_window(world.hub, AddWindow("sonsonate", PLACE, keys))
    place = replace(PLACE, **change)
    with pytest.raises(Refused) as refused:
        commands.add_window(world.hub, AddWindow(place.id, place, keys_of(tmp_path / "more", Address.window("sv", place.id))))
    assert list(refused.value.fields) == [field]
    with pytest.raises(Refused) as refused:
        commands.add_window(world.hub, AddWindow("sonsonate", replace(PLACE, letters="SOX"), keys))
    assert list(refused.value.fields) == ["letters"]


def test_a_new_window_needs_its_place_and_its_keys_and_a_known_one_is_as_the_files_say(world: World):
    for request, field in (
        (AddWindow("sonsonate", None, ()), "window"), (AddWindow("sonsonate", PLACE, ()), "keys"),
        (AddWindow("la-union", replace(PLACE, id="la-union", letters="LUN"), ()), "window"),
    ):
        with pytest.raises(Refused) as refused:
            commands.add_window(world.hub, request)
        assert list(refused.value.fields) == [field]
    assert commands.add_window(world.hub, AddWindow("la-union", None, ())).place is None


def test_an_open_window_keeps_its_keys_and_a_suspended_one_may_get_new_ones(world: World, tmp_path: Path):
    new = AddWindow("la-union", None, keys_of(tmp_path / "new", LA_UNION))
    with pytest.raises(Refused) as refused:
        commands.add_window(world.hub, new)
    assert list(refused.value.fields) == ["keys"]

    # Given something that waits for the window, sealed for the keys that the thief has
    world.registers(case("legal_aid"))
    waiting = [told for told in world.said(to=LA_UNION) if told.type != "receipt"]
    stolen = visit(world)
    assert waiting

    # When it is suspended and gets new keys
    commands.suspend_window(world.hub, "la-union")
    commands.add_window(world.hub, new)
    commands.resume_window(world.hub, "la-union")

    # Then the old signature is nobody's, the new one is believed, and nothing waits that the old keys open
    arrives(world, stolen)
    assert reasons(world) == ["quarantine: the signature is not of a known key"]
    ring_of(world, tmp_path / "new", LA_UNION)
    world.sequences[LA_UNION] -= 1
    arrives(world, visit(world))
    assert visits(world) == 1
    outbox = world.hub.tables.messaging.outbox
    with world.hub.database.read() as connection:
        kept = connection.execute(select(outbox.c.body, outbox.c.type).where(outbox.c.destination == LA_UNION.key)).all()
    assert len([row for row in kept if row.type != "receipt"]) == len(waiting)
    assert {row.body for row in kept if row.type != "receipt"} == {None}
    assert world.last_receipt().through == 2  # opened by the new keys


def test_the_state_page_and_readyz_name_who_is_shut_out_and_the_hub_stays_ready(world: World):
    client = world.hub.site.test_client()
    assert client.get("/readyz").json["checks"]["windows"] == "ok"
    commands.suspend_window(world.hub, "la-union")
    ready = client.get("/readyz")
    assert (ready.status_code, ready.json["status"]) == (200, "degraded")
    assert ready.json["checks"]["windows"].startswith("suspended: la-union (2026-11-23")
    assert "suspended: la-union" in client.get("/estado").text
