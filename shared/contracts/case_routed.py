"""``case.routed``: the hub tells a window what routing decided about one version of a case, and why."""

from dataclasses import dataclass
from datetime import datetime

from marshmallow import fields

from shared.contracts.fields import LONG, ValueSchema, code, identifier, moment, text, whole
from shared.vocabulary.codes import Urgency

NAME = "case.routed"
VERSION = 1


@dataclass(frozen=True)
class BlockedInstitution:
    """An institution that must not know, and the rule that says so."""

    institution: str
    rule: str
    es: str
    en: str


@dataclass(frozen=True)
class RoutingNote:
    """Something that was not routed, or was routed otherwise, and why (a missing declaration, no consent for X)."""

    code: str
    es: str
    en: str
    need: str | None = None
    institution: str | None = None


@dataclass(frozen=True)
class CaseRouted:
    """One decision; that of the highest ``(incarnation, case_version)`` counts."""

    case_id: str
    incarnation: int
    case_version: int
    rules_version: str
    urgency: Urgency
    routed_at: datetime
    blocked: tuple[BlockedInstitution, ...] = ()
    notes: tuple[RoutingNote, ...] = ()


class BlockedInstitutionSchema(ValueSchema):
    """``blocked[]``."""

    makes = BlockedInstitution
    institution = identifier(required=True)
    rule = text(required=True)
    es = text(required=True, longest=LONG)
    en = text(required=True, longest=LONG)


class RoutingNoteSchema(ValueSchema):
    """``notes[]``."""

    makes = RoutingNote
    code = text(required=True)
    es = text(required=True, longest=LONG)
    en = text(required=True, longest=LONG)
    need = text(none=True)
    institution = identifier(none=True)


class CaseRoutedSchema(ValueSchema):
    """``case.routed``, version 1."""

    makes = CaseRouted
    case_id = identifier(required=True)
    incarnation = whole(required=True, least=1)
    case_version = whole(required=True, least=1)
    rules_version = text(required=True)
    urgency = code(Urgency, required=True)
    routed_at = moment(required=True)
    blocked = fields.List(fields.Nested(BlockedInstitutionSchema))
    notes = fields.List(fields.Nested(RoutingNoteSchema))
