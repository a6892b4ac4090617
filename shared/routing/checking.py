"""What a schema cannot see: names in a rule set or directory that must exist elsewhere in it."""

from collections import Counter
from collections.abc import Collection, Iterator, Mapping, Sequence

from shared.routing.directory import Directory
from shared.routing.notes import CODES
from shared.routing.rules import Effect, EffectKind, Rule, RuleSet, Who
from shared.vocabulary.codes import InstitutionKind
from shared.vocabulary.territory import COUNTRY, department_of

NEEDED = (InstitutionKind.OMBUDSMAN, InstitutionKind.COORDINATION)
"""Without these a need could be met by silence: the fallback of every rule set."""


def faults_of_rules(rules: RuleSet, said: Collection[str] = CODES) -> Iterator[str]:
    """Every name that leads nowhere, as ``rule R5: then.2.but_rules: …``. ``said``: notes that need a sentence."""
    known = [rule.id for rule in rules.rules]
    yield from (f"rule {one}: id: there are {times} rules of this id" for one, times in Counter(known).items() if times > 1)
    yield from (f"notes: {code} has no sentence" for code in sorted(set(said) - rules.notes.keys()))
    for ground, served in rules.serves.items():
        yield from (f"serves.{ground}: no rule {one}" for one in served if one not in known)
    for rule in rules.rules:
        yield from _faults_of_rule(rule, known, rules)


def missing_reviews(rules: RuleSet) -> Iterator[str]:
    """Grounds that nobody would look at again. Asked of files only: an older hub publishes none."""
    yield from (f"reviews: {ground} has none" for ground in sorted(rules.serves.keys() - rules.reviews.keys()))


def faults_of_directory(directory: Directory) -> Iterator[str]:
    """Ids told twice, areas and alternates that do not exist, nodes without ombudsman or coordination."""
    ids = Counter(institution.id for institution in directory.institutions)
    yield from (f"institution {one}: id: told {times} times" for one, times in ids.items() if times > 1)
    letters = Counter((window.node, window.letters) for window in directory.windows)
    yield from (f"window letters {one[1]}: used {times} times" for one, times in letters.items() if times > 1)
    for institution in directory.institutions:
        area = institution.area
        if institution.kind is InstitutionKind.MUNICIPALITY and not area:
            yield f"institution {institution.id}: area: a municipality serves one"
        if area and institution.country == COUNTRY and department_of(area) is None:
            yield f"institution {institution.id}: area: no municipality {area}"
        if institution.alternate and directory.find(institution.alternate) is None:
            yield f"institution {institution.id}: alternate: no institution {institution.alternate}"
    for node in sorted(directory.nodes):
        kinds = {institution.kind for institution in directory.active if institution.node == node}
        yield from (f"institutions of {node}: no active {kind}" for kind in NEEDED if kind not in kinds)


def _faults_of_rule(rule: Rule, known: Sequence[str], rules: RuleSet) -> Iterator[str]:
    for number, alternative in enumerate(rule.when):
        for name in ("any_fired", "silent"):
            if getattr(alternative.condition, name):
                yield f"rule {rule.id}: when.{number}.{name}: stands in the if of an effect only"
    for number, effect in enumerate(rule.then):
        for name, missing in _missing(effect, known, rules).items():
            yield from (f"rule {rule.id}: then.{number}.{name}: there is no {one}" for one in missing)
        if Who.OMBUDSMAN_COMPLAINED_OF in effect.who and effect.kind is not EffectKind.ADD:
            yield f"rule {rule.id}: then.{number}.{effect.kind}: ombudsman_complained_of can only be added"


def _missing(effect: Effect, known: Sequence[str], rules: RuleSet) -> Mapping[str, list[str]]:
    return {
        "if.any_fired": [one for one in effect.condition.any_fired if one not in known],
        "if.silent": [one for one in effect.condition.silent if one not in known],
        "but_rules": [one for one in effect.but_rules if one not in known],
        effect.kind.value: [effect.note] if effect.note is not None and effect.note not in rules.notes else [],
    }
