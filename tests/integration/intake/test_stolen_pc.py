"""A disk of a protected window in a thief's hands: every file of it, and no password."""

import re
import shutil
import sqlite3
from collections.abc import Iterator
from pathlib import Path

import orjson
import pytest
from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from services.intake import commands
from shared.errors import Broken, ConfigError
from shared.security import jose
from shared.security.key_store import Locked
from shared.security.keyring import Keyring
from shared.security.keys import KEY_FILE, STORE_FILE
from shared.security.locked_store import LockedStore
from shared.security.page_secrets import PageSecrets
from shared.security.passwords import Passwords, at_once
from shared.security.store_file import key_by_password, read_store
from shared.security.vault import Vault, _made_of, _opened
from shared.security.visitors import Browser
from tests.cast import PLANTED, returned_woman
from tests.integration.intake.test_locked import DATA, STAFF, WORD, arrives, locks, opens, referral
from tests.integration.intake.test_trainings import attends, records
from tests.integration.intake.world import World

ALL_TABLES = (
    "cases", "referrals", "drafts", "idempotency_keys", "held_messages", "outbox", "import_refusals", "dead_letters",
    "trainings", "training_participants",
)


@pytest.fixture(scope="module")
def disk(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The files of a window that was in full use, as they lay when the plug was pulled: log files and all."""
    world = World(tmp_path_factory.mktemp("window"))
    world.case = world.registers(returned_woman(notes=PLANTED["narrative"]), Idempotency_Key="first")
    world.protects(STAFF, WORD)
    opens(world)
    assert world.call("PUT", "/drafts/x", {"content": {"name": PLANTED["given_name"]}}).status_code in {200, 201}
    assert world.finds(PLANTED["family_name"].split()[0])
    types_into_a_form_whose_session_is_over(world)
    world.registers(returned_woman(notes=PLANTED["narrative"]), Idempotency_Key="second")
    somebody = {"name": f"{PLANTED['given_name']} {PLANTED['family_name']}", "sex": "female", "consent": True}
    assert attends(world, records(world), {"participants": [somebody]}).status_code == 200
    arrives(world, referral(world, 1))
    bad = referral(world, 2)
    arrives(world, type(bad)(bad.body, bad.exchange, bad.routing_key, {}))  # a dead letter
    file = Path(shutil.copy(DATA / "with-mistakes.csv", world.folder / "cases.csv"))
    world.window.close()
    commands.import_file(
        file, [world.settings], clock=world.clock, let_in=lambda window: window.presence.signed_in(STAFF, WORD)
    )
    for one in world.folder.glob("cases*.csv"):
        one.unlink()  # what an operator was given is not the window's
    world.start()
    opens(world)
    arrives(world, referral(world, 3))
    locks(world)
    arrives(world, referral(world, 4))
    image = tmp_path_factory.mktemp("stolen") / "disk"
    shutil.copytree(world.folder, image)
    shutil.rmtree(image / "keys" / "sv.hub")  # the hub is elsewhere
    world.close()
    return image


def types_into_a_form_whose_session_is_over(world: World) -> None:
    with world.window.works.open() as work:
        work.access.set_password(STAFF, Passwords(at_once).hashed(WORD))
    entered = world.window.entrance.sign_in(STAFF, WORD, Browser("127.0.0.1", "Firefox"))
    world.window.entrance.carry(entered.secret, "/casos/nuevo", PLANTED["given_name"].encode())


def files(disk: Path) -> Iterator[Path]:
    return (file for file in disk.rglob("*") if file.is_file())


def keys_of(disk: Path) -> Path:
    return disk / "keys" / "sv.la-union"


def test_the_image_holds_something_of_everything(disk: Path):
    with sqlite3.connect(disk / "window.sqlite") as database:
        counts = {table: database.execute(f"SELECT count(*) FROM {table}").fetchone()[0] for table in ALL_TABLES}
    assert all(counts.values()), counts
    assert list(disk.rglob("*-wal"))


@pytest.mark.parametrize("encoding", ["utf-8", "latin-1", "utf-16-le", "utf-16-be", "utf-32-le"])
def test_no_file_holds_a_word_of_the_person(disk: Path, encoding: str):
    words = [word.encode(encoding) for word in (*PLANTED.values(), "Xiomara", "Quintanillazeledón")]
    assert [file.name for file in files(disk) if any(word in file.read_bytes() for word in words)] == []


def test_our_own_software_opens_nothing_without_a_password(disk: Path):
    folder = keys_of(disk)
    with pytest.raises(ConfigError):
        Vault(folder)
    with pytest.raises(ConfigError):
        Keyring.load(folder)
    store = LockedStore(folder, at_once)
    for word in ("", STAFF, "ventanilla-demo", "password", WORD.upper()):
        assert not store.open_with(STAFF, word)
    vault = Vault(folder, keys=store)
    with sqlite3.connect(disk / "window.sqlite") as database:
        cases = database.execute("SELECT person_id, id, sealed FROM cases").fetchall()
        local = database.execute("SELECT sealed FROM drafts UNION ALL SELECT body FROM idempotency_keys UNION ALL SELECT carried FROM sessions").fetchall()
    assert cases
    assert local
    for person, record, sealed in cases:
        with pytest.raises(Locked):
            vault.open(person, record, sealed)
    for (sealed,) in local:
        with pytest.raises(Locked):
            vault.open_local(sealed)
    vault.close()


def test_nothing_that_lies_on_the_disk_is_a_key_to_what_lies_there(disk: Path):
    """Whatever has the shape of a key, wherever it stands, is tried on everything that is closed."""
    candidates = set(keys_in(disk))
    with sqlite3.connect(keys_of(disk) / "persons.sqlite") as database:
        wrapped = database.execute("SELECT person_id, wrapped FROM person_keys WHERE wrapped IS NOT NULL").fetchall()
    with sqlite3.connect(disk / "window.sqlite") as database:
        [(draft,)] = database.execute("SELECT sealed FROM drafts").fetchall()
        [(carried,)] = database.execute("SELECT carried FROM sessions WHERE carried IS NOT NULL").fetchall()
        [(to_the_hub,)] = database.execute("SELECT body FROM outbox WHERE body IS NOT NULL LIMIT 1").fetchall()
        [(kept,)] = database.execute("SELECT body FROM held_messages LIMIT 1").fetchall()
    to_the_window = orjson.loads(kept)["data"]["sealed"]
    assert len(candidates) > 500
    assert [key for key in candidates if opens_something(key, wrapped[0], [draft, carried], [to_the_hub, to_the_window])] == []


def test_the_attack_finds_the_keys_of_a_window_that_was_not_protected(world: World):
    """The same thief at an unprotected window gets in: so the tests above can fail."""
    world.registers(returned_woman())
    assert world.call("PUT", "/drafts/x", {"content": {}}).status_code in {200, 201}
    with sqlite3.connect(world.settings.key_store / "persons.sqlite") as database:
        wrapped = database.execute("SELECT person_id, wrapped FROM person_keys").fetchall()
    with sqlite3.connect(world.folder / "window.sqlite") as database:
        [(draft,)] = database.execute("SELECT sealed FROM drafts").fetchall()
    assert any(opens_something(key, wrapped[0], [draft], []) for key in set(keys_in(world.folder)))


def test_what_the_thief_can_do_is_sign_until_the_window_is_suspended(disk: Path):
    """Said in docs/runbooks/a-window-pc-was-stolen.md; ``windows suspend`` ends it."""
    folder = keys_of(disk)
    ring = Keyring.load(folder, LockedStore(folder, at_once))
    assert ring.sign(b"{}")
    kept = read_store(folder / STORE_FILE)
    assert key_by_password(kept, STAFF, "guessed") is None
    assert '"use": "enc"' not in (folder / KEY_FILE).read_text()


def keys_in(disk: Path) -> Iterator[bytes]:
    """32 bytes at every place of the small files, and whatever is written as hexadecimal or base64 in any."""
    for file in files(disk):
        content = file.read_bytes()
        if len(content) < 8192:
            yield from (content[start : start + 32] for start in range(max(0, len(content) - 31)))
        yield from (bytes.fromhex(found.decode()) for found in re.findall(rb"(?=([0-9a-f]{64}))", content))
        for found in re.findall(rb"[A-Za-z0-9_-]{43}(?![A-Za-z0-9_-])", content):
            yield jose.unb64(found.decode())[:32]


def opens_something(key: bytes, wrapped: tuple[str, bytes], local: list[bytes], tokens: list[str]) -> bool:
    made, pages = _made_of(key), PageSecrets(key)
    bound = [(made.wrapping, wrapped[1], wrapped[0].encode()), *((made.local, sealed, b"local") for sealed in local)]
    if any(opens_by(*one) for one in bound) or any(pages.open(sealed) is not None for sealed in local):
        return True
    return any(opens_token(key, token) for token in tokens)


def opens_by(key: AESGCM, sealed: bytes, bound: bytes) -> bool:
    try:
        _opened(key, sealed, bound)
    except (Broken, InvalidTag):
        return False
    return True


def opens_token(key: bytes, token: str) -> bool:
    header = orjson.loads(jose.unb64(token.partition(".")[0]))
    ephemeral = header.pop("epk")["x"]
    try:
        jose.decrypt(token, header, ephemeral, X25519PrivateKey.from_private_bytes(key))
    except jose.NotOurs:
        return False
    return True
