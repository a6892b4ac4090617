"""Who is told of a change, in which words, and who is not."""

from services.notifications.domain.delivery import Status, Suppression
from services.notifications.domain.readers import Reader
from services.notifications.domain.telling import Channel, Choice, Memory, Notice, notices, remembered
from shared.contracts.referral_updated import CHANGES
from shared.vocabulary.codes import Urgency
from tests.unit.notifications.given import (
    COLLEAGUE,
    COORDINATOR,
    DEPUTY,
    EVERYBODY,
    MANAGER,
    OFFICER,
    SAYINGS,
    STAFF,
    STRANGER,
    SUPERVISOR,
    occurrence,
)

NOTHING_KNOWN = Memory()


def told(change, *audiences, readers=EVERYBODY, memory=NOTHING_KNOWN, choices=None, **other) -> dict[str, Notice]:
    made = notices(
        occurrence(change, *audiences, **other), readers=readers, memory=memory, choices=choices or {}, sayings=SAYINGS
    )
    return {notice.recipient: notice for notice in made}


def test_a_new_referral_is_told_to_the_officers_of_its_institution_alone() -> None:
    made = told("requested", "institution")
    assert set(made) == {OFFICER.username, COLLEAGUE.username}
    assert all(notice.message == "new_referral" for notice in made.values())
    assert made[COLLEAGUE.username].language == "en"


def test_an_answer_is_told_to_everybody_at_the_window_of_origin_alone() -> None:
    assert set(told("accepted", "window")) == {STAFF.username, SUPERVISOR.username}


def test_a_rejection_asks_the_window_to_act() -> None:
    assert told("rejected", "window")[STAFF.username].message == "action_needed"


def test_an_overdue_referral_is_told_to_the_alternate_and_the_coordinator() -> None:
    assert set(told("overdue", "alternate", "coordinator")) == {DEPUTY.username, COORDINATOR.username}


def test_an_institution_without_officers_is_heard_by_its_deputy_then_its_manager() -> None:
    assert set(told("requested", "institution", readers=(MANAGER, DEPUTY, STRANGER))) == {DEPUTY.username}
    assert set(told("requested", "institution", readers=(MANAGER, STRANGER))) == {MANAGER.username}


def test_an_audience_with_nobody_in_it_leaves_a_row_that_says_so() -> None:
    made = told("requested", "institution", readers=(STRANGER,))
    assert made["institution:pddh"].status is Status.SUPPRESSED
    assert made["institution:pddh"].reason is Suppression.NOBODY


def test_the_author_is_not_told_and_it_is_recorded() -> None:
    made = told("requested", "institution", by=OFFICER.username)
    assert (made[OFFICER.username].status, made[OFFICER.username].reason) == (Status.SUPPRESSED, Suppression.AUTHOR)
    assert made[COLLEAGUE.username].status is Status.PENDING


def test_who_has_no_address_is_recorded_as_not_told() -> None:
    mute = Reader("mute@pddh", "officer", None, "es", None, "pddh")
    assert told("requested", "institution", readers=(mute,))["mute@pddh"].reason is Suppression.NO_ADDRESS


def test_a_reader_in_two_audiences_is_told_once() -> None:
    made = notices(
        occurrence("overdue", "institution", "alternate"),
        readers=(DEPUTY,),
        memory=NOTHING_KNOWN,
        choices={},
        sayings=SAYINGS,
    )
    assert [notice.recipient for notice in made] == [DEPUTY.username]


def test_the_person_has_no_row_while_there_is_no_sms() -> None:
    assert told("accepted", "person") == {}


def test_who_knows_something_later_is_not_told_of_what_came_before() -> None:
    memory = Memory(version=5, told={STAFF.username: 5})
    made = told("accepted", "window", version=3, memory=memory)
    assert made[STAFF.username].reason is Suppression.SUPERSEDED
    assert made[SUPERVISOR.username].status is Status.PENDING


def test_a_late_request_that_was_answered_meanwhile_is_not_asked() -> None:
    memory = remembered(NOTHING_KNOWN, occurrence("accepted", version=3), SAYINGS)
    made = told("requested", "institution", version=1, memory=memory)
    assert {notice.reason for notice in made.values()} == {Suppression.SUPERSEDED}


def test_a_late_request_that_is_still_open_is_told() -> None:
    memory = remembered(NOTHING_KNOWN, occurrence("commented", version=2), SAYINGS)
    made = told("requested", "institution", version=1, memory=memory)
    assert {notice.status for notice in made.values()} == {Status.PENDING}


def test_memory_never_falls_whatever_the_order() -> None:
    memory = remembered(Memory(version=7, answered=6), occurrence("received", version=2), SAYINGS)
    assert (memory.version, memory.answered) == (7, 6)


def test_who_chose_other_messages_is_not_told_but_of_emergencies() -> None:
    choices = {(STAFF.username, Channel.EMAIL): Choice(STAFF.username, Channel.EMAIL, frozenset({"action_needed"}))}
    assert told("accepted", "window", choices=choices)[STAFF.username].reason is Suppression.UNSUBSCRIBED
    assert told("rejected", "window", choices=choices)[STAFF.username].status is Status.PENDING
    emergency = told("accepted", "window", choices=choices, urgency=Urgency.EMERGENCY)
    assert emergency[STAFF.username].status is Status.PENDING


def test_a_change_of_a_newer_hub_is_told_in_general_words() -> None:
    assert told("teleported", "window")[STAFF.username].message == "referral_changed"


def test_the_table_of_words_names_only_changes_of_the_contract() -> None:
    assert set(SAYINGS.changes) <= set(CHANGES)
