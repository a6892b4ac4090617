"""What comes into a window's API."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from marshmallow import EXCLUDE, Schema, fields, post_load, pre_load, validate

from services.intake.domain.case import CaseStatus
from services.intake.use_cases.ask_hub import WINDOW_CANCELS
from services.intake.use_cases.record_visit import RecordVisit
from shared.contracts.case import AddressSchema, DocumentSchema
from shared.contracts.fields import LONG, ValueSchema, code, identifier, language, text, whole
from shared.vocabulary.codes import AgeBand, CloseReason, GuidanceTopic, Sex, Situation
from shared.web.paging import Page, PageQuery


@dataclass(frozen=True)
class AskedCases:
    """What a list of cases is asked for."""

    text: str
    status: CaseStatus | None
    page: Page


class CaseQuery(PageQuery):
    """``GET /cases?q=&status=&page=``."""

    q = text(longest=200)
    status = code(CaseStatus)

    @post_load
    def _make(self, data: dict[str, Any], **_kwargs: object) -> AskedCases:
        return AskedCases(data.get("q", ""), data.get("status"), Page.of(data))


class CaseSearchSchema(Schema):
    """``POST /cases/search``: the same in a body, so that no name stands in an address."""

    q = text(longest=200)
    status = code(CaseStatus, none=True)
    page = whole(least=1, most=1_000_000)
    page_size = whole(least=1, most=200)

    @post_load
    def _make(self, data: dict[str, Any], **_kwargs: object) -> AskedCases:
        page = Page(data.get("page", 1), data.get("page_size", Page().size))
        return AskedCases(data.get("q", ""), data.get("status"), page)


@dataclass(frozen=True)
class Closing:
    """Why a case ends."""

    reason: CloseReason
    text: str = ""


class CloseSchema(ValueSchema):
    """``POST /cases/{id}/close``."""

    makes = Closing
    reason = code(CloseReason, required=True)
    text = text(longest=LONG)


@dataclass(frozen=True)
class Asked:
    """What is asked of a referral."""

    reason: str | None = None
    text: str = ""
    institution: str | None = None
    assurance_reason: str = ""


class CancelSchema(ValueSchema):
    """``…/cancel``."""

    makes = Asked
    reason = fields.String(required=True, validate=validate.OneOf(sorted(item.value for item in WINDOW_CANCELS)))
    text = text(longest=LONG)


class CommentSchema(ValueSchema):
    """``…/comments``."""

    makes = Asked
    text = text(required=True, blank=False, longest=LONG)


class ReReferSchema(ValueSchema):
    """``…/re-refer``: to the institution named, else to whom routing names now."""

    makes = Asked
    institution = identifier(none=True)
    assurance_reason = text(longest=LONG)
    text = text(longest=LONG)


class InErrorSchema(ValueSchema):
    """``…/mark-in-error``: a reason in words."""

    makes = Asked
    reason = text(required=True, blank=False, longest=100)
    text = text(longest=LONG)


class VisitBodySchema(ValueSchema):
    """``POST /visits``."""

    makes = RecordVisit
    topics = fields.List(code(GuidanceTopic), required=True, validate=validate.Length(min=1, max=len(GuidanceTopic)))
    occurred_on = fields.Date(format="iso", allow_none=True)
    situation = code(Situation, none=True)
    sex = code(Sex, none=True)
    age_band = code(AgeBand, none=True)


class LookedForSchema(Schema):
    """A person as far as the form is filled in."""

    class Meta:
        """The form may send all that it has."""

        unknown = EXCLUDE

    given_name = text()
    family_name = text()
    birth_date = fields.Date(format="iso", allow_none=True)
    estimated_age = whole(most=120, none=True)
    document = fields.Nested(DocumentSchema, allow_none=True)
    origin = fields.Nested(AddressSchema, allow_none=True)
    residence = fields.Nested(AddressSchema, allow_none=True)


class DuplicatesCheckSchema(Schema):
    """``POST /duplicates/check``: a case's body, or its ``person`` alone."""

    class Meta:
        """What the document says: more may come."""

        unknown = EXCLUDE

    person = fields.Nested(LookedForSchema, required=True)

    @pre_load
    def _person_alone(self, data: Any, **_kwargs: object) -> Any:
        """The form may send all that it has; the rest is not looked at."""
        return {"person": data["person"]} if isinstance(data, dict) and "person" in data else data


@dataclass(frozen=True)
class DraftBody:
    """A form as it stands."""

    content: Mapping[str, Any]


class DraftBodySchema(ValueSchema):
    """``PUT /drafts/{id}``."""

    makes = DraftBody
    content = fields.Dict(keys=fields.String(), required=True)


class TerritoryQuery(Schema):
    """``GET /territory?q=``."""

    q = text(required=True, blank=False, longest=100)


@dataclass(frozen=True)
class AskedTexts:
    """In which language."""

    lang: str | None = None


class TextsQuery(ValueSchema):
    """``GET /consent-texts?lang=``."""

    makes = AskedTexts
    lang = language()
