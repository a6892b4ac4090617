"""Which rules fire for a case, and which of its needs each of them serves. Pure."""

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass

from shared.routing.approval import LoweredUrgency
from shared.routing.decision import URGENCIES, highest, rule_order
from shared.routing.facts import Facts
from shared.routing.rules import Alternative, Condition, Effect, EffectKind, Rule, RuleSet
from shared.vocabulary.codes import Need, Urgency


@dataclass(frozen=True)
class Fired:
    """A rule that fired. ``needs`` are those of the case that it serves; none: an answer alone called it."""

    rule: Rule
    needs: frozenset[Need]

    @property
    def brings(self) -> frozenset[Need]:
        """What whoever it adds is asked for."""
        return self.needs or frozenset({self.rule.brings} if self.rule.brings else ())


def fire(rules: RuleSet, facts: Facts) -> tuple[Fired, ...]:
    """Every rule that fires by what was told, in reading order, whatever the file's."""
    return _fired(rules, facts, uncovered=None)


def fire_for_uncovered(rules: RuleSet, facts: Facts, uncovered: frozenset[Need]) -> tuple[Fired, ...]:
    """The rules that take what no other serves (R14, R17), in reading order."""
    return _fired(rules, facts, uncovered=uncovered)


def holds(condition: Condition, facts: Facts, in_force: Collection[str]) -> bool:
    """Whether all of a condition is true. ``in_force``: rules that fired now, or whose block still stands."""
    if any(facts.holds(word) is not expected for word, expected in condition.words.items()):
        return False
    if condition.any_fired and not set(condition.any_fired) & set(in_force):
        return False
    return not set(condition.silent) & set(in_force)


def effects(rule: Rule, kind: EffectKind, facts: Facts, in_force: Collection[str]) -> Iterator[Effect]:
    """A rule's effects of one kind whose condition holds and that, where they name needs, meet one of the case's."""
    for effect in rule.then:
        meets = kind is EffectKind.CONFINE or not effect.needs or not facts.needs.isdisjoint(effect.needs)
        if effect.kind is kind and meets and holds(effect.condition, facts, in_force):
            yield effect


def urgency_of(fired: Sequence[Fired], facts: Facts, asked: Urgency, lowered: LoweredUrgency | None) -> Urgency:
    """The highest of the rules that fired, as far as no supervisor has lowered it, and of what staff asked for."""
    told: list[Urgency] = []
    for one in fired:
        told.extend([one.rule.urgency] if one.rule.urgency else [])
        told.extend(raised for answer, raised in one.rule.urgency_if.items() if answer in facts.answers)
    by_rules = highest(Urgency.ROUTINE, *told)
    if lowered is not None and highest(by_rules, lowered.was) is lowered.was:
        by_rules = max(by_rules, lowered.now, key=URGENCIES.index)
    return highest(by_rules, asked)


def _fired(rules: RuleSet, facts: Facts, uncovered: frozenset[Need] | None) -> tuple[Fired, ...]:
    found = []
    for rule in sorted(rules.rules, key=lambda rule: rule_order(rule.id)):
        matched = [_served(alternative, facts, uncovered) for alternative in rule.when]
        served = [needs for needs in matched if needs is not None]
        if served:
            found.append(Fired(rule, frozenset().union(*served)))
    return tuple(found)


def _served(alternative: Alternative, facts: Facts, uncovered: frozenset[Need] | None) -> frozenset[Need] | None:
    """The needs that an alternative serves; ``None`` when it does not hold."""
    if alternative.uncovered != (uncovered is not None) or not holds(alternative.condition, facts, ()):
        return None
    if alternative.uncovered:
        return uncovered or None
    if alternative.answers and facts.answers.isdisjoint(alternative.answers):
        return None
    needs = facts.needs & frozenset(alternative.needs)
    return None if alternative.needs and not needs else needs
