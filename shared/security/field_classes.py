"""The matrix of ``data/classes.yml`` as values: which field belongs to which class, and who may know it when."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from functools import cache
from importlib import resources
from typing import Any

import yaml
from marshmallow import Schema, ValidationError, fields, post_load, validate

from shared.errors import Broken
from shared.vocabulary.codes import PROTECTED_NEEDS, DataClass, InstitutionKind, Need, Vulnerability

OTHER_NODE = "other_node"
"""The column of institutions of another node."""


class Condition(StrEnum):
    """When a class may be known; each is explained at the head of the file."""

    ON_ACCEPT = "on_accept"
    UNLESS_CLAIM = "unless_claim"
    AREA_ON_ACCEPT = "area_on_accept"
    BY_CONSENT = "by_consent"
    DUTY = "duty"
    CONSENT_OR_DUTY = "consent_or_duty"
    BEST_INTERESTS = "best_interests"
    COMPLAINT = "complaint"
    ACROSS = "across"
    AREA_ACROSS = "area_across"


class CodeCondition(StrEnum):
    """When the code of a protected need may be known."""

    ACCEPTED = "accepted"
    BY_CONSENT = "by_consent"


class OtherReferrals(StrEnum):
    """What may be known of other open referrals."""

    COUNT = "count"
    LIST = "list"


class Showing(StrEnum):
    """When the reason of a rule is shown."""

    ALWAYS = "always"
    UNLESS_PROTECTED = "unless_protected"


@dataclass(frozen=True)
class FieldClass:
    """One row of the matrix: ``to`` says by kind (or ``other_node``) when; who is not there never knows it."""

    asks: DataClass
    fields: tuple[str, ...]
    need_notes: frozenset[Need]
    answers: frozenset[Vulnerability]
    to: Mapping[str, Condition]


@dataclass(frozen=True)
class ProtectedNeed:
    """To whom the code of a protected need is told."""

    asks: DataClass
    to: Mapping[InstitutionKind, CodeCondition]


@dataclass(frozen=True)
class Matrix:
    """All of the file."""

    version: str
    claim_rules: frozenset[str]
    first_row: frozenset[InstitutionKind]
    classes: Mapping[str, FieldClass]
    nobody: frozenset[str]
    other_referrals: Mapping[InstitutionKind, OtherReferrals]
    protected_needs: Mapping[Need, ProtectedNeed]
    reasons: Mapping[str, Showing]


_KIND = fields.Enum(InstitutionKind, by_value=True)
_COLUMN = fields.String(validate=validate.OneOf([*(kind.value for kind in InstitutionKind), OTHER_NODE]))


class FieldClassSchema(Schema):
    """One row."""

    asks = fields.Enum(DataClass, by_value=True, required=True)
    paths = fields.List(fields.String(), data_key="fields", load_default=list)
    need_notes = fields.List(fields.Enum(Need, by_value=True), load_default=list)
    answers = fields.List(fields.Enum(Vulnerability, by_value=True), load_default=list)
    to = fields.Dict(keys=_COLUMN, values=fields.Enum(Condition, by_value=True), required=True)

    @post_load
    def _make(self, row: dict[str, Any], **_kwargs: object) -> FieldClass:
        return FieldClass(
            row["asks"], tuple(row["paths"]), frozenset(row["need_notes"]), frozenset(row["answers"]), row["to"]
        )


class ProtectedNeedSchema(Schema):
    """One protected need."""

    asks = fields.Enum(DataClass, by_value=True, required=True)
    to = fields.Dict(keys=_KIND, values=fields.Enum(CodeCondition, by_value=True), required=True)

    @post_load
    def _make(self, row: dict[str, Any], **_kwargs: object) -> ProtectedNeed:
        return ProtectedNeed(row["asks"], row["to"])


class MatrixSchema(Schema):
    """The file."""

    version = fields.String(required=True)
    claim_rules = fields.List(fields.String(), required=True)
    first_row = fields.List(_KIND, required=True)
    classes = fields.Dict(keys=fields.String(), values=fields.Nested(FieldClassSchema), required=True)
    nobody = fields.List(fields.String(), required=True)
    other_referrals = fields.Dict(keys=_KIND, values=fields.Enum(OtherReferrals, by_value=True), required=True)
    protected_needs = fields.Dict(
        keys=fields.Enum(Need, by_value=True), values=fields.Nested(ProtectedNeedSchema), required=True
    )
    reasons = fields.Dict(keys=fields.String(), values=fields.Enum(Showing, by_value=True), required=True)

    @post_load
    def _make(self, raw: dict[str, Any], **_kwargs: object) -> Matrix:
        sets = {name: frozenset(raw[name]) for name in ("claim_rules", "first_row", "nobody")}
        return Matrix(**{**raw, **sets})


@cache
def matrix() -> Matrix:
    """The matrix in force, read once; ``Broken`` names what is wrong with the file."""
    text = (resources.files("shared.security") / "data" / "classes.yml").read_text(encoding="utf-8")
    return read_matrix(text)


def read_matrix(text: str) -> Matrix:
    """A matrix from YAML. ``Broken`` when a name is unknown, a field stands twice, or a protected need is missing."""
    try:
        found: Matrix = MatrixSchema().load(yaml.safe_load(text))
    except (yaml.YAMLError, ValidationError) as error:
        message = f"classes.yml is not right: {error}"
        raise Broken(message) from error
    _check(found)
    return found


def _check(found: Matrix) -> None:
    rows = found.classes.values()
    for what in ("fields", "need_notes", "answers"):
        named = [item for row in rows for item in getattr(row, what)]
        named += found.nobody if what == "fields" else ()
        if len(named) != len(set(named)):
            message = f"classes.yml names one of {what} twice"
            raise Broken(message)
    if set(found.protected_needs) != PROTECTED_NEEDS:
        message = "classes.yml must say of every protected need, and of no other, who may know its code"
        raise Broken(message)
