"""The checker finds what is planted: a loss, a duplicate, an orphan, a fork and the rest; and nothing in a sound world."""

from collections import Counter
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta

import pytest

from tests.faults.checker import RULES, check
from tests.faults.journal import Attempt, Fault, Journal, Kind, Outcome, Planted, now
from tests.faults.views import (
    Entry,
    Everything,
    Heard,
    Hub,
    HubCase,
    Letter,
    Notice,
    Notifications,
    Party,
    Position,
    Referral,
    Said,
    Window,
    WindowCase,
)

WINDOW, HUB, NOTIFICATIONS = "/sv/windows/la-union", "/sv/hub", "/sv/notifications"


def _said(event: str, to: str, kind: str, subject: str, sequence: int) -> Said:
    return Said(event, to, kind, subject, 1, "e", sequence, sequenced=True, sent=True, settled=True)


def _journal() -> Journal:
    journal = Journal()
    for number in "12":
        journal.write(
            Attempt(Kind.REGISTER, Outcome.DONE, "la-union", now(), f"case-{number}", f"op-{number}", 1, "papers")
        )
    journal.write(Attempt(Kind.VISIT, Outcome.DONE, "la-union", now(), "visit"))
    journal.write(Attempt(Kind.ACT, Outcome.DONE, "pddh", now(), "ref-1", version=2, change="received"))
    return journal


def _sound() -> Everything:
    """Two cases, each with one referral; one of them was received by its institution."""
    window = Window(
        party=Party(
            "sv.la-union", WINDOW, "e",
            said=[
                _said("w1", "sv.hub", "case.registered", "case-1", 1),
                _said("w2", "sv.hub", "case.registered", "case-2", 2),
                _said("w3", "sv.hub", "visit.recorded", "visit", 3),
            ],
            heard=[Heard("h1", HUB, "e", 1)],
            positions=[Position(HUB, "e", 1, gaps=False)],
        ),
        cases={f"case-{n}": WindowCase(f"case-{n}", f"person-{n}", 1, 1, 1, told=True, hold=None) for n in "12"},
        referrals={"ref-1": 2, "ref-2": 1},
        visits=frozenset({"visit"}),
        operations={"case-1": "op-1", "case-2": "op-2"},
    )
    hub = Hub(
        party=Party(
            "sv.hub", HUB, "e",
            said=[
                _said("h1", "sv.la-union", "referral.updated", "ref-1", 1),
                _said("h2", "sv.notifications", "referral.updated", "ref-1", 1),
            ],
            heard=[Heard(f"w{n}", WINDOW, "e", n) for n in (1, 2, 3)],
            positions=[Position(WINDOW, "e", 3, gaps=False)],
        ),
        cases={f"case-{n}": HubCase(f"case-{n}", "la-union", 1, 1, withdrawn=False, arrived_at=now()) for n in "12"},
        referrals={f"ref-{n}": _referral(n, "received" if n == "1" else "requested", 3 - int(n)) for n in "12"},
        history=[Entry("1", "ref-1", "requested"), Entry("2", "ref-2", "requested"), Entry("3", "ref-1", "received")],
        open_needs={(f"person-{n}", "pddh", "documentation"): f"ref-{n}" for n in "12"},
        visits=frozenset({"visit"}),
    )
    notifications = Notifications(
        party=Party(
            "sv.notifications", NOTIFICATIONS, "e",
            heard=[Heard("h2", HUB, "e", 1)],
            positions=[Position(HUB, "e", 1, gaps=False)],
        ),
        notices=[_notice(n) for n in "12"],
        known={"ref-1": 2, "ref-2": 1},
    )
    return Everything({"la-union": window}, hub, notifications, Counter({"n1": 1, "n2": 1}))


def _referral(number: str, status: str, version: int) -> Referral:
    needs = frozenset({"documentation"})
    return Referral(f"ref-{number}", f"case-{number}", "la-union", f"person-{number}", "pddh", needs, status, version, "routing")


def _notice(number: str) -> Notice:
    return Notice(f"n{number}", f"e{number}", "officer@pddh", "email", f"ref-{number}", "new_referral", "sent", 0)


def _window(seen: Everything, **changed: object) -> Everything:
    return replace(seen, windows={"la-union": replace(seen.windows["la-union"], **changed)})


def _window_said(seen: Everything, said: list[Said]) -> Everything:
    return _window(seen, party=replace(seen.windows["la-union"].party, said=said))


def _hub(seen: Everything, **changed: object) -> Everything:
    return replace(seen, hub=replace(seen.hub, **changed))


def _hub_party(seen: Everything, **changed: object) -> Everything:
    return _hub(seen, party=replace(seen.hub.party, **changed))


def _without(mapping: object, key: object) -> dict[object, object]:
    return {one: value for one, value in dict(mapping).items() if one != key}  # type: ignore[call-overload]


def test_a_sound_world_has_no_findings():
    assert check(_journal(), _sound()) == []


def test_a_registration_without_an_answer_that_is_there_is_recovered_and_no_finding():
    journal = _journal()
    journal.attempts[1] = replace(journal.attempts[1], outcome=Outcome.UNSURE, subject="")
    assert check(journal, _sound()) == []


Plant = Callable[[Journal, Everything], Everything]


def _unfelt_fault(journal: Journal, seen: Everything) -> Everything:
    journal.unfelt.append("late acks")
    return seen


def _service_ended(journal: Journal, seen: Everything) -> Everything:
    journal.ended.append("referrals ended by itself with 1")
    return seen


def _lost_line(journal: Journal, seen: Everything) -> Everything:
    journal.imported["la-union"] = 1
    return seen


def _lost_case(_journal: Journal, seen: Everything) -> Everything:
    return _window(seen, cases=_without(seen.windows["la-union"].cases, "case-1"))


def _unexpected_case(journal: Journal, seen: Everything) -> Everything:
    del journal.attempts[0]
    return seen


def _case_twice(_journal: Journal, seen: Everything) -> Everything:
    return _window(seen, operations={"case-1": "op-1", "case-2": "op-1"})


def _no_outbox_row(_journal: Journal, seen: Everything) -> Everything:
    return _window_said(seen, list(seen.windows["la-union"].party.said)[1:])


def _settled_and_never_taken(_journal: Journal, seen: Everything) -> Everything:
    return _hub_party(seen, heard=list(seen.hub.party.heard)[1:])


def _never_sent(_journal: Journal, seen: Everything) -> Everything:
    first, *rest = seen.windows["la-union"].party.said
    return _window_said(seen, [replace(first, sent=False, settled=False), *rest])


def _requested_twice(_journal: Journal, seen: Everything) -> Everything:
    return _hub(seen, history=[*seen.hub.history, Entry("4", "ref-2", "requested")])


def _two_referrals_of_one_need(_journal: Journal, seen: Everything) -> Everything:
    return _hub(seen, referrals={**seen.hub.referrals, "ref-3": replace(_referral("1", "completed", 1), id="ref-3")})


def _orphan(_journal: Journal, seen: Everything) -> Everything:
    return _hub(seen, cases=_without(seen.hub.cases, "case-1"))


def _orphan_at_the_hub(_journal: Journal, seen: Everything) -> Everything:
    stranger = HubCase("case-9", "la-union", 1, 1, withdrawn=False, arrived_at=now())
    return _hub(seen, cases={**seen.hub.cases, "case-9": stranger})


def _version_fell(journal: Journal, seen: Everything) -> Everything:
    journal.saw("case-1", (1, 2))
    journal.saw("case-1", (1, 1))
    return seen


def _old_version(_journal: Journal, seen: Everything) -> Everything:
    case = replace(seen.windows["la-union"].cases["case-1"], version=2, details_version=2)
    return _window(seen, cases={**seen.windows["la-union"].cases, "case-1": case})


def _fork(_journal: Journal, seen: Everything) -> Everything:
    first, *rest = seen.hub.party.heard
    return _hub_party(seen, heard=[replace(first, id="x1"), *rest])


def _one_place_twice(_journal: Journal, seen: Everything) -> Everything:
    said = seen.windows["la-union"].party.said
    return _window_said(seen, [*said, replace(said[0], id="x1")])


def _gap(_journal: Journal, seen: Everything) -> Everything:
    return _hub_party(seen, positions=[Position(WINDOW, "e", 2, gaps=True)])


def _held_up_by_poison(journal: Journal, seen: Everything) -> Everything:
    late = now() + timedelta(minutes=2)
    journal.faults.append(Fault("poison", now() - timedelta(minutes=1), late))
    case = replace(seen.hub.cases["case-1"], arrived_at=late)
    return _hub(seen, cases={**seen.hub.cases, "case-1": case})


def _poison_not_kept(journal: Journal, seen: Everything) -> Everything:
    journal.planted.append(Planted("sv.hub", "digest", "garbage"))
    return seen


def _honest_message_buried(_journal: Journal, seen: Everything) -> Everything:
    return _hub_party(seen, letters=[Letter("digest", "failed: KeyError", "w1", 1)])


def _illegal_path(_journal: Journal, seen: Everything) -> Everything:
    referral = replace(seen.hub.referrals["ref-2"], status="completed")
    history = [*seen.hub.history, Entry("4", "ref-2", "completed")]
    return _hub(seen, history=history, referrals={**seen.hub.referrals, "ref-2": referral})


def _illegal_path_after_a_restore(_journal: Journal, seen: Everything) -> Everything:
    referral = replace(seen.hub.referrals["ref-2"], status="completed")
    history = [*seen.hub.history, Entry("4", "ref-2", "restored"), Entry("5", "ref-2", "completed")]
    return _hub(seen, history=history, referrals={**seen.hub.referrals, "ref-2": referral})


def _answer_lost(_journal: Journal, seen: Everything) -> Everything:
    return _hub(seen, history=list(seen.hub.history)[:2])


def _half_of_the_referrals(_journal: Journal, seen: Everything) -> Everything:
    return _hub(seen, referrals=_without(seen.hub.referrals, "ref-2"))


def _second_open(_journal: Journal, seen: Everything) -> Everything:
    second = replace(_referral("1", "requested", 1), id="ref-3", case_id="case-2")
    return _hub(seen, referrals={**seen.hub.referrals, "ref-3": second})


def _window_behind(_journal: Journal, seen: Everything) -> Everything:
    return _window(seen, referrals={"ref-1": 1, "ref-2": 1})


def _mail_twice(_journal: Journal, seen: Everything) -> Everything:
    return replace(seen, mails=Counter({"n1": 2, "n2": 1}))


def _mail_lost(_journal: Journal, seen: Everything) -> Everything:
    return replace(seen, mails=Counter({"n1": 1}))


def _nobody_told(_journal: Journal, seen: Everything) -> Everything:
    return replace(seen, notifications=replace(seen.notifications, notices=[_notice("1")]))


def _nobody_told_of_a_file(_journal: Journal, seen: Everything) -> Everything:
    referrals = {**seen.hub.referrals, "ref-2": replace(seen.hub.referrals["ref-2"], batch="file")}
    return _hub(seen, referrals=referrals)


def _told_of_a_file_twice(_journal: Journal, seen: Everything) -> Everything:
    summary = replace(_notice("1"), referral_id=None, batch="file", institution="pddh")
    twice = [replace(summary, event_id=f"b{n}") for n in "12"]
    return replace(seen, notifications=replace(seen.notifications, notices=[*seen.notifications.notices, *twice]))


def _false_identity(_journal: Journal, seen: Everything) -> Everything:
    return _hub_party(
        seen, heard=[*seen.hub.party.heard, Heard("x", WINDOW, "e", 4)], positions=[Position(WINDOW, "e", 4, gaps=False)]
    )


@pytest.mark.parametrize(
    ("plant", "invariant"),
    [
        (_unfelt_fault, "0 every-fault-bit"),
        (_service_ended, "0 no-service-ended"),
        (_lost_case, "1 acked-write-survives"),
        (_lost_line, "1 every-line-once"),
        (_unexpected_case, "1 nothing-unexpected"),
        (_case_twice, "1 nothing-unexpected"),
        (_answer_lost, "1 acts-survive"),
        (_no_outbox_row, "2 outbox-atomic"),
        (_settled_and_never_taken, "3 sent-means-taken"),
        (_never_sent, "3 sent-means-taken"),
        (_requested_twice, "4 exactly-one-effect"),
        (_two_referrals_of_one_need, "4 exactly-one-effect"),
        (_orphan, "5 no-orphan"),
        (_orphan_at_the_hub, "5 no-orphan"),
        (_version_fell, "7 versions-rise"),
        (_old_version, "7 versions-rise"),
        (_fork, "8 fork-is-loud"),
        (_one_place_twice, "8 fork-is-loud"),
        (_gap, "9 conservation"),
        (_settled_and_never_taken, "9 conservation"),
        (_held_up_by_poison, "10 poison-alone"),
        (_poison_not_kept, "11 dead-letter-complete"),
        (_honest_message_buried, "11 dead-letter-complete"),
        (_illegal_path, "12 legal-path"),
        (_illegal_path_after_a_restore, "12 legal-path"),
        (_half_of_the_referrals, "13 all-or-none"),
        (_second_open, "14 no-second-open"),
        (_window_behind, "15 window-sees-hub"),
        (_mail_twice, "16 notified-once"),
        (_mail_lost, "16 notified-once"),
        (_nobody_told, "16 everybody-told"),
        (_nobody_told_of_a_file, "16 everybody-told"),
        (_told_of_a_file_twice, "16 everybody-told"),
        (_false_identity, "25 identity-bound"),
    ],
)
def test_what_is_planted_is_found(plant: Plant, invariant: str):
    journal = _journal()
    seen = plant(journal, _sound())
    assert invariant in {finding.invariant for finding in check(journal, seen)}


def test_every_rule_has_something_planted_for_it():
    planted = {invariant for mark in test_what_is_planted_is_found.pytestmark for _plant, invariant in mark.args[1]}
    assert planted == set(RULES)
