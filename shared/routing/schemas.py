"""The shape of a rule file, as marshmallow checks it before anybody is routed by it."""

from typing import Any

from marshmallow import Schema, ValidationError, fields, post_load, validate, validates_schema

from shared.routing.rules import (
    Alternative,
    Condition,
    Disclosure,
    Effect,
    EffectKind,
    Review,
    Rule,
    RuleSet,
    Text,
    Who,
    Word,
)
from shared.vocabulary.codes import ConsentGround, InstitutionKind, Need, Urgency, Vulnerability

Loaded = dict[str, Any]

_REQUIRED = validate.Length(min=1)


def _list_of(codes: type) -> fields.List[Any]:
    return fields.List(fields.Enum(codes, by_value=True), validate=_REQUIRED)


def _words() -> dict[str, fields.Field[Any]]:
    return {word.value: fields.Boolean(truthy={True}, falsy={False}) for word in Word}


def _condition(data: Loaded) -> Condition:
    return Condition(
        words={word: data[word.value] for word in Word if word.value in data},
        any_fired=tuple(data.get("any_fired", ())),
        silent=tuple(data.get("silent", ())),
    )


class TextSchema(Schema):
    """A sentence in both languages."""

    es = fields.String(required=True, validate=_REQUIRED)
    en = fields.String(required=True, validate=_REQUIRED)

    @post_load
    def _make(self, data: Loaded, **_kwargs: object) -> Text:
        return Text(**data)


class ConditionSchema(Schema.from_dict(_words())):  # type: ignore[misc]  # the words are fields, one for each
    """``if`` of an effect."""

    any_fired = fields.List(fields.String(), validate=_REQUIRED)
    silent = fields.List(fields.String(), validate=_REQUIRED)

    @post_load
    def _make(self, data: Loaded, **_kwargs: object) -> Condition:
        return _condition(data)


class AlternativeSchema(Schema.from_dict(_words())):  # type: ignore[misc]  # the words are fields, one for each
    """One entry of ``when``."""

    needs = _list_of(Need)
    answers = _list_of(Vulnerability)
    uncovered = fields.Boolean(truthy={True}, falsy={False})

    @validates_schema
    def _says_something(self, data: Loaded, **_kwargs: object) -> None:
        if not data:
            message = "An alternative without any condition would fire for every case."
            raise ValidationError(message)
        if data.get("uncovered") and ({"needs", "answers"} & data.keys()):
            message = "Takes whatever is left: name no needs or answers beside it."
            raise ValidationError(message, "uncovered")

    @post_load
    def _make(self, data: Loaded, **_kwargs: object) -> Alternative:
        return Alternative(
            condition=_condition(data),
            needs=tuple(data.get("needs", ())),
            answers=tuple(data.get("answers", ())),
            uncovered=data.get("uncovered", False),
        )


ALLOWED = {
    EffectKind.BLOCK: {"reason", "liftable"},
    EffectKind.ADD: {"needs", "else", "disclosure", "reason"},
    EffectKind.CONFINE: {"needs", "disclosure", "reason"},
    EffectKind.GATHER: {"but_rules", "reason"},
    EffectKind.CODE_ONLY: {"but"},
    EffectKind.WITHHOLD: {"needs"},
    EffectKind.NOTE: set[str](),
}
"""What may stand beside each effect, besides ``if``."""

OF_WHO = (EffectKind.BLOCK, EffectKind.ADD, EffectKind.CONFINE, EffectKind.GATHER, EffectKind.CODE_ONLY)


class EffectSchema(Schema):
    """One entry of ``then``: exactly one effect, and what may stand beside it."""

    block = _list_of(Who)
    add = _list_of(Who)
    confine = _list_of(Who)
    gather = _list_of(Who)
    code_only = _list_of(Who)
    withhold = fields.String(validate=_REQUIRED)
    note = fields.String(validate=_REQUIRED)
    needs = _list_of(Need)
    condition = fields.Nested(ConditionSchema, data_key="if")
    otherwise = fields.List(fields.Enum(Who, by_value=True), data_key="else", validate=_REQUIRED)
    disclosure = fields.Enum(Disclosure, by_value=True)
    but = _list_of(Who)
    but_rules = fields.List(fields.String(), validate=_REQUIRED)
    reason = fields.Nested(TextSchema)
    liftable = fields.Boolean(truthy={True}, falsy={False})

    @validates_schema
    def _one_effect(self, data: Loaded, **_kwargs: object) -> None:
        kinds = [kind for kind in EffectKind if kind.value in data]
        if len(kinds) != 1:
            message = f"Exactly one of: {', '.join(EffectKind)}."
            raise ValidationError(message)
        names = {"condition": "if", "otherwise": "else"}
        for name in data.keys() - {kinds[0].value, "condition"}:
            if names.get(name, name) not in ALLOWED[kinds[0]]:
                message = f"Has no meaning beside {kinds[0]}."
                raise ValidationError(message, names.get(name, name))
        if kinds[0] is EffectKind.WITHHOLD and not data.get("needs"):
            message = "Say which needs are withheld."
            raise ValidationError(message, "needs")

    @post_load
    def _make(self, data: Loaded, **_kwargs: object) -> Effect:
        kind = next(kind for kind in EffectKind if kind.value in data)
        return Effect(
            kind=kind,
            who=tuple(data[kind.value]) if kind in OF_WHO else (),
            note=None if kind in OF_WHO else data[kind.value],
            needs=tuple(data.get("needs", ())),
            condition=data.get("condition", Condition()),
            otherwise=tuple(data.get("otherwise", ())),
            disclosure=data.get("disclosure", Disclosure.FULL),
            but_rules=tuple(data.get("but_rules", ())),
            but_who=tuple(data.get("but", ())),
            reason=data.get("reason"),
            liftable=data.get("liftable", False),
        )


class RuleSchema(Schema):
    """One rule."""

    id = fields.String(required=True, validate=validate.Regexp(r"R[0-9]+[a-z]?\Z", error="Such as R7 or R1b."))
    urgency = fields.Enum(Urgency, by_value=True)
    urgency_if = fields.Dict(fields.Enum(Vulnerability, by_value=True), fields.Enum(Urgency, by_value=True))
    brings = fields.Enum(Need, by_value=True)
    when = fields.List(fields.Nested(AlternativeSchema), required=True, validate=_REQUIRED)
    then = fields.List(fields.Nested(EffectSchema), required=True, validate=_REQUIRED)
    reason = fields.Nested(TextSchema, required=True)
    ground = fields.String(required=True, validate=_REQUIRED)

    @validates_schema
    def _brings_something(self, data: Loaded, **_kwargs: object) -> None:
        adds = any(effect.kind is EffectKind.ADD and not effect.needs for effect in data.get("then", ()))
        by_need = all(one.needs or one.uncovered or Word.ONLY_INFORMATION in one.condition.words for one in data.get("when", ()))
        if adds and not by_need and "brings" not in data:
            message = "Fires without a need of the case: say which need it brings."
            raise ValidationError(message, "brings")

    @post_load
    def _make(self, data: Loaded, **_kwargs: object) -> Rule:
        return Rule(
            id=data["id"],
            when=tuple(data["when"]),
            then=tuple(data["then"]),
            reason=data["reason"],
            ground=data["ground"],
            urgency=data.get("urgency"),
            urgency_if=data.get("urgency_if", {}),
            brings=data.get("brings"),
        )


class FallbackSchema(Schema):
    """Who takes what nobody else may."""

    who = fields.List(fields.Enum(Who, by_value=True), required=True, validate=_REQUIRED)
    reason = fields.Nested(TextSchema, required=True)


class ReviewSchema(Schema):
    """How soon a ground is looked at again."""

    after_days = fields.Integer(required=True, strict=True, validate=validate.Range(min=1, max=90))
    grace_days = fields.Integer(required=True, strict=True, validate=validate.Range(min=0, max=30))
    ground = fields.String(required=True, validate=_REQUIRED)

    @post_load
    def _make(self, data: Loaded, **_kwargs: object) -> Review:
        return Review(**data)


class RuleSetSchema(Schema):
    """A rule file."""

    node = fields.String(required=True, validate=validate.Regexp(r"[a-z]{2}\Z"))
    version = fields.String(required=True, validate=_REQUIRED)
    fallback = fields.Nested(FallbackSchema, required=True)
    always_code_only = fields.List(fields.Enum(InstitutionKind, by_value=True), required=True)
    serves = fields.Dict(fields.Enum(ConsentGround, by_value=True), fields.List(fields.String()), required=True)
    reviews = fields.Dict(fields.Enum(ConsentGround, by_value=True), fields.Nested(ReviewSchema))
    protection_clock_days = fields.Integer(strict=True, validate=validate.Range(min=1))
    notes = fields.Dict(fields.String(), fields.Nested(TextSchema), required=True)
    rules = fields.List(fields.Nested(RuleSchema), required=True, validate=_REQUIRED)

    @post_load
    def _make(self, data: Loaded, **_kwargs: object) -> RuleSet:
        return RuleSet(
            node=data["node"],
            version=data["version"],
            rules=tuple(data["rules"]),
            fallback=tuple(data["fallback"]["who"]),
            fallback_reason=data["fallback"]["reason"],
            always_code_only=tuple(data["always_code_only"]),
            serves={ground: tuple(rules) for ground, rules in data["serves"].items()},
            notes=data["notes"],
            protection_clock_days=data.get("protection_clock_days"),
            reviews=data.get("reviews", {}),
        )
