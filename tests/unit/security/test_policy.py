"""Who may do what: every act against every role, each at home and as a stranger."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared.errors import Broken, Refused
from shared.security.identities import Actor, Role, Subject
from shared.security.policy import ACTS, KNOWN, allowed, check, may_know

WINDOW = {Role.STAFF, Role.SUPERVISOR}
DESK = {Role.OFFICER, Role.DEPUTY, Role.MANAGER}
HUB = DESK | {Role.COORDINATOR, Role.REGIONAL_COORDINATOR, Role.AUDITOR, Role.ADMIN}
ALL = WINDOW | HUB
COORDINATOR = {Role.COORDINATOR}

# contracts.md, HTTP, written down a second time: who may, where everything else is right
STAFF_ACTS = """
    case.register case.search case.read case.slip case.change case.close consent.record consent.withdraw referral.ask
    visit.record duplicates.check territory.search guidance.read draft.list draft.save draft.read draft.delete
    training.list training.record training.read training.change training.attend training.close training.certificates
    sync.read claim.read case.return-sheet case.holders case.follow-up feedback.record numbers.read consent_texts.read todo.list
"""
SUPERVISOR_ACTS = "case.assign case.approve case.lower-urgency case.lift-block case.merge case.acknowledge"
AT_A_WINDOW = dict.fromkeys(STAFF_ACTS.split(), WINDOW) | {act: {Role.SUPERVISOR} for act in SUPERVISOR_ACTS.split()}
AT_A_HUB = {
    f"referral.{act}": DESK
    for act in (
        "receive", "accept", "reject", "start", "hold", "resume", "complete", "fail", "cancel", "forward", "schedule",
        "comments", "note", "claim", "assign", "change",
    )
} | {
    "referral.list": DESK | COORDINATOR,
    "referral.read": DESK | COORDINATOR,
    "referral.reopen": {Role.MANAGER},
    "referral.mark-in-error": DESK | COORDINATOR,
    "referral.erasure": DESK | COORDINATOR,
    "referral.request": DESK | COORDINATOR,
    "hub_case.read": DESK | COORDINATOR,
    "institutions.list": HUB,
    "service.read": ALL,
    "service.change": {Role.MANAGER, Role.COORDINATOR},
    "reports.read": {Role.COORDINATOR, Role.REGIONAL_COORDINATOR, Role.AUDITOR},
    "audit.read": {Role.AUDITOR},
    "audit.verify": {Role.AUDITOR},
    "federation.read": {Role.COORDINATOR, Role.REGIONAL_COORDINATOR, Role.AUDITOR},
    "user.list": {Role.ADMIN},
    "user.change": {Role.ADMIN},
    "services.search": HUB,
    "routing.rules": HUB,
    "routing.preview": DESK | COORDINATOR,
    "notification.list": ALL,
    "notification.retry": COORDINATOR,
    "subscription.list": ALL,
    "subscription.create": ALL,
    "subscription.delete": ALL,
    "mailbox.read": ALL,
    "account.read": ALL,
    "account.change": ALL,
}
AT_BOTH = {"services.search": WINDOW, "routing.rules": WINDOW, "routing.preview": WINDOW}


def person(role: Role) -> Actor:
    return Actor(
        user=f"{role}@here",
        role=role,
        node="sv",
        window="la-union" if role in WINDOW else None,
        institution="pddh" if role in DESK else None,
    )


def own(kind: str, *, at_window: bool) -> Subject:
    """An object that is the actor's own in every way it can be."""
    window = "la-union" if at_window or kind == "referral" else None
    return Subject(kind, "sv", window, "pddh", institutions=frozenset({"pddh"}), open_access=True)


def answer(actor: Actor, act: str, subject: Subject | None) -> str:
    try:
        check(actor, act, subject)
    except Refused as refusal:
        return refusal.code
    return "yes"


def test_the_two_tables_name_every_act_and_every_kind() -> None:
    assert set(ACTS) == set(AT_A_WINDOW) | set(AT_A_HUB) | set(AT_BOTH)
    assert {kind for act in ACTS.values() for kind in act.kinds} == set(KNOWN)


@pytest.mark.parametrize("act", sorted(ACTS))
@pytest.mark.parametrize("role", sorted(ALL))
def test_each_act_is_open_to_the_roles_that_the_contract_names_and_to_no_other(act: str, role: Role) -> None:
    for expected, at_window in ((AT_A_WINDOW, True), (AT_BOTH, True), (AT_A_HUB, False)):
        if act not in expected:
            continue
        for kind in ACTS[act].kinds:
            actor = person(role)
            subject = replace(own(kind, at_window=at_window), owner=actor.user)
            assert (answer(actor, act, subject) == "yes") == (role in expected[act])


@pytest.mark.parametrize("act", sorted(ACTS))
@pytest.mark.parametrize("role", sorted(ALL))
def test_nothing_of_another_node_exists_for_anybody(act: str, role: Role) -> None:
    for kind in ACTS[act].kinds:
        for at_window in (True, False):
            abroad = replace(own(kind, at_window=at_window), node="gt", owner=person(role).user)
            assert answer(person(role), act, abroad) == "not_found"


@pytest.mark.parametrize("act", sorted(AT_A_WINDOW))
@pytest.mark.parametrize("role", sorted(WINDOW))
def test_nothing_of_another_window_exists_for_a_windows_people(act: str, role: Role) -> None:
    for kind in ACTS[act].kinds:
        elsewhere = replace(own(kind, at_window=True), window="la-hachadura")
        assert answer(person(role), act, elsewhere) == "not_found"


@pytest.mark.parametrize("act", sorted(act for act, rule in ACTS.items() if rule.kinds & {"referral", "hub_case"}))
def test_a_referral_has_a_cast_of_four(act: str) -> None:
    kind = next(iter(ACTS[act].kinds))
    mine = own(kind, at_window=False)
    charlie = replace(person(Role.MANAGER), user="charlie", institution="rree")
    abroad = replace(person(Role.MANAGER), node="mx")
    assert answer(person(Role.MANAGER), act, mine) == "yes"
    assert answer(person(Role.COORDINATOR), act, mine) in {"yes", "forbidden"}
    assert answer(charlie, act, mine) == "not_found"
    assert answer(abroad, act, mine) == "not_found"
    for role in (Role.AUDITOR, Role.ADMIN, Role.REGIONAL_COORDINATOR):
        assert answer(person(role), act, mine) == "not_found"


def test_an_object_that_is_not_there_is_told_as_one_that_may_not_be_known() -> None:
    for act in ACTS:
        for role in ALL:
            assert answer(person(role), act, None) == "not_found"


def test_nobody_accepts_a_referral_that_they_asked_for_themselves() -> None:
    officer = person(Role.OFFICER)
    by_hand = replace(own("referral", at_window=False), author=officer.user)
    assert answer(officer, "referral.accept", by_hand) == "forbidden"
    assert answer(officer, "referral.reject", by_hand) == "yes"
    assert answer(person(Role.DEPUTY), "referral.accept", by_hand) == "yes"
    assert "referral.accept" not in allowed(officer, ["referral.accept", "referral.reject"], by_hand)


def test_an_officer_without_an_accepted_referral_may_read_a_case_but_not_refer_it() -> None:
    case = replace(own("hub_case", at_window=False), open_access=False)
    assert answer(person(Role.OFFICER), "hub_case.read", case) == "yes"
    assert answer(person(Role.OFFICER), "referral.request", case) == "forbidden"
    assert answer(person(Role.COORDINATOR), "referral.request", case) == "yes"


def test_a_subscription_of_somebody_else_does_not_exist() -> None:
    other = Subject("subscription", "sv", owner="officer@rree")
    assert answer(person(Role.COORDINATOR), "subscription.delete", other) == "not_found"


def test_allowed_acts_are_those_that_check_lets_pass_in_their_order() -> None:
    acts = ["referral.reopen", "referral.note", "referral.read"]
    assert allowed(person(Role.MANAGER), acts, own("referral", at_window=False)) == tuple(acts)
    assert allowed(person(Role.OFFICER), acts, own("referral", at_window=False)) == ("referral.note", "referral.read")
    assert allowed(person(Role.ADMIN), acts, own("referral", at_window=False)) == ()


def test_a_mistake_of_ours_is_not_blamed_on_who_asked() -> None:
    with pytest.raises(Broken):
        check(person(Role.STAFF), "case.explode", own("case", at_window=True))
    with pytest.raises(Broken):
        check(person(Role.STAFF), "case.read", own("place", at_window=True))


def test_the_node_itself_acts_on_its_own_and_only_at_its_window() -> None:
    for act, rule in ACTS.items():
        for kind in rule.kinds:
            assert answer(Actor.system("sv"), act, own(kind, at_window=True)) == "yes"
            assert answer(Actor.system("gt"), act, own(kind, at_window=True)) == "not_found"
    assert answer(Actor.system("sv", "la-hachadura"), "case.register", own("place", at_window=True)) == "not_found"


places = st.sampled_from(["sv", "gt", "mx"])
windows = st.sampled_from([None, "la-union", "la-hachadura"])
institutions = st.sampled_from([None, "pddh", "rree"])
users = st.sampled_from(["ana", "luis"])
actors = st.builds(Actor, users, st.sampled_from(sorted(ALL)), places, windows, institutions)
subjects = st.builds(
    Subject,
    st.sampled_from(sorted(KNOWN)), places, windows, institutions,
    author=st.none() | users, owner=st.none() | users,
    institutions=st.frozensets(st.sampled_from(["pddh", "rree"])), open_access=st.booleans(), escalated=st.booleans(),
)


@given(actors, st.sampled_from(sorted(ACTS)), subjects)
def test_whoever_may_do_may_know(actor: Actor, act: str, subject: Subject) -> None:
    if subject.kind not in ACTS[act].kinds:
        return
    told = answer(actor, act, subject)
    assert (told == "not_found") == (not may_know(actor, subject))
    assert (told == "yes") == (allowed(actor, [act], subject) == (act,))


@given(actors, subjects)
def test_who_belongs_nowhere_is_joined_to_nothing(actor: Actor, subject: Subject) -> None:
    """A missing window or institution on both sides is no bond."""
    nowhere = replace(actor, window=None, institution=None)
    bare = replace(subject, window=None, institution=None, institutions=frozenset(), owner=None)
    if actor.role in ALL - COORDINATOR - {Role.ADMIN} and bare.kind not in {"place", "service", "mailbox"}:
        assert not may_know(nowhere, bare)


def test_a_notification_is_known_to_whom_it_was_meant_for_and_retried_by_a_coordinator() -> None:
    mail = Subject("notification", "sv", institution="pddh", owner="staff@here")
    answers = {role: answer(person(role), "notification.retry", mail) for role in ALL}
    assert answers == dict.fromkeys(ALL, "not_found") | dict.fromkeys({*DESK, Role.STAFF}, "forbidden") | {
        Role.COORDINATOR: "yes"
    }
