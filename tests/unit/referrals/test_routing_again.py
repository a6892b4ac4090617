"""What a new version of a case does to the referrals it has."""

from services.referrals.domain.referral import Origin, Referral
from services.referrals.domain.routing_again import Plan, asked, plan
from shared.routing.decision import RoutedReferral
from shared.vocabulary.codes import Need, Urgency
from shared.vocabulary.codes import ReferralStatus as S
from tests.unit.referrals.examples import referral


def wanted(institution: str, *needs: Need) -> RoutedReferral:
    return RoutedReferral(institution, needs, Urgency.ROUTINE, ())


def again(existing: list[Referral], before: list[RoutedReferral], now: list[RoutedReferral], **more) -> Plan:
    arguments = {"removed": (), "blocked": (), "covered": lambda _i: True, "taken": lambda _i, _n: False} | more
    return plan(existing, before=asked(before), wanted=now, **arguments)


def test_the_first_decision_creates_one_referral_for_each_institution() -> None:
    made = again([], [], [wanted("pddh", Need.LEGAL_AID), wanted("rree", Need.DOCUMENTATION)])
    assert [item.institution for item in made.created] == ["pddh", "rree"]


def test_a_new_need_joins_what_nobody_has_taken_on() -> None:
    existing = referral(S.RECEIVED)
    made = again([existing], [wanted("pddh", Need.LEGAL_AID)], [wanted("pddh", Need.LEGAL_AID, Need.PROTECTION)])
    assert [(item, part.needs) for item, part in made.joined] == [(existing, (Need.PROTECTION,))]
    assert made.created == ()


def test_a_new_need_beside_what_is_worked_on_makes_a_referral_of_its_own() -> None:
    made = again(
        [referral(S.ACCEPTED)], [wanted("pddh", Need.LEGAL_AID)], [wanted("pddh", Need.LEGAL_AID, Need.PROTECTION)]
    )
    assert [part.needs for part in made.created] == [(Need.PROTECTION,)]


def test_what_was_rejected_is_not_asked_again_by_a_change_elsewhere() -> None:
    made = again([referral(S.REJECTED)], [wanted("pddh", Need.LEGAL_AID)], [wanted("pddh", Need.LEGAL_AID)])
    assert made == Plan()


def test_a_need_that_is_gone_leaves_its_referral() -> None:
    existing = referral(needs=(Need.LEGAL_AID, Need.PROTECTION))
    made = again([existing], [wanted("pddh", Need.LEGAL_AID, Need.PROTECTION)], [wanted("pddh", Need.LEGAL_AID)])
    assert made.dropped == ((existing, (Need.PROTECTION,)),)


def test_a_new_need_does_not_join_what_loses_its_last_one() -> None:
    existing = referral()
    made = again([existing], [wanted("pddh", Need.LEGAL_AID)], [wanted("pddh", Need.PROTECTION)])
    assert made.dropped == ((existing, (Need.LEGAL_AID,)),)
    assert [part.needs for part in made.created] == [(Need.PROTECTION,)]


def test_a_referral_by_hand_loses_only_what_the_case_itself_no_longer_has() -> None:
    by_hand = referral(S.ACCEPTED, origin=Origin.BY_HAND, institution="rree", needs=(Need.LEGAL_AID, Need.HEALTH))
    made = again([by_hand], [], [], removed={Need.HEALTH})
    assert made.dropped == ((by_hand, (Need.HEALTH,)),)


def test_a_block_takes_every_referral_of_the_institution_however_made() -> None:
    by_hand = referral(S.ACCEPTED, origin=Origin.BY_HAND)
    untouched = referral()
    over = referral(S.COMPLETED)
    made = again([by_hand, untouched, over], [], [], blocked={"pddh"})
    assert made.blocked == (by_hand, untouched)
    assert made.dropped == ()


def test_a_consent_that_no_longer_reaches_an_institution_ends_its_referrals() -> None:
    existing = referral()
    made = again([existing], [wanted("pddh", Need.LEGAL_AID)], [], covered=lambda _i: False)
    assert made.uncovered == (existing,)


def test_what_the_person_has_open_there_already_is_not_asked_twice() -> None:
    made = again([], [], [wanted("pddh", Need.LEGAL_AID, Need.SHELTER)], taken=lambda _i, need: need is Need.SHELTER)
    assert [part.needs for part in made.created] == [(Need.LEGAL_AID,)]
    assert made.elsewhere == (("pddh", Need.SHELTER),)
