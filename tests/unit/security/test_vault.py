"""Personal data at rest: who is forgotten stays closed, and the disk tells nobody anything."""

import shutil
import sqlite3
from functools import cache
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from hypothesis import given, settings
from hypothesis import strategies as st

from shared.errors import Broken, ConfigError, Refused, TryAgain
from shared.ids import new_id
from shared.security import vault as vault_module
from shared.security.key_cache import HELD_FOR, KeyCache
from shared.security.keys import generate
from shared.security.vault import Erased, Vault
from tests.unit.security.given import HUB, NAME, NOW, WINDOW, key_folder

DATA = {"given_name": NAME, "document": "01234567-8"}


class Seconds:
    def __init__(self) -> None:
        self.now = 0.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    generate(tmp_path, [WINDOW, HUB], now=NOW)
    return tmp_path / WINDOW.key


def wrapped_key(folder: Path, person: str) -> bytes:
    connection = sqlite3.connect(folder / "persons.sqlite")
    row = connection.execute("SELECT wrapped FROM person_keys WHERE person_id = ?", [person]).fetchone()
    connection.close()
    return bytes(row[0])


def on_disk(folder: Path) -> bytes:
    return b"".join(file.read_bytes() for file in sorted(folder.iterdir()) if file.name.startswith("persons.sqlite"))


def test_what_was_sealed_opens_again_also_after_a_restart(folder: Path) -> None:
    person = new_id()
    sealed = Vault(folder).seal(person, "case:1", DATA)
    assert Vault(folder).open(person, "case:1", sealed) == DATA


def test_sealed_bytes_hold_nothing_of_what_was_sealed_and_never_repeat(folder: Path) -> None:
    vault = Vault(folder)
    first, second = (vault.seal("p", "r", DATA) for _ in range(2))
    assert NAME.encode() not in first
    assert first != second


def test_sealed_bytes_open_as_the_record_and_person_they_were_sealed_for(folder: Path) -> None:
    vault = Vault(folder)
    sealed = vault.seal("p", "case:1", DATA)
    vault.ensure(["q"])
    for person, record in (("q", "case:1"), ("p", "case:2"), ("p", "case:1 "), ("p", "")):
        with pytest.raises(Broken):
            vault.open(person, record, sealed)


@given(st.integers(min_value=0), st.integers(1, 255))
@settings(max_examples=60)
def test_any_changed_byte_is_noticed(place: int, mask: int) -> None:
    vault = shared_vault()
    sealed = bytearray(vault.seal("p", "r", DATA))
    sealed[place % len(sealed)] ^= mask
    with pytest.raises(Broken):
        vault.open("p", "r", bytes(sealed))


@cache
def shared_vault() -> Vault:
    return Vault(key_folder() / HUB.key)


@pytest.mark.parametrize("sealed", [b"", b"\x01", b"\x01" * 12, b"\x02" * 60, b"\x01" * 60])
def test_bytes_that_were_never_sealed_are_refused(folder: Path, sealed: bytes) -> None:
    vault = Vault(folder)
    vault.ensure(["p"])
    with pytest.raises(Broken):
        vault.open("p", "r", sealed)


def test_a_forgotten_person_opens_to_erased(folder: Path) -> None:
    vault = Vault(folder)
    sealed, other = vault.seal("p", "r", DATA), vault.seal("q", "r", DATA)
    vault.forget("p", now=NOW)
    for reader in (vault, Vault(folder)):
        with pytest.raises(Erased):
            reader.open("p", "r", sealed)
        assert reader.open("q", "r", other) == DATA
    assert vault.forgotten(["p", "q", "r"]) == {"p"}


def test_erased_is_a_refusal_that_people_understand() -> None:
    assert isinstance(Erased(), Refused)
    assert (Erased().code, Erased().status) == ("erased", 410)


def test_a_replay_gives_a_forgotten_person_no_new_key(folder: Path) -> None:
    vault = Vault(folder)
    vault.ensure(["p"])
    vault.forget("p", now=NOW)
    vault.forget("p", now=NOW)
    vault.ensure(["p", "q"])
    with pytest.raises(Erased):
        vault.seal("p", "r", DATA)
    vault.seal("q", "r", DATA)


def test_somebody_may_be_forgotten_before_anything_was_known(folder: Path) -> None:
    vault = Vault(folder)
    vault.forget("p", now=NOW)
    with pytest.raises(Erased):
        vault.seal("p", "r", DATA)


def test_a_forgotten_key_is_gone_from_the_bytes_of_every_file(folder: Path) -> None:
    vault = Vault(folder)
    people = [new_id() for _ in range(200)]
    vault.ensure(people)
    keys = {person: wrapped_key(folder, person) for person in people}
    assert all(key in on_disk(folder) for key in keys.values())
    for person in people[::3]:
        vault.forget(person, now=NOW)
    left = on_disk(folder)
    for at, person in enumerate(people):
        assert (keys[person] in left) == (at % 3 != 0)


def test_while_somebody_reads_the_log_forgetting_says_try_again(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(vault_module, "_CHECKPOINT_PATIENCE", 0.0)
    vault = Vault(folder)
    vault.ensure(["p"])
    key = wrapped_key(folder, "p")
    reader = sqlite3.connect(folder / "persons.sqlite", isolation_level=None)
    reader.execute("BEGIN")
    reader.execute("SELECT * FROM person_keys").fetchall()
    with pytest.raises(TryAgain):
        vault.forget("p", now=NOW)
    with pytest.raises(Erased):
        vault.seal("p", "r", DATA)
    reader.close()
    vault.forget("p", now=NOW)
    assert key not in on_disk(folder)


def test_the_data_without_the_key_store_is_said_to_be_so(folder: Path) -> None:
    vault = Vault(folder)
    sealed = vault.seal("p", "r", DATA)
    vault.close()
    for file in folder.glob("persons.sqlite*"):
        file.unlink()
    with pytest.raises(Broken, match="do not belong together"):
        Vault(folder).open("p", "r", sealed)


def test_another_nodes_master_key_opens_nothing(folder: Path) -> None:
    vault = Vault(folder)
    sealed, local = vault.seal("p", "r", DATA), vault.seal_local(b"answer")
    shutil.copy(folder.parent / HUB.key / "master.key", folder / "master.key")
    stolen = Vault(folder)
    with pytest.raises(Broken):
        stolen.open("p", "r", sealed)
    with pytest.raises(Broken):
        stolen.open_local(local)


def test_keys_of_two_persons_cannot_be_exchanged_in_the_store(folder: Path) -> None:
    vault = Vault(folder)
    vault.ensure(["p", "q"])
    store = sqlite3.connect(folder / "persons.sqlite")
    store.execute("UPDATE person_keys SET wrapped = ? WHERE person_id = 'p'", [wrapped_key(folder, "q")])
    store.commit()
    store.close()
    with pytest.raises(Broken):
        Vault(folder).seal("p", "r", DATA)


def test_thousands_at_once_are_kept_and_found(folder: Path) -> None:
    vault = Vault(folder)
    people = [new_id() for _ in range(2_500)]
    vault.ensure(people + people)
    sealed = [(person, vault.seal(person, "r", {"n": at})) for at, person in enumerate(people)]
    again = Vault(folder)
    again.load(people)
    assert [again.open(person, "r", token)["n"] for person, token in sealed] == list(range(2_500))


def test_a_vault_without_a_master_key_does_not_make_one_up(folder: Path) -> None:
    (folder / "master.key").unlink()
    with pytest.raises(ConfigError, match=r"master\.key"):
        Vault(folder)


def test_an_answer_is_kept_for_this_node_alone(folder: Path) -> None:
    vault = Vault(folder)
    sealed = vault.seal_local(NAME.encode())
    assert NAME.encode() not in sealed
    assert Vault(folder).open_local(sealed) == NAME.encode()
    with pytest.raises(Broken):
        vault.open_local(sealed[:-1])


def test_a_look_up_is_equal_for_equal_tokens_at_one_node_only(folder: Path) -> None:
    mine, hubs = Vault(folder), Vault(folder.parent / HUB.key)
    assert mine.lookup("dui:012345678") == Vault(folder).lookup("dui:012345678")
    assert mine.lookup("dui:012345678") != mine.lookup("dui:012345679")
    assert mine.lookup("dui:012345678") != hubs.lookup("dui:012345678")
    assert "012345678" not in mine.lookup("dui:012345678")


def test_what_another_process_forgot_closes_here_within_a_minute(folder: Path) -> None:
    seconds = Seconds()
    here, there = Vault(folder, clock=seconds), Vault(folder)
    sealed = here.seal("p", "r", DATA)
    there.forget("p", now=NOW)
    seconds.now = HELD_FOR + 1
    with pytest.raises(Erased):
        here.open("p", "r", sealed)


def test_the_cache_holds_so_many_and_lets_the_least_used_go() -> None:
    cache = KeyCache(Seconds(), most=2)
    key = AESGCM(bytes(32))
    cache.put({"a": key, "b": key}, cache.generation)
    assert cache.get("a") is key
    cache.put({"c": key}, cache.generation)
    assert [cache.get(person) is key for person in "abc"] == [True, False, True]


def test_a_key_read_before_somebody_was_forgotten_is_not_put_back_after() -> None:
    cache = KeyCache(Seconds())
    before = cache.generation
    cache.drop("p")
    cache.put({"p": AESGCM(bytes(32))}, before)
    assert cache.get("p") is None
