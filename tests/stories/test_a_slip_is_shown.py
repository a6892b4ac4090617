"""A person shows their slip at another window; a service without room is known there too; all of it by the network alone."""

import pytest

from tests.cast import returned_woman
from tests.drivers.network import Network

pytestmark = pytest.mark.story


def test_a_slip_of_one_window_tells_at_another_how_the_case_stands(network: Network) -> None:
    here, there, desk = network.window("la-union"), network.window("la-hachadura"), network.desk("pddh")

    # Given a woman registered at La Unión, with her slip
    case = here.registers(returned_woman())
    slip = here.prepares_a_slip(case["id"])
    assert returned_woman()["person"]["family_name"] not in str(slip)

    # When she shows it at La Hachadura after an officer took her complaint on
    referral = desk.gets(case["id"])
    desk.receives(referral["id"])
    desk.accepts(referral["id"])

    # Then that window hears that there is an answer, and nothing else
    told = there.is_shown_a_slip(slip["claim"]["code"])
    assert (told["status"], set(told)) == ("answered", {"status", "as_of"})


def test_what_has_no_room_is_marked_at_every_window(network: Network) -> None:
    # Given a person who needs shelter, referred to the mayor's office
    case = network.window("la-union").registers(returned_woman(needs=[{"code": "shelter"}]))
    desk = network.desk("alcaldia-la-union")
    referral = desk.gets(case["id"])
    desk.receives(referral["id"])

    # When the office has no room
    desk.rejects(referral["id"], reason="no-capacity", text="No hay cupo este mes.")

    # Then every window knows, without asking
    for name in ("la-union", "la-hachadura"):
        network.window(name).knows_to_be_full("alcaldia-la-union-apoyo", "shelter")
