"""What goes out of a window's API."""

from dataclasses import asdict
from typing import Any

from marshmallow import Schema, fields

from services.intake.domain.case import Case, CaseStatus, Delivery
from services.intake.domain.consent import ConsentRecord
from services.intake.domain.consent_text import Topic
from services.intake.domain.todo import Task
from services.intake.queries.case_page import CasePage, ReferralSeen
from services.intake.queries.holders import Holding
from shared.contracts import fields as kinds
from shared.contracts.approvals import ApprovalsSchema
from shared.contracts.case import CaseDetailsSchema, ConsentSchema
from shared.contracts.case_routed import CaseRoutedSchema
from shared.contracts.referral import ReferralStateSchema
from shared.contracts.referral_asked import Ask
from shared.directory.entries import Assurance
from shared.vocabulary.codes import CloseReason, Vulnerability


class CaseCreatedSchema(Schema):
    """What ``POST /cases`` answers; the whole case is at ``GET /cases/{id}``."""

    id = kinds.identifier(required=True)
    code = kinds.text(required=True)
    person_id = kinds.identifier(required=True)
    consent_id = kinds.identifier(required=True)
    status = kinds.code(CaseStatus, required=True)
    delivery = kinds.code(Delivery, required=True)
    version = fields.Integer(required=True)
    registered_at = kinds.moment(required=True)


class CaseSummarySchema(Schema):
    """One line of a list of cases."""

    id = kinds.identifier(required=True)
    code = kinds.text(required=True)
    status = kinds.code(CaseStatus, required=True)
    delivery = kinds.code(Delivery, required=True)
    given_name = kinds.text(required=True)
    family_name = kinds.text(required=True)
    sex = kinds.text(required=True)
    birth_date = kinds.text(required=True, none=True)
    estimated_age = fields.Integer(required=True, allow_none=True)
    needs = fields.List(kinds.text(), required=True)
    urgency = kinds.text(required=True)
    consent = kinds.text(required=True)
    occurred_on = kinds.text(required=True)
    registered_at = kinds.moment(required=True)
    batch = kinds.text(required=True, none=True)
    version = fields.Integer(required=True)


class LikelyDuplicateSchema(Schema):
    """A case that might be of the same person, and why."""

    case = fields.Nested(CaseSummarySchema, required=True)
    score = fields.Integer(required=True)
    reasons = fields.List(kinds.text(), required=True)


class LikelyDuplicatesSchema(Schema):
    """The likeliest first."""

    items = fields.List(fields.Nested(LikelyDuplicateSchema), required=True)
    total = fields.Integer(required=True)


class ConsentRecordSchema(ConsentSchema):
    """A consent with its id and its end."""

    id = kinds.identifier(required=True)
    recorded_at = kinds.moment(required=True)
    recorded_by = kinds.text(required=True)
    ends_on = fields.Date(format="iso", required=True)
    withdrawn_at = kinds.moment(required=True, none=True)
    withdrawn_by = kinds.text(required=True, none=True)


class ReferralSeenSchema(ReferralStateSchema):
    """A referral as the hub last told it; ``assurance`` says whether somebody stands by the services it asks for."""

    overdue = kinds.Flag(required=True)
    assurance = kinds.code(Assurance, required=True, none=True)
    allowed_asks = fields.List(kinds.code(Ask), required=True)


class AskSeenSchema(Schema):
    """Something asked of the hub that it has not answered, or refused."""

    ask_id = kinds.identifier(required=True)
    referral_id = kinds.identifier(required=True)
    ask = kinds.code(Ask, required=True)
    asked_by = kinds.text(required=True)
    asked_at = kinds.moment(required=True)
    reason = kinds.text(required=True, none=True)
    text = kinds.text(required=True, longest=kinds.LONG)
    institution = kinds.identifier(required=True, none=True)
    assurance_reason = kinds.text(longest=kinds.LONG)
    answered_at = kinds.moment(none=True)
    refused = kinds.text(none=True)


class RefusalSchema(Schema):
    """Why the hub does not take a case as it is."""

    at = kinds.moment(required=True)
    errors = fields.Dict(keys=kinds.text(), values=fields.List(kinds.text()), required=True)


class ClosingSchema(Schema):
    """Why a case ended."""

    reason = kinds.code(CloseReason, required=True)
    text = kinds.text(required=True, longest=kinds.LONG)
    at = kinds.moment(required=True)
    by = kinds.text(required=True)


class AlikeSeenSchema(Schema):
    """Another case that might be of the same person."""

    case_id = kinds.identifier(required=True)
    code = kinds.text(required=True)
    score = fields.Integer(required=True)
    reasons = fields.List(kinds.text(), required=True)


class LogLineSchema(Schema):
    """One thing that happened."""

    at = kinds.moment(required=True)
    what = kinds.text(required=True)
    by = kinds.text(required=True)
    version = fields.Integer(allow_none=True)
    referral_id = kinds.identifier(none=True)
    institution = kinds.identifier(none=True)
    reason = kinds.text(none=True)
    text = kinds.text(none=True, longest=kinds.LONG)


class TodoSchema(Schema):
    """One thing that waits for somebody."""

    case_id = kinds.identifier(required=True)
    code = kinds.text(required=True)
    task = kinds.code(Task, required=True)
    es = kinds.text(required=True)
    en = kinds.text(required=True)
    since = kinds.moment(required=True)
    for_supervisor = kinds.Flag(required=True)
    referral_id = kinds.identifier(required=True, none=True)
    follow_up_id = kinds.identifier(required=True, none=True)


class HolderSchema(Schema):
    """An institution that had a person's data, and what became of them."""

    institution = kinds.identifier(required=True)
    name_es = kinds.text(required=True)
    name_en = kinds.text(required=True)
    since = kinds.moment(required=True)
    state = kinds.code(Holding, required=True)
    es = kinds.text(required=True)
    en = kinds.text(required=True)
    asked_at = kinds.moment(required=True, none=True)
    answered_at = kinds.moment(required=True, none=True)
    duty = kinds.text(required=True, longest=kinds.LONG)


class HoldersSchema(Schema):
    """All of one case."""

    items = fields.List(fields.Nested(HolderSchema), required=True)
    total = fields.Integer(required=True)


class ConsentPartSchema(Schema):
    """One topic of a consent text."""

    topic = kinds.code(Topic, required=True)
    text = kinds.text(required=True, longest=kinds.LONG)


class ConsentTextSchema(Schema):
    """A text that is read before consenting; ``option_version`` is what the consent keeps of it."""

    version = kinds.text(required=True)
    language = kinds.text(required=True)
    option_version = kinds.text(required=True)
    current = kinds.Flag(required=True)
    title = kinds.text(required=True)
    parts = fields.List(fields.Nested(ConsentPartSchema), required=True)


class ConsentTextsSchema(Schema):
    """The texts, the one to read now first."""

    items = fields.List(fields.Nested(ConsentTextSchema), required=True)
    total = fields.Integer(required=True)


class CasePageSchema(CaseDetailsSchema):
    """One case whole: the body of ``POST /cases`` as it stands, and what became of it."""

    id = kinds.identifier(required=True)
    code = kinds.text(required=True)
    person_id = kinds.identifier(required=True)
    status = kinds.code(CaseStatus, required=True)
    delivery = kinds.code(Delivery, required=True)
    incarnation = fields.Integer(required=True)
    version = fields.Integer(required=True)
    registered_at = kinds.moment(required=True)
    registered_by = kinds.text(required=True)
    batch = kinds.text(required=True, none=True)
    unaccompanied_child = kinds.Flag(required=True)
    consent_id = kinds.identifier(required=True)
    consents = fields.List(fields.Nested(ConsentRecordSchema), required=True)
    approvals = fields.Nested(ApprovalsSchema, required=True)
    todos = fields.List(fields.Nested(TodoSchema), required=True)
    closing = fields.Nested(ClosingSchema, required=True, allow_none=True)
    refusal = fields.Nested(RefusalSchema, required=True, allow_none=True)
    referrals = fields.List(fields.Nested(ReferralSeenSchema), required=True)
    routing = fields.Nested(CaseRoutedSchema, required=True, allow_none=True)
    asks = fields.List(fields.Nested(AskSeenSchema), required=True)
    possible_duplicates = fields.List(fields.Nested(AlikeSeenSchema), required=True)
    timeline = fields.List(fields.Nested(LogLineSchema), required=True)


class VisitSchema(Schema):
    """A visit that was counted."""

    id = fields.String(required=True, attribute="visit_id")
    occurred_on = fields.Date(format="iso", required=True)


class DraftSummarySchema(Schema):
    """A draft in the list."""

    id = kinds.text(required=True)
    saved_by = kinds.text(required=True)
    created_at = kinds.moment(required=True)
    updated_at = kinds.moment(required=True)


class DraftSchema(DraftSummarySchema):
    """A draft whole."""

    content = fields.Dict(required=True)


class PlaceSchema(Schema):
    """A department, municipality or district."""

    level = kinds.text(required=True)
    name = kinds.text(required=True)
    country = kinds.text(required=True)
    department = kinds.text(required=True)
    department_name = kinds.text(required=True)
    municipality = kinds.text(required=True, none=True)
    district = kinds.text(required=True, none=True)
    also_called = kinds.text(required=True, none=True)


class SyncSchema(Schema):
    """How the window stands towards its hub."""

    broker = kinds.text(required=True)
    outbox = fields.Integer(required=True)
    unreceipted = fields.Integer(required=True)
    last_contact = kinds.moment(required=True, none=True)
    directory_version = kinds.text(required=True, none=True)
    epoch = kinds.text(required=True)
    forked_since = kinds.moment(required=True, none=True)
    compared_at = kinds.moment(required=True, none=True)
    hub_agrees = kinds.Flag(required=True, allow_none=True)


def created(case: Case) -> dict[str, Any]:
    """A case that was just registered: it is queued, unless it is held."""
    return {
        "id": case.id,
        "code": case.code,
        "person_id": case.person_id,
        "consent_id": case.consent.id,
        "status": case.status,
        "delivery": Delivery(case.hold.value) if case.hold else Delivery.QUEUED,
        "version": case.version,
        "registered_at": case.registered_at,
    }


def shown(page: CasePage) -> dict[str, Any]:
    """A case as its page shows it."""
    case = page.case
    return {
        **vars(case.details),
        "id": case.id,
        "code": case.code,
        "person_id": case.person_id,
        "status": case.status,
        "delivery": page.delivery,
        "incarnation": case.incarnation,
        "version": case.version,
        "registered_at": case.registered_at,
        "registered_by": case.registered_by,
        "batch": case.batch,
        "unaccompanied_child": case.details.answered_yes(Vulnerability.UNACCOMPANIED_CHILD),
        "consent_id": case.consent.id,
        "consents": [_consent(record) for record in case.consents],
        "approvals": case.approvals,
        "todos": page.todos,
        "closing": case.closing,
        "refusal": page.refusal,
        "referrals": [_referral(seen) for seen in page.referrals],
        "routing": page.routing,
        "asks": [{**vars(one.asked), "answered_at": one.answered_at, "refused": one.refused} for one in page.asks],
        "possible_duplicates": [asdict(one) for one in page.alike],
        "timeline": page.timeline,
    }


def _consent(record: ConsentRecord) -> dict[str, Any]:
    kept = {name: getattr(record, name) for name in ("id", "recorded_at", "recorded_by", "withdrawn_at", "withdrawn_by")}
    return {**vars(record.consent), **kept, "ends_on": record.ends_on}


def _referral(seen: ReferralSeen) -> dict[str, Any]:
    return {**vars(seen.state), "overdue": seen.overdue, "assurance": seen.assurance, "allowed_asks": [Ask(ask) for ask in seen.allowed_asks]}
