"""A window whose keys are locked, as processes on RabbitMQ: it sends, keeps what comes, and opens later."""

from collections.abc import Iterator
from pathlib import Path

import pytest
import requests

from shared.security.passwords import Passwords
from tests.cast import PLANTED, returned_woman
from tests.drivers.browser import Browser
from tests.drivers.console import done
from tests.drivers.desk import Desk
from tests.drivers.http import Caller, Refusal
from tests.drivers.probe import eventually
from tests.drivers.processes import Running
from tests.drivers.window import Window
from tests.servers import free_port

pytestmark = pytest.mark.story
STAFF, WORD = "staff@la-union", "tres-perros-azules"


class LockedWindow:
    """The process of a window, and the browser on its PC."""

    def __init__(self, file: Path, port: int) -> None:
        self.file, self.url = file, f"http://127.0.0.1:{port}"
        self.browser = Browser(self.url)
        self.start()

    def start(self) -> None:
        self._process = Running(("run", "intake", "--config", str(self.file)), self.file.parent / "window.out")
        self._process.answers(f"{self.url}/healthz")

    def notice(self) -> str:
        return requests.get(f"{self.url}/readyz", timeout=20).json()["checks"]["keys"]

    def kill(self) -> None:
        self._process.kill()


@pytest.fixture
def files(tmp_path: Path, amqp_uri: str) -> Iterator[dict[str, Path]]:
    done("keys", "generate", "--dir", str(tmp_path / "keys"), "--node", "sv")
    found = {}
    for name, who, more in (("hub", "sv.hub", ""), ("window", "sv.la-union", "WINDOW: la-union\n")):
        found[name] = tmp_path / f"{name}.yml"
        found[name].write_text(
            f"NODE: sv\n{more}DATABASE_URL: sqlite:///{tmp_path}/{name}.sqlite\nKEY_STORE: {tmp_path}/keys/{who}\n"
            f"AMQP_URI: {amqp_uri}\nWEB_SERVER_ADDRESS: 127.0.0.1:{free_port()}\nRESEND_AFTER: 2\n"
        )
        done("migrate", "--config", str(found[name]))
    done("topology", "apply", "--config", str(found["hub"]))
    return found


def test_a_locked_window_sends_keeps_what_comes_and_opens_later(files: dict[str, Path]) -> None:
    folder, hub_url = files["hub"].parent, f"http://{files['hub'].read_text().split('WEB_SERVER_ADDRESS: ')[1].split()[0]}"
    port = int(files["window"].read_text().split("WEB_SERVER_ADDRESS: 127.0.0.1:")[1].split()[0])

    # Given a hub that runs, and a window whose keys were locked for Ana
    hub = Running(("run", "referrals", "--config", str(files["hub"])), folder / "hub.out")
    hub.answers(f"{hub_url}/healthz")
    officer = done("users", "add", "officer@pddh", "--role", "officer", "--institution", "pddh", "--config", str(files["hub"])).strip()
    ana = done("users", "add", STAFF, "--role", "staff", "--window", "la-union", "--config", str(files["window"])).strip()
    (folder / "word").write_text(WORD)
    _set_password(files["window"], STAFF, WORD)
    done("keys", "protect", "--config", str(files["window"]), "--staff", STAFF, "--password-file", str(folder / "word"))
    assert "locked; 1 of its staff open them" in done("doctor", "--config", str(files["window"]))
    window = LockedWindow(files["window"], port)
    try:
        staff = Window("la-union", Caller(window.url, ana))
        with pytest.raises(Refusal) as refused:
            staff.registers(returned_woman())
        assert (refused.value.status, refused.value.problem["code"]) == (423, "locked")
        assert "cerrada con llave" in window.browser.shows("/entrar")

        # When she signs in, a case goes its way; then she leaves
        assert not window.browser.signs_in(STAFF, "tres-perros-verdes")
        assert window.notice().startswith("locked")
        assert window.browser.signs_in(STAFF, WORD)
        case = staff.registers(returned_woman())
        desk = Desk("pddh", Caller(hub_url, officer))
        referral = desk.gets(case["id"])
        window.browser.signs_out()
        assert window.notice().startswith("locked")

        # Then what the desk answers comes to the locked window, is acknowledged to the broker, and is kept on its disk
        desk.receives(referral["id"])
        desk.accepts(referral["id"])
        eventually(window.notice, until=lambda told: int(told.rpartition(" ")[2]) >= 2, what="messages to be kept")

        # And the power goes; locked, it starts by itself
        window.kill()
        window.start()
        assert "messages kept" in window.notice()

        # When she signs in again, everything is there, once
        assert window.browser.signs_in(STAFF, WORD)
        staff.sees_referral_become(case["id"], "pddh", "accepted")
        history = next(one for one in staff.sees(case["id"])["referrals"] if one["institution"] == "pddh")["history"]
        assert [line["change"] for line in history] == ["requested", "received", "accepted"]
        staff.is_told_it_was_received(case["id"])
        assert [one["code"] for one in staff.finds(PLANTED["family_name"].split()[0])] == [case["code"]]
        assert done("dead-letters", "list", "--config", str(files["window"])) == ""
    finally:
        window.kill()
        hub.kill()


def _set_password(file: Path, username: str, word: str) -> None:
    from services.console.accounts import accounts_of
    from shared.config import load_settings

    with accounts_of(load_settings(file, {})) as accounts:
        accounts.set_password(username, Passwords(lambda compute: compute()).hashed(word))
