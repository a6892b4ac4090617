"""What goes in and out of this service's API."""

from dataclasses import dataclass
from typing import Any

from marshmallow import Schema, fields, post_load, validate

from services.notifications.domain.delivery import Fault, Status, Suppression
from services.notifications.domain.telling import Channel
from services.notifications.queries.notification_list import Wanted
from services.notifications.use_cases.choose_subscriptions import Subscribe
from shared.contracts.fields import ValueSchema, code, identifier
from shared.vocabulary.codes import Urgency
from shared.web.paging import Page, PageQuery


class NotificationSchema(Schema):
    """One row of the ledger: who was to be told, in which words, and what became of it."""

    id = fields.UUID(required=True)
    event_id = fields.String(required=True)
    referral_id = fields.String(required=True, allow_none=True)
    channel = code(Channel, required=True)
    recipient = fields.String(required=True)
    audience = fields.String(required=True)
    message = fields.String(required=True)
    urgency = code(Urgency, required=True)
    language = fields.String(required=True)
    count = fields.Integer(required=True)
    status = code(Status, required=True)
    reason = code(Suppression, required=True, none=True)
    fault = code(Fault, required=True, none=True)
    attempts = fields.Integer(required=True)
    unsure = fields.Integer(required=True)
    next_attempt_at = fields.AwareDateTime(required=True, allow_none=True, format="iso")
    created_at = fields.AwareDateTime(required=True, format="iso")
    ended_at = fields.AwareDateTime(required=True, allow_none=True, format="iso")


_FILTERS = ("referral_id", "status", "channel")


@dataclass(frozen=True)
class AskedNotifications:
    """What of the ledger is asked for, and which page of it."""

    wanted: Wanted
    page: Page


class NotificationQuery(PageQuery):
    """``?referral_id=&status=&channel=`` and the page."""

    referral_id = identifier()
    status = code(Status)
    channel = code(Channel)

    @post_load
    def _make(self, data: dict[str, Any], **_kwargs: object) -> AskedNotifications:
        page = Page.of(data)
        return AskedNotifications(Wanted(**{name: data.pop(name, None) for name in _FILTERS}), page)


class SubscriptionBody(ValueSchema):
    """What to hear by a channel: the names of messages (``new_referral`` …); an empty list: only emergencies."""

    makes = Subscribe
    channel = code(Channel, required=True)
    messages = fields.List(fields.String(validate=validate.Length(max=60)), required=True, validate=validate.Length(max=50))


class SubscriptionSchema(Schema):
    """A choice of the caller."""

    id = fields.UUID(required=True)
    channel = code(Channel, required=True)
    messages = fields.List(fields.String(), required=True)
    created_at = fields.AwareDateTime(required=True, format="iso")
