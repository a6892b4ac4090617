"""From the rules that fired to who gets which need: additions, then what limits them. Pure.

The order is part of the law of it (domain.md, Routing): what is withheld goes nowhere; what one rule gathers or
confines is moved; **a block beats every addition**; and what nobody may take falls to the fallback, never to silence.
"""

from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace

from shared.routing.blocking import blocks_of
from shared.routing.decision import Block, LiftedBlock, rule_order
from shared.routing.directory import Directory, Institution
from shared.routing.facts import Facts
from shared.routing.firing import Fired, effects, fire, fire_for_uncovered
from shared.routing.rules import Disclosure, Effect, EffectKind, RuleSet, Text, Who
from shared.routing.who import Found, receivers, to_block
from shared.vocabulary.codes import Need


@dataclass(frozen=True)
class Addition:
    """One need for one institution, by one rule; ``None``: whoever the fallback names.

    ``weight`` tells which of a rule's reasons is said, the heavier one.
    """

    institution: str | None
    need: Need
    rule: str
    reason: Text
    disclosure: Disclosure = Disclosure.FULL
    weight: int = 0


@dataclass(frozen=True)
class Assigned:
    """Who would get what, were consent not asked.

    ``blocks`` bind, ``lifted`` would but for a consent that lifts them · ``in_force``: rules that fired, or whose block
    still stands · ``withheld``: needs that go to nobody, each with
    its note's code · ``unreachable``: institutions of nodes that no link leads to · ``orphaned``: needs that even
    the fallback may not take · ``unserved``: needs that the ground does not serve.
    """

    additions: tuple[Addition, ...]
    blocks: tuple[Block, ...]
    fired: tuple[Fired, ...]
    in_force: frozenset[str]
    lifted: tuple[Block, ...] = ()
    withheld: tuple[tuple[Need, str], ...] = ()
    unreachable: tuple[str, ...] = ()
    orphaned: tuple[Need, ...] = ()
    unserved: tuple[Need, ...] = ()


def assign(
    facts: Facts,
    *,
    rules: RuleSet,
    directory: Directory,
    peers: Collection[str],
    standing: Iterable[Block],
    lifted: Collection[LiftedBlock],
    serving: Collection[str] | None,
) -> Assigned:
    """Apply a rule set to one case. ``serving`` names the rules that the ground carries; ``None``: all of them."""
    fired = fire(rules, facts)
    standing = tuple(standing)
    binding = {block.rule for block in standing if _binds(block, lifted)}
    in_force = frozenset({one.rule.id for one in fired} | binding)
    gathered = blocks_of(fired, facts, directory, in_force, standing)
    blocks = tuple(block for block in gathered if _binds(block, lifted))
    desk = _Desk(facts, rules, directory, frozenset(peers), in_force, frozenset(b.institution for b in blocks))
    withheld = dict(desk.withheld(fired))
    additions = [*desk.additions(one for one in fired if serving is None or one.rule.id in serving)]
    left = facts.needs - {addition.need for addition in additions} - frozenset(withheld)
    if serving is None:
        more = tuple(desk.uncovered(left))
        fired += more
        additions += desk.additions(more)
    moved = desk.limited([one for one in additions if one.need not in withheld], fired)
    final, orphaned = desk.unblocked(moved)
    return Assigned(
        additions=tuple(final),
        blocks=blocks,
        lifted=tuple(block for block in gathered if not _binds(block, lifted)),
        fired=_merged(fired),
        in_force=in_force,
        withheld=tuple(sorted(withheld.items())),
        unreachable=tuple(sorted(set(desk.unreachable(fired)))),
        orphaned=orphaned,
        unserved=() if serving is None else tuple(sorted(left)),
    )


def _binds(block: Block, lifted: Collection[LiftedBlock]) -> bool:
    return LiftedBlock(block.institution, block.rule) not in lifted


def _merged(fired: Sequence[Fired]) -> tuple[Fired, ...]:
    """Each rule once, in reading order."""
    by_id: dict[str, Fired] = {}
    for one in fired:
        known = by_id.get(one.rule.id)
        by_id[one.rule.id] = replace(one, needs=one.needs | known.needs) if known else one
    return tuple(sorted(by_id.values(), key=lambda one: rule_order(one.rule.id)))


@dataclass(frozen=True)
class _Desk:
    """One case being routed: what the steps of :func:`assign` share."""

    facts: Facts
    rules: RuleSet
    directory: Directory
    peers: frozenset[str]
    in_force: frozenset[str]
    blocked: frozenset[str]

    def withheld(self, fired: Iterable[Fired]) -> Iterator[tuple[Need, str]]:
        """Needs that a rule keeps from everybody, with the note that says so."""
        for one, effect in self._effects(fired, EffectKind.WITHHOLD):
            for need in self._needs(one, effect):
                yield need, effect.note or one.rule.id

    def additions(self, fired: Iterable[Fired]) -> Iterator[Addition]:
        """Who each rule adds, for which need."""
        for one, effect in self._effects(fired, EffectKind.ADD):
            for found in self._reached(effect):
                for need in self._needs(one, effect):
                    if found.complaint_country is None or self._complains(need, found.complaint_country):
                        reason = effect.reason or one.rule.reason
                        weight = 1 if effect.reason else 0
                        yield Addition(found.institution.id, need, one.rule.id, reason, effect.disclosure, weight)

    def uncovered(self, left: frozenset[Need]) -> Iterator[Fired]:
        """The rules that take what is left, each what those before it leave."""
        for one in fire_for_uncovered(self.rules, self.facts, left):
            mine = replace(one, needs=left)
            if left:
                yield mine
            left = left - {addition.need for addition in self.additions([mine])}

    def unreachable(self, fired: Iterable[Fired]) -> Iterator[str]:
        """Whom the rules would add, were there a link to their node. A blocked one is not missed."""
        for _, effect in self._effects(fired, EffectKind.ADD):
            for found in self._meant(effect.who):
                if not self._is_reached(found.institution) and found.institution.id not in self.blocked:
                    yield found.institution.id

    def limited(self, additions: Iterable[Addition], fired: Iterable[Fired]) -> list[Addition]:
        """The additions after every ``gather`` and ``confine``."""
        result = list(additions)
        fired = tuple(fired)
        for one, effect in self._effects(fired, EffectKind.GATHER):
            result = [self._gathered(addition, one, effect) for addition in result]
        for one, effect in self._effects(fired, EffectKind.CONFINE):
            whom = {i.id for word in effect.who for i in to_block(word, self.facts, self.directory.institutions)}
            result = [self._confined(a, one, effect) if a.institution in whom else a for a in result]
        return result

    def unblocked(self, additions: Iterable[Addition]) -> tuple[list[Addition], tuple[Need, ...]]:
        """The additions that no block forbids; a need left without anybody goes to the fallback, or is orphaned."""
        kept: list[Addition] = []
        lost: dict[Need, Addition] = {}
        for addition in additions:
            if addition.institution is None:
                lost.setdefault(addition.need, addition)
            elif addition.institution in self.blocked:
                lost.setdefault(addition.need, replace(addition, reason=self.rules.fallback_reason))
            else:
                kept.append(addition)
        served = {addition.need for addition in kept}
        missing = [addition for need, addition in lost.items() if need not in served]
        taker = self._taker()
        if taker is None:
            return kept, tuple(sorted(addition.need for addition in missing))
        return [*kept, *(replace(addition, institution=taker, weight=0) for addition in missing)], ()

    def _effects(self, fired: Iterable[Fired], kind: EffectKind) -> Iterator[tuple[Fired, Effect]]:
        return ((one, effect) for one in fired for effect in effects(one.rule, kind, self.facts, self.in_force))

    def _needs(self, one: Fired, effect: Effect) -> list[Need]:
        """The needs an effect is about: its own where it names some, else those that its rule serves or brings."""
        return sorted(self.facts.needs & set(effect.needs) if effect.needs else one.brings)

    def _reached(self, effect: Effect) -> tuple[Found, ...]:
        for words in (effect.who, effect.otherwise):
            found = tuple(one for one in self._meant(words) if self._is_reached(one.institution))
            if found:
                return found
        return ()

    def _meant(self, words: Iterable[Who]) -> tuple[Found, ...]:
        return tuple(found for word in words for found in receivers(word, self.facts, self.directory.active))

    def _is_reached(self, institution: Institution) -> bool:
        return institution.node == self.facts.node or institution.node in self.peers

    def _complains(self, need: Need, country: str) -> bool:
        return country in self.facts.complaints.get(need, ())

    def _taker(self) -> str | None:
        """Who takes what nobody else may: the first of the fallback that no block forbids."""
        for word in self.rules.fallback:
            for found in sorted(self._meant([word]), key=lambda found: found.institution.id):
                if self._is_reached(found.institution) and found.institution.id not in self.blocked:
                    return found.institution.id
        return None

    def _gathered(self, addition: Addition, one: Fired, effect: Effect) -> Addition:
        targets = {found.institution.id for found in self._meant(effect.who)}
        if addition.rule in {one.rule.id, *effect.but_rules} or addition.institution in targets:
            return addition
        reason = effect.reason or one.rule.reason
        return replace(addition, institution=min(targets, default=None), rule=one.rule.id, reason=reason, weight=0)

    def _confined(self, addition: Addition, one: Fired, effect: Effect) -> Addition:
        if addition.need in effect.needs:
            return replace(addition, disclosure=effect.disclosure)
        return replace(addition, institution=None, rule=one.rule.id, reason=effect.reason or one.rule.reason, weight=0)
