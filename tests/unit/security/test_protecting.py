"""Locking a window's keys, whenever the power goes; and taking the lock off again."""

import subprocess
import sys
from datetime import UTC, datetime
from pathlib import Path

import pytest

from shared.contracts.addresses import Address
from shared.errors import ConfigError, Refused
from shared.security.key_store import Locked, PlainStore
from shared.security.keyring import Keyring, Label
from shared.security.keys import KEY_FILE, MASTER_FILE, generate, read_master, read_private
from shared.security.locked_store import LockedStore
from shared.security.passwords import at_once
from shared.security.protecting import Staff, is_protected, left_in_plain, protect, recover, unprotect
from shared.security.store_file import new_recovery_key
from shared.security.vault import Vault
from tests.drivers.processes import ROOT

HUB, LA_UNION = Address.hub("sv"), Address.window("sv", "la-union")
ANA = Staff("staff@la-union", "tres perros azules")
LABEL = Label("1", "receipt", 1, HUB, LA_UNION)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    generate(tmp_path, [HUB, LA_UNION], now=datetime.now(UTC))
    return tmp_path / LA_UNION.key


def secrets_of(folder: Path) -> list[bytes]:
    """What may be in no file of a protected folder, raw or as it is written in files."""
    raw = [read_master(folder)]
    private = [key.jwk["d"].encode() for key in read_private(folder / KEY_FILE)[1] if key.use == "enc"]
    return [*raw, *(one.hex().encode() for one in raw), *private]


def found_in(folder: Path, secrets: list[bytes]) -> list[str]:
    return [file.name for file in folder.rglob("*") if file.is_file() and any(one in file.read_bytes() for one in secrets)]


def opened(folder: Path, who: Staff = ANA) -> LockedStore:
    store = LockedStore(folder, at_once)
    assert store.open_with(who.username, who.password)
    return store


def test_a_protected_folder_holds_no_secret_but_the_one_that_signs(folder):
    secrets, sealed = secrets_of(folder), Keyring.load(folder.parent / HUB.key).seal({"a": 1}, LABEL)
    vault = Vault(folder)
    kept = vault.seal("person", "record", {"given_name": "Xiomara"})
    vault.close()
    protect(folder, recovery=None, first=ANA)
    assert found_in(folder, secrets) == []
    assert left_in_plain(folder) == []

    # what was sealed before opens after, for her
    store = opened(folder)
    assert Keyring.load(folder, store).open(sealed, LABEL) == {"a": 1}
    vault = Vault(folder, keys=store)
    assert vault.open("person", "record", kept) == {"given_name": "Xiomara"}
    vault.close()


def test_a_locked_window_signs_and_seals_and_opens_nothing(folder):
    sealed = Keyring.load(folder.parent / HUB.key).seal({"a": 1}, LABEL)
    protect(folder, recovery=None, first=ANA)
    store = LockedStore(folder, at_once)
    ring, vault = Keyring.load(folder, store), Vault(folder, keys=store)
    body = b"{}"
    assert Keyring.load(folder.parent / HUB.key).verify(body, ring.sign(body)) == LA_UNION
    assert ring.seal({"a": 1}, Label("1", "x", 1, LA_UNION, HUB))
    for act in (
        lambda: ring.open(sealed, LABEL), lambda: vault.seal("p", "r", {}), lambda: vault.open("p", "r", b""),
        lambda: vault.ensure(["p"]), lambda: vault.load(["p"]) or vault.seal_local(b"x"), lambda: vault.open_local(b"\x01"),
        lambda: vault.lookup("dui:1"),
    ):
        with pytest.raises(Locked):
            act()
    vault.close()


def test_plain_keys_are_no_longer_read_where_a_store_is(folder):
    protect(folder, recovery=None, first=ANA)
    with pytest.raises(ConfigError):
        PlainStore(folder).opening()
    with pytest.raises(ConfigError):
        PlainStore(folder).master()


def test_nobody_to_open_it_is_refused_and_nothing_is_touched(folder):
    before = {file.name: file.read_bytes() for file in folder.iterdir()}
    with pytest.raises(ConfigError, match="Nobody could open it"):
        protect(folder, recovery=None, first=None)
    assert {file.name: file.read_bytes() for file in folder.iterdir()} == before


def test_generating_keys_again_leaves_a_protected_window_protected(folder):
    protect(folder, recovery=None, first=ANA)
    assert generate(folder.parent, [HUB, LA_UNION], now=datetime.now(UTC)) == []
    assert not (folder / MASTER_FILE).exists()
    assert Keyring.load(folder, opened(folder)).knows(HUB)


def test_a_recovery_key_gives_a_code_that_opens_once_for_one_person(folder):
    key = new_recovery_key()
    protect(folder, recovery=key.public_part(), first=None)
    code = recover(folder / "store.json", key, ANA.username)
    typed = code.replace("-", "")
    assert not LockedStore(folder, at_once).open_with("supervisor@la-union", typed)
    assert LockedStore(folder, at_once).open_with(ANA.username, typed)
    assert not LockedStore(folder, at_once).open_with(ANA.username, typed)
    with pytest.raises(ConfigError, match="not protected for this recovery key"):
        recover(folder / "store.json", new_recovery_key(), ANA.username)


@pytest.mark.parametrize("by_recovery", [True, False])
def test_the_lock_comes_off_again_and_everything_opens_as_before(folder, by_recovery):
    secrets, sealed = secrets_of(folder), Keyring.load(folder.parent / HUB.key).seal({"a": 1}, LABEL)
    key = new_recovery_key()
    protect(folder, recovery=key.public_part(), first=ANA)
    for wrong in (Staff(ANA.username, "wrong"), new_recovery_key()):
        with pytest.raises(ConfigError, match="does not open"):
            unprotect(folder, wrong)
    unprotect(folder, key if by_recovery else ANA)
    assert not is_protected(folder)
    assert secrets_of(folder) == secrets
    assert Keyring.load(folder).open(sealed, LABEL) == {"a": 1}


# The power goes at each step. The child counts what it does to files, and dies before the step it was told.

CHILD = """
import os, sys
from pathlib import Path
from shared.security.protecting import Staff, protect, unprotect
ana = Staff("staff@la-union", "tres perros azules")
acts = {"protect": lambda folder: protect(folder, recovery=None, first=ana), "unprotect": lambda folder: unprotect(folder, ana)}
act, folder, left = acts[sys.argv[1]], sys.argv[2], [int(sys.argv[3])]

def watch(event, arguments):
    writes = event == "open" and isinstance(arguments[2], int) and arguments[2] & (os.O_WRONLY | os.O_RDWR | os.O_CREAT)
    if (event in {"os.rename", "os.remove", "os.link"} or writes) and str(arguments[0]).startswith(folder):
        left[0] -= 1
        if left[0] < 0:
            os._exit(137)

sys.addaudithook(watch)
act(Path(folder))
print(int(sys.argv[3]) - left[0])
"""


def killed_at(step: int, act: str, folder: Path) -> bool:
    done = subprocess.run(
        [sys.executable, "-W", "ignore", "-c", CHILD, act, str(folder), str(step)], cwd=ROOT, capture_output=True, text=True, check=False
    )
    assert done.returncode in {0, 137}, done.stderr
    return done.returncode == 137


def test_cut_off_at_any_step_it_opens_still_and_doing_it_again_completes_it(folder, tmp_path_factory):
    secrets, sealed = secrets_of(folder), Keyring.load(folder.parent / HUB.key).seal({"a": 1}, LABEL)
    step, died = 0, 0
    while True:
        here = copy_of(folder, tmp_path_factory)
        if not killed_at(step, "protect", here):
            break
        died += 1
        # at every moment either the plain files or the locked ones are whole, and nothing opens twice
        keys = opened(here) if is_protected(here) else PlainStore(here)
        assert Keyring.load(here, keys).open(sealed, LABEL) == {"a": 1}, step
        assert keys.master() == read_master(folder), step
        assert Keyring.load(here, keys).sign(b"x")
        protect(here, recovery=None, first=ANA)
        assert found_in(here, secrets) == [], step
        assert Keyring.load(here, opened(here)).open(sealed, LABEL) == {"a": 1}, step
        step += 1
    assert died >= 8


def test_taking_the_lock_off_may_be_cut_off_at_any_step_too(folder, tmp_path_factory):
    sealed = Keyring.load(folder.parent / HUB.key).seal({"a": 1}, LABEL)
    protect(folder, recovery=None, first=ANA)
    step = 0
    while True:
        here = copy_of(folder, tmp_path_factory)
        if not killed_at(step, "unprotect", here):
            break
        assert Keyring.load(here, opened(here)).open(sealed, LABEL) == {"a": 1}, step
        unprotect(here, ANA)
        assert Keyring.load(here).open(sealed, LABEL) == {"a": 1}, step
        step += 1
    assert step >= 4


def copy_of(folder: Path, factory: pytest.TempPathFactory) -> Path:
    here = factory.mktemp("copy") / folder.name
    here.mkdir()
    for file in folder.iterdir():
        (here / file.name).write_bytes(file.read_bytes())
    return here


def test_refusals_of_a_locked_store_are_for_people_and_for_what_comes_by_itself():
    from shared.errors import TryAgain

    locked = Locked()
    assert (locked.code, locked.status, locked.retry_after) == ("locked", 423, 5.0)
    assert isinstance(locked, Refused)
    assert isinstance(locked, TryAgain)
