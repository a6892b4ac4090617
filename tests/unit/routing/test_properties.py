"""What holds for every case, rule set and order (domain.md, Routing)."""

import random
from dataclasses import replace

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from shared.routing.case import CaseDetails
from shared.routing.decide import decide
from shared.routing.decision import Decision
from shared.routing.directory import Directory
from shared.routing.facts import facts_of
from shared.routing.rules import EffectKind
from shared.routing.who import receivers
from shared.vocabulary.codes import Answer, Need, Vulnerability
from tests.unit.routing.given import WINDOWS, case, directory, routed, rules
from tests.unit.routing.strategies import INSTITUTIONS, NODES, PEERS, PLAIN_NEEDS, cases

EXAMPLES = settings(max_examples=150, deadline=None)
BLOCKING = {
    Vulnerability.FEAR_OF_RETURN: {"R1", "R1b"},
    Vulnerability.TRAFFICKING_INDICATORS: {"R3"},
    Vulnerability.UNSAFE_MUNICIPALITY: {"R13"},
    Vulnerability.UNACCOMPANIED_CHILD: {"R2"},
    Vulnerability.SEPARATED_CHILD: {"R2"},
    Vulnerability.AGE_DOUBTFUL: {"R2", "R8"},
}
"""Answers that block or confine somebody, and the rules that each calls."""
PAPERS_MISSING = {"declaration_missing", "best_interests_missing"}


def readers(decision: Decision) -> set[str]:
    return {referral.institution for referral in decision.referrals}


@EXAMPLES
@given(cases(needs=PLAIN_NEEDS, limited=False), st.sampled_from(NODES), PEERS)
def test_every_need_with_consent_reaches_somebody(details: CaseDetails, node: str, peers: frozenset[str]) -> None:
    decision = routed(details, node=node, peers=peers)
    reached = {need for referral in decision.referrals for need in referral.needs}
    excused = {note.need for note in decision.notes if note.code in PAPERS_MISSING} | {Need.INFORMATION}
    assert {need.code for need in details.needs} <= reached | excused
    assert excused <= {Need.INFORMATION, Need.VOLUNTARY_RETURN}


@EXAMPLES
@given(cases(), st.sampled_from(NODES), PEERS)
def test_a_need_that_goes_nowhere_is_told(details: CaseDetails, node: str, peers: frozenset[str]) -> None:
    decision = routed(details, node=node, peers=peers)
    reached = {need for referral in decision.referrals for need in referral.needs}
    told = {note.need for note in decision.notes}
    assert {need.code for need in details.needs} <= reached | told | {Need.INFORMATION}


@EXAMPLES
@given(cases(), st.sampled_from(NODES), PEERS)
def test_nothing_blocked_is_ever_routed(details: CaseDetails, node: str, peers: frozenset[str]) -> None:
    decision = routed(details, node=node, peers=peers)
    assert readers(decision).isdisjoint(block.institution for block in decision.blocked)


@EXAMPLES
@given(cases(), cases(), st.sampled_from(NODES))
def test_a_block_outlives_the_version_that_set_it(first: CaseDetails, second: CaseDetails, node: str) -> None:
    earlier = routed(first, node=node)
    later = routed(second, node=node, standing=earlier.blocked)
    assert {(b.institution, b.rule) for b in earlier.blocked} <= {(b.institution, b.rule) for b in later.blocked}
    assert readers(later).isdisjoint(block.institution for block in earlier.blocked)


@pytest.mark.parametrize("answer", sorted(BLOCKING))
@given(details=cases(limited=False), node=st.sampled_from(NODES), peers=PEERS)
@settings(max_examples=60, deadline=None)
def test_an_answer_that_blocks_adds_no_reader_but_its_own_rules(
    answer: Vulnerability, details: CaseDetails, node: str, peers: frozenset[str]
) -> None:
    before = routed(details, node=node, peers=peers)
    more = replace(details, vulnerabilities={**details.vulnerabilities, answer: Answer.YES})
    added = readers(routed(more, node=node, peers=peers)) - readers(before)
    assert added <= named_by(BLOCKING[answer], more, node) | fallback(node)


def named_by(ids: set[str], details: CaseDetails, node: str) -> set[str]:
    place = directory(node).window(WINDOWS[node])
    facts = facts_of(details, node=node, window=place)
    words = {
        word
        for rule in rules(node).rules
        if rule.id in ids
        for effect in rule.then
        if effect.kind is EffectKind.ADD
        for word in (*effect.who, *effect.otherwise)
    }
    return {found.institution.id for word in words for found in receivers(word, facts, directory(node).active)}


def fallback(node: str) -> set[str]:
    kinds = {word.value for word in rules(node).fallback}
    return {one.id for one in directory(node).active if one.node == node and one.kind.value in kinds}


@EXAMPLES
@given(cases(), st.sampled_from(NODES), st.integers(0, 10_000))
def test_no_order_of_anything_changes_the_decision(details: CaseDetails, node: str, seed: int) -> None:
    shuffle = random.Random(seed)
    told = rules(node)
    known = directory(node)
    mixed = decide(
        replace(
            details,
            needs=tuple(shuffle.sample(details.needs, len(details.needs))),
            vulnerabilities=dict(shuffle.sample(list(details.vulnerabilities.items()), len(details.vulnerabilities))),
        ),
        node=node,
        window=WINDOWS[node],
        rules=replace(told, rules=tuple(shuffle.sample(told.rules, len(told.rules)))),
        directory=Directory(
            known.node,
            known.version,
            tuple(shuffle.sample(known.institutions, len(known.institutions))),
            known.windows,
        ),
    )
    assert mixed == routed(details, node=node)


@EXAMPLES
@given(cases(), st.sampled_from(INSTITUTIONS))
def test_an_inactive_institution_receives_nothing(details: CaseDetails, closed: str) -> None:
    assume(closed not in {"pddh", "coordinacion-sv"})
    known = directory()
    without = replace(
        known,
        institutions=tuple(replace(one, active=one.id != closed) for one in known.institutions),
    )
    decision = decide(details, node="sv", window="la-union", rules=rules(), directory=without)
    assert closed not in readers(decision)


@EXAMPLES
@given(cases(), st.sampled_from(NODES))
def test_without_links_no_referral_leaves_the_country(details: CaseDetails, node: str) -> None:
    own = {one.id for one in directory(node).institutions if one.node == node}
    assert readers(routed(details, node=node)) <= own


@EXAMPLES
@given(cases(), st.sampled_from(NODES), PEERS)
def test_each_institution_has_one_referral_with_needs_and_reasons(
    details: CaseDetails, node: str, peers: frozenset[str]
) -> None:
    decision = routed(details, node=node, peers=peers)
    assert len(readers(decision)) == len(decision.referrals)
    for referral in decision.referrals:
        assert referral.needs
        assert referral.reasons
        assert {reason.rule for reason in referral.reasons} <= set(decision.fired)
        assert len({reason.rule for reason in referral.reasons}) == len(referral.reasons)


def test_an_answer_not_asked_or_declined_fires_nothing() -> None:
    asked = case("livelihood")
    for answer in (Answer.NO, Answer.NOT_ASKED, Answer.DECLINED):
        silent = replace(asked, vulnerabilities=dict.fromkeys(Vulnerability, answer))
        assert routed(silent) == routed(asked)
