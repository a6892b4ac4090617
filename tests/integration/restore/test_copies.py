"""What the commands promise: nothing overwritten, nothing put back that does not belong, nobody's key brought back."""

import json
from pathlib import Path

import pytest

from shared.errors import Refused
from shared.security.vault import Vault
from tests.cast import PLANTED, returned_woman
from tests.drivers.console import console, done
from tests.integration.restore.town import Town


@pytest.fixture
def copied(town: Town) -> tuple[Town, Path, Path]:
    """A town in which every service was copied; of the hub the folders."""
    town.registers(returned_woman())
    town.talks()
    for place in (town.window, town.notifications):
        town.backs_up(place, place.address.name)
    return town, *town.backs_up(town.hub, "hub")


def refused(town: Town, *words: str) -> str:
    said = console(*words, *town.hub.config)
    assert said.status == 2, said.text
    return said.text


def test_a_backup_holds_no_key_and_no_name_and_overwrites_nothing(copied):
    town, data, keys = copied
    assert {file.stem for file in data.iterdir()} == {"database", "forgotten", "manifest"}
    assert {file.name for file in keys.iterdir()} >= {"keys.json", "master.key", "trust.json", "manifest.json"}
    for file in (*data.iterdir(), *(town.folder / "la-union" / "data").iterdir()):
        assert file.stat().st_mode & 0o077 == 0
        for word in PLANTED.values():
            assert word.encode() not in file.read_bytes()
    assert "overwrites nothing" in refused(town, "backup", "--into", str(data))
    assert "must not lie in one folder" in refused(
        town, "backup", "--into", str(town.folder / "both"), "--keys-into", str(town.folder / "both" / "keys")
    )
    assert not (town.folder / "both").exists()
    told = done("backup", *town.hub.config, "--into", str(town.folder / "again"))
    assert "were not copied" in told


def test_a_service_that_runs_is_not_restored(copied):
    town, data, _ = copied
    assert "stop" in refused(town, "restore", "--from", str(data))
    town.hub.stops()
    done("restore", *town.hub.config, "--from", str(data))


def test_what_does_not_belong_is_refused_and_changes_nothing(copied):
    town, data, keys = copied
    town.hub.stops()
    assert "is of /sv/windows/la-union" in refused(town, "restore", "--from", str(town.folder / "la-union" / "data"))
    assert "is a backup of keys" in refused(town, "restore", "--from", str(keys))
    assert "holds no backup" in refused(town, "restore", "--from", str(town.folder))
    manifest = data / "manifest.json"
    told = json.loads(manifest.read_text())
    manifest.write_text(json.dumps({**told, "schema": "9999"}))
    assert "newer schema" in refused(town, "restore", "--from", str(data))
    manifest.write_text(json.dumps({**told, "made_at": "2999-01-01T00:00:00+00:00"}))
    assert "clock of this machine" in refused(town, "restore", "--from", str(data))
    manifest.write_text(json.dumps(told))
    database = next(file for file in data.iterdir() if file.stem == "database")
    database.write_bytes(database.read_bytes()[:-1] + b"x")
    assert "is not what was copied" in refused(town, "restore", "--from", str(data))
    town.hub.starts()
    assert len(town.hub.table("cases")) == 1


def test_a_copy_that_cannot_be_put_back_leaves_everything_as_it_was(copied):
    town, data, _ = copied
    town.hub.stops()
    database = next(file for file in data.iterdir() if file.stem == "database")
    database.write_bytes(b"this is no database")
    told = json.loads((data / "manifest.json").read_text())
    import hashlib

    told["files"][database.name] = hashlib.sha256(database.read_bytes()).hexdigest()
    (data / "manifest.json").write_text(json.dumps(told))
    assert console("restore", *town.hub.config, "--from", str(data)).status == 2
    town.hub.starts()
    assert len(town.hub.table("cases")) == 1
    assert not list(town.folder.glob(".hub*"))


def test_a_person_forgotten_after_the_copies_has_no_key_again(copied):
    town, data, keys = copied
    (row,) = town.hub.table("cases")
    town.hub.running.vault.forget(row["person_id"], now=town.clock.now())
    town.restores(town.hub, data, keys)
    assert town.hub.running.vault.forgotten([row["person_id"]]) == {row["person_id"]}
    with pytest.raises(Refused):
        town.hub.running.vault.open(row["person_id"], row["id"], row["sealed"])
    town.talks()
    town.talks()
    letters = town.hub.running.tables.messaging.dead_letters
    with town.hub.running.database.read() as connection:
        assert connection.execute(letters.select()).all() == []


def test_a_later_copy_of_the_data_tells_an_older_copy_of_the_keys_who_was_forgotten(small_town: Town):
    town = small_town
    town.registers(returned_woman())
    town.talks()
    _, keys = town.backs_up(town.hub, "monday")
    (row,) = town.hub.table("cases")
    town.hub.running.vault.forget(row["person_id"], now=town.clock.now())
    data, _ = town.backs_up(town.hub, "tuesday")
    town.hub.stops()
    for file in (town.keys / "sv.hub").iterdir():  # the machine is gone
        file.unlink()
    town.restores(town.hub, data, keys)
    assert town.hub.running.vault.forgotten([row["person_id"]]) == {row["person_id"]}


def test_a_new_machine_is_given_the_keys_of_the_copy_and_never_those_of_another(small_town: Town):
    town = small_town
    case = town.registers(returned_woman())
    town.talks()
    data, keys = town.backs_up(town.window, "now")
    town.window.stops()
    own = town.keys / "sv.la-union"
    for file in (*own.iterdir(), *town.folder.glob("la-union.sqlite*")):
        file.unlink()
    town.restores(town.window, data, keys)
    assert town.sees(case["id"])["person"]["family_name"] == PLANTED["family_name"]

    town.window.stops()
    (own / "master.key").write_text("ab" * 32)
    said = console("restore", *town.window.config, "--from", str(data), "--keys-from", str(keys))
    assert "another master key" in said.text


def test_data_whose_persons_have_no_key_here_are_not_put_back(small_town: Town):
    town = small_town
    _, keys = town.backs_up(town.window, "before")
    town.registers(returned_woman())
    data, _ = town.backs_up(town.window, "after")
    town.window.stops()
    for file in (town.keys / "sv.la-union").glob("persons.sqlite*"):
        file.unlink()
    said = console("restore", *town.window.config, "--from", str(data), "--keys-from", str(keys))
    assert "1 persons of this copy have no key here" in said.text
    assert said.status == 2
    vault = Vault(town.keys / "sv.la-union")
    assert vault.tombstones() == {}
    vault.close()


def test_notifications_go_on_from_a_copy_and_are_told_again_what_is_missing(copied):
    town, *_ = copied
    town.acts(town.referral(town.hub.table("cases")[0]["id"])["id"], "receive", "accept")
    town.talks()
    before = ledger(town)
    town.restores(town.notifications, town.folder / "notifications" / "data")
    town.talks()
    town.talks()
    assert ledger(town) == before


def ledger(town: Town) -> set[tuple[str, str]]:
    from services.notifications.store.tables import ledger as table

    with town.notifications.running.database.read() as connection:
        return {(row.event_id, row.recipient) for row in connection.execute(table.select())}


@pytest.mark.parametrize("name", ["hub", "la-union", "notifications"])
def test_a_database_that_is_broken_is_replaced_and_kept_aside(small_town: Town, name: str):
    town = small_town
    place = next(place for place in town.places if place.address.name == name)
    town.registers(returned_woman())
    town.talks()
    data, keys = town.backs_up(place, "now")
    place.stops()
    broken = town.folder / f"{name}.sqlite"
    for file in (broken, town.keys / f"sv.{name}" / "persons.sqlite"):
        file.write_bytes(b"the disk wrote something else" * 1000)
        Path(f"{file}-wal").unlink(missing_ok=True)
    said = town.restores(place, data, keys)
    assert f"kept as {broken}.replaced-" in said
    assert len(list(town.folder.glob(f"{name}.sqlite.replaced-*"))) == 1
    town.talks()
    town.talks()
    assert len(town.hub.table("cases")) == len(town.window.table("cases")) == 1
    town.agree()
