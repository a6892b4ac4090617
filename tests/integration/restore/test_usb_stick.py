"""A window without a network for weeks: its messages travel on a stick, and the answers travel back."""

import zipfile
from pathlib import Path

import pytest

from shared.contracts.addresses import Address
from shared.security.keyring import Keyring
from shared.security.keys import generate
from tests.cast import DESKS_OF_THE_RETURNED_WOMAN, PLANTED, returned_woman
from tests.drivers.console import console, done
from tests.integration.restore.town import Place, Town


@pytest.fixture
def carried(town: Town) -> tuple[Town, dict, Path]:
    """A case that was registered with no network, and the bundle that holds it."""
    case = town.registers(returned_woman())
    file = town.folder / "la-union.bundle"
    told = done("outbox", "export", *town.window.config, "--into", str(file))
    assert "2 messages from /sv/windows/la-union to /sv/hub" in told  # the case, and how the window stands
    return town, case, file


def takes(place: Place, file: Path) -> str:
    return done("outbox", "import", *place.config, str(file))


def test_a_case_goes_to_the_hub_on_a_stick_and_its_referrals_and_receipt_come_back_on_it(carried):
    town, case, file = carried
    assert "2 applied, 0 known already, 0 not understood" in takes(town.hub, file)
    assert len(town.hub.table("referrals")) == len(DESKS_OF_THE_RETURNED_WOMAN)
    back = town.folder / "la-union.receipt.bundle"
    takes(town.window, back)
    seen = town.sees(case["id"])
    assert seen["delivery"] == "received"
    assert {one["institution"]: one["needs"] for one in seen["referrals"]} == DESKS_OF_THE_RETURNED_WOMAN
    takes(town.hub, town.folder / "la-union.receipt.receipt.bundle")
    told = done("outbox", "export", *town.hub.config, "--to", "la-union", "--into", str(town.folder / "rest.bundle"))
    assert "2 messages from /sv/hub" in told  # a receipt and the directory: nothing waits for it any more
    town.agree()


def test_a_bundle_taken_twice_and_sent_over_the_network_too_has_one_effect(carried):
    town, case, file = carried
    takes(town.hub, file)
    assert "1 known already" in takes(town.hub, file)
    assert (town.folder / "la-union.receipt-2.bundle").exists()
    town.talks()
    town.talks()
    assert len(town.hub.table("referrals")) == len(DESKS_OF_THE_RETURNED_WOMAN)
    assert town.sees(case["id"])["delivery"] == "received"
    town.agree()


def test_what_was_settled_is_no_longer_in_a_bundle_and_an_empty_one_says_how_we_stand(carried):
    town, _, file = carried
    takes(town.hub, file)
    takes(town.window, town.folder / "la-union.receipt.bundle")
    told = done("outbox", "export", *town.window.config, "--into", str(town.folder / "next.bundle"))
    assert "1 messages" in told


def test_nothing_of_a_person_can_be_read_in_a_bundle(carried):
    _, _, file = carried
    with zipfile.ZipFile(file) as bundle:
        for name in bundle.namelist():
            for word in PLANTED.values():
                assert word.encode() not in bundle.read(name)


@pytest.mark.parametrize("change", ["message", "manifest", "signature", "cut", "foreign"])
def test_a_bundle_that_is_not_what_its_source_wrote_is_refused_whole(carried, change: str):
    town, _, file = carried
    with zipfile.ZipFile(file) as bundle:
        members = {name: bundle.read(name) for name in bundle.namelist()}
    if change == "message":
        members["messages.jsonl"] = members["messages.jsonl"].replace(b"sv.la-union", b"sv.la-uniom", 1)
    if change == "manifest":
        members["manifest.json"] = members["manifest.json"].replace(b'"count":2', b'"count":1')
    if change == "signature":
        generate(town.folder / "others", [Address.hub("sv"), Address.window("sv", "la-union")], now=town.clock.now())
        members["manifest.sig"] = Keyring.load(town.folder / "others" / "sv.la-union").sign(members["manifest.json"]).encode()
    wrong = town.folder / "wrong.bundle"
    with zipfile.ZipFile(wrong, "w") as bundle:
        for name, content in members.items():
            bundle.writestr(name, content)
    if change == "cut":
        wrong.write_bytes(wrong.read_bytes()[:200])
    reader = town.notifications if change == "foreign" else town.hub
    said = console("outbox", "import", *reader.config, str(wrong))
    assert said.status == 2, said.text
    assert town.hub.table("cases") == []
    assert not (town.folder / "wrong.receipt.bundle").exists()


def test_operators_are_told_what_is_missing(carried):
    town, _, file = carried
    assert "overwrites nothing" in console("outbox", "export", *town.window.config, "--into", str(file)).text
    assert "--to" in console("outbox", "export", *town.hub.config, "--into", str(town.folder / "x")).text
    assert "its hub alone" in console("outbox", "export", *town.window.config, "--to", "la-hachadura", "--into", "x").text
    assert "know no" in console("outbox", "export", *town.hub.config, "--to", "la-hachadura", "--into", "x").text


def test_a_bundle_of_a_window_that_exists_twice_is_quarantined_and_its_receipt_says_so(small_town: Town):
    # Given a window whose disk was copied, and both that go on
    town, database = small_town, small_town.folder / "la-union.sqlite"
    town.window.stops()
    copy = database.read_bytes()
    town.window.starts()
    town.registers(returned_woman())
    done("outbox", "export", *town.window.config, "--into", str(town.folder / "first.bundle"))
    town.window.stops()
    database.write_bytes(copy)
    town.window.starts()
    twin = town.registers(returned_woman())
    done("outbox", "export", *town.window.config, "--into", str(town.folder / "second.bundle"))

    # When both bundles are taken
    takes(town.hub, town.folder / "first.bundle")
    said = console("outbox", "import", *town.hub.config, str(town.folder / "second.bundle"))

    # Then the second is kept, nobody's case is overwritten, and its window reads what happened
    assert (said.status, "1 not understood" in said.text) == (1, True)
    assert twin["id"] not in {row["id"] for row in town.hub.table("cases")}
    takes(town.window, town.folder / "second.receipt.bundle")
    assert town.at_window().get("/sync").get_json()["forked_since"] is not None
    assert "Esta ventanilla existe dos veces" in town.at_window().client.get("/estado").text
    assert "/sv/windows/la-union existe dos veces" in town.hub.running.site.test_client().get("/readyz").text
    assert 'ventanilla_exists_twice{source="/sv/windows/la-union"} 1.0' in town.hub.running.site.test_client().get("/metrics").text

    # And an operator who has seen to it lifts the alarm for both
    done("dead-letters", "discard", "all", *town.hub.config)
    town.talks()
    assert town.at_window().get("/sync").get_json()["forked_since"] is None
    assert "existe dos veces" not in town.hub.running.site.test_client().get("/readyz").text
