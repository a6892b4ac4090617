"""A hub burns down and is put back from a copy; the windows know what it forgot."""

from pathlib import Path

import pytest

from tests.cast import DESKS_OF_THE_RETURNED_WOMAN, PLANTED, returned_woman
from tests.drivers.network import Network
from tests.drivers.probe import eventually

pytestmark = pytest.mark.story


def test_a_hub_restored_from_an_older_copy_has_the_officers_later_acceptance_back_and_nothing_twice(
    network: Network, tmp_path: Path
) -> None:
    window, desk = network.window("la-union"), network.desk("pddh")

    # Given a case at the hub, and a copy of the hub
    known = window.registers(returned_woman())
    window.is_told_it_was_received(known["id"])
    accepted = desk.gets(known["id"])["id"]
    network.back_up_hub(tmp_path / "yesterday")

    # And that an officer accepted it later, and that another case came and was done
    desk.receives(accepted)
    desk.accepts(accepted)
    later = window.registers(returned_woman())
    window.is_told_it_was_received(later["id"])
    done = desk.gets(later["id"])["id"]
    desk.receives(done)
    desk.accepts(done)
    desk.starts(done)
    desk.completes(done, outcome="assisted", service_delivered=True, need_met="yes")
    window.sees_referral_become(known["id"], "pddh", "accepted")
    window.sees_referral_become(later["id"], "pddh", "completed")
    mails = network.mailbox().gets_mail_to("officer@pddh.example", "staff@la-union.example")

    # When the window is offline, and the hub is put back from the copy; and the window comes back
    network.restore_hub(tmp_path / "yesterday")
    window, desk = network.window("la-union"), network.desk("pddh")

    # Then everything is as it was, and nothing is there twice
    eventually(
        lambda: {one: desk.opens(one).get("status") for one in (accepted, done) if has(desk, one)},
        until=lambda seen: seen == {accepted: "accepted", done: "completed"},
        what="both referrals as they were before the hub was restored",
        seconds=60,
    )
    eventually(
        lambda: desk.opens(accepted)["person"].get("family_name"),
        until=lambda name: name == PLANTED["family_name"],
        what="the person of the accepted referral",
        seconds=60,
    )
    assert len(network.hub().referrals()) == 2 * len(DESKS_OF_THE_RETURNED_WOMAN)
    window.sees_referral_become(known["id"], "pddh", "accepted")
    window.sees_referral_become(later["id"], "pddh", "completed")

    # And work goes on, and nobody was written to a second time
    desk.starts(accepted)
    window.sees_referral_become(known["id"], "pddh", "in-progress")
    again = network.mailbox().gets_mail_to("officer@pddh.example", "staff@la-union.example")
    assert told_of(again, "officer@pddh.example") == told_of(mails, "officer@pddh.example")


def has(desk: object, referral_id: str) -> bool:
    return any(one["id"] == referral_id for one in desk.list())  # type: ignore[attr-defined]


def told_of(mails: list[dict], to: str) -> list[str]:
    return sorted(mail["subject"] for mail in mails if mail["to"] == to)
