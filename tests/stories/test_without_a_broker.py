"""A window works with no network, and delivers when there is one."""

import pytest

from tests.cast import DESKS_OF_THE_RETURNED_WOMAN, returned_woman
from tests.drivers.deployed import Deployed
from tests.drivers.http import Caller
from tests.drivers.window import Window
from tests.drivers.wire import Wire

pytestmark = pytest.mark.story


def test_a_window_with_no_broker_registers_and_delivers_when_the_broker_comes(deployed: Deployed) -> None:
    # Given a window that starts where nobody answers for the broker
    deployed.end("la-union")
    wire = Wire(deployed.broker_port)
    deployed.run("la-union", AMQP_URI=deployed.amqp_uri("la-union", port=wire.port))
    window = deployed.window("la-union")

    # When it registers people
    cases = [window.registers(returned_woman()) for _ in range(3)]

    # Then they are kept, and shown as what they are
    assert {window.delivery_of(case["id"]) for case in cases} == {"queued"}
    assert window.sync()["broker"] == "down"
    assert window.finds("xiomara quintanilla")

    # And when the broker comes, all are delivered, each once
    with wire.open():
        for case in cases:
            window.is_told_it_was_received(case["id"], seconds=60)
        assert window.sync()["broker"] == "up"
        assert len(deployed.hub().referrals()) == len(cases) * len(DESKS_OF_THE_RETURNED_WOMAN)


def test_a_new_window_that_never_heard_of_a_hub_registers(deployed: Deployed) -> None:
    # Given a user that the operator made at the window itself
    told = deployed.console(
        "la-hachadura", "users", "add", "local@la-hachadura", "--role", "staff", "--window", "la-hachadura",
        "--config", "deploy/config/intake.yml",
    )

    # Then they register a person there
    window = Window("la-hachadura", Caller(deployed.url("la-hachadura"), told.strip()))
    assert window.registers(returned_woman())["code"].startswith("SV-LHA-")
