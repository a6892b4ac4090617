"""Who may know what: every row of the matrix, every kind of institution, every state, and what it hangs on.

The grid below is domain.md's table written down a second time; it is not read from ``classes.yml``.
"""

from dataclasses import dataclass, replace
from datetime import date
from itertools import product

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from shared.routing.case import (
    Address,
    Against,
    BestInterests,
    CaseDetails,
    CaseNeed,
    Consent,
    Document,
    LastSeen,
    Person,
    Relative,
    Return,
    SafeContact,
    TrustedContact,
)
from shared.routing.rules import Disclosure
from shared.security.release import (
    PROTECTED,
    Reading,
    known_when_accepted,
    released,
    visible_needs,
    visible_reasons,
)
from shared.vocabulary.codes import (
    PROTECTED_NEEDS,
    Answer,
    ConsentGround,
    ConsentStatus,
    DataClass,
    DocumentType,
    InstitutionKind,
    Need,
    ReferralStatus,
    Sex,
    Situation,
    Vulnerability,
)

CODE = "SV-LUN-000123-K"
# each value stands in the case once, so that finding it in an answer shows which class was told
MARKS = {
    "name": ["Guadalupe", "Zelaya", "1990-05-01", "HN"],
    "document": ["01234567-8"],
    "relative": ["Ernesto", "Barranquilla"],
    "contact": ["+50370000000", "08:00-17:00", "Comadre", "+50371111111"],
    "address": ["Conchagua", "Intipucá"],
    "route": ["Tapachula", "coyote", "MX", "2026-10-02", "no volver", "fear_of_return"],
    "health": ["insulina", "pregnant_or_lactating"],
    "gender_based_violence": ["golpes", "gender_based_violence"],
    "trafficking": ["encerrada", "trafficking_indicators"],
}
NEEDS = (
    Need.FAMILY_TRACING, Need.RIGHTS_VIOLATION, Need.HEALTH, Need.GENDER_BASED_VIOLENCE, Need.TRAFFICKING,
    Need.INTERNATIONAL_PROTECTION,
)
DETAILS = CaseDetails(
    person=Person(
        given_name="Guadalupe", family_name="Zelaya", sex=Sex.FEMALE, nationality="HN", birth_date=date(1990, 5, 1),
        document=Document(DocumentType.DUI, "01234567-8", "SV"), languages=("es",), phone="+50370000000",
        safe_to_contact=True,
        contact=SafeContact(hours="08:00-17:00", trusted=TrustedContact("Comadre", "+50371111111")),
        origin=Address("SV", "SV-UN", "Conchagua"), residence=Address("SV", "SV-UN", "Intipucá"),
    ),
    situation=Situation.RETURNEE,
    needs=(
        CaseNeed(Need.FAMILY_TRACING, about=Relative("son", "Ernesto", "Zelaya", last_seen=LastSeen("CO", "Barranquilla"))),
        CaseNeed(Need.RIGHTS_VIOLATION, note="coyote", against=Against("MX", None, "Tapachula")),
        CaseNeed(Need.HEALTH, note="insulina"),
        CaseNeed(Need.GENDER_BASED_VIOLENCE, note="golpes"),
        CaseNeed(Need.TRAFFICKING, note="encerrada"),
        CaseNeed(Need.INTERNATIONAL_PROTECTION),
        CaseNeed(Need.EDUCATION, note="otra necesidad"),
    ),
    consent=Consent(ConsentStatus.GRANTED),
    occurred_on=date(2026, 11, 23),
    returned=Return("MX", date(2026, 10, 2)),
    vulnerabilities=dict.fromkeys(
        (
            Vulnerability.FEAR_OF_RETURN, Vulnerability.PREGNANT_OR_LACTATING, Vulnerability.GENDER_BASED_VIOLENCE,
            Vulnerability.TRAFFICKING_INDICATORS,
        ),
        Answer.YES,
    )
    | {Vulnerability.DISABILITY: Answer.NO},
    household_id="hogar-7",
    notes="no volver",
)

KINDS = list(InstitutionKind)
STATUSES = list(ReferralStatus)
OPEN = {ReferralStatus.ACCEPTED, ReferralStatus.IN_PROGRESS, ReferralStatus.ON_HOLD}
EARLY = {ReferralStatus.REQUESTED, ReferralStatus.RECEIVED}

GRID = """
                       | ombudsman | foreign_ministry | municipality civil_society | child_authority | refugee_authority | prosecutor      | iom    | health  | education | other_node
name                   | accept    | accept unclaimed | accept                     | accept          | accept            | consent or duty | accept | accept  | accept    | crosses
document               | accept    | accept unclaimed | accept                     | accept          | accept            | consent or duty | accept | accept  | accept    | crosses
relative               | accept    | accept unclaimed | accept                     | accept          | accept            | consent or duty | accept | accept  | accept    | crosses
contact                | accept    | accept unclaimed | accept                     | accept          | accept            | duty            | accept | accept  | accept    | no
address                | accept    | accept unclaimed | area                       | accept          | accept            | duty            | accept | accept  | accept    | area crosses
route                  | consent   | no               | no                         | best interests  | accept            | consent or duty | no     | no      | no        | no
health                 | complaint | no               | no                         | accept          | accept            | no              | no     | accept  | no        | no
gender_based_violence  | consent   | no               | no                         | accept          | accept            | consent or duty | no     | consent | no        | no
trafficking            | consent   | no               | no                         | accept          | accept            | consent or duty | no     | consent | no        | no
"""
ASKS = {"relative": "need", "address": "contact"}


def cells() -> dict[tuple[str, str], str]:
    head, *rows = [[cell.strip() for cell in line.split("|")] for line in GRID.strip("\n").splitlines()]
    return {
        (row[0], column): words
        for row in rows
        for columns, words in zip(head[1:], row[1:], strict=True)
        for column in columns.split()
    }


CELLS = cells()
ROWS = list(MARKS)


def reading(kind: InstitutionKind = InstitutionKind.OMBUDSMAN, **changed: object) -> Reading:
    told = {
        "kind": kind, "status": ReferralStatus.ACCEPTED, "needs": NEEDS, "disclosure": Disclosure.FULL, "consented": True,
    } | changed
    return Reading(**told)  # type: ignore[arg-type]


def told(asked: Reading, details: CaseDetails = DETAILS) -> dict[str, object]:
    return released(details, asked, code=CODE)


def rows_in(answer: dict[str, object]) -> set[str]:
    """Which rows of the matrix an answer holds something of (needs have tests of their own)."""
    text = repr({name: value for name, value in answer.items() if name not in {"needs", "code"}})
    found = {row for row, marks in MARKS.items() if any(mark in text for mark in marks)}
    return found | ({"address"} if "La Unión Sur" in text else set())


@dataclass(frozen=True)
class Circumstance:
    """What a cell may hang on."""

    classes: tuple[str, ...] = ()
    ground: ConsentGround | None = None
    rules: frozenset[str] = frozenset()
    crosses: bool = False
    decided: bool = False

    def covers(self, asks: str) -> bool:
        default = {"name", "document", "contact", "need"}
        return self.ground is not None or asks in (set(self.classes) or default)


def expected(row: str, column: str, when: Circumstance) -> bool:
    asks = ASKS.get(row, row)
    covered, named, duty = when.covers(asks), asks in when.classes, when.ground is ConsentGround.LEGAL_DUTY
    by_decision = when.ground is ConsentGround.BEST_INTERESTS_DECISION
    return {
        "no": False,
        "accept": covered,
        "area": covered,
        "accept unclaimed": covered and not when.rules & {"R1", "R1b"},
        "consent": named,
        "duty": duty,
        "consent or duty": named or duty,
        "best interests": when.decided and (covered or by_decision),
        "complaint": covered,  # NEEDS holds a complaint and a need for health
        "crosses": covered and when.crosses,
        "area crosses": covered and when.crosses,
    }[CELLS.get((row, column), "no")]


CIRCUMSTANCES = [
    Circumstance(classes=classes, ground=ground, rules=rules, crosses=crosses, decided=decided)
    for classes, ground, rules, crosses, decided in product(
        [(), tuple(item.value for item in DataClass), ("health",), ("name", "route"), ("trafficking", "contact")],
        [None, ConsentGround.LEGAL_DUTY, ConsentGround.VITAL_INTEREST, ConsentGround.BEST_INTERESTS_DECISION],
        [frozenset(), frozenset({"R1"}), frozenset({"R1b", "R6"}), frozenset({"R6"})],
        [False, True],
        [False, True],
    )
]


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("other_node", [False, True])
def test_each_cell_of_the_matrix_tells_what_the_table_says_and_no_more(kind: InstitutionKind, other_node: bool) -> None:
    for when in CIRCUMSTANCES:
        details = replace(DETAILS, best_interests=BestInterests("Junta", date(2026, 11, 1), "7") if when.decided else None)
        asked = reading(
            kind, classes=when.classes, ground=when.ground, rules=when.rules, crosses=when.crosses, other_node=other_node
        )
        answer = told(asked, details)
        for row in ROWS:
            may = expected(row, kind.value, when) and (not other_node or expected(row, "other_node", when))
            assert (row in rows_in(answer)) == may, (row, when, answer)
        if "area" in CELLS.get(("address", kind.value), "") or other_node:
            assert "Intipucá" not in repr(answer)


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("status", STATUSES)
def test_only_from_acceptance_to_the_end_is_more_told_than_the_first_row(
    kind: InstitutionKind, status: ReferralStatus
) -> None:
    everything = tuple(item.value for item in DataClass)
    answer = told(reading(kind, status=status, classes=everything, ground=ConsentGround.LEGAL_DUTY))
    if kind is InstitutionKind.COORDINATION or status not in EARLY | OPEN:
        assert answer == {}
    elif status in EARLY:
        assert set(answer) == {"code", "age_band", "sex", "languages", "needs"}
        assert rows_in(answer) == set()
    elif kind in {InstitutionKind.RESCUE, InstitutionKind.MIGRATION_AUTHORITY}:
        assert set(answer) == {"code", "age_band", "sex", "languages", "needs"}
    else:
        assert rows_in(answer)


def test_before_acceptance_an_officer_sees_exactly_the_first_row() -> None:
    answer = told(reading(InstitutionKind.MUNICIPALITY, status=ReferralStatus.RECEIVED))
    assert answer == {
        "code": CODE,
        "needs": ["family_tracing", "rights_violation", "health", PROTECTED],
        "age_band": "25-59",
        "sex": "female",
        "languages": ["es"],
    }


def test_after_acceptance_a_municipality_has_name_document_phone_and_only_the_area() -> None:
    answer = told(reading(InstitutionKind.MUNICIPALITY))
    assert (answer["given_name"], answer["phone"], answer["document"]["number"]) == ("Guadalupe", "+50370000000", "01234567-8")
    assert answer["residence"] == {"country": "SV", "department": "SV-UN", "municipality": "La Unión Sur"}
    assert "Intipucá" not in repr(answer)
    assert "Conchagua" not in repr(answer)


def test_a_place_that_cannot_be_resolved_is_not_told_as_an_area() -> None:
    person = replace(DETAILS.person, residence=Address("SV", "SV-UN", "donde mi tía Chila"), origin=None)
    answer = told(reading(InstitutionKind.MUNICIPALITY), replace(DETAILS, person=person))
    assert answer["residence"] == {"country": "SV", "department": "SV-UN", "municipality": None}
    assert answer["origin"] is None


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("status", STATUSES)
def test_code_only_never_tells_more_than_code_and_needs(kind: InstitutionKind, status: ReferralStatus) -> None:
    everything = tuple(item.value for item in DataClass)
    asked = reading(kind, status=status, disclosure=Disclosure.CODE_ONLY, classes=everything, ground=ConsentGround.LEGAL_DUTY)
    assert set(told(asked)) <= {"code", "needs"}
    assert set(visible_needs(asked)) == {"family_tracing", "rights_violation", "health", PROTECTED}


@pytest.mark.parametrize("ended", [status for status in STATUSES if status not in EARLY | OPEN])
def test_an_ended_referral_tells_on_only_while_a_parallel_one_is_worked_on(ended: ReferralStatus) -> None:
    assert told(reading(status=ended)) == {}
    assert told(reading(status=ended, parallel_open=True))["given_name"] == "Guadalupe"


@pytest.mark.parametrize("status", STATUSES)
@pytest.mark.parametrize("parallel_open", [False, True])
@pytest.mark.parametrize("shut", [{"consented": False}, {"access_ended": True}])
def test_without_consent_or_after_a_block_nothing_is_told_in_any_state(
    status: ReferralStatus, parallel_open: bool, shut: dict[str, bool]
) -> None:
    asked = reading(status=status, parallel_open=parallel_open, **shut)
    assert told(asked) == {}
    assert not set(visible_needs(asked)) & {need.value for need in PROTECTED_NEEDS}


def test_a_referral_not_yet_accepted_gains_nothing_by_an_accepted_one_beside_it() -> None:
    assert rows_in(told(reading(status=ReferralStatus.REQUESTED, parallel_open=True))) == set()


def test_only_what_was_said_of_this_referrals_needs_is_told() -> None:
    everything = tuple(item.value for item in DataClass)
    asked = reading(needs=(Need.RIGHTS_VIOLATION,), classes=everything)
    answer = told(asked)
    assert answer["about"] == []
    assert answer["need_notes"] == {"rights_violation": "coyote"}
    assert "otra necesidad" not in repr(answer)


def test_health_reaches_the_ombudsman_only_when_the_complaint_is_about_it() -> None:
    for needs, may in (
        ((Need.RIGHTS_VIOLATION, Need.HEALTH), True),
        ((Need.RIGHTS_VIOLATION,), False),
        ((Need.HEALTH,), False),
    ):
        assert ("health" in rows_in(told(reading(needs=needs, classes=("health",))))) == may


def test_fields_that_have_no_class_are_told_to_nobody() -> None:
    everything = tuple(item.value for item in DataClass)
    for kind, ground in product(KINDS, [None, *ConsentGround]):
        text = repr(told(reading(kind, classes=everything, ground=ground, crosses=True)))
        assert "hogar-7" not in text
        assert "disability" not in text


@pytest.mark.parametrize(
    ("kind", "known"),
    [
        (InstitutionKind.OMBUDSMAN, PROTECTED_NEEDS),
        (InstitutionKind.CHILD_AUTHORITY, PROTECTED_NEEDS),
        (InstitutionKind.REFUGEE_AUTHORITY, PROTECTED_NEEDS),
        (InstitutionKind.PROSECUTOR, {Need.TRAFFICKING, Need.GENDER_BASED_VIOLENCE}),
        *((kind, set()) for kind in KINDS if kind.value not in {"ombudsman", "child_authority", "refugee_authority", "prosecutor"}),
    ],
)
def test_the_code_of_a_protected_need_is_known_to_few_and_only_once_accepted(
    kind: InstitutionKind, known: set[Need]
) -> None:
    asked = reading(kind, needs=tuple(Need))
    assert {Need(code) for code in visible_needs(asked) if code != PROTECTED} & PROTECTED_NEEDS == known
    assert known_when_accepted(kind) & PROTECTED_NEEDS == known
    for hidden in (
        replace(asked, status=ReferralStatus.RECEIVED),
        replace(asked, status=ReferralStatus.COMPLETED),
        replace(asked, other_node=True, crosses=True),
        replace(asked, disclosure=Disclosure.CODE_ONLY),
    ):
        assert not {*visible_needs(hidden)} & {need.value for need in PROTECTED_NEEDS}


def test_a_health_service_knows_violence_only_when_the_consent_names_it() -> None:
    asked = reading(InstitutionKind.HEALTH, needs=(Need.GENDER_BASED_VIOLENCE, Need.TRAFFICKING))
    assert visible_needs(asked) == [PROTECTED]
    assert visible_needs(replace(asked, classes=("gender_based_violence",))) == ["gender_based_violence", PROTECTED]


def test_several_hidden_needs_do_not_tell_how_many_they_are() -> None:
    one = reading(InstitutionKind.MUNICIPALITY, needs=(Need.SHELTER, Need.TRAFFICKING))
    three = replace(one, needs=(Need.SHELTER, *sorted(PROTECTED_NEEDS)))
    assert visible_needs(one) == visible_needs(three) == ["shelter", PROTECTED]


def test_other_open_referrals_are_counted_for_the_ombudsman_and_listed_for_two_more() -> None:
    others = ("rree", "fgr")
    for kind in KINDS:
        answer = told(reading(kind, other_open=others))
        listed = {InstitutionKind.CHILD_AUTHORITY, InstitutionKind.REFUGEE_AUTHORITY}
        wanted = 2 if kind is InstitutionKind.OMBUDSMAN else ["fgr", "rree"] if kind in listed else None
        assert answer.get("other_referrals") == wanted
        assert "other_referrals" not in told(reading(kind, other_open=others, status=ReferralStatus.RECEIVED))
        assert "other_referrals" not in told(reading(kind, other_open=others, other_node=True, crosses=True))


@dataclass(frozen=True)
class Why:
    rule: str


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("status", STATUSES)
def test_reasons_that_would_tell_on_their_own_are_left_out_always(kind: InstitutionKind, status: ReferralStatus) -> None:
    asked = reading(kind, status=status)
    told_rules = [why.rule for why in visible_reasons([Why(rule) for rule in ("R1", "R1b", "R3", "R5", "R13", "R99", "R7")], asked)]
    assert told_rules == ["R7"]


def test_the_reason_of_a_need_that_reads_protected_is_left_out() -> None:
    needs = (Need.INTERNATIONAL_PROTECTION,)
    reasons = [Why("R14"), Why("R7")]
    assert visible_reasons(reasons, reading(needs=needs)) == reasons
    assert visible_reasons(reasons, reading(needs=needs, status=ReferralStatus.RECEIVED)) == [Why("R7")]
    assert visible_reasons(reasons, reading(InstitutionKind.CIVIL_SOCIETY, needs=(Need.SHELTER,))) == reasons


readings = st.builds(
    Reading,
    kind=st.sampled_from(KINDS),
    status=st.sampled_from(STATUSES),
    needs=st.lists(st.sampled_from(list(Need)), unique=True).map(tuple),
    disclosure=st.sampled_from(list(Disclosure)),
    consented=st.booleans(),
    classes=st.lists(st.sampled_from([item.value for item in DataClass]), unique=True).map(tuple),
    ground=st.none() | st.sampled_from(list(ConsentGround)),
    rules=st.frozensets(st.sampled_from(["R1", "R1b", "R2", "R3"])),
    other_node=st.booleans(),
    crosses=st.booleans(),
    parallel_open=st.booleans(),
    access_ended=st.booleans(),
    other_open=st.lists(st.sampled_from(["rree", "fgr"]), unique=True).map(tuple),
)


@given(readings)
@settings(max_examples=300)
def test_whatever_comes_together_the_certain_rules_hold(asked: Reading) -> None:
    answer = told(asked)
    shown = rows_in(answer)
    if not asked.consented or asked.access_ended or asked.kind is InstitutionKind.COORDINATION:
        assert answer == {}
    if asked.disclosure is Disclosure.CODE_ONLY or asked.status in EARLY:
        assert not shown
    if asked.kind is InstitutionKind.FOREIGN_MINISTRY and asked.rules & {"R1", "R1b"}:
        assert not shown
    if asked.other_node:
        assert not shown & {"route", "health", "gender_based_violence", "trafficking", "contact"}
    if answer:
        assert answer["needs"] == visible_needs(asked)


@given(readings, st.sampled_from(["consented", "crosses", "classes", "rules"]))
@settings(max_examples=300)
def test_less_consent_never_tells_more(asked: Reading, taken: str) -> None:
    less = {
        "consented": replace(asked, consented=False),
        "crosses": replace(asked, crosses=False),
        "classes": replace(asked, classes=asked.classes[:1]) if asked.classes else asked,
        "rules": replace(asked, rules=asked.rules | {"R1"}),
    }[taken]
    more, fewer = told(asked), told(less)
    assert set(fewer) <= set(more)
    assert rows_in(fewer) <= rows_in(more)
