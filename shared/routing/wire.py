"""Rule sets and directories as plain values, for ``directory.published`` and ``GET /routing/rules``."""

from collections.abc import Mapping
from typing import Any

from shared.directory.wire import entries_to_wire
from shared.routing.directory import Directory, Institution
from shared.routing.rules import Alternative, Condition, Disclosure, Effect, Rule, RuleSet, Text

Wire = dict[str, Any]


def rules_to_wire(rules: RuleSet) -> Wire:
    """A rule set in the shape of its file; ``loading.rules_from_wire`` reads it back."""
    return _without_empty(
        {
            "node": rules.node,
            "version": rules.version,
            "fallback": {"who": _codes(rules.fallback), "reason": _text(rules.fallback_reason)},
            "protection_clock_days": rules.protection_clock_days,
            "reviews": {ground.value: dict(vars(review)) for ground, review in rules.reviews.items()},
        }
    ) | {
        "always_code_only": _codes(rules.always_code_only),
        "serves": {ground.value: list(served) for ground, served in rules.serves.items()},
        "notes": {code: _text(text) for code, text in rules.notes.items()},
        "rules": [_rule(rule) for rule in rules.rules],
    }


def directory_to_wire(directory: Directory) -> Wire:
    """A directory as it is published; ``loading.directory_from_wire`` reads it back."""
    return {
        "node": directory.node,
        "version": directory.version,
        "institutions": [_institution(institution) for institution in directory.institutions],
        "windows": [dict(vars(window)) for window in directory.windows],
        **entries_to_wire(directory),
    }


def _institution(institution: Institution) -> Wire:
    return {**vars(institution), "kind": institution.kind.value, "languages": list(institution.languages)}


def _rule(rule: Rule) -> Wire:
    return _without_empty(
        {
            "id": rule.id,
            "urgency": rule.urgency.value if rule.urgency else None,
            "urgency_if": {answer.value: urgency.value for answer, urgency in rule.urgency_if.items()},
            "brings": rule.brings.value if rule.brings else None,
            "when": [_alternative(alternative) for alternative in rule.when],
            "then": [_effect(effect) for effect in rule.then],
            "reason": _text(rule.reason),
            "ground": rule.ground,
        }
    )


def _alternative(alternative: Alternative) -> Wire:
    return _condition(alternative.condition) | _without_empty(
        {
            "needs": _codes(alternative.needs),
            "answers": _codes(alternative.answers),
            "uncovered": alternative.uncovered or None,
        }
    )


def _effect(effect: Effect) -> Wire:
    return _without_empty(
        {
            effect.kind.value: effect.note if effect.note is not None else _codes(effect.who),
            "needs": _codes(effect.needs),
            "if": _condition(effect.condition),
            "else": _codes(effect.otherwise),
            "disclosure": effect.disclosure.value if effect.disclosure is not Disclosure.FULL else None,
            "but": _codes(effect.but_who),
            "but_rules": list(effect.but_rules),
            "reason": _text(effect.reason) if effect.reason else None,
            "liftable": effect.liftable or None,
        }
    )


def _condition(condition: Condition) -> Wire:
    words: Wire = {word.value: expected for word, expected in condition.words.items()}
    return words | _without_empty({"any_fired": list(condition.any_fired), "silent": list(condition.silent)})


def _text(text: Text) -> Wire:
    return {"es": text.es, "en": text.en}


def _codes(codes: tuple[Any, ...]) -> list[str]:
    return [code.value for code in codes]


def _without_empty(members: Mapping[str, object]) -> Wire:
    return {name: value for name, value in members.items() if value not in (None, [], {})}
