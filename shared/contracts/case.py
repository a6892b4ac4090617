"""The JSON of a case, in a request and in an event, to ``CaseDetails`` and back.

A request refuses unknown fields; inside an event they are ignored (``unknown=EXCLUDE``), because a newer
window may know more than this hub. What the codes mean together (a child's consent, a DUI's check digit)
is judged by the domains, not here.
"""

from collections.abc import Mapping
from datetime import date
from typing import Any

from marshmallow import RAISE, ValidationError, fields, pre_load, validate

from shared.contracts.fields import (
    LONG,
    Answers,
    Country,
    Flag,
    ValueSchema,
    code,
    codes,
    department,
    identifier,
    language,
    moment,
    text,
    tolerant,
    whole,
)
from shared.routing.case import (
    Address,
    Against,
    BestInterests,
    CaseDetails,
    CaseNeed,
    Consent,
    Document,
    EmergencyCall,
    Guardian,
    GuidanceGiven,
    LastSeen,
    Person,
    Relative,
    Return,
    SafeContact,
    TrustedContact,
    VoluntaryReturn,
)
from shared.vocabulary.codes import (
    Answer,
    ConsentGivenBy,
    ConsentGround,
    ConsentMethod,
    ConsentPurpose,
    ConsentStatus,
    DataClass,
    DocumentType,
    GuidanceTopic,
    Need,
    Sex,
    Situation,
    Urgency,
    Vulnerability,
)


def _phone(*, none: bool = False) -> fields.String:
    return fields.String(
        allow_none=none,
        validate=validate.Regexp(
            r"(\+[1-9][0-9]{6,14})?\Z", error="Escriba el teléfono como +503 y ocho cifras, sin espacios."
        ),
    )


class DocumentSchema(ValueSchema):
    """``person.document``."""

    makes = Document
    type = code(DocumentType, required=True)
    number = text(longest=50, none=True)
    country = Country(allow_none=True)


class TrustedContactSchema(ValueSchema):
    """``person.contact.trusted``."""

    makes = TrustedContact
    name = text()
    phone = _phone()


class SafeContactSchema(ValueSchema):
    """``person.contact``."""

    makes = SafeContact
    hours = text(longest=50)
    channel = fields.String(
        validate=validate.OneOf(["", "sms", "call", "whatsapp", "email", "visit", "none"])
    )
    words = text()
    trusted = fields.Nested(TrustedContactSchema)


class AddressSchema(ValueSchema):
    """``person.origin`` and ``person.residence``."""

    makes = Address
    country = Country(required=True)
    department = department(none=True)
    municipality = text(none=True)


class PersonSchema(ValueSchema):
    """``person``."""

    makes = Person
    given_name = text(required=True, blank=False)
    family_name = text(required=True, blank=False)
    sex = code(Sex, required=True)
    nationality = Country(required=True)
    birth_date = fields.Date(format="iso", allow_none=True)
    estimated_age = whole(most=120, none=True)
    other_nationalities = fields.List(Country(), validate=validate.Length(max=10))
    document = fields.Nested(DocumentSchema, allow_none=True)
    languages = fields.List(language(), validate=validate.Length(min=1, max=10))
    phone = _phone(none=True)
    safe_to_contact = Flag()
    contact = fields.Nested(SafeContactSchema, allow_none=True)
    origin = fields.Nested(AddressSchema, allow_none=True)
    residence = fields.Nested(AddressSchema, allow_none=True)


class AgainstSchema(ValueSchema):
    """``needs[].against``."""

    makes = Against
    country = Country(allow_none=True)
    institution = identifier(none=True)
    text = text(longest=LONG)


class LastSeenSchema(ValueSchema):
    """``needs[].about.last_seen``."""

    makes = LastSeen
    country = Country(allow_none=True)
    place = text()
    date = fields.Date(format="iso", allow_none=True)


class RelativeSchema(ValueSchema):
    """``needs[].about``."""

    makes = Relative
    relationship = text(required=True, blank=False)
    given_name = text(required=True, blank=False)
    family_name = text(required=True, blank=False)
    birth_date = fields.Date(format="iso", allow_none=True)
    estimated_age = whole(most=120, none=True)
    sex = code(Sex, none=True)
    last_seen = fields.Nested(LastSeenSchema, allow_none=True)
    notes = text(longest=LONG)


class CaseNeedSchema(ValueSchema):
    """``needs[]``."""

    makes = CaseNeed
    code = code(Need, required=True)
    note = text(longest=LONG)
    against = fields.Nested(AgainstSchema, allow_none=True)
    about = fields.Nested(RelativeSchema, allow_none=True)


class GuardianSchema(ValueSchema):
    """``consent.guardian``."""

    makes = Guardian
    name = text(required=True, blank=False)
    relationship = text(required=True, blank=False)
    phone = _phone(none=True)


class ConsentSchema(ValueSchema):
    """``consent``."""

    makes = Consent
    status = code(ConsentStatus, required=True)
    purposes = codes(ConsentPurpose)
    recipients = fields.List(identifier(), validate=validate.Length(max=50))
    classes = fields.List(fields.String(validate=validate.OneOf([item.value for item in DataClass])))
    countries = fields.List(Country(), validate=validate.Length(max=10))
    given_by = code(ConsentGivenBy)
    guardian = fields.Nested(GuardianSchema, allow_none=True)
    method = code(ConsentMethod)
    language = language()
    option_version = text(longest=100, none=True)
    expires_on = fields.Date(format="iso", allow_none=True)
    assent = Flag(allow_none=True)
    assent_words = text(longest=LONG)
    caregiver_not_informed = text(longest=LONG)
    ground = code(ConsentGround)
    ground_text = text(longest=LONG)


class ReturnSchema(ValueSchema):
    """``return``."""

    makes = Return
    country = Country(required=True)
    date = fields.Date(format="iso", allow_none=True)


class BestInterestsSchema(ValueSchema):
    """``best_interests``."""

    makes = BestInterests
    decided_by = text(required=True, blank=False)
    on = fields.Date(format="iso", required=True)
    reference = text(required=True, blank=False)


class VoluntaryReturnSchema(ValueSchema):
    """``voluntary_return``."""

    makes = VoluntaryReturn
    guidance_on = fields.Date(format="iso", allow_none=True)
    declared_on = fields.Date(format="iso", allow_none=True)
    method = code(ConsentMethod, none=True)


class EmergencyCallSchema(ValueSchema):
    """``emergency_call``."""

    makes = EmergencyCall
    made = Flag(required=True)
    at = moment(none=True)
    service = text()


class GuidanceGivenSchema(ValueSchema):
    """``guidance``; the window itself says which version of its texts."""

    makes = GuidanceGiven
    topics = fields.List(code(GuidanceTopic), required=True, validate=validate.Length(min=1, max=len(GuidanceTopic)))
    version = text(none=True, longest=40)


class CaseDetailsSchema(ValueSchema):
    """The body of ``POST /cases`` and the ``details`` of a case event."""

    makes = CaseDetails
    person = fields.Nested(PersonSchema, required=True)
    occurred_on = fields.Date(format="iso", allow_none=True)
    household_id = identifier(none=True)
    paper_code = text(longest=50, none=True)
    situation = code(Situation, required=True)
    located_in = Country(allow_none=True)
    returned = fields.Nested(ReturnSchema, data_key="return", allow_none=True)
    entry_date = fields.Date(format="iso", allow_none=True)
    vulnerabilities = Answers()
    urgency = code(Urgency)
    needs = fields.List(fields.Nested(CaseNeedSchema), required=True, validate=validate.Length(min=1, max=30))
    consent = fields.Nested(ConsentSchema, required=True)
    best_interests = fields.Nested(BestInterestsSchema, allow_none=True)
    voluntary_return = fields.Nested(VoluntaryReturnSchema, allow_none=True)
    emergency_call = fields.Nested(EmergencyCallSchema, allow_none=True)
    guidance = fields.Nested(GuidanceGivenSchema, allow_none=True)
    notes = text(longest=LONG)
    unaccompanied_child = Flag(load_only=True)

    @pre_load
    def _alias(self, data: Any, **_kwargs: object) -> Any:
        """``unaccompanied_child`` at the top is an alias of the answer; contradicting values are refused."""
        if not isinstance(data, dict) or not isinstance(data.get("unaccompanied_child"), bool):
            return data
        said = data["unaccompanied_child"]
        data = {name: value for name, value in data.items() if name != "unaccompanied_child"}
        answers = data.get("vulnerabilities", [])
        if isinstance(answers, list):
            answers = {item: Answer.YES.value for item in answers if isinstance(item, str)}
        if not isinstance(answers, dict):
            return data
        asked = answers.get(Vulnerability.UNACCOMPANIED_CHILD.value)
        if asked is not None and (asked == Answer.YES.value) != said:
            message = "Contradice la respuesta de vulnerabilities."
            raise ValidationError(message, "unaccompanied_child")
        return {**data, "vulnerabilities": _with_answer(data.get("vulnerabilities", []), asked, said=said)}


def _with_answer(answers: Any, asked: object, *, said: bool) -> Any:
    """The answers as they came, with the alias among them; ``false`` without an answer means it was not asked."""
    question = Vulnerability.UNACCOMPANIED_CHILD.value
    if asked is not None or not said:
        return answers
    if isinstance(answers, list):
        return [*answers, question]
    return {**answers, question: Answer.YES.value}


_STRICT = CaseDetailsSchema(unknown=RAISE)
_TOLERANT = tolerant(CaseDetailsSchema())


def details_from_request(body: Mapping[str, object], *, today: date) -> CaseDetails:
    """Read a request's body; ``occurred_on`` left out is ``today``. Raises marshmallow's ``ValidationError``."""
    dated = {**body, "occurred_on": today.isoformat()} if body.get("occurred_on") is None else dict(body)
    details: CaseDetails = _STRICT.load(dated)
    return details


def details_from_event(data: Mapping[str, object]) -> CaseDetails:
    """Read a case inside an event, ignoring what is unknown. Raises marshmallow's ``ValidationError``."""
    if data.get("occurred_on") is None:
        raise ValidationError({"occurred_on": ["Falta."]})
    details: CaseDetails = _TOLERANT.load(dict(data))
    return details


def details_to_json(details: CaseDetails) -> dict[str, Any]:
    """The whole case as JSON values; reading it back gives the same details."""
    dumped: dict[str, Any] = _STRICT.dump(details)
    return dumped
