"""Every endpoint of every service against its own OpenAPI document, as people of several roles."""

import json
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from services.console.demo_network import FIRST_WINDOW, HUB, NOTIFICATIONS
from tests.cast import returned_woman
from tests.drivers.http import Caller
from tests.drivers.network import Embedded

PLACES = {"intake": FIRST_WINDOW, "referrals": HUB, "notifications": NOTIFICATIONS}


@pytest.fixture(scope="module")
def network(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Embedded]:
    embedded = Embedded(tmp_path_factory.mktemp("network"))
    embedded.start()
    yield embedded
    embedded.kill()


@pytest.fixture(scope="module")
def ids(network: Embedded) -> dict[str, dict[str, str]]:
    """What the paths of the documents name: a case that is being worked on, its slip, a training session."""
    window, desk = network.window("la-union"), network.desk("pddh")
    case = window.registers(returned_woman())
    window.is_told_it_was_received(case["id"])
    referral = desk.gets(case["id"])["id"]
    desk.receives(referral)
    desk.accepts(referral)
    network.mailbox().gets_mail_to("officer@pddh.example")
    notices = Caller(network.url(NOTIFICATIONS), network.hub().caller.token).get("/notifications")
    consent = window.sees(case["id"])["consents"][0]["id"]
    slip = window.prepares_a_slip(case["id"])["claim"]["code"]
    training, participant = window.holds_a_training()
    return {
        "intake": {
            "case_id": case["id"], "referral_id": referral, "consent_id": consent, "draft_id": "a-draft", "code": slip,
            "training_id": training, "participant_id": participant,
        },
        "referrals": {"id": referral, "case_id": case["id"], "code": slip},
        "notifications": {"id": notices["items"][0]["id"]},
    }


@pytest.mark.parametrize(
    ("service", "user"),
    [
        ("intake", "staff@la-union"), ("intake", "staff@la-hachadura"),
        ("referrals", "officer@pddh"), ("referrals", "coordinator@sv"), ("referrals", "auditor@sv"),
        ("notifications", "officer@pddh"),
    ],
)
def test_no_endpoint_breaks_or_answers_what_its_document_does_not_say(network, ids, tmp_path, service, user):
    """Left out: that all data of the right shape is taken (a DUI has a check digit), that a missing If-Match is 4xx but 428,
    and that ``Allow`` of /cases/search does not speak of /cases/{case_id}, which has the same shape.
    """
    token = json.loads((network.data / "tokens.json").read_text())[user]
    parameters = "\n".join(f'"path.{name}" = "{value}"' for name, value in ids[service].items())
    (tmp_path / "schemathesis.toml").write_text(f"[parameters]\n{parameters}\n")
    command = [str(Path(sys.executable).with_name("schemathesis")), "run", f"{network.url(PLACES[service])}/api/openapi.json"]
    command += ["--header", f"Authorization: Bearer {token}", "--no-color", "--continue-on-failure", "--seed", "20"]
    command += ["--max-examples", "12", "--checks", "all", "--suppress-health-check", "all"]
    command += ["--exclude-checks", "positive_data_acceptance,missing_required_header,allow_header_conformance"]
    done = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, timeout=280, check=False)
    assert done.returncode == 0, done.stdout[-6000:]
    assert int(re.search(r"(\d+) generated", done.stdout)[1]) > 200
