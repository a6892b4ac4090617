"""A hub that was restored, as its windows find it: what it believes of them, and what it does not."""

from dataclasses import replace
from datetime import timedelta

import pytest

from shared.contracts.consent_withdrawn import ConsentWithdrawn
from shared.contracts.referral_held import ReferralHeld
from shared.contracts.window_heartbeat import WindowHeartbeat
from shared.ids import new_id
from shared.messaging.epochs import begin_epoch
from shared.messaging.recovery import begin_recovery
from shared.vocabulary.codes import ReferralStatus
from tests.integration.referrals.world import LA_HACHADURA, LA_UNION, MONDAY, World
from tests.unit.routing.given import case


def restored(world: World) -> None:
    """As ``ventanilla restore`` does to a copy that is as good as the original."""
    messaging = world.hub.tables.messaging
    with world.hub.database.write() as connection:
        begin_epoch(connection, messaging)
        begin_recovery(connection, messaging)
        connection.execute(world.hub.tables.cases.update().values(recovering=True))
    world.hub.close()
    world.hub = world.start()


def answers(world: World, by=LA_UNION) -> None:
    """The window has heard of this life of the hub, and says that it has told all."""
    epoch = world.last_receipt(by).epoch if world.said(to=by, kind="receipt") else "0"
    world.tells(WindowHeartbeat(0, None, "e", heard_epoch=epoch), by=by, sequenced=False)
    epoch = world.last_receipt(by).epoch
    world.tells(WindowHeartbeat(0, None, "e", answered_epoch=epoch, heard_epoch=epoch), by=by, sequenced=False)
    world.hub.recover()


def state_of(world: World, institution: str = "pddh"):
    return [one.referral for one in world.updates_to(LA_UNION) if one.institution == institution][-1]


def test_a_hub_that_was_never_restored_does_not_let_itself_be_told_what_it_did(world: World) -> None:
    world.registers(case("legal_aid"))
    state = state_of(world)
    world.tells(ReferralHeld(replace(state, status=ReferralStatus.COMPLETED, version=9)))
    answers(world)
    assert world.referral_at("pddh")["status"] == "requested"


def test_what_was_told_meanwhile_is_kept_and_routed_when_the_window_has_answered(world: World) -> None:
    restored(world)
    told = world.registers(case("legal_aid"))
    assert world.desk("pddh") == []
    world.updates(told, details=case("legal_aid", "livelihood"))
    world.updates(told, details=case("livelihood"), version=3)
    answers(world)
    assert world.desk("pddh") == []
    assert [one["needs"] for one in world.desk("alcaldia-la-union")] == [["livelihood"]]


def test_a_referral_of_another_window_case_or_person_is_not_taken_back(world: World) -> None:
    told = world.registers(case("legal_aid"))
    other = world.registers(case("legal_aid"), by=LA_HACHADURA)
    state = state_of(world)
    theirs = [one.referral for one in world.updates_to(LA_HACHADURA)][-1]
    restored(world)
    later = {"status": ReferralStatus.COMPLETED, "version": 9, "history": (*state.history, replace(state.history[0], change="completed"))}
    for lie in (
        replace(state, id=new_id(), case_id=other.case_id, **later),
        replace(state, id=theirs.id, **later),
        replace(state, id=new_id(), person_id=other.person_id, **later),
    ):
        world.tells(ReferralHeld(lie))
    world.tells(ReferralHeld(replace(state, window="la-hachadura", **later)))
    answers(world)
    answers(world, by=LA_HACHADURA)
    rows = {one["id"]: one["status"] for one in world.at("coordinator@sv").get("/referrals").json["items"]}
    assert rows == {state.id: "requested", theirs.id: "requested"}
    assert told.case_id == state.case_id


def test_two_that_hold_one_need_open_never_stay(world: World) -> None:
    world.registers(case("legal_aid"))
    first = state_of(world)
    world.at("officer@pddh").acts(first.id, "receive")
    restored(world)
    second = replace(first, id=new_id(), version=4, status=ReferralStatus.ACCEPTED, history=(
        *first.history, replace(first.history[0], change="received", by="officer@pddh"),
        replace(first.history[0], change="accepted", by="officer@pddh"),
    ))
    world.tells(ReferralHeld(second))
    answers(world)
    found = {one["id"]: one["status"] for one in world.desk("pddh")}
    assert found == {first.id: "cancelled", second.id: "accepted"}
    assert len({row.referral_id for row in rows(world, "open_needs")}) == 1


def test_a_second_one_gives_way_to_what_is_worked_on(world: World) -> None:
    world.registers(case("legal_aid"))
    first = state_of(world)
    world.at("officer@pddh").acts(first.id, "receive", "accept")
    restored(world)
    second = replace(first, id=new_id(), version=4, history=(*first.history, replace(first.history[0], change="received")))
    world.tells(ReferralHeld(second))
    answers(world)
    assert {one["id"]: one["status"] for one in world.desk("pddh")} == {first.id: "accepted", second.id: "entered-in-error"}


def test_a_withdrawal_works_at_once_also_while_the_hub_recovers(world: World) -> None:
    told = world.registers(case("legal_aid"))
    referral = world.referral_at("pddh")["id"]
    world.at("officer@pddh").acts(referral, "receive", "accept")
    restored(world)
    world.tells(ConsentWithdrawn(told.case_id, told.consent_id, 1, 2, MONDAY), version=2)
    assert world.referral_at("pddh")["stop_requested"] is True
    answers(world)
    assert world.at("officer@pddh").get(f"/referrals/{referral}").json["person"] == {}


def test_what_was_forgotten_stands_in_the_history_before_a_withdrawal_that_the_restored_hub_heard_first(world: World) -> None:
    told = world.registers(case("legal_aid"))
    referral, begun = world.referral_at("pddh")["id"], state_of(world).history
    received = replace(begun[0], at=begun[0].at + timedelta(minutes=5), change="received", by="officer@pddh", reason=None)
    lost = replace(state_of(world), status=ReferralStatus.RECEIVED, version=2, history=(*begun, received))
    world.clock.forward(hours=1)
    restored(world)
    world.tells(ReferralHeld(lost))
    world.tells(ConsentWithdrawn(told.case_id, told.consent_id, 1, 2, MONDAY), version=2)
    answers(world)
    history = [entry["change"] for entry in world.at("coordinator@sv").get(f"/referrals/{referral}").json["history"]]
    assert history == ["requested", "received", "cancelled", "restored", "cancelled"]


@pytest.mark.parametrize("answered", ["another-life", None])
def test_an_answer_to_another_life_ends_nothing(world: World, answered: str | None) -> None:
    world.registers(case("legal_aid"))
    restored(world)
    world.tells(WindowHeartbeat(0, None, "e", answered_epoch=answered), sequenced=False)
    world.hub.recover()
    referral = world.referral_at("pddh")["id"]
    assert world.at("officer@pddh").act(referral, "receive").json["code"] == "recovering"


def rows(world: World, name: str):
    with world.hub.database.read() as connection:
        return connection.execute(getattr(world.hub.tables, name).select()).all()
