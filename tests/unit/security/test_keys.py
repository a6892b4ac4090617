"""Key files: made once, private to their owner, and refused when they are not what they say."""

import stat
from collections.abc import Callable
from pathlib import Path

import orjson
import pytest

from shared.contracts.addresses import Address
from shared.errors import ConfigError, Unreadable
from shared.security.keyring import Keyring
from shared.security.keys import KEY_FILE, MASTER_FILE, TRUST_FILE, generate, read_master, read_trust
from tests.unit.security.given import HUB, NOW, OTHER_WINDOW, WINDOW, label

Entries = list[dict[str, str]]


def files(folder: Path) -> dict[str, bytes]:
    return {str(file.relative_to(folder)): file.read_bytes() for file in folder.rglob("*") if file.is_file()}


def test_private_files_are_readable_by_their_owner_only(tmp_path: Path) -> None:
    generate(tmp_path, [WINDOW, HUB], now=NOW)
    for address in (WINDOW, HUB):
        own = tmp_path / address.key
        assert stat.S_IMODE(own.stat().st_mode) == 0o700
        for name in (KEY_FILE, MASTER_FILE):
            assert stat.S_IMODE((own / name).stat().st_mode) == 0o600


def test_no_private_key_is_in_anything_that_is_handed_round(tmp_path: Path) -> None:
    generate(tmp_path, [WINDOW, HUB], now=NOW)
    secrets = [key["d"] for file in tmp_path.rglob(KEY_FILE) for key in orjson.loads(file.read_bytes())["keys"]]
    assert len(set(secrets)) == 4
    for trust in tmp_path.rglob(TRUST_FILE):
        assert not any(secret in trust.read_text() for secret in secrets)


def test_generating_again_changes_nothing(tmp_path: Path) -> None:
    assert generate(tmp_path, [WINDOW, HUB], now=NOW) == sorted([WINDOW, HUB])
    before = files(tmp_path)
    assert generate(tmp_path, [HUB, WINDOW], now=NOW) == []
    assert files(tmp_path) == before


def test_a_window_added_later_is_known_to_all_and_knows_all(tmp_path: Path) -> None:
    generate(tmp_path, [WINDOW, HUB], now=NOW)
    old = (tmp_path / HUB.key / KEY_FILE).read_bytes()
    assert generate(tmp_path, [OTHER_WINDOW], now=NOW) == [OTHER_WINDOW]
    assert (tmp_path / HUB.key / KEY_FILE).read_bytes() == old
    hub, window = (Keyring.load(tmp_path / address.key) for address in (HUB, OTHER_WINDOW))
    told = label(sender=OTHER_WINDOW)
    assert hub.open(window.seal({"a": 1}, told), told) == {"a": 1}
    assert window.verify(b"x", hub.sign(b"x")) == HUB


def test_generating_is_completed_after_it_was_cut_off(tmp_path: Path) -> None:
    generate(tmp_path, [WINDOW, HUB], now=NOW)
    (tmp_path / TRUST_FILE).unlink()
    (tmp_path / HUB.key / TRUST_FILE).unlink()
    (tmp_path / HUB.key / MASTER_FILE).unlink()
    assert generate(tmp_path, [WINDOW, HUB], now=NOW) == []
    hub, window = (Keyring.load(tmp_path / address.key) for address in (HUB, WINDOW))
    assert hub.open(window.seal({}, label()), label()) == {}
    assert len(read_master(tmp_path / HUB.key)) == 32


def test_one_folder_is_all_that_a_machine_needs(tmp_path: Path) -> None:
    generate(tmp_path / "made", [WINDOW, HUB], now=NOW)
    carried = (tmp_path / "made" / WINDOW.key).rename(tmp_path / "pc")
    assert Keyring.load(carried).me == WINDOW


def test_strangers_with_the_same_names_are_strangers(tmp_path: Path) -> None:
    generate(tmp_path / "a", [WINDOW, HUB], now=NOW)
    generate(tmp_path / "b", [WINDOW, HUB], now=NOW)
    forger, hub = Keyring.load(tmp_path / "b" / WINDOW.key), Keyring.load(tmp_path / "a" / HUB.key)
    with pytest.raises(Unreadable):
        hub.verify(b"x", forger.sign(b"x"))
    with pytest.raises(Unreadable):
        hub.open(forger.seal({}, label()), label())


def changed(tmp_path: Path, file: str, change: Callable[[Entries], None]) -> Path:
    generate(tmp_path, [WINDOW, HUB], now=NOW)
    path = tmp_path / HUB.key / file
    content = orjson.loads(path.read_bytes())
    change(content["keys"])
    path.write_bytes(orjson.dumps(content))
    return path.parent


def swap_addresses(keys: Entries) -> None:
    keys[0]["address"], keys[-1]["address"] = keys[-1]["address"], keys[0]["address"]


def swap_public_parts(keys: Entries) -> None:
    keys[0]["x"], keys[-2]["x"] = keys[-2]["x"], keys[0]["x"]


TAMPERING: list[tuple[str, Callable[[Entries], object]]] = [
    (TRUST_FILE, swap_addresses),
    (TRUST_FILE, swap_public_parts),
    (TRUST_FILE, lambda keys: keys.append(keys[0])),
    (TRUST_FILE, lambda keys: keys[0].update(d=keys[0]["x"])),
    (TRUST_FILE, lambda keys: keys[0].update(crv="Ed448")),
    (TRUST_FILE, lambda keys: keys[0].update(kid="../../hub")),
    (TRUST_FILE, lambda keys: keys[0].pop("x")),
    (KEY_FILE, lambda keys: keys.pop()),
    (KEY_FILE, lambda keys: keys[0].pop("d")),
    (KEY_FILE, list.clear),
]


@pytest.mark.parametrize(("file", "change"), TAMPERING)
def test_a_file_whose_parts_do_not_agree_is_refused_by_name(
    tmp_path: Path, file: str, change: Callable[[Entries], None]
) -> None:
    with pytest.raises(ConfigError, match=file):
        Keyring.load(changed(tmp_path, file, change))


@pytest.mark.parametrize("content", [b"", b"[]", b"{}", b'{"keys": {}}', b'{"keys": [1]}', b"\xff"])
def test_a_file_that_is_none_is_refused_by_name(tmp_path: Path, content: bytes) -> None:
    (tmp_path / TRUST_FILE).write_bytes(content)
    with pytest.raises(ConfigError, match=TRUST_FILE):
        read_trust(tmp_path / TRUST_FILE)


def test_a_missing_folder_is_said_with_what_makes_it(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match="keys generate"):
        Keyring.load(tmp_path / "nowhere")


@pytest.mark.parametrize("content", ["", "00", "xyz", "00" * 31, "00" * 33])
def test_a_master_key_of_another_length_is_refused(tmp_path: Path, content: str) -> None:
    (tmp_path / MASTER_FILE).write_text(content)
    with pytest.raises(ConfigError, match=MASTER_FILE):
        read_master(tmp_path)


def test_two_addresses_never_share_a_folder() -> None:
    addresses = [WINDOW, OTHER_WINDOW, HUB, Address.hub("gt"), Address.notifications("sv"), Address.everyone("sv")]
    assert len({address.key for address in addresses}) == len(addresses)
