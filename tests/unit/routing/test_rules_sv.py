"""Every rule of El Salvador, fired and not (domain.md, Routing: rules are data)."""

import pytest

from shared.routing.case import Address, CaseDetails
from tests.unit.routing.given import (
    BEST_INTERESTS,
    GUARDIAN,
    PAPERS,
    blocked,
    case,
    code_only,
    complaint,
    notes,
    routed,
    rules,
    who,
)

PDDH, RREE, MAYOR, NORTH, LHA = "pddh", "rree", "alcaldia-la-union", "alcaldia-la-union-norte", "alcaldia-san-francisco-menendez"
MUNICIPALITIES = {MAYOR, NORTH, LHA}
MINISTRIES = {"rree", "sre", "minex"}
OF_GUATEMALA = {"pdh", "minex", "pgn", "igm", "iom-gt", "coordinacion-gt"}

HONDURAN = {"nationality": "HN", "origin": None, "situation": "foreign_national"}
GUATEMALAN = {"nationality": "GT", "origin": None, "situation": "foreign_national"}
FAR = Address("SV", "SV-SM", "Chinameca")
SANTA_ROSA = Address("SV", "SV-UN", "Santa Rosa de Lima")

TABLE: list[tuple[str, CaseDetails, dict[str, set[str]]]] = [
    ("R1 by an answer", case("legal_aid", answers=["fear_of_return"], **HONDURAN), {PDDH: {"legal_aid", "protection"}}),
    ("R1 by a need", case("international_protection", **HONDURAN), {PDDH: {"international_protection"}}),
    ("R1 not: no fear", case("legal_aid", **HONDURAN), {PDDH: {"legal_aid"}}),
    ("R1b", case("documentation", answers=["fear_of_return"]), {PDDH: {"documentation", "protection"}}),
    ("R1b another municipality", case("documentation", answers=["fear_of_return"], residence=SANTA_ROSA), {PDDH: {"protection"}, NORTH: {"documentation"}}),
    ("R1b not", case("documentation"), {MAYOR: {"documentation"}}),
    ("R2", case("documentation", answers=["unaccompanied_child"], age=15), {"conapina": {"child_protection"}, PDDH: {"child_protection", "documentation"}}),
    ("R2 separated", case("information", answers=["separated_child"], age=15), {"conapina": {"child_protection"}, PDDH: {"child_protection"}}),
    ("R2 doubtful age", case("information", answers=["age_doubtful"], age=19), {"conapina": {"child_protection"}, PDDH: {"child_protection"}}),
    ("R2 not: trusted contact", case("information", answers=["age_doubtful", "trusted_contact"], age=19), {}),
    ("R2 shelter", case("shelter", "health", answers=["unaccompanied_child"], age=15), {"conapina": {"child_protection"}, PDDH: {"child_protection", "health"}, MAYOR: {"shelter"}}),
    ("R2 keeps a ministry", case("consular_protection", answers=["unaccompanied_child"], age=15), {"conapina": {"child_protection"}, PDDH: {"child_protection"}, RREE: {"consular_protection"}}),
    ("R2 with fear keeps none", case("consular_protection", answers=["unaccompanied_child", "fear_of_return"], age=15), {"conapina": {"child_protection"}, PDDH: {"child_protection", "protection", "consular_protection"}}),
    ("R2 return, best interests", case("voluntary_return", answers=["unaccompanied_child"], age=15, best_interests=BEST_INTERESTS, voluntary_return=PAPERS), {"conapina": {"child_protection", "voluntary_return"}, PDDH: {"child_protection"}}),
    ("R2 return, none", case("voluntary_return", answers=["unaccompanied_child"], age=15, voluntary_return=PAPERS), {"conapina": {"child_protection"}, PDDH: {"child_protection"}}),
    ("R3 by an answer", case("livelihood", answers=["trafficking_indicators"]), {PDDH: {"trafficking", "livelihood"}, "fgr": {"trafficking"}}),
    ("R3 by a need", case("trafficking"), {PDDH: {"trafficking"}, "fgr": {"trafficking"}}),
    ("R3 not", case("livelihood"), {MAYOR: {"livelihood"}}),
    ("R4 adds nobody", case("livelihood", answers=["urgent_medical"]), {MAYOR: {"livelihood"}}),
    ("R5 nobody named", case("gender_based_violence", "documentation", "consular_protection"), {PDDH: {"gender_based_violence", "documentation", "consular_protection"}}),
    ("R5 by an answer", case("health", answers=["gender_based_violence"]), {PDDH: {"gender_based_violence", "health"}}),
    ("R5 chosen", case("gender_based_violence", recipients=("fgr",)), {"fgr": {"gender_based_violence"}}),
    ("R5 with R2", case("gender_based_violence", "health", answers=["unaccompanied_child"], age=15), {PDDH: {"gender_based_violence", "child_protection", "health"}, "conapina": {"child_protection"}}),
    ("R5 with R3", case("gender_based_violence", "trafficking"), {PDDH: {"gender_based_violence", "trafficking"}, "fgr": {"trafficking"}}),
    ("R5 gathers what nobody serves", case("gender_based_violence", "child_protection"), {PDDH: {"gender_based_violence", "child_protection"}}),
    ("R6", case("family_tracing"), {PDDH: {"family_tracing"}, RREE: {"family_tracing"}}),
    ("R6 by an answer", case("information", answers=["missing_relative"]), {PDDH: {"family_tracing"}, RREE: {"family_tracing"}}),
    ("R6 separated family", case("livelihood", answers=["separated_family"]), {PDDH: {"family_tracing"}, RREE: {"family_tracing"}, MAYOR: {"livelihood"}}),
    ("R6 foreign", case("family_tracing", **HONDURAN), {PDDH: {"family_tracing"}}),
    ("R7", case("rights_violation", "protection", "legal_aid"), {PDDH: {"rights_violation", "protection", "legal_aid"}}),
    ("R8", case("child_protection", age=12), {"conapina": {"child_protection"}, PDDH: {"child_protection"}}),
    ("R8 age in doubt", case("child_protection", answers=["age_doubtful", "trusted_contact"], age=18), {"conapina": {"child_protection"}, PDDH: {"child_protection"}}),
    ("R8 not: an adult", case("child_protection"), {"coordinacion-sv": {"child_protection"}}),
    ("R9", case("consular_protection", "repatriation_of_remains", "recovery_of_belongings"), {RREE: {"consular_protection", "repatriation_of_remains", "recovery_of_belongings"}}),
    ("R9 documents abroad", case("documentation", located_in="MX"), {RREE: {"documentation"}}),
    ("R9 not: foreign", case("consular_protection", **HONDURAN), {PDDH: {"consular_protection"}}),
    ("R10", case("voluntary_return", voluntary_return=PAPERS), {"iom-sv": {"voluntary_return"}, RREE: {"voluntary_return"}}),
    ("R10 with its guardian", case("voluntary_return", age=10, guardian=GUARDIAN, voluntary_return=PAPERS), {"iom-sv": {"voluntary_return"}, RREE: {"voluntary_return"}}),
    ("R10 not: no guardian", case("voluntary_return", age=10, voluntary_return=PAPERS), {"coordinacion-sv": {"voluntary_return"}}),
    ("R10 papers missing", case("voluntary_return", "livelihood"), {MAYOR: {"livelihood"}}),
    ("R11", case("documentation", residence=SANTA_ROSA), {NORTH: {"documentation"}}),
    ("R11 nobody seeded", case("documentation", origin=FAR), {"coordinacion-sv": {"documentation"}}),
    ("R11 not: in transit", case("documentation", situation="in_transit"), {"coordinacion-sv": {"documentation"}}),
    ("R12 residence", case("education", residence=SANTA_ROSA), {NORTH: {"education"}}),
    ("R12 none seeded: the window's", case("education", origin=FAR), {MAYOR: {"education"}}),
    ("R12 foreign", case("shelter", "transport", **HONDURAN), {MAYOR: {"shelter", "transport"}}),
    ("R13", case("livelihood", "shelter", answers=["unsafe_municipality"]), {PDDH: {"protection", "livelihood", "shelter"}}),
    ("R13 window elsewhere", case("livelihood", "shelter", answers=["unsafe_municipality"], origin=SANTA_ROSA), {PDDH: {"protection", "livelihood"}, MAYOR: {"shelter"}}),
    ("R14 national", case("international_protection"), {PDDH: {"international_protection"}}),
    ("R14 foreign", case("documentation", **HONDURAN), {PDDH: {"documentation"}}),
    ("R14 not: covered", case("food_and_items", **HONDURAN), {MAYOR: {"food_and_items"}}),
    ("R15", case("labour_abuse"), {PDDH: {"labour_abuse"}, RREE: {"labour_abuse"}}),
    ("R15 foreign", case("labour_abuse", **HONDURAN), {PDDH: {"labour_abuse"}}),
    ("R16", case(complaint("rights_violation", institution=MAYOR), "livelihood"), {PDDH: {"rights_violation", "livelihood"}}),
    ("R16 the ombudsman", case(complaint("rights_violation", institution=PDDH)), {"coordinacion-sv": {"rights_violation"}}),
    ("R17 only information", case("information"), {}),
    ("R17 information beside others", case("information", "livelihood"), {MAYOR: {"livelihood"}}),
]


@pytest.mark.parametrize(("name", "details", "expected"), TABLE, ids=[name for name, _, _ in TABLE])
def test_who_gets_which_need(name: str, details: CaseDetails, expected: dict[str, set[str]]) -> None:
    assert who(routed(details)) == expected


URGENCIES = [
    (case("legal_aid", answers=["fear_of_return"], **HONDURAN), "urgent"),
    (case("documentation", answers=["fear_of_return"]), "urgent"),
    (case("information", answers=["unaccompanied_child"], age=9), "emergency"),
    (case("trafficking"), "emergency"),
    (case("livelihood", answers=["immediate_danger"]), "emergency"),
    (case("gender_based_violence"), "urgent"),
    (case("family_tracing"), "urgent"),
    (case("rights_violation"), "urgent"),
    (case("child_protection", age=9), "urgent"),
    (case("consular_protection"), "routine"),
    (case("voluntary_return", voluntary_return=PAPERS), "routine"),
    (case("documentation"), "routine"),
    (case("shelter"), "routine"),
    (case("shelter", answers=["no_shelter_tonight"]), "urgent"),
    (case("documentation", answers=["no_shelter_tonight"]), "routine"),
    (case("livelihood", answers=["unsafe_municipality"]), "urgent"),
    (case("international_protection"), "routine"),
    (case("labour_abuse"), "routine"),
    (case("documentation", urgency="urgent"), "urgent"),
    (case("trafficking", urgency="routine"), "emergency"),
]


@pytest.mark.parametrize(("details", "expected"), URGENCIES)
def test_the_highest_urgency_of_rules_and_staff_wins(details: CaseDetails, expected: str) -> None:
    decision = routed(details)
    assert decision.urgency == expected
    assert all(referral.urgency == expected for referral in decision.referrals)


def test_r1_blocks_the_state_of_nationality_and_every_foreign_ministry() -> None:
    decision = routed(case("international_protection", **GUATEMALAN))
    assert blocked(decision, "R1") == OF_GUATEMALA | MINISTRIES


def test_r1_reveals_code_and_need_only_but_to_those_who_protect() -> None:
    decision = routed(case("shelter", answers=["fear_of_return"], **HONDURAN))
    assert code_only(decision) == {MAYOR}


def test_r1_spares_the_child_authority_only_where_a_child_is_alone() -> None:
    alone = case("shelter", answers=["fear_of_return", "unaccompanied_child"], age=14, **HONDURAN)
    with_family = case("child_protection", answers=["fear_of_return"], age=14, **HONDURAN)
    assert code_only(routed(alone)) == {MAYOR}
    assert code_only(routed(with_family)) == {"conapina"}


def test_r1_leaves_the_consulate_out_even_when_the_person_asks() -> None:
    asked = case("consular_protection", answers=["fear_of_return"], recipients=("pddh", "minex"), **GUATEMALAN)
    assert who(routed(asked, peers={"gt"})) == {"pddh": {"consular_protection", "protection"}}


def test_r1b_blocks_ministry_prosecutor_and_municipality_of_origin() -> None:
    decision = routed(case("documentation", answers=["fear_of_return"]))
    assert blocked(decision, "R1b") == {"rree", "fgr", MAYOR}


def test_an_origin_that_is_not_understood_could_be_any_municipality_there() -> None:
    vague = case("livelihood", answers=["fear_of_return"], origin=Address("SV", "SV-UN", "El Caserío"))
    assert blocked(routed(vague), "R1b") == {"rree", "fgr", MAYOR, NORTH}
    assert who(routed(vague)) == {"pddh": {"livelihood", "protection"}}


def test_r2_gives_the_municipality_shelter_by_code_alone() -> None:
    assert code_only(routed(case("shelter", answers=["unaccompanied_child"], age=15))) == {MAYOR}


def test_r2_says_that_the_best_interests_decision_is_missing() -> None:
    assert "best_interests_missing" in notes(routed(case("voluntary_return", answers=["separated_child"], age=15)))


def test_r3_blocks_every_municipality_and_foreign_ministry() -> None:
    assert blocked(routed(case("trafficking")), "R3") == MUNICIPALITIES | MINISTRIES


def test_r4_asks_for_the_emergency_call_first() -> None:
    assert "call_emergency" in notes(routed(case("health", answers=["urgent_medical"])))


def test_r5_names_only_whom_the_survivor_chose_and_says_who_is_left_out() -> None:
    decision = routed(case("gender_based_violence", "livelihood", recipients=("pddh",)))
    assert who(decision) == {"pddh": {"gender_based_violence"}}
    assert [(note.institution, note.need) for note in decision.notes] == [(MAYOR, "livelihood")]


def test_r7_without_a_link_stays_with_the_ombudsman_and_the_reason_says_so() -> None:
    decision = routed(case(complaint("rights_violation", country="MX")))
    assert who(decision) == {"pddh": {"rights_violation"}}
    assert "no hay enlace" in decision.referrals[0].reasons[0].es
    assert "no link" in decision.referrals[0].reasons[0].en


def test_r7_with_a_link_goes_ombudsman_to_ombudsman_and_ours_keeps_it() -> None:
    decision = routed(case(complaint("rights_violation", country="MX"), "legal_aid"), peers={"mx"})
    assert who(decision) == {"pddh": {"rights_violation", "legal_aid"}, "cndh": {"rights_violation"}}
    assert "no hay enlace" not in decision.referrals[1].reasons[0].es


def test_r7_about_a_country_that_is_no_node_is_an_ordinary_complaint() -> None:
    decision = routed(case(complaint("rights_violation", country="US")))
    assert "enlace" not in decision.referrals[0].reasons[0].es


def test_r10_says_that_the_declaration_is_missing() -> None:
    assert "declaration_missing" in notes(routed(case("voluntary_return")))


def test_r10_uses_the_iom_of_the_country_where_the_person_is_once_linked() -> None:
    details = case("voluntary_return", voluntary_return=PAPERS, located_in="MX")
    assert set(who(routed(details, peers={"mx"}))) == {"iom-mx", "rree"}
    unlinked = routed(details)
    assert set(who(unlinked)) == {"rree"}
    assert "no_link" in notes(unlinked)


def test_r13_blocks_origin_and_residence() -> None:
    details = case("livelihood", answers=["unsafe_municipality"], residence=SANTA_ROSA)
    assert blocked(routed(details), "R13") == {MAYOR, NORTH}


def test_r14_brings_the_consulate_in_only_when_asked_for() -> None:
    asked = case("consular_protection", recipients=("pddh", "minex"), **GUATEMALAN)
    assert who(routed(asked, peers={"gt"})) == {"pddh": {"consular_protection"}, "minex": {"consular_protection"}}
    assert who(routed(case("consular_protection", **GUATEMALAN), peers={"gt"})) == {"pddh": {"consular_protection"}}


def test_a_complaint_about_an_unknown_institution_is_said_aloud() -> None:
    assert "unknown_institution" in notes(routed(case(complaint("rights_violation", institution="alcaldia-x"))))


def test_a_need_that_nobody_may_take_is_never_silent() -> None:
    nobody = case(complaint("livelihood", institution="pddh"), complaint("health", institution="coordinacion-sv"), complaint("shelter", institution=MAYOR))
    decision = routed(nobody)
    assert decision.referrals == ()
    assert notes(decision) == {"nobody_left"}


def test_the_decision_names_every_rule_that_fired_in_reading_order() -> None:
    decision = routed(case("legal_aid", "livelihood", "documentation", answers=["fear_of_return", "trafficking_indicators"]))
    assert decision.fired == ("R1b", "R3", "R7", "R11", "R12")
    assert decision.rules_version == rules().version


def test_the_window_decides_where_nothing_else_is_known() -> None:
    assert set(who(routed(case("livelihood", origin=None), window="la-hachadura"))) == {LHA}
