"""What consent allows, and what a ground other than consent carries (domain.md, Consent)."""

import pytest

from shared.routing.case import CaseDetails, Consent
from shared.routing.decision import Block, LiftedBlock
from shared.vocabulary.codes import ConsentGround, ConsentPurpose, ConsentStatus
from tests.unit.routing.given import EVERY_PURPOSE, blocked, case, code_only, complaint, notes, routed, who

DANGER = ["unaccompanied_child", "trafficking_indicators", "immediate_danger"]
STANDING = Block("rree", "R1", "Bloqueada.", "Blocked.")


def under(ground: ConsentGround, status: ConsentStatus = ConsentStatus.REFUSED) -> CaseDetails:
    consent = Consent(status, purposes=EVERY_PURPOSE, ground=ground)
    return case("livelihood", "rights_violation", answers=DANGER, age=15, consent=consent)


@pytest.mark.parametrize("status", [ConsentStatus.REFUSED, ConsentStatus.WITHDRAWN, ConsentStatus.EXPIRED])
def test_nothing_is_routed_without_a_valid_consent(status: ConsentStatus) -> None:
    decision = routed(case("documentation", "trafficking", consent=Consent(status, purposes=EVERY_PURPOSE)))
    assert decision.referrals == ()
    assert notes(decision) == {"withheld"}


def test_blocks_hold_also_where_nothing_is_routed() -> None:
    assert blocked(routed(case("trafficking", consent=Consent(ConsentStatus.REFUSED))), "R3")


def test_a_consent_without_the_purpose_of_referral_routes_nothing() -> None:
    consent = Consent(ConsentStatus.GRANTED, purposes=(ConsentPurpose.STATISTICS,))
    assert notes(routed(case("documentation", consent=consent))) == {"withheld"}


def test_recipients_that_leave_an_institution_out_are_obeyed_and_said() -> None:
    decision = routed(case("documentation", "rights_violation", recipients=("pddh",)))
    assert who(decision) == {"pddh": {"rights_violation"}}
    assert [(note.code, note.institution) for note in decision.notes] == [("no_consent", "alcaldia-la-union")]
    assert "La Unión Sur" in decision.notes[0].es


def test_a_blocked_need_moves_only_to_whom_consent_names() -> None:
    decision = routed(case("documentation", answers=["fear_of_return"], recipients=("alcaldia-la-union",)))
    assert decision.referrals == ()
    assert {note.institution for note in decision.notes} == {"pddh"}


def test_a_recipient_that_nobody_knows_is_said() -> None:
    assert "unknown_recipient" in notes(routed(case("documentation", recipients=("alcaldia-la-union", "nadie"))))


@pytest.mark.parametrize(
    ("purposes", "countries", "expected"),
    [
        (("referral", "cross_border"), (), {"pddh", "cndh"}),
        (("referral",), (), {"pddh"}),
        (("referral", "cross_border"), ("SV", "GT"), {"pddh"}),
        (("referral", "cross_border"), ("SV", "MX"), {"pddh", "cndh"}),
        (("referral", "cross_border"), ("MX",), {"cndh"}),
    ],
)
def test_another_country_needs_the_purpose_and_its_name(
    purposes: tuple[str, ...], countries: tuple[str, ...], expected: set[str]
) -> None:
    consent = Consent(ConsentStatus.GRANTED, purposes=tuple(map(ConsentPurpose, purposes)), countries=countries)
    decision = routed(case(complaint("rights_violation", country="MX"), consent=consent), peers={"mx"})
    assert set(who(decision)) == expected
    assert ("no_consent_country" in notes(decision)) == (expected != {"pddh", "cndh"})


@pytest.mark.parametrize("ground", [ground for ground in ConsentGround if ground is not ConsentGround.CONSENT])
def test_another_ground_waits_for_the_supervisor(ground: ConsentGround) -> None:
    decision = routed(under(ground))
    assert decision.referrals == ()
    assert "awaiting_supervisor" in notes(decision)


@pytest.mark.parametrize(
    ("ground", "expected"),
    [
        (ConsentGround.VITAL_INTEREST, {"pddh": {"protection", "child_protection", "trafficking"}, "conapina": {"child_protection"}, "fgr": {"trafficking"}}),
        (ConsentGround.LEGAL_DUTY, {"pddh": {"child_protection", "trafficking"}, "conapina": {"child_protection"}, "fgr": {"trafficking"}}),
        (ConsentGround.BEST_INTERESTS_DECISION, {"pddh": {"child_protection"}, "conapina": {"child_protection"}}),
    ],
)
def test_an_approved_ground_routes_only_what_it_serves(ground: ConsentGround, expected: dict[str, set[str]]) -> None:
    decision = routed(under(ground), ground_approved=True)
    assert who(decision) == expected
    assert {note.need for note in decision.notes if note.code == "ground_does_not_serve"} == {"livelihood", "rights_violation"}


def test_a_withdrawn_ground_routes_nothing_though_it_was_approved() -> None:
    decision = routed(under(ConsentGround.VITAL_INTEREST, ConsentStatus.WITHDRAWN), ground_approved=True)
    assert decision.referrals == ()


def test_vital_interest_reaches_the_ombudsman_by_danger_alone() -> None:
    consent = Consent(ConsentStatus.REFUSED, ground=ConsentGround.VITAL_INTEREST)
    decision = routed(case("health", answers=["urgent_medical"], consent=consent), ground_approved=True)
    assert who(decision) == {"pddh": {"protection"}}


def test_a_block_stands_though_a_later_version_would_not_set_it() -> None:
    decision = routed(case("consular_protection", "shelter"), standing=[STANDING])
    assert who(decision) == {"pddh": {"consular_protection"}, "alcaldia-la-union": {"shelter"}}
    assert decision.blocked == (STANDING,)
    assert code_only(decision) == {"alcaldia-la-union"}


def test_only_lifting_removes_a_block() -> None:
    lifted = [LiftedBlock("rree", "R1")]
    assert set(who(routed(case("consular_protection"), standing=[STANDING], lifted=lifted))) == {"rree"}


def test_a_lifted_ministry_still_learns_code_and_need_only() -> None:
    details = case("consular_protection", answers=["fear_of_return"])
    decision = routed(details, lifted=[LiftedBlock("rree", "R1b")])
    assert set(who(decision)) == {"pddh", "rree"}
    assert code_only(decision) == {"rree"}
