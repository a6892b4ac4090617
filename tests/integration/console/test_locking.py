"""An operator locks a window's keys, lets somebody in by the coordination's key, and takes the lock off again."""

import shutil
from pathlib import Path

import pytest

from services.console.accounts import accounts_of
from shared.config import load_settings
from shared.security.passwords import Passwords
from tests.drivers.console import console, done

DATA = Path(__file__).parents[2] / "data"
STAFF, WORD = "staff@la-union", "tres perros azules"


class Window:
    """A window with one member of staff who signs in with a password."""

    def __init__(self, folder: Path) -> None:
        self.folder, self.keys = folder, folder / "keys" / "sv.la-union"
        done("keys", "generate", "--dir", str(folder / "keys"), "--node", "sv")
        self.file = folder / "window.yml"
        self.file.write_text(
            f"NODE: sv\nWINDOW: la-union\nDATABASE_URL: sqlite:///{folder}/window.sqlite\nKEY_STORE: {self.keys}\nAMQP_URI: memory://\n"
        )
        self.config = ("--config", str(self.file))
        done("migrate", *self.config)
        done("users", "add", STAFF, "--role", "staff", "--window", "la-union", *self.config)
        with accounts_of(load_settings(self.file, {})) as accounts:
            accounts.set_password(STAFF, Passwords(lambda compute: compute()).hashed(WORD))
        self.word, self.wrong = folder / "word", folder / "wrong"
        self.word.write_text(WORD + "\n")
        self.wrong.write_text("not this one\n")

    def doctor(self) -> str:
        return next(line for line in console("doctor", *self.config).text.splitlines() if " keys " in line)


@pytest.fixture
def window(tmp_path: Path) -> Window:
    return Window(tmp_path)


def test_the_doctor_says_in_words_how_the_keys_lie(window: Window):
    assert "in plain files: whoever takes this disk reads everything" in window.doctor()
    done("keys", "protect", *window.config, "--staff", STAFF, "--password-file", str(window.word))
    assert "locked; 1 of its staff open them" in window.doctor()
    (window.keys / "master.key").write_text("00" * 32)
    assert window.doctor().startswith("WRONG keys: plain keys are left beside the locked ones (master.key)")
    assert "locked already; nothing is left in plain" in done("keys", "protect", *window.config)
    assert not (window.keys / "master.key").exists()


@pytest.mark.parametrize("act", ["disable", "reset-password"])
def test_who_is_dismissed_or_reset_by_a_command_opens_it_no_longer(window: Window, act: str):
    stick = window.folder / "stick"
    done("keys", "recovery", "--into", str(stick))
    done("keys", "protect", *window.config, "--staff", STAFF, "--password-file", str(window.word), "--recovery", str(stick / "recovery.pub"))
    done("users", act, STAFF, *window.config)
    assert "locked; 0 of its staff open them, and a recovery key" in window.doctor()


def test_the_only_way_in_is_kept_and_the_doctor_says_whose_it_is(window: Window):
    done("keys", "protect", *window.config, "--staff", STAFF, "--password-file", str(window.word))
    done("users", "disable", STAFF, *window.config)
    assert f"locked; 0 of its staff open them; {STAFF} should not any more, but is the only way in" in window.doctor()
    done("keys", "unprotect", *window.config, "--staff", STAFF, "--password-file", str(window.word))


def test_a_service_that_starts_alone_keeps_its_keys_in_plain_and_says_so(window: Window):
    hub = window.folder / "hub.yml"
    hub.write_text(window.file.read_text().replace("WINDOW: la-union\n", "").replace("sv.la-union", "sv.hub").replace("window.sqlite", "hub.sqlite"))
    said = console("keys", "protect", "--config", str(hub), "--staff", STAFF, "--password-file", str(window.word))
    assert (said.status, "must start with nobody beside them" in said.text) == (2, True)
    done("migrate", "--config", str(hub))
    assert "in plain files, as a service needs that starts alone" in console("doctor", "--config", str(hub)).text


@pytest.mark.parametrize(("words", "told"), [
    ((), "Nobody could open it"),
    (("--staff", "nobody@la-union"), "no member of this window's staff"),
    (("--staff", STAFF, "wrong"), "not the password of"),
    (("--recovery", "window.yml"), "is no recovery key"),
])
def test_what_would_lock_everybody_out_is_refused_and_nothing_is_touched(window: Window, words, told):
    before = {file.name: file.read_bytes() for file in window.keys.iterdir()}
    which = window.wrong if "wrong" in words else window.word
    words = [str(window.file) if word == "window.yml" else word for word in words if word != "wrong"]
    said = console("keys", "protect", *window.config, *words, "--password-file", str(which))
    assert (said.status, told in said.text) == (2, True), said.text
    assert WORD not in said.text
    assert {file.name: file.read_bytes() for file in window.keys.iterdir()} == before


def test_the_coordination_lets_somebody_in_by_a_copy_and_its_key_never_travels(window: Window):
    stick = window.folder / "stick"
    done("keys", "recovery", "--into", str(stick))
    assert console("keys", "recovery", "--into", str(stick)).status == 2  # never replaced
    done("keys", "protect", *window.config, "--recovery", str(stick / "recovery.pub"))
    assert "0 of its staff open them, and a recovery key" in window.doctor()
    copy = Path(shutil.copy(window.keys / "store.json", window.folder / "copy.json"))
    said = console("keys", "recover", "--store", str(copy), "--recovery-key", str(stick / "recovery.pub"), "--staff", STAFF)
    assert said.status == 2  # its public part opens nothing
    code = done("keys", "recover", "--store", str(copy), "--recovery-key", str(stick / "recovery.key"), "--staff", STAFF).split(": ")[1].strip()
    shutil.copy(copy, window.keys / "store.json")

    # then it opens for her, by her password and the code, once
    from services.intake.commands import opened
    from shared.errors import Refused

    with opened(load_settings(window.file, {})) as wired:
        with pytest.raises(Refused):
            wired.presence.signed_in(STAFF, WORD)
        wired.presence.signed_in(STAFF, WORD, code)
    with opened(load_settings(window.file, {})) as wired:
        wired.presence.signed_in(STAFF, WORD)
        assert wired.keys.is_open


def test_the_lock_comes_off_by_a_password_or_by_the_coordinations_key(window: Window):
    stick = window.folder / "stick"
    done("keys", "recovery", "--into", str(stick))
    for way in (("--staff", STAFF, "--password-file", str(window.word)), ("--recovery-key", str(stick / "recovery.key"))):
        done("keys", "protect", *window.config, "--staff", STAFF, "--password-file", str(window.word), "--recovery", str(stick / "recovery.pub"))
        wrong = console("keys", "unprotect", *window.config, "--staff", STAFF, "--password-file", str(window.wrong))
        assert (wrong.status, "does not open" in wrong.text) == (2, True)
        done("keys", "unprotect", *window.config, *way)
        assert "in plain files" in window.doctor()
    assert console("keys", "unprotect", *window.config).status == 2
    assert "in plain files already" in done("keys", "unprotect", *window.config, "--staff", STAFF)


def test_a_file_is_imported_into_a_locked_window_by_somebodys_password(window: Window):
    done("keys", "protect", *window.config, "--staff", STAFF, "--password-file", str(window.word))
    file = shutil.copy(DATA / "with-mistakes.csv", window.folder / "cases.csv")
    assert console("import", str(file), *window.config).status == 2
    assert console("import", str(file), *window.config, "--staff", STAFF, "--password-file", str(window.wrong)).status == 2
    assert console("import", str(file), *window.config, "--staff", STAFF, "--password-file", str(window.word)).status == 1


def test_letters_of_a_locked_window_are_listed_without_and_replayed_with_a_password(window: Window):
    done("keys", "protect", *window.config, "--staff", STAFF, "--password-file", str(window.word))
    assert done("dead-letters", "list", *window.config) == ""
    assert console("dead-letters", "replay", "x", *window.config).status == 2
    said = console("dead-letters", "replay", "x", *window.config, "--staff", STAFF, "--password-file", str(window.word))
    assert (said.status, "there is no such letter" in said.text) == (1, True)
