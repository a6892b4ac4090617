"""What `make demo` promises beyond the case that travels (contracts.md, Commands)."""

import json
import stat
import time

import pytest

from services.console.demo_network import FIRST_WINDOW, HUB, NOTIFICATIONS
from tests.drivers.http import Caller
from tests.drivers.network import Embedded
from tests.drivers.processes import Running

pytestmark = pytest.mark.story


def test_a_second_demo_on_the_same_folder_says_so_and_ends(embedded: Embedded) -> None:
    second = Running(("demo", "--data-dir", str(embedded.data), "--port-base", "9100"), embedded.folder / "second.out")
    assert second.ended() == 2
    assert "Another demo runs on" in second.said()
    assert "Traceback" not in second.said()


def test_a_demo_whose_port_is_taken_says_which(embedded: Embedded) -> None:
    other = ("demo", "--data-dir", str(embedded.folder / "other"), "--port-base", str(embedded.base))
    second = Running(other, embedded.folder / "second.out")
    assert second.ended() == 2
    assert f"Port {embedded.base + HUB} is taken" in second.said()


def test_ctrl_c_ends_the_demo_within_three_seconds_and_its_mail_server_with_it(embedded: Embedded) -> None:
    taken = []
    for _ in range(4):  # the machine may be busy with other tests: one of them shows what the demo can do
        began = time.monotonic()
        assert embedded.process.interrupt(seconds=30) == 0
        taken.append(time.monotonic() - began)
        assert "ventanilla: stopped" in embedded.process.said()
        if taken[-1] < 3:
            break
        embedded.start()
    assert min(taken) < 3


def test_a_second_start_keeps_tokens_and_cases(embedded: Embedded) -> None:
    tokens = (embedded.data / "tokens.json").read_text()
    code = embedded.window("la-union").registers(_somebody())["code"]
    embedded.stop()
    embedded.start()
    assert (embedded.data / "tokens.json").read_text() == tokens
    assert embedded.window("la-union").finds(code)


def test_every_user_of_the_contract_has_a_token_that_only_the_owner_of_the_folder_can_read(embedded: Embedded) -> None:
    file = embedded.data / "tokens.json"
    tokens = json.loads(file.read_text())
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    institutions = {one["id"] for one in embedded.hub().institutions() if one["node"] == "sv"}
    wanted = {f"{role}@{one}" for role in ("officer", "manager", "deputy") for one in institutions}
    wanted |= {f"{role}@{one}" for role in ("staff", "supervisor") for one in ("la-union", "la-hachadura")}
    wanted |= {"coordinator@sv", "auditor@sv", "admin@sv"}
    assert set(tokens) == wanted


def test_each_port_serves_a_page_and_its_documentation(embedded: Embedded) -> None:
    import requests

    for offset in (FIRST_WINDOW, FIRST_WINDOW + 1, HUB, NOTIFICATIONS):
        page = requests.get(embedded.url(offset), timeout=10)
        assert page.ok
        assert "/api/docs" in page.text
        assert requests.get(embedded.url(offset) + "/api/docs", timeout=10).ok
        assert requests.get(embedded.url(offset) + "/readyz", timeout=10).ok
    assert requests.get(embedded.url(NOTIFICATIONS) + "/mailbox", timeout=10).ok


def test_three_countries_run_in_one_process_with_made_up_cases(embedded: Embedded) -> None:
    # Given all three countries with some cases
    embedded.stop()
    embedded.start("--nodes", "sv,gt,mx", "--cases", "8")
    tokens = json.loads((embedded.data / "tokens.json").read_text())

    # Then each hub has its own cases, and each institution of each country somebody at its desk
    for node, port in (("sv", 100), ("gt", 110), ("mx", 120)):
        hub = Caller(embedded.url(port), tokens[f"coordinator@{node}"])
        own = [one["id"] for one in hub.everything("/institutions") if one["node"] == node]
        assert own
        assert {f"officer@{one}" for one in own} <= set(tokens)
    totals = [embedded.total_of(window) for window in (1, 2, 11, 21)]
    assert totals == [2, 2, 2, 2]

    # And a further start with the same number registers nobody anew
    embedded.stop()
    embedded.start("--nodes", "sv,gt,mx", "--cases", "8")
    assert [embedded.total_of(window) for window in (1, 2, 11, 21)] == totals


def test_a_made_up_case_stands_open_where_somebody_looks_and_only_once(embedded: Embedded) -> None:
    assert embedded.total_of(1) == 0  # nobody sits at this terminal
    for _ in range(2):
        embedded.stop()
        embedded.start("--example")
        assert [embedded.total_of(window) for window in (1, 2)] == [1, 0]
    (found,) = embedded.window("la-union").finds("persona de ejemplo")
    assert embedded.window("la-union").sees(found["id"])["notes"].startswith("CASO DE EJEMPLO")


def _somebody() -> dict[str, object]:
    from services.console.demo_cases import case

    return case(7, "sv")
