"""Judges what everybody holds, healed and drained, against the invariants of docs/faults.md.

*Lost* (acknowledged and absent), *unexpected* (never tried) and *duplicated* are findings; *recovered* (no answer
came, and it is there all the same) is not. Each function is one invariant and yields what speaks against it.
"""

from collections import Counter, defaultdict
from collections.abc import Callable, Collection, Iterator
from dataclasses import dataclass

from services.referrals.domain.transitions import OPEN, TABLE
from shared.vocabulary.codes import ReferralStatus
from tests.faults.journal import Journal, Kind, Outcome
from tests.faults.views import Everything, Hub

CASE_TYPES = frozenset({"case.registered", "case.updated"})
POISON_SECONDS = 60
"""A poisoned message delays no other for longer (invariant 10)."""


@dataclass(frozen=True)
class Finding:
    """Which invariant does not hold, and where."""

    invariant: str
    what: str

    def __str__(self) -> str:
        return f"{self.invariant}: {self.what}"


Rule = Callable[[Journal, Everything], Iterator[str]]


def check(journal: Journal, seen: Everything, *, leaving_out: Collection[str] = ()) -> list[Finding]:
    """All that speaks against any invariant, but those that a run cannot keep; empty when nothing does."""
    return [Finding(name, what) for name, rule in RULES.items() if name not in leaving_out for what in rule(journal, seen)]


def every_fault_bit(journal: Journal, _seen: Everything) -> Iterator[str]:
    """0: the stage did what it says: each fault that tells of itself reached somebody."""
    for name in journal.unfelt:
        yield f"nobody felt {name}"


def no_service_ended(journal: Journal, _seen: Everything) -> Iterator[str]:
    """0: no fault around a service ends it."""
    yield from journal.ended


def acked_write_survives(journal: Journal, seen: Everything) -> Iterator[str]:
    """1: what was answered with success is there."""
    for one in journal.of(Kind.REGISTER, Outcome.DONE):
        if one.subject not in seen.windows[one.place].cases:
            yield f"lost: case {one.subject} of {one.place}"
    for one in journal.of(Kind.CHANGE, Outcome.DONE):
        case = seen.windows[one.place].cases.get(one.subject)
        if case is None or case.version < one.version:
            yield f"lost: version {one.version} of case {one.subject} of {one.place}"
    for one in journal.of(Kind.VISIT, Outcome.DONE):
        if one.subject not in seen.windows[one.place].visits:
            yield f"lost: visit {one.subject} of {one.place}"
    for one in journal.of(Kind.WITHDRAW, Outcome.DONE):
        at_hub = seen.hub.cases.get(one.subject)
        if at_hub is not None and not at_hub.withdrawn:
            yield f"lost: the withdrawal of case {one.subject}"


def every_line_once(journal: Journal, seen: Everything) -> Iterator[str]:
    """1: each line of a file that was taken in is one case."""
    for place, lines in journal.imported.items():
        here = sum(case.imported for case in seen.windows[place].cases.values())
        if here != lines:
            yield f"{'lost' if here < lines else 'duplicated'}: {lines} lines were taken in at {place}, {here} are there"


def nothing_unexpected(journal: Journal, seen: Everything) -> Iterator[str]:
    """1: nothing is there that nobody tried, and nothing that was tried once is there twice."""
    tried = {one.operation for one in journal.of(Kind.REGISTER, *Outcome)}
    for name, window in seen.windows.items():
        for operation, times in Counter(window.operations.values()).items():
            if times > 1:
                yield f"duplicated: {times} cases of one registration {operation} at {name}"
        for case_id, operation in window.operations.items():
            if operation not in tried:
                yield f"unexpected: case {case_id} at {name}"


def outbox_atomic(_journal: Journal, seen: Everything) -> Iterator[str]:
    """2: a case that is told has its newest version in the outbox, and nothing is in the outbox of no case."""
    for name, window in seen.windows.items():
        newest: dict[str, int] = {}
        for row in window.party.said:
            if row.type in CASE_TYPES:
                newest[row.subject] = max(newest.get(row.subject, 0), row.version)
        for case in window.cases.values():
            if case.told and case.hold is None and newest.get(case.id, 0) < case.details_version:
                yield f"case {case.id} at {name} has version {case.details_version}, said was {newest.get(case.id)}"
        for case_id in newest.keys() - window.cases.keys():
            yield f"the outbox of {name} tells of {case_id}, which is no case"


def sent_means_taken(_journal: Journal, seen: Everything) -> Iterator[str]:
    """3 and 6: at rest each row is sent and settled, and what is settled was really taken in that place."""
    taken = {party.key: {(one.source, one.id) for one in party.heard} for party in seen.parties}
    dead = {party.key: {letter.event_id for letter in party.letters} for party in seen.parties}
    for party in seen.parties:
        for row in party.said:
            if not row.sequenced or row.destination not in taken:
                continue
            if not row.settled:
                state = "sent" if row.sent else "queued"
                yield f"{party.key} → {row.destination}: {row.type} {row.id} is still {state} ({row.problem})"
            elif (party.source, row.id) not in taken[row.destination] and row.id not in dead[row.destination]:
                yield f"{party.key} → {row.destination}: {row.type} {row.id} is settled and was never taken"


def one_effect(_journal: Journal, seen: Everything) -> Iterator[str]:
    """4: an event has one effect: one request per referral, one referral per case and need."""
    requests = Counter(entry.referral_id for entry in seen.hub.history if entry.change == "requested")
    for referral_id, times in requests.items():
        if times != 1:
            yield f"duplicated: referral {referral_id} was requested {times} times"
    routed = Counter(
        (referral.case_id, referral.institution, need)
        for referral in seen.hub.referrals.values()
        if referral.origin == "routing"
        for need in referral.needs
    )
    for (case_id, institution, need), times in routed.items():
        if times > 1:
            yield f"duplicated: {times} referrals of case {case_id} to {institution} for {need}"


def no_orphan(_journal: Journal, seen: Everything) -> Iterator[str]:
    """5: each case that was told is at the hub or refused there; each case of the hub is at its window.

    One that is held now (its consent was taken back) may have been taken back before it was sent.
    """
    for name, window in seen.windows.items():
        for case in window.cases.values():
            if case.told and case.hold is None and case.id not in seen.hub.cases and case.id not in seen.hub.refused:
                yield f"orphan: case {case.id} of {name} never came"
        for visit in window.visits - seen.hub.visits:
            yield f"lost: visit {visit} of {name} never came"
    for case_id, at_hub in seen.hub.cases.items():
        if at_hub.window in seen.windows and case_id not in seen.windows[at_hub.window].cases:
            yield f"orphan: case {case_id} at the hub is unknown to {at_hub.window}"
    for referral in seen.hub.referrals.values():
        if referral.case_id not in seen.hub.cases:
            yield f"orphan: referral {referral.id} is of no case"


def versions_rise(journal: Journal, seen: Everything) -> Iterator[str]:
    """7: what the hub holds never fell while it was watched, and at rest is what the window said last."""
    yield from journal.fallen
    for name, window in seen.windows.items():
        for case in window.cases.values():
            at_hub = seen.hub.cases.get(case.id)
            if at_hub is None or case.hold is not None:
                continue
            least, most = (case.incarnation, case.details_version), (case.incarnation, case.version)
            if not least <= (at_hub.incarnation, at_hub.version) <= most:
                yield f"case {case.id}: {name} has {least} to {most}, the hub {(at_hub.incarnation, at_hub.version)}"


def fork_is_loud(_journal: Journal, seen: Everything) -> Iterator[str]:
    """8: one place of a stream has one event, the same at both ends; another one there is a dead letter."""
    for party in seen.parties:
        places: dict[tuple[str, str | None, int | None], str] = {}
        for row in party.said:
            if row.sequence is None:
                continue
            other = places.setdefault((row.destination, row.epoch, row.sequence), row.id)
            if other != row.id:
                yield f"fork: {party.key} gave place {row.sequence} towards {row.destination} to {other} and {row.id}"
        for hearer in seen.parties:
            for one in hearer.heard:
                mine = places.get((hearer.key, one.epoch, one.sequence))
                if one.source == party.source and mine not in {None, one.id}:
                    yield f"fork: {hearer.key} took {one.id} at place {one.sequence} of {party.key}, which says {mine}"


def conservation(_journal: Journal, seen: Everything) -> Iterator[str]:
    """9: every place of every stream came, was applied or became a dead letter; there is no gap and none too many."""
    for hearer in seen.parties:
        came: dict[tuple[str, str], set[int]] = defaultdict(set)
        for one in hearer.heard:
            came[one.source, one.epoch].add(one.sequence)
        for position in hearer.positions:
            places = came[position.source, position.epoch]
            if position.gaps or len(places) != position.through:
                yield (
                    f"{hearer.key}: of {position.source} all up to {position.through} is told as taken, "
                    f"{len(places)} are{', with gaps' if position.gaps else ''}"
                )


def poison_alone(journal: Journal, seen: Everything) -> Iterator[str]:
    """10: what was registered while only poison was about arrived within a minute."""
    spans = [fault for fault in journal.faults if fault.name.startswith("poison")]
    others = [fault for fault in journal.faults if not fault.name.startswith("poison")]
    for one in journal.of(Kind.REGISTER, Outcome.DONE):
        inside = any(fault.began <= one.at <= fault.ended for fault in spans)
        at_hub = seen.hub.cases.get(one.subject)
        if not inside or at_hub is None:
            continue
        late = (at_hub.arrived_at - one.at).total_seconds()
        disturbed = any(fault.began <= at_hub.arrived_at and fault.ended >= one.at for fault in others)
        if late > POISON_SECONDS and not disturbed:
            yield f"case {one.subject} was held up for {late:.0f} s by poison"


def dead_letter_complete(journal: Journal, seen: Everything) -> Iterator[str]:
    """11 and 25: what nobody honest sent is kept with bytes and reason; nothing else is dead."""
    letters = {party.key: {letter.digest: letter for letter in party.letters} for party in seen.parties}
    for planted in journal.planted:
        letter = letters[planted.where].get(planted.digest)
        if letter is None or not letter.reason:
            yield f"{planted.what} is not among the dead letters of {planted.where}"
    known = {(planted.where, planted.digest) for planted in journal.planted}
    for party in seen.parties:
        for letter in party.letters:
            if (party.key, letter.digest) not in known:
                yield f"{party.key} buried an honest message: {letter.reason}"


def legal_path(_journal: Journal, seen: Everything) -> Iterator[str]:
    """12: each referral reached its state by rows of the table.

    Of a hub that was restored two lives stand in one history: what it did anew and learns that it had done, and after
    ``restored`` any state of before, for then the referral is as its window was last told.
    """
    ways = {(row.frm, row.to) for row in TABLE if row.frm != row.to}
    states = {state.value for state in ReferralStatus}
    for referral_id, changes in _histories(seen.hub).items():
        before = may_be = {ReferralStatus.REQUESTED}
        for change in changes[1:]:
            if change == "restored":
                may_be = before
            after = "cancelled" if change == "forwarded" else "in-progress" if change == "reopened" else change
            if after not in states:
                continue
            to = ReferralStatus(after)
            told_again = "restored" in changes and to in may_be
            if not told_again and not any((at, to) in ways for at in may_be):
                yield f"referral {referral_id} went from {', '.join(may_be)} to {after}: {changes}"
            may_be, before = {to}, before | {to}
        referral = seen.hub.referrals.get(referral_id)
        if referral is None or changes[0] != "requested":
            yield f"the history of {referral_id} is of no referral, or does not begin with its request: {changes}"
        elif referral.status not in may_be:
            yield f"referral {referral_id} is {referral.status}, its history leads to {', '.join(may_be)}: {changes}"


def acts_survive(journal: Journal, seen: Everything) -> Iterator[str]:
    """1 at the desk: an answer that was given is in the history, once, and none is there that nobody gave."""
    entries = Counter((entry.referral_id, entry.change) for entry in seen.hub.history)
    tried: Counter[tuple[str, str]] = Counter()
    for one in journal.of(Kind.ACT, Outcome.DONE, Outcome.UNSURE):
        tried[one.subject, one.change] += 1
        if one.outcome is Outcome.DONE and not entries[one.subject, one.change]:
            yield f"lost: {one.change} of referral {one.subject}"
    for (referral_id, change), times in entries.items():
        if change in {"received", "accepted", "in-progress", "completed", "rejected"}:
            if not tried[referral_id, change]:
                yield f"unexpected: {change} of referral {referral_id}"
            elif times > 1:
                yield f"duplicated: {change} of referral {referral_id}, {times} times"


def all_or_none(journal: Journal, seen: Everything) -> Iterator[str]:
    """13: cases registered alike at one window have the same referrals."""
    desks: dict[str, set[str]] = defaultdict(set)
    for referral in seen.hub.referrals.values():
        if referral.origin == "routing":
            desks[referral.case_id].add(f"{referral.institution}: {' '.join(sorted(referral.needs))}")
    alike: dict[tuple[str, str], dict[str, set[str]]] = defaultdict(dict)
    for one in journal.of(Kind.REGISTER, Outcome.DONE):
        at_hub = seen.hub.cases.get(one.subject)
        if at_hub is not None and not at_hub.withdrawn:
            alike[one.place, one.change][one.subject] = desks[one.subject]
    for (place, template), cases in alike.items():
        usual = Counter(map(frozenset, cases.values())).most_common(1)[0][0]
        for case_id, found in cases.items():
            if found != usual or not found:
                yield f"case {case_id} ({template} at {place}) has {sorted(found)}, others {sorted(usual)}"


def no_second_open(_journal: Journal, seen: Everything) -> Iterator[str]:
    """14: one open referral per person, need and institution, and the table that guards it says the same."""
    really: dict[tuple[str, str, str], str] = {}
    for referral in seen.hub.referrals.values():
        for need in referral.needs if ReferralStatus(referral.status) in OPEN else ():
            key = (referral.person, referral.institution, need)
            if key in really:
                yield f"person {key[0]} has {really[key]} and {referral.id} open at {key[1]} for {need}"
            really[key] = referral.id
    for key in really.keys() ^ seen.hub.open_needs.keys():
        yield f"open needs and open referrals differ about {key}"


def window_sees_hub(_journal: Journal, seen: Everything) -> Iterator[str]:
    """15: at rest each window knows each of its referrals in the version of the hub."""
    for name, window in seen.windows.items():
        theirs = {one.id: one.version for one in seen.hub.referrals.values() if one.window == name}
        for referral_id in theirs.keys() | window.referrals.keys():
            there, here = theirs.get(referral_id), window.referrals.get(referral_id)
            if there != here:
                yield f"referral {referral_id}: version {there} at the hub, {here} at {name}"


def notified_once(_journal: Journal, seen: Everything) -> Iterator[str]:
    """16: one line per event, recipient and channel; one mail per line, but for what the ledger calls unsure."""
    lines = Counter((one.event_id, one.recipient, one.channel) for one in seen.notifications.notices)
    for line, times in lines.items():
        if times > 1:
            yield f"duplicated: {times} notices of {line}"
    for one in seen.notifications.notices:
        mails = seen.mails[one.id]
        if one.status == "sent" and mails < 1:
            yield f"lost: notice {one.id} is sent, and no mail came"
        if mails > 1 + one.unsure:
            yield f"duplicated: notice {one.id} came {mails} times, {one.unsure} of them unsure"
        if one.status == "pending":
            yield f"notice {one.id} is still pending"


def everybody_told(_journal: Journal, seen: Everything) -> Iterator[str]:
    """16: notifications heard of every referral, and told its institution where somebody is to be told.

    Of those of one file each officer is told once, together.
    """
    notices = seen.notifications.notices
    asked = {one.referral_id for one in notices if one.message == "new_referral"}
    summaries = [one for one in notices if one.batch is not None and one.referral_id is None]
    batches = Counter((one.batch, one.recipient) for one in summaries)
    summed = {(one.batch, one.institution) for one in summaries}
    institutions = {one.recipient.partition("@")[2] for one in notices}
    for referral in seen.hub.referrals.values():
        if referral.id not in seen.notifications.known:
            yield f"lost: notifications never heard of referral {referral.id}"
        told = referral.id in asked if referral.batch is None else (referral.batch, referral.institution) in summed
        if referral.institution in institutions and not told:
            yield f"lost: nobody at {referral.institution} was told of referral {referral.id}"
    for (batch, recipient), times in batches.items():
        if times > 1:
            yield f"duplicated: {recipient} was told {times} times of batch {batch}"


def identity_bound(_journal: Journal, seen: Everything) -> Iterator[str]:
    """25: nothing was taken that its source does not know to have said."""
    said: dict[str, set[str]] = {party.source: {row.id for row in party.said} for party in seen.parties}
    planted = {one.event_id for party in seen.parties for one in party.letters}
    for hearer in seen.parties:
        for one in hearer.heard:
            if one.id not in said.get(one.source, set()) and one.id not in planted:
                yield f"unexpected: {hearer.key} took {one.id} as from {one.source}, which never said it"


def _histories(hub: Hub) -> dict[str, list[str]]:
    found: dict[str, list[str]] = defaultdict(list)
    for entry in sorted(hub.history, key=lambda one: one.id):
        found[entry.referral_id].append(entry.change)
    return found


RULES: dict[str, Rule] = {
    "0 every-fault-bit": every_fault_bit,
    "0 no-service-ended": no_service_ended,
    "1 acked-write-survives": acked_write_survives,
    "1 every-line-once": every_line_once,
    "1 nothing-unexpected": nothing_unexpected,
    "1 acts-survive": acts_survive,
    "2 outbox-atomic": outbox_atomic,
    "3 sent-means-taken": sent_means_taken,
    "4 exactly-one-effect": one_effect,
    "5 no-orphan": no_orphan,
    "7 versions-rise": versions_rise,
    "8 fork-is-loud": fork_is_loud,
    "9 conservation": conservation,
    "10 poison-alone": poison_alone,
    "11 dead-letter-complete": dead_letter_complete,
    "12 legal-path": legal_path,
    "13 all-or-none": all_or_none,
    "14 no-second-open": no_second_open,
    "15 window-sees-hub": window_sees_hub,
    "16 notified-once": notified_once,
    "16 everybody-told": everybody_told,
    "25 identity-bound": identity_bound,
}

