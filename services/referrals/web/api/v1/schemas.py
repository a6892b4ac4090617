"""What goes out of the hub's API."""

from marshmallow import Schema, fields

from shared.contracts.fields import code
from shared.directory.entries import Assurance
from shared.vocabulary.codes import ErasureAnswer, InstitutionKind, NeedMet, Outcome, ReferralStatus, Urgency


def moment(*, none: bool = False) -> fields.AwareDateTime:
    """A time in an answer."""
    return fields.AwareDateTime(required=True, allow_none=none, format="iso")


class ReasonSchema(Schema):
    """Why an institution is asked: the rule, in both languages."""

    rule = fields.String(required=True)
    es = fields.String(required=True)
    en = fields.String(required=True)


class AppointmentSchema(Schema):
    """When, where, what to bring."""

    at = moment()
    place = fields.String(required=True)
    bring = fields.List(fields.String(), required=True)
    kept = fields.Boolean(required=True, allow_none=True)


class EntrySchema(Schema):
    """One thing that happened."""

    at = moment()
    change = fields.String(required=True)
    by = fields.String(required=True)
    reason = fields.String(required=True, allow_none=True)
    text = fields.String(required=True, allow_none=True)


class ErasureSchema(Schema):
    """That the institution was asked to erase what it held, and its answer."""

    asked_at = moment()
    answer = code(ErasureAnswer, required=True, none=True)
    answered_at = moment(none=True)
    answered_by = fields.String(required=True, allow_none=True)
    duty = fields.String(required=True)


class ReferralLineSchema(Schema):
    """A referral in a list; a need that the reader may not know reads ``protected``."""

    id = fields.String(required=True)
    case_id = fields.String(required=True)
    case_code = fields.String(required=True)
    person_id = fields.String(required=True)
    window = fields.String(required=True)
    institution = fields.String(required=True)
    status = code(ReferralStatus, required=True)
    urgency = code(Urgency, required=True)
    needs = fields.List(fields.String(), required=True)
    reasons = fields.List(fields.Nested(ReasonSchema), required=True)
    created_at = moment()
    ack_due_at = moment()
    due_at = moment()
    overdue = fields.Boolean(required=True)
    escalated = fields.Boolean(required=True)
    stop_requested = fields.Boolean(required=True)
    stop_due_at = moment(none=True)
    erasure = fields.Nested(ErasureSchema, required=True, allow_none=True)
    appointment = fields.Nested(AppointmentSchema, required=True, allow_none=True)
    institution_ref = fields.String(required=True, allow_none=True)
    replaces = fields.String(required=True, allow_none=True)
    hops = fields.Integer(required=True)
    responsible = fields.String(required=True, allow_none=True)
    suggested_institution = fields.String(required=True, allow_none=True)
    outcome = code(Outcome, required=True, none=True)
    service_delivered = fields.Boolean(required=True, allow_none=True)
    need_met = code(NeedMet, required=True, none=True)
    review_on = fields.Date(required=True, allow_none=True, format="iso")
    allowed_actions = fields.List(fields.String(), required=True)
    version = fields.Integer(required=True)


class ReferralSchema(ReferralLineSchema):
    """One referral, with the person as far as this reader may know them."""

    person = fields.Dict(keys=fields.String(), required=True)
    history = fields.List(fields.Nested(EntrySchema), required=True)


class HubCaseSchema(Schema):
    """A case at the hub. Without its version: it would tell of changes that the reader may not know."""

    id = fields.String(required=True)
    code = fields.String(required=True)
    window = fields.String(required=True)
    status = fields.String(required=True)
    arrived_at = moment()
    person = fields.Dict(keys=fields.String(), required=True)
    referrals = fields.List(fields.Nested(ReferralLineSchema), required=True)


class InstitutionSchema(Schema):
    """Whoever may receive referrals."""

    id = fields.String(required=True)
    kind = code(InstitutionKind, required=True)
    node = fields.String(required=True)
    country = fields.String(required=True)
    es = fields.String(required=True)
    en = fields.String(required=True)
    area = fields.String(required=True, allow_none=True)
    languages = fields.List(fields.String(), required=True)
    active = fields.Boolean(required=True)


class RulesSchema(Schema):
    """The rules in force, whole."""

    version = fields.String(required=True)
    directory_version = fields.String(required=True)
    rules = fields.Dict(keys=fields.String(), required=True)


class PreviewReferralSchema(Schema):
    """One referral that routing would make."""

    institution = fields.String(required=True)
    needs = fields.List(fields.String(), required=True)
    urgency = code(Urgency, required=True)
    reasons = fields.List(fields.Nested(ReasonSchema), required=True)
    assurance = code(Assurance, required=True)


class PreviewBlockSchema(ReasonSchema):
    """One institution that must not know."""

    institution = fields.String(required=True)


class PreviewNoteSchema(Schema):
    """Something that would not be routed, or otherwise, and why."""

    code = fields.String(required=True)
    es = fields.String(required=True)
    en = fields.String(required=True)
    need = fields.String(required=True, allow_none=True)
    institution = fields.String(required=True, allow_none=True)


class PreviewSchema(Schema):
    """What routing would decide."""

    referrals = fields.List(fields.Nested(PreviewReferralSchema), required=True)
    blocked = fields.List(fields.Nested(PreviewBlockSchema), required=True)
    notes = fields.List(fields.Nested(PreviewNoteSchema), required=True)
    urgency = code(Urgency, required=True)
    rules_version = fields.String(required=True)


class AuditLineSchema(Schema):
    """Who saw or did what: ids and names of fields, never a value."""

    id = fields.String(required=True)
    at = moment()
    who = fields.String(required=True)
    role = fields.String(required=True)
    act = fields.String(required=True)
    kind = fields.String(required=True)
    object_id = fields.String(required=True)
    ground = fields.String(required=True, allow_none=True)
    fields_ = fields.List(fields.String(), required=True, data_key="fields", attribute="fields")
