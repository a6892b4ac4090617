"""What a locked key store's file gives away: nothing, to anybody but a password of its staff or the recovery key."""

from dataclasses import replace

import pytest

from shared.contracts.addresses import Address
from shared.errors import ConfigError
from shared.security.store_file import (
    Hardness,
    Secrets,
    StoreFile,
    key_by_password,
    key_by_recovery,
    new_recovery_key,
    read_recovery_key,
    read_store,
    sealed_store,
    unsealed,
    with_recovery,
    with_wrap,
    without_wrap,
    wrap_under,
    write_recovery_key,
    write_store,
)

LA_UNION = Address.window("sv", "la-union")
STORE_KEY = bytes(range(32))
SECRETS = Secrets(b"m" * 32, {"sv.la-union.enc.00": b"s" * 32})
ANA, WORD = "staff@la-union", "tres perros azules"


@pytest.fixture(scope="module")
def store() -> StoreFile:
    store = sealed_store(LA_UNION, SECRETS, STORE_KEY)
    return with_wrap(store, ANA, wrap_under(WORD, STORE_KEY, address=LA_UNION, username=ANA))


def test_a_member_of_staff_opens_it_by_their_password_however_their_keyboard_composes_it(store):
    assert key_by_password(store, ANA, WORD) == STORE_KEY
    accented = with_wrap(store, ANA, wrap_under("contraseña", STORE_KEY, address=LA_UNION, username=ANA))
    assert key_by_password(accented, ANA, "contrasen\u0303a") == STORE_KEY
    assert unsealed(store, STORE_KEY) == SECRETS


@pytest.mark.parametrize(("name", "word"), [(ANA, "tres perros azule"), (ANA, ""), ("supervisor@la-union", WORD), ("", WORD)])
def test_nobody_else_opens_it(store, name, word):
    assert key_by_password(store, name, word) is None


def test_a_wrap_opens_under_its_own_name_and_in_its_own_windows_store_alone(store):
    renamed = replace(store, staff={"supervisor@la-union": store.staff[ANA]})
    assert key_by_password(renamed, "supervisor@la-union", WORD) is None
    assert key_by_password(replace(store, address=Address.window("sv", "la-hachadura")), ANA, WORD) is None


def test_another_key_or_changed_bytes_open_nothing(store):
    assert unsealed(store, bytes(32)) is None
    assert unsealed(replace(store, sealed=store.sealed[:-1] + b"\x00"), STORE_KEY) is None
    assert unsealed(replace(store, address=Address.window("sv", "la-hachadura")), STORE_KEY) is None


def test_two_wraps_of_one_password_have_nothing_in_common(store):
    again = wrap_under(WORD, STORE_KEY, address=LA_UNION, username=ANA)
    assert (again.salt, again.wrapped) != (store.staff[ANA].salt, store.staff[ANA].wrapped)
    assert again.salt != store.staff[ANA].salt


def test_a_wrap_is_as_hard_as_its_own_parameters_say(store):
    assert store.staff[ANA].hardness == Hardness()
    assert Hardness().memory >= 19 * 1024  # KiB (anchors-reliability.md, 5)
    other = replace(store.staff[ANA], hardness=Hardness(passes=1))
    assert key_by_password(replace(store, staff={ANA: other}), ANA, WORD) is None


def test_who_is_forgotten_opens_it_no_longer(store):
    both = with_wrap(store, "beto", wrap_under(WORD, STORE_KEY, address=LA_UNION, username="beto"))
    for other_way_in in (both, with_recovery(store, new_recovery_key().public_part(), STORE_KEY)):
        assert key_by_password(without_wrap(other_way_in, ANA), ANA, WORD) is None


def test_the_last_way_in_stays_until_there_is_another(store):
    last = without_wrap(store, ANA)
    assert key_by_password(last, ANA, WORD) == STORE_KEY
    next_one = wrap_under(WORD, STORE_KEY, address=LA_UNION, username="beto")
    assert set(with_wrap(last, "beto", next_one).staff) == {"beto"}


def test_the_recovery_key_opens_it_and_no_other_recovery_key_does(store):
    own, other = new_recovery_key(), new_recovery_key()
    recoverable = with_recovery(store, own.public_part(), STORE_KEY)
    assert key_by_recovery(recoverable, own) == STORE_KEY
    assert key_by_recovery(recoverable, other) is None
    assert key_by_recovery(recoverable, own.public_part()) is None
    assert key_by_recovery(store, own) is None
    assert key_by_recovery(replace(recoverable, address=Address.window("sv", "la-hachadura")), own) is None
    assert key_by_recovery(replace(recoverable, recovery="a.b.c.d.e"), own) is None


def test_it_is_read_back_as_it_was_written_and_holds_no_secret_in_clear(store, tmp_path):
    file = tmp_path / "store.json"
    whole = with_recovery(store, new_recovery_key().public_part(), STORE_KEY)
    write_store(file, whole)
    assert read_store(file) == whole
    assert file.stat().st_mode & 0o777 == 0o600
    told = file.read_text()
    for secret in (STORE_KEY, SECRETS.master, *SECRETS.sealing.values()):
        assert secret.hex() not in told
    assert WORD not in told


@pytest.mark.parametrize("text", ["", "{}", "[]", '{"address": "/sv/windows/la-union", "sealed": "xx", "recovery": null, "staff": {}}'])
def test_a_file_that_is_no_store_or_no_recovery_key_is_named(tmp_path, text):
    (tmp_path / "x").write_text(text)
    for reading in (read_store, read_recovery_key):
        with pytest.raises(ConfigError, match="/x "):
            reading(tmp_path / "x")
        with pytest.raises(ConfigError, match="cannot be read"):
            reading(tmp_path / "nothing")


def test_a_recovery_key_is_for_its_owner_alone_and_its_public_part_for_all(tmp_path):
    key = new_recovery_key()
    for name, part, mode in (("recovery.key", key, 0o600), ("recovery.pub", key.public_part(), 0o644)):
        write_recovery_key(tmp_path / name, part)
        assert (tmp_path / name).stat().st_mode & 0o777 == mode
        assert read_recovery_key(tmp_path / name) == part
    assert key.private.hex() not in (tmp_path / "recovery.pub").read_text()
