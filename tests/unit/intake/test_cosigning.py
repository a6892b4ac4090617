"""What a supervisor may answer for, without any database."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest

from services.intake.domain.case import Case
from services.intake.domain.consent import ConsentRecord, Hold
from services.intake.domain.cosigning import (
    Signature,
    approve_ground,
    lift_blocks,
    lower_urgency,
    merge,
    unmerge,
)
from services.intake.domain.todo import Looked, Referred, Task, todos_of
from shared.errors import Refused
from shared.ids import new_id
from shared.routing.approval import Approvals
from shared.routing.case import BestInterests, CaseDetails, CaseNeed, Consent, Person
from shared.routing.rules import Review
from shared.vocabulary.codes import CloseReason, ConsentGround, ConsentStatus, Need, Sex, Situation, Urgency

NOW, TODAY = datetime(2026, 11, 23, 15, tzinfo=UTC), date(2026, 11, 23)
OTHERS = [ground for ground in ConsentGround if ground is not ConsentGround.CONSENT]
DECISION = BestInterests("Junta", TODAY, "JP-1")


def signed(by: str = "supervisor") -> Signature:
    return Signature(new_id(), by, NOW, "Acta 7")


def case_under(consent: Consent, *, born: int = 1990, household: str | None = None, person_id: str = "p1") -> Case:
    person = Person("Ana", "Reyes", Sex.FEMALE, "SV", birth_date=date(born, 5, 1))
    details = CaseDetails(
        person, Situation.RETURNEE, (CaseNeed(Need.HEALTH),), consent, TODAY, best_interests=DECISION, household_id=household
    )
    consents = (ConsentRecord("k1", consent, NOW, "staff"),)
    return Case(new_id(), "SV-LUN-000001-Z", 1, person_id, 1, 1, 1, NOW, "staff", details, consents).judged_on(TODAY)


def review(_ground: ConsentGround) -> Review:
    return Review(7, 3, "criterio")


def approved(case: Case, by: str = "supervisor") -> Case:
    approval = approve_ground(case, signed(by), today=TODAY, review=review)
    return case.approved(Approvals(grounds=(approval,)), incarnation=1).judged_on(TODAY)


@pytest.mark.parametrize("ground", OTHERS)
@pytest.mark.parametrize("status", [ConsentStatus.GRANTED, ConsentStatus.REFUSED])
def test_an_approved_ground_may_leave_until_its_days_of_grace_are_over(ground: ConsentGround, status: ConsentStatus) -> None:
    case = case_under(Consent(status, ground=ground))
    assert case.hold is Hold.AWAITING_SUPERVISOR
    case = approved(case)
    assert (case.hold, case.version, case.details_version) == (None, 2, 2)
    assert case.judged_on(TODAY + timedelta(days=10)).hold is None
    assert case.judged_on(TODAY + timedelta(days=11)).hold is Hold.AWAITING_SUPERVISOR


def test_an_approval_is_of_its_consent_alone() -> None:
    case = approved(case_under(Consent(ConsentStatus.REFUSED, ground=ConsentGround.LEGAL_DUTY)))
    anew = case.with_consent("k2", Consent(ConsentStatus.REFUSED, ground=ConsentGround.LEGAL_DUTY), by="staff", at=NOW, incarnation=1)
    assert anew.judged_on(TODAY).hold is Hold.AWAITING_SUPERVISOR
    assert case.with_withdrawal("k1", by="staff", at=NOW, incarnation=1).judged_on(TODAY).hold is Hold.WITHHELD


def test_nobody_approves_what_they_recorded_or_what_nobody_claims() -> None:
    with pytest.raises(Refused, match="second_pair_of_eyes"):
        approved(case_under(Consent(ConsentStatus.REFUSED, ground=ConsentGround.LEGAL_DUTY)), by="staff")
    with pytest.raises(Refused, match="nothing_to_approve"):
        approved(case_under(Consent(ConsentStatus.GRANTED)))


def test_a_best_interests_ground_without_its_decision_is_not_approved() -> None:
    case = case_under(Consent(ConsentStatus.REFUSED, ground=ConsentGround.BEST_INTERESTS_DECISION))
    bare = replace(case, details=replace(case.details, best_interests=None))
    with pytest.raises(Refused, match="best_interests"):
        approved(bare)


def lifted(case: Case, *rules: str, by: str = "supervisor", today: date = TODAY) -> tuple:
    return lift_blocks(
        case, "rree", rules, signed(by), witness="Rosa", today=today, new_id=new_id, liftable={"R1", "R1b"}.__contains__
    )


def test_each_rule_that_blocks_has_a_lift_of_its_own() -> None:
    lifts = lifted(case_under(Consent(ConsentStatus.GRANTED, recipients=("rree",))), "R1", "R1b")
    assert [(one.institution, one.rule, one.consent_id, one.asked_by) for one in lifts] == [
        ("rree", "R1", "k1", "staff"), ("rree", "R1b", "k1", "staff"),
    ]
    assert len({one.id for one in lifts}) == 2


def test_a_consent_that_has_run_out_lifts_nothing() -> None:
    case = case_under(Consent(ConsentStatus.GRANTED, recipients=("rree",)))
    with pytest.raises(Refused, match="institution"):
        lifted(case, "R1", today=TODAY + timedelta(days=91))


@pytest.mark.parametrize(("stands", "to", "may"), [
    (Urgency.EMERGENCY, Urgency.URGENT, True), (Urgency.EMERGENCY, Urgency.ROUTINE, True), (Urgency.URGENT, Urgency.ROUTINE, True),
    (Urgency.URGENT, Urgency.URGENT, False), (Urgency.ROUTINE, Urgency.EMERGENCY, False),
])
def test_an_urgency_is_lowered_and_never_raised_by_this(stands: Urgency, to: Urgency, *, may: bool) -> None:
    if may:
        assert lower_urgency(stands, to, signed()).now is to
    else:
        with pytest.raises(Refused, match="urgency"):
            lower_urgency(stands, to, signed())


GRANTED = Consent(ConsentStatus.GRANTED)


def test_a_merge_and_its_undoing_are_both_kept() -> None:
    one, other = case_under(GRANTED), case_under(GRANTED, person_id="p2")
    there = one.of_person(merge(one, other, signed()), incarnation=1)
    assert (there.person_id, there.version) == ("p2", 2)
    back = there.of_person(unmerge(there, signed()), incarnation=1)
    assert (back.person_id, len(back.approvals.merges)) == ("p1", 2)
    with pytest.raises(Refused, match="not_merged"):
        unmerge(back, signed())


def test_a_closed_case_can_still_be_found_to_be_somebody_elses() -> None:
    closed = case_under(GRANTED).closed(CloseReason.SETTLED, "", by="staff", at=NOW, incarnation=1)
    assert closed.of_person(merge(closed, case_under(GRANTED, person_id="p2"), signed()), incarnation=1).person_id == "p2"


@pytest.mark.parametrize("other", [
    case_under(GRANTED), case_under(GRANTED, person_id="p2", household="h1"), case_under(GRANTED, person_id="p2", born=2012),
], ids=["same", "family", "child"])
def test_what_cannot_be_one_person_is_not_merged(other: Case) -> None:
    with pytest.raises(Refused, match="case_id"):
        merge(case_under(GRANTED, household="h1"), other, signed())


def test_what_waits_follows_the_consent_and_the_clock() -> None:
    waits = lambda case, **more: {todo.task: todo.since for todo in todos_of(case, **({"noted": (), "referred": (), "looked": Looked(), "follow_ups": {}} | more))}
    claimed = case_under(Consent(ConsentStatus.REFUSED, ground=ConsentGround.LEGAL_DUTY))
    assert waits(claimed) == {Task.APPROVE_GROUND: NOW}
    assert waits(approved(claimed)) == {Task.REVIEW_GROUND: datetime(2026, 11, 30, tzinfo=UTC)}
    granted = case_under(GRANTED)
    assert waits(granted) == {Task.RENEW_CONSENT: datetime(2027, 2, 22, tzinfo=UTC)}
    assert waits(granted.with_withdrawal("k1", by="staff", at=NOW, incarnation=1)) == {}
    stopping = Referred("r1", stop_due_at=NOW, blocked_at=NOW)
    assert set(waits(granted, referred=[stopping])) == {Task.RENEW_CONSENT, Task.STOP_UNANSWERED, Task.LOOK_AT_BLOCK}
    assert Task.LOOK_AT_BLOCK not in waits(granted, referred=[stopping], looked=Looked(at_blocks=NOW))
    closed = granted.closed(CloseReason.SETTLED, "", by="staff", at=NOW, incarnation=1)
    assert set(waits(closed, referred=[stopping])) == {Task.STOP_UNANSWERED}
