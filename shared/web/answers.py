"""What a view gives back, and how it becomes bytes."""

from collections.abc import Mapping
from dataclasses import dataclass

import orjson
from flask import Response
from marshmallow import Schema

from shared.errors import Broken
from shared.persistence.perform import Rendered
from shared.web.etags import etag

JSON = "application/json"


@dataclass(frozen=True)
class Media:
    """An answer that is no JSON: a printed page, a CSV file. ``filename`` makes it a download; never a person's name."""

    content_type: str
    filename: str | None = None


Answers = Mapping[int, Schema | Media | None]
"""What an endpoint may answer when all is well: status → schema, another medium, or nothing (204)."""


@dataclass(frozen=True)
class Answer:
    """A view's result. ``status`` left out is the endpoint's first; ``version`` becomes the ``ETag``.

    ``body`` is dumped through the declared schema, so what is not declared never leaves; for ``Media`` it is bytes.
    """

    body: object = None
    status: int | None = None
    version: int | None = None
    location: str | None = None


def render(answer: Answer, answers: Answers) -> Rendered:
    """Turn an answer into the bytes that are sent, and kept for an ``Idempotency-Key``."""
    status = answer.status if answer.status is not None else next(iter(answers))
    if status not in answers:
        message = f"an endpoint answered {status}, which it does not declare"
        raise Broken(message)
    tag = None if answer.version is None else etag(answer.version)
    return Rendered(status, _bytes(answer.body, answers[status]), tag, answer.location)


def response(rendered: Rendered, answers: Answers) -> Response:
    """The HTTP response of a rendered answer."""
    declared = answers[rendered.status]
    made = Response(rendered.body, rendered.status, content_type=_content_type(declared))
    if declared is None:
        del made.headers["Content-Type"]
    if isinstance(declared, Media) and declared.filename:
        made.headers["Content-Disposition"] = f'attachment; filename="{declared.filename}"'
    if rendered.etag is not None:
        made.headers["ETag"] = rendered.etag
    if rendered.location is not None:
        made.headers["Location"] = rendered.location
    if rendered.replayed:
        made.headers["Idempotent-Replayed"] = "true"
    return made


def _bytes(body: object, declared: Schema | Media | None) -> bytes:
    if declared is None:
        return b""
    if isinstance(declared, Schema):
        return orjson.dumps(declared.dump(body))
    if isinstance(body, bytes):
        return body
    message = "an answer of another medium must be bytes"
    raise Broken(message)


def _content_type(declared: Schema | Media | None) -> str:
    return declared.content_type if isinstance(declared, Media) else JSON
