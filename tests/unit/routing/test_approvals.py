"""What approvals let happen: which blocks may be lifted, how far an urgency is held down, how long each holds."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared.ids import new_id
from shared.routing.approval import Approvals, GroundApproval, Lift, LoweredUrgency
from shared.routing.case import Consent
from shared.routing.decide import decide
from shared.routing.decision import URGENCIES, LiftedBlock
from shared.routing.terms import is_over, last_day
from shared.vocabulary.codes import ConsentGround, ConsentStatus, Urgency
from tests.unit.routing.given import blocked, case, directory, routed, rules
from tests.unit.routing.strategies import INSTITUTIONS, NODES, cases

NOON = datetime(2026, 11, 23, 12, tzinfo=UTC)
SIGNED = {"by": "supervisor@la-union", "at": NOON, "paper": "Acta 7"}


def lift(institution: str, rule: str, consent_id: str = "k1", **more) -> Lift:
    told = {"id": new_id(), **SIGNED, "asked_by": "staff@la-union", "witness": "Rosa"} | more
    return Lift(consent_id=consent_id, institution=institution, rule=rule, **told)


def ground(consent_id: str = "k1", *, lapses_on: date = date(2026, 12, 3), **more) -> GroundApproval:
    told = {"id": new_id(), **SIGNED, "asked_by": "staff@la-union", "ground": ConsentGround.LEGAL_DUTY} | more
    return GroundApproval(consent_id=consent_id, review_on=date(2026, 11, 30), lapses_on=lapses_on, **told)


@pytest.mark.parametrize("node", NODES)
def test_a_consent_lifts_the_blocks_of_fear_and_complaint_and_of_no_other_rule(node: str) -> None:
    liftable = {rule.id for rule in rules(node).rules if rules(node).may_be_lifted(rule.id)}
    assert liftable == {"R1", "R1b", "R13", "R16"}
    assert not rules(node).may_be_lifted("R99")


@given(cases(), st.sampled_from(INSTITUTIONS), st.sampled_from(["R1", "R1b", "R3", "R13", "R16"]))
def test_a_lift_unblocks_one_institution_under_one_rule_and_nothing_else(details, institution: str, rule: str) -> None:
    before, after = routed(details), routed(details, lifted=[LiftedBlock(institution, rule)])
    pairs = {(block.institution, block.rule) for block in before.blocked}
    assert {(block.institution, block.rule) for block in after.blocked} == pairs - {(institution, rule)}
    assert {(block.institution, block.rule) for block in after.lifted} == pairs & {(institution, rule)}
    assert not {one.institution for one in after.referrals} & blocked(after)
    assert after.fired == before.fired


def test_a_lift_counts_for_the_consent_that_it_names_and_no_later_one() -> None:
    approvals = Approvals(lifts=(lift("rree", "R1b"), lift("fgr", "R1b", "k2")))
    assert approvals.lifted("k1") == {LiftedBlock("rree", "R1b")}
    assert approvals.lifted("k3") == frozenset()


def test_of_an_approval_and_its_review_the_longer_holds_whatever_the_clock_said() -> None:
    first, review = ground(), ground(lapses_on=date(2027, 1, 1), at=NOON - timedelta(days=6))
    both = Approvals(grounds=(first,)).joined(Approvals(grounds=(review,)))
    assert both.of_ground("k1", ConsentGround.LEGAL_DUTY) == review
    assert both.of_ground("k1", ConsentGround.VITAL_INTEREST) is None
    assert both.of_ground("k2", ConsentGround.LEGAL_DUTY) is None


@given(st.permutations([lift("rree", "R1"), lift("fgr", "R1", at=NOON + timedelta(hours=1)), lift("sre", "R1")]))
def test_approvals_are_only_added_whatever_a_restored_window_forgot(told: list[Lift]) -> None:
    whole = Approvals(lifts=tuple(told))
    assert whole.joined(Approvals()).joined(whole) == Approvals().joined(whole) == whole
    assert set(Approvals(lifts=tuple(told[:1])).joined(whole)) == set(told)


@given(cases(), st.sampled_from(Urgency), st.sampled_from(Urgency), st.sampled_from(NODES))
def test_a_lowered_urgency_holds_down_what_was_judged_and_nothing_graver(details, was: Urgency, now: Urgency, node: str) -> None:
    by_rules = routed(replace(details, urgency=Urgency.ROUTINE), node=node).urgency
    lowered = LoweredUrgency(id="u", **SIGNED, was=was, now=now)
    decision = decide(
        details, node=node, window={"sv": "la-union", "gt": "tecun-uman", "mx": "tapachula"}[node], rules=rules(node),
        directory=directory(node), lowered=lowered,
    )
    grave = URGENCIES.index(by_rules) < URGENCIES.index(was)
    held = by_rules if grave else max(by_rules, now, key=URGENCIES.index)
    assert decision.urgency is min(held, details.urgency, key=URGENCIES.index)


@pytest.mark.parametrize(
    ("consent", "approval", "last"),
    [
        (Consent(ConsentStatus.GRANTED), None, date(2027, 2, 21)),
        (Consent(ConsentStatus.GRANTED, expires_on=date(2026, 12, 24)), None, date(2026, 12, 24)),
        (Consent(ConsentStatus.REFUSED, ground=ConsentGround.LEGAL_DUTY), None, None),
        (Consent(ConsentStatus.REFUSED, ground=ConsentGround.LEGAL_DUTY), ground(), date(2026, 12, 3)),
        (Consent(ConsentStatus.REFUSED, ground=ConsentGround.LEGAL_DUTY, expires_on=date(2026, 11, 25)), ground(), date(2026, 11, 25)),
        (Consent(ConsentStatus.GRANTED, expires_on=date.max), None, date.max),
    ],
)
def test_a_consent_ends_with_its_day_and_a_ground_with_its_review(consent: Consent, approval, last: date | None) -> None:
    found = last_day(consent, NOON, approval)
    assert found == last
    if last is not None and last != date.max:
        assert not is_over(last, datetime(last.year, last.month, last.day, 23, 59, tzinfo=UTC))
        assert is_over(last, datetime(last.year, last.month, last.day, 23, 59, tzinfo=UTC) + timedelta(minutes=2))
    assert is_over(None, NOON)


def test_a_case_that_is_lifted_still_shows_which_rule_would_bind() -> None:
    decision = routed(case("consular_protection", answers=["fear_of_return"]), lifted=[LiftedBlock("rree", "R1b")])
    assert [(block.institution, block.rule) for block in decision.lifted] == [("rree", "R1b")]
