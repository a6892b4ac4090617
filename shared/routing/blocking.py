"""Who must not know of a case. Gathered before anybody is added; the order of rules cannot matter. Pure."""

from collections.abc import Collection, Iterable

from shared.routing.decision import Block, rule_order
from shared.routing.directory import Directory
from shared.routing.facts import Facts
from shared.routing.firing import Fired, effects
from shared.routing.rules import EffectKind
from shared.routing.who import to_block


def blocks_of(
    fired: Iterable[Fired],
    facts: Facts,
    directory: Directory,
    in_force: Collection[str],
    standing: Iterable[Block],
) -> tuple[Block, ...]:
    """Every block there is, lifted or not: those that stand, and those of the rules that fired.

    Inactive institutions are blocked too: they may be active tomorrow.
    """
    found = {(block.institution, block.rule): block for block in standing}
    for one in fired:
        for block in _told(one, facts, directory, in_force):
            found.setdefault((block.institution, block.rule), block)
    return tuple(sorted(found.values(), key=lambda block: (block.institution, rule_order(block.rule))))


def _told(one: Fired, facts: Facts, directory: Directory, in_force: Collection[str]) -> Iterable[Block]:
    for effect in effects(one.rule, EffectKind.BLOCK, facts, in_force):
        text = effect.reason or one.rule.reason
        for word in effect.who:
            for institution in to_block(word, facts, directory.institutions):
                yield Block(institution.id, one.rule.id, text.es, text.en)
