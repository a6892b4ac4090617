"""Consent that binds, blocks that hold: four stories, from the counter to the desk and back."""

import json

import pytest

from tests.cast import PLANTED, returned_woman
from tests.drivers.http import Refusal
from tests.drivers.network import Network

pytestmark = pytest.mark.story


def _names_her(seen: dict) -> bool:
    return PLANTED["family_name"] in json.dumps(seen, ensure_ascii=False)


def test_a_withdrawal_after_acceptance_reaches_every_holder_and_each_answers(network: Network) -> None:
    window, ombudsman, ministry = network.window("la-union"), network.desk("pddh"), network.desk("rree")

    # Given a woman whose name the Ombudsman and the ministry know, and the mayor's office does not yet
    case = window.registers(returned_woman())
    at_pddh, at_rree, at_mayor = (network.desk(one).gets(case["id"]) for one in ("pddh", "rree", "alcaldia-la-union"))
    for desk, referral in ((ombudsman, at_pddh), (ministry, at_rree)):
        desk.receives(referral["id"])
        assert _names_her(desk.accepts(referral["id"]))
    window.sees_holder_become(case["id"], "rree", "holds")

    # When she takes her consent back
    window.withdraws_consent(case["id"])

    # Then nobody sees her any more, and both are asked to stop and to erase
    for desk, referral in ((ombudsman, at_pddh), (ministry, at_rree)):
        seen = desk.sees(referral["id"], "a stop request", lambda one: one["stop_requested"])
        assert (seen["person"], seen["erasure"]["answer"]) == ({}, None)
    network.desk("alcaldia-la-union").sees(at_mayor["id"], "cancelled", lambda one: one["status"] == "cancelled")
    window.sees_holder_become(case["id"], "pddh", "asked")

    # And their answers stand on the list that she can be shown
    ombudsman.answers_erasure(at_pddh["id"], "erased")
    ministry.answers_erasure(at_rree["id"], "restricted", duty="Ley del Servicio Consular, expediente abierto")
    window.sees_holder_become(case["id"], "pddh", "erased")
    window.sees_holder_become(case["id"], "rree", "restricted")
    assert "alcaldia-la-union" not in window.shows_holders(case["id"])


def test_a_fear_that_becomes_known_later_takes_back_what_is_out(network: Network) -> None:
    window, supervisor, ministry = network.window("la-union"), network.supervisor("la-union"), network.desk("rree")

    # Given that the ministry has accepted and knows her name
    case = window.registers(returned_woman())
    referral = ministry.gets(case["id"])
    ministry.receives(referral["id"])
    assert _names_her(ministry.accepts(referral["id"]))
    window.sees_referral_become(case["id"], "rree", "accepted")

    # When she says at the window that she is afraid
    window.changes(case["id"], {"vulnerabilities": {"fear_of_return": "yes"}})

    # Then the ministry and the mayor's office have nothing of her left, and are not told why
    seen = ministry.sees(referral["id"], "a stop request", lambda one: one["stop_requested"])
    assert (seen["person"], seen["needs"], seen["reasons"]) == ({}, [], [])
    assert seen["history"][-1]["reason"] == "other"
    assert not _names_her(seen)
    window.sees_referral_become(case["id"], "alcaldia-la-union", "cancelled")

    # And the supervisor is told, by a list at the window and by a mail that names nothing
    supervisor.is_asked_to("look_at_block", case["id"])
    supervisor.has_looked(case["id"])
    (mail, *_) = [
        mail for mail in network.mailbox().gets_mail_to("supervisor@la-union.example")
        if mail["to"] == "supervisor@la-union.example"
    ]
    assert not any(word in mail["text"].casefold() for word in ("temor", "bloque", PLANTED["family_name"].casefold()))


def test_a_ground_leaves_the_window_only_with_a_supervisors_name(network: Network) -> None:
    window, supervisor, authority = network.window("la-union"), network.supervisor("la-union"), network.desk("conapina")

    # Given a child alone who cannot be asked, and a duty in law to protect it
    child = returned_woman(
        needs=[{"code": "child_protection"}, {"code": "livelihood"}],
        unaccompanied_child=True,
        consent={"status": "refused", "ground": "legal_duty", "ground_text": "Niña sola, no se puede esperar."},
    )
    child["person"] |= {"birth_date": "2014-05-01", "document": None}
    case = window.registers(child)
    assert case["delivery"] == "awaiting_supervisor"

    # Then staff cannot approve it, and the supervisor is asked to
    with pytest.raises(Refusal) as refused:
        window.caller.post(f"/cases/{case['id']}/approve", {"paper": "Acta"})
    assert refused.value.status == 403
    supervisor.is_asked_to("approve_ground", case["id"])
    assert not authority.has(case["id"])

    # When the supervisor answers for it
    supervisor.approves(case["id"], paper="Acta 12/2026 de la supervisión")

    # Then what the duty serves is referred, and nothing else
    window.is_told_it_was_received(case["id"])
    referral = authority.gets(case["id"])
    authority.receives(referral["id"])
    assert _names_her(authority.accepts(referral["id"]))
    assert not network.desk("alcaldia-la-union").has(case["id"])


def test_a_block_is_lifted_by_a_named_witnessed_and_co_signed_consent_alone(network: Network) -> None:
    window, supervisor, ministry = network.window("la-union"), network.supervisor("la-union"), network.desk("rree")

    # Given a woman who is afraid and needs her belongings back from abroad all the same
    afraid = returned_woman(vulnerabilities=["fear_of_return"], needs=[{"code": "recovery_of_belongings"}])
    case = window.registers(afraid)
    window.sees_block_of(case["id"], "rree")
    assert not ministry.has(case["id"])

    # When her consent does not name the ministry, nothing lifts the block
    with pytest.raises(Refusal) as refused:
        supervisor.lifts(case["id"], "rree", witness="Rosa Pérez", paper="Hoja 3")
    assert set(refused.value.problem["errors"]) == {"institution"}

    # And when she names it before a witness, the supervisor co-signs
    window.consents_anew(case["id"], {"status": "granted", "recipients": ["pddh", "rree"]})
    supervisor.lifts(case["id"], "rree", witness="Rosa Pérez", paper="Hoja 3")

    # Then the ministry is asked, by code and need, and never learns her name
    referral = ministry.gets(case["id"])
    ministry.receives(referral["id"])
    assert set(ministry.accepts(referral["id"])["person"]) == {"code", "needs"}
    assert not _names_her(ministry.opens(referral["id"]))
