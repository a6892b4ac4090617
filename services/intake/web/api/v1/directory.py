"""The service directory and the guidance at a window: both without any network."""

from dataclasses import dataclass
from typing import Any

from marshmallow import Schema, fields, post_load, validate

from services.intake.queries.world import near
from services.intake.store.guidance import LANGUAGES, guidance
from services.intake.web.api.v1.room import Room
from shared.contracts.fields import code, text
from shared.errors import Refused
from shared.vocabulary.codes import GuidanceTopic
from shared.web.answers import Answer
from shared.web.call import Call, Endpoint, Words
from shared.web.paging import Page, PageQuery, listing
from shared.web.services import InForce, services_endpoint


@dataclass(frozen=True)
class AskedGuidance:
    """Which texts, and which page of them; without a language the caller's."""

    topic: GuidanceTopic | None
    lang: str | None
    text: str
    page: Page


class GuidanceQuery(PageQuery):
    """``?topic=&lang=&q=`` and the page."""

    topic = code(GuidanceTopic)
    lang = fields.String(validate=validate.OneOf(LANGUAGES))
    q = text(longest=200)

    @post_load
    def _make(self, data: dict[str, Any], **_kwargs: object) -> AskedGuidance:
        return AskedGuidance(data.get("topic"), data.get("lang"), data.get("q", ""), Page.of(data))


class SourceSchema(Schema):
    """A law or treaty; no article: not checked."""

    law = fields.String(required=True)
    article = fields.String(required=True, allow_none=True)


class SectionSchema(Schema):
    """A heading and what is said under it, sentence by sentence."""

    id = fields.String(required=True)
    heading = fields.String(required=True)
    say = fields.List(fields.String(), required=True)


class GuidanceItemSchema(Schema):
    """One topic in one language, to be read aloud or printed. ``hash`` names the very words."""

    topic = code(GuidanceTopic, required=True)
    language = fields.String(required=True)
    hash = fields.String(required=True)
    title = fields.String(required=True)
    version = fields.Integer(required=True)
    valid_from = fields.Date(format="iso", required=True)
    reviewed_on = fields.Date(format="iso", required=True, allow_none=True)
    reviewed_by = fields.String(required=True)
    reading_minutes = fields.Integer(required=True)
    sources = fields.List(fields.Nested(SourceSchema), required=True)
    sections = fields.List(fields.Nested(SectionSchema), required=True)


class GuidanceListSchema(Schema):
    """A page of texts; ``guidance_version`` names the very words of all that this window has."""

    items = fields.List(fields.Nested(GuidanceItemSchema), required=True)
    total = fields.Integer(strict=True, required=True)
    next = fields.String(required=True, allow_none=True)
    guidance_version = fields.String(required=True)


def directory_endpoints(room: Room) -> tuple[Endpoint, ...]:
    """``GET /services`` and ``GET /guidance``."""
    return (
        services_endpoint(lambda: in_force(room), lambda _call: room.here, refuses=("no_directory",)),
        Endpoint(
            "GET", "/guidance", "guidance.read", _guided,
            Words("Orientación para leer en voz alta", "Guidance to be read aloud"),
            {200: GuidanceListSchema()}, about=lambda _call: room.here, query=GuidanceQuery(),
        ),
    )


def _guided(call: Call) -> Answer:
    asked, texts = call.query(AskedGuidance), guidance()
    found = list(texts.find(topic=asked.topic, language=asked.lang or call.language, text=asked.text))
    page = asked.page
    told = listing(call, found[page.offset : page.offset + page.size], len(found), page)
    return Answer({**told, "guidance_version": texts.version})


def in_force(room: Room) -> InForce:
    """The directory that the hub published last, with its version and date; ``no_directory`` before the first."""
    now = room.clock.now()
    with room.database.read() as connection:
        known = room.published.in_force(connection)
    if known is None:
        raise Refused("no_directory")
    return InForce(
        known.directory, known.version, known.published_at, near(known.directory, room.place), now, room.today()
    )
