"""When a window's keys come and go: with whoever signs in, and with the last who leaves."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from shared.contracts.addresses import Address
from shared.errors import Refused
from shared.security.key_door import IDLE, LockedDoor
from shared.security.key_store import Locked
from shared.security.keys import STORE_FILE, generate
from shared.security.locked_store import LockedStore
from shared.security.passwords import at_once
from shared.security.presence import NobodyHears
from shared.security.protecting import Staff, protect, recover
from shared.security.store_file import new_recovery_key, read_store

LA_UNION = Address.window("sv", "la-union")
ANA, BETO = "staff@la-union", "supervisor@la-union"
ANAS, BETOS = "tres perros azules", "cuatro gatos verdes"
RECOVERY = new_recovery_key()


class Clocks:
    """The clock on the wall and the one that only counts."""

    def __init__(self) -> None:
        self.wall, self.ticks = datetime(2026, 11, 23, 15, tzinfo=UTC), 1000.0

    def now(self) -> datetime:
        return self.wall

    def both(self, by: timedelta) -> None:
        self.wall += by
        self.ticks += by.total_seconds()


class Window:
    """A locked window's keys, and how they are asked for."""

    def __init__(self, folder: Path) -> None:
        generate(folder, [Address.hub("sv"), LA_UNION], now=datetime.now(UTC))
        self.folder = folder / LA_UNION.key
        protect(self.folder, recovery=RECOVERY.public_part(), first=Staff(ANA, ANAS))
        self.clocks = Clocks()
        self.store = LockedStore(self.folder, at_once)
        self.door = LockedDoor(self.store, self.clocks, lambda: self.told.append("settled"), monotonic=lambda: self.clocks.ticks)
        self.told: list[str] = []
        self.store.when_opened(lambda: self.told.append("opened"))
        self.store.when_dropped(lambda: self.told.append("dropped"))

    def opens_by(self, username: str, password: str) -> bool:
        return LockedStore(self.folder, at_once).open_with(username, password)


@pytest.fixture
def window(tmp_path: Path) -> Window:
    return Window(tmp_path)


def test_a_sign_in_opens_and_the_last_sign_out_locks(window: Window):
    window.door.signed_in(ANA, ANAS)
    assert len(window.store.master()) == 32
    window.door.nobody_left()
    with pytest.raises(Locked):
        window.store.master()
    assert window.told == ["opened", "settled", "dropped"]


def test_what_was_the_key_is_overwritten_when_it_goes(window: Window):
    window.door.signed_in(ANA, ANAS)
    master, held = window.store.master(), window.store._open
    window.door.nobody_left()
    assert bytes(master) == bytes(32)
    assert bytes(held.store_key) == bytes(32)


def test_a_colleague_who_comes_while_it_is_open_gets_a_wrap_of_their_own(window: Window):
    window.door.signed_in(ANA, ANAS)
    window.door.signed_in(BETO, BETOS)
    window.door.nobody_left()
    window.door.signed_in(BETO, BETOS)
    assert window.store.is_open
    assert window.opens_by(ANA, ANAS)


def test_who_comes_alone_and_has_no_wrap_is_told_what_to_do(window: Window):
    with pytest.raises(Refused) as refused:
        window.door.signed_in(BETO, BETOS)
    assert (refused.value.code, refused.value.status) == ("locked_for_you", 423)
    assert "colega" in refused.value.text("es")
    assert not window.store.is_open


def test_a_password_that_was_changed_is_wrapped_anew_when_a_colleague_is_in(window: Window):
    window.door.signed_in(ANA, ANAS)
    window.door.signed_in(BETO, BETOS)
    window.door.signed_in(ANA, "palabra nueva de Ana")
    assert window.opens_by(ANA, "palabra nueva de Ana")
    assert not window.opens_by(ANA, ANAS)


def test_a_password_that_was_changed_opens_alone_with_the_old_one_beside_it(window: Window):
    with pytest.raises(Refused):
        window.door.signed_in(ANA, "palabra nueva de Ana", "tampoco esta")
    window.door.signed_in(ANA, "palabra nueva de Ana", ANAS)
    assert window.store.is_open
    assert window.opens_by(ANA, "palabra nueva de Ana")
    assert not window.opens_by(ANA, ANAS)


@pytest.mark.parametrize("typed", [lambda code: code, lambda code: code.lower().replace("-", " ")])
def test_the_coordinations_code_opens_once_however_it_is_typed_and_then_the_password_does(window: Window, typed):
    code = typed(recover(window.folder / STORE_FILE, RECOVERY, BETO))
    window.door.signed_in(BETO, BETOS, code)
    window.door.nobody_left()
    assert not read_store(window.folder / STORE_FILE).staff[BETO].once
    window.door.signed_in(BETO, BETOS)
    window.door.nobody_left()
    with pytest.raises(Refused):
        window.door.signed_in(BETO, "another word", code)


def test_signing_in_again_changes_nothing_in_the_file(window: Window):
    window.door.signed_in(ANA, ANAS)
    before = (window.folder / STORE_FILE).read_bytes()
    window.door.signed_in(ANA, ANAS)
    assert (window.folder / STORE_FILE).read_bytes() == before
    assert window.told.count("opened") == 1


def test_a_dismissed_colleague_opens_it_no_longer_and_the_others_do(window: Window):
    window.door.signed_in(ANA, ANAS)
    window.door.signed_in(BETO, BETOS)
    window.store.forget(ANA)
    window.store.forget(ANA)
    assert not window.opens_by(ANA, ANAS)
    assert window.opens_by(BETO, BETOS)


def test_a_quarter_of_an_hour_after_the_last_activity_the_keys_go(window: Window):
    window.door.signed_in(ANA, ANAS)
    window.clocks.both(IDLE - timedelta(seconds=1))
    window.door.somebody_left()
    assert window.store.is_open
    window.door.active()
    window.clocks.both(IDLE - timedelta(seconds=1))
    window.door.somebody_left()
    assert window.store.is_open
    window.clocks.both(timedelta(seconds=1))
    window.door.somebody_left()
    assert not window.store.is_open


def test_a_pc_that_slept_wakes_up_locked_and_a_clock_turned_back_keeps_nothing_open(window: Window):
    window.door.signed_in(ANA, ANAS)
    window.clocks.wall += timedelta(hours=8)  # asleep: only the clock on the wall went on
    window.door.somebody_left()
    assert not window.store.is_open
    window.door.signed_in(ANA, ANAS)
    window.clocks.wall -= timedelta(days=1)
    window.clocks.ticks += IDLE.total_seconds()
    window.door.somebody_left()
    assert not window.store.is_open


def test_a_locked_store_wraps_for_nobody(window: Window):
    with pytest.raises(Locked):
        window.store.wrap_for(BETO, BETOS)
    assert BETO not in read_store(window.folder / STORE_FILE).staff


def test_a_key_that_goes_while_it_is_being_wrapped_leaves_no_wrap_of_zeros(window: Window):
    def drops_meanwhile(compute):
        store.drop()
        return compute()

    store = LockedStore(window.folder, at_once)
    store.open_with(ANA, ANAS)
    store._run = drops_meanwhile
    with pytest.raises(Locked):
        store.wrap_for(BETO, BETOS)
    assert BETO not in read_store(window.folder / STORE_FILE).staff


def test_where_keys_lie_in_plain_files_there_is_nothing_to_open():
    nobody = NobodyHears()
    nobody.signed_in("staff@la-union", "whatever")
    nobody.has_password("staff@la-union", "another")
    nobody.active()
    nobody.somebody_left()
    nobody.nobody_left()
    assert not nobody.locked
