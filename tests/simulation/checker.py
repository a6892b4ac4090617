"""Reads what every node holds, healed and drained, and says what is not as promised (anchors-reliability.md 6)."""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, field

from tests.simulation.broker import Broker
from tests.simulation.node import HUB, NOTIFICATIONS, WINDOW, Node

FORK = "fork"


@dataclass
class Said:
    """One row of an outbox that has a place in a sequence, or will have."""

    id: str
    to: str
    subject: str
    epoch: str | None
    sequence: int | None
    sent: bool
    settled: bool


@dataclass
class Held:
    """What one node holds. Streams by destination; positions by source and its epoch."""

    epoch: str
    restored: bool
    said: list[Said] = field(default_factory=list)
    streams: dict[str, tuple[str, int, int]] = field(default_factory=dict)  # epoch, last, through
    positions: dict[tuple[str, str], tuple[int, str]] = field(default_factory=dict)  # through, ahead
    inbox: dict[str, tuple[str, str, int]] = field(default_factory=dict)  # source, epoch, sequence
    effects: dict[str, tuple[str, int]] = field(default_factory=dict)  # outcome, times
    dead: dict[str, str] = field(default_factory=dict)  # event id: reason, of those not replayed
    states: dict[tuple[str, str], tuple[int, str]] = field(default_factory=dict)  # (subject, role): version, content


@dataclass
class Picture:
    """The world at rest. ``told`` is every version ever committed; ``forks`` places that were sent with two ids."""

    nodes: dict[str, Held]
    told: Mapping[tuple[str, str], set[tuple[int, str]]]
    forks: Sequence[object] = ()
    skipped: AbstractSet[str] = frozenset()


def faults_in(picture: Picture) -> list[str]:
    """All that is wrong; empty when every promise was kept."""
    return [fault for check in CHECKS for fault in check(picture)]


def not_settled(picture: Picture) -> Iterator[str]:
    """Receipts come home: nothing is `queued` or `sent` for ever."""
    for key, held in picture.nodes.items():
        for one in held.said:
            if not one.settled:
                yield f"stuck: {key} never had a receipt for {one.id} ({one.subject}) to {one.to}"


def not_held(picture: Picture) -> Iterator[str]:
    """Nobody shows as received what its destination does not hold."""
    for key, held in picture.nodes.items():
        for one in held.said:
            if one.settled and one.id not in picture.nodes[one.to].inbox:
                yield f"lost: {key} shows {one.id} ({one.subject}) as received and {one.to} does not hold it"


def not_converged(picture: Picture) -> Iterator[str]:
    """Whoever hears holds what its source has, or a version of a life that the source lost.

    A hub loses none that its window holds: there they are the same, word for word.
    """
    for source, destination in WAYS:
        heard, lost = picture.nodes[destination].states, picture.nodes[source].restored
        for subject in {one.subject: None for one in picture.nodes[source].said if one.to == destination}:
            own = picture.nodes[source].states.get((subject, "own"), NOTHING)
            there = heard.get((subject, source), NOTHING)
            excused = lost and own[0] <= there[0] and (source, destination) != LEARNT_BACK
            if own not in (NOTHING, there) and not excused:
                yield f"orphan: {source} is at {own} of {subject} and {destination} at {there}"


def not_learnt_back(picture: Picture) -> Iterator[str]:
    """All that a window holds of what its hub did is known to the hub, restored or not."""
    window, hub = picture.nodes[WINDOW.key].states, picture.nodes[HUB.key].states
    for (subject, role), (_, content) in window.items():
        _, known = hub.get((subject, "own"), NOTHING)
        if role == HUB.key and not set(content.split()) <= set(known.split()):
            yield f"forgotten: the window holds {content} of {subject} and the hub knows {known}"


def not_done(picture: Picture) -> Iterator[str]:
    """Nothing waits for ever to be told again, or to be learnt back."""
    for key, held in picture.nodes.items():
        for subject, role in held.states:
            if role in {"held", "queued-held", "queued-case", "queued-unrouted"}:
                yield f"stuck: {subject} is {role} at {key}"


def not_told(picture: Picture) -> Iterator[str]:
    """Nothing is held that nobody ever said."""
    for key, held in picture.nodes.items():
        for (subject, role), state in held.states.items():
            if "." in role and state not in picture.told.get((role, subject), set()):
                yield f"unexpected: {key} holds {state} of {subject}, which {role} never said"


def done_twice(picture: Picture) -> Iterator[str]:
    """One event, one effect."""
    for key, held in picture.nodes.items():
        for event_id, (_, times) in held.effects.items():
            if times != 1:
                yield f"twice: {event_id} had its effect {times} times at {key}"


def not_conserved(picture: Picture) -> Iterator[str]:
    """in = applied + stale + dead + skipped: what has its id in the inbox left its trace, and nothing else did."""
    for key, held in picture.nodes.items():
        for event_id in held.effects:
            if event_id not in held.inbox:
                yield f"conservation: {event_id} had an effect at {key} and is not in its inbox"
            if event_id in held.dead:
                yield f"conservation: {event_id} is dead at {key} and had an effect"
        for event_id in held.inbox:
            if event_id not in held.effects and event_id not in held.dead.keys() | picture.skipped:
                yield f"conservation: {event_id} came to {key} and left no trace"


def not_gapless(picture: Picture) -> Iterator[str]:
    """Sequences of the present epoch are 1 to the last, each once; ``through`` is the last, at both ends."""
    for key, held in picture.nodes.items():
        source = SOURCES[key]
        for to, (epoch, last, through) in held.streams.items():
            given = sorted(one.sequence or 0 for one in held.said if one.to == to and one.epoch == epoch)
            if given != list(range(1, last + 1)):
                yield f"gap: {key} gave {given} to {to} and counts {last}"
            if epoch != held.epoch and last:
                yield f"epoch: {key} is in {held.epoch} and counts to {to} in {epoch}"
            there = picture.nodes[to].positions.get((source, epoch), (0, "[]")) if to in picture.nodes else (0, "[]")
            if last and not (through == last == there[0] and there[1] == "[]"):
                yield f"position: {key} said {last} to {to}, has heard of {through}; there it is {there}"


def forked(picture: Picture) -> Iterator[str]:
    """No place was ever sent with two ids, and no dead letter speaks of one."""
    for place in picture.forks:
        yield f"fork: two events were sent for {place}"
    for key, held in picture.nodes.items():
        for event_id, reason in held.dead.items():
            if reason.startswith(FORK):
                yield f"fork: {event_id} is quarantined at {key}"
        places = Counter(held.inbox.values())
        for place, times in places.items():
            if times > 1:
                yield f"fork: {key} took {times} events at {place}"


NOTHING = (0, "")
DEAD = "SELECT event_id, reason FROM dead_letters"
LEARNT_BACK = (HUB.key, WINDOW.key)
CHECKS = (not_settled, not_held, not_converged, not_learnt_back, not_done, not_told, done_twice, not_conserved, not_gapless, forked)
WAYS = ((WINDOW.key, HUB.key), (HUB.key, WINDOW.key), (HUB.key, NOTIFICATIONS.key), (NOTIFICATIONS.key, HUB.key))
SOURCES = {address.key: address.source for address in (WINDOW, HUB, NOTIFICATIONS)}


def picture_of(nodes: Sequence[Node], broker: Broker, told: Mapping[tuple[str, str], set[tuple[int, str]]]) -> Picture:
    """Read every disk, below the code that is looked at."""
    return Picture({node.me.key: held_by(node) for node in nodes}, told, list(broker.forks), frozenset(broker.skipped))


def held_by(node: Node) -> Held:
    rows = node.disk.execute
    said = "SELECT id, destination, subject, epoch, sequence, sent_at IS NOT NULL, settled_at IS NOT NULL FROM outbox"
    return Held(
        epoch=node.epoch,
        restored=node.is_restored,
        said=[Said(*row) for row in rows(f"{said} WHERE sequenced")],
        streams={row[0]: tuple(row[1:]) for row in rows("SELECT destination, epoch, last_sequence, through FROM streams")},
        positions={
            (row[0], row[1]): (row[2], row[3]) for row in rows("SELECT source, source_epoch, through, ahead FROM positions")
        },
        inbox={row[0]: tuple(row[1:]) for row in rows("SELECT id, source, source_epoch, sequence FROM inbox")},
        effects={row[0]: (row[1], row[2]) for row in rows("SELECT event_id, outcome, times FROM effects")},
        dead=dict(rows(f"{DEAD} WHERE replayed_at IS NULL AND discarded_at IS NULL AND event_id IS NOT NULL")),
        states={(row[0], row[1]): (row[2], row[3]) for row in rows("SELECT subject, role, version, content FROM states")},
    )


def lies_of(node: Node, nodes: Sequence[Node], knew: dict[tuple[str, str], str]) -> list[str]:
    """What ``node`` shows as received and its destination, whose present life it has heard of, does not hold.

    A destination that was restored and could not yet say so is excused; ``knew`` remembers who has heard.
    """
    found = []
    for there in nodes:
        if there is node:
            continue
        pair = (node.me.key, there.me.key)
        epoch = node.disk.execute("SELECT destination_epoch FROM streams WHERE destination = ?", (there.me.key,))
        if epoch and epoch[0][0] == there.epoch:
            knew[pair] = there.epoch
        if knew.get(pair) != there.epoch:
            continue
        shown = node.disk.execute(
            "SELECT id FROM outbox WHERE sequenced AND settled_at IS NOT NULL AND destination = ?", (there.me.key,)
        )
        held = {row[0] for row in there.disk.execute("SELECT id FROM inbox")} if shown else set()
        found += [
            f"lie: {node.me.name} shows {row[0]} as received and {there.me.name} does not hold it"
            for row in shown
            if row[0] not in held
        ]
    return found
