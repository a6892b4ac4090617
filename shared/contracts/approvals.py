"""What supervisors answer for, beside the details of a case; part of ``case.registered``, ``case.updated``, ``case.restored``."""

from marshmallow import fields

from shared.contracts.fields import LONG, ValueSchema, code, identifier, moment, text
from shared.routing.approval import Approvals, GroundApproval, Lift, LoweredUrgency, Merge
from shared.vocabulary.codes import ConsentGround, Urgency


class ApprovalSchema(ValueSchema):
    """Who, when, on what paper."""

    id = identifier(required=True)
    by = text(required=True)
    at = moment(required=True)
    paper = text(required=True, longest=LONG)


class GroundApprovalSchema(ApprovalSchema):
    """``approvals.grounds[]``."""

    makes = GroundApproval
    consent_id = identifier(required=True)
    asked_by = text(required=True)
    ground = code(ConsentGround, required=True)
    review_on = fields.Date(format="iso", required=True)
    lapses_on = fields.Date(format="iso", required=True)


class LiftSchema(ApprovalSchema):
    """``approvals.lifts[]``."""

    makes = Lift
    consent_id = identifier(required=True)
    asked_by = text(required=True)
    institution = identifier(required=True)
    rule = text(required=True)
    witness = text(required=True)


class LoweredUrgencySchema(ApprovalSchema):
    """``approvals.urgencies[]``."""

    makes = LoweredUrgency
    was = code(Urgency, required=True)
    now = code(Urgency, required=True)


class MergeSchema(ApprovalSchema):
    """``approvals.merges[]``."""

    makes = Merge
    person_id = identifier(required=True)
    before = identifier(required=True)


class ApprovalsSchema(ValueSchema):
    """``approvals``."""

    makes = Approvals
    grounds = fields.List(fields.Nested(GroundApprovalSchema))
    lifts = fields.List(fields.Nested(LiftSchema))
    urgencies = fields.List(fields.Nested(LoweredUrgencySchema))
    merges = fields.List(fields.Nested(MergeSchema))
