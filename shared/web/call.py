"""What an endpoint declares, and what its view is given."""

import hashlib
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Final, TypeVar
from urllib.parse import quote

import orjson
from marshmallow import Schema

from shared.errors import Broken
from shared.persistence.perform import OnceKey, Rendered
from shared.security.identities import Actor, Subject
from shared.web.answers import Answer, Answers, render
from shared.web.etags import IfMatch

T = TypeVar("T")

EVERYONE: Final = None
"""The ``act`` of an endpoint that needs no user; said aloud, so that no endpoint is open by oversight."""

_ARGUMENT = re.compile(r"{(\w+)}")


@dataclass(frozen=True)
class Words:
    """One line for people, in Spanish and English."""

    es: str
    en: str

    def text(self, language: str) -> str:
        """In the language asked for."""
        return self.en if language == "en" else self.es


class Nothing(Schema):
    """The body of an act that needs none: absent or ``{}``."""


class NoQuery(Schema):
    """The query of an endpoint that takes none."""


@dataclass(frozen=True)
class Call:
    """One request, already authenticated, allowed and read; a view needs nothing else.

    ``about`` of an endpoint gets the call before its body and query are read. ``path`` is the address without its
    query. ``raw`` is the JSON as sent (for a merge patch).
    """

    endpoint: "Endpoint"
    args: Mapping[str, str]
    path: str
    host: str
    language: str = "es"
    user: Actor | None = None
    if_match: IfMatch | None = None
    idempotency_key: str | None = None
    raw: object = None
    loaded_body: object = None
    loaded_query: object = None
    asked: Mapping[str, list[str]] = field(default_factory=dict)

    @property
    def actor(self) -> Actor:
        """Who calls; an endpoint for everyone has nobody."""
        if self.user is None:
            message = "this endpoint is open to everyone and knows no user"
            raise Broken(message)
        return self.user

    @property
    def version(self) -> int | None:
        """The version that ``If-Match`` names; None without it or for ``*``."""
        return self.if_match.version if self.if_match else None

    def body(self, kind: type[T]) -> T:
        """What the body schema made of the body: a ``kind``."""
        return _one(self.loaded_body, kind)

    def query(self, kind: type[T]) -> T:
        """What the query schema made of the query: a ``kind``."""
        return _one(self.loaded_query, kind)

    @property
    def once(self) -> OnceKey | None:
        """The key under which this call is carried out once: per user, call and address."""
        if self.idempotency_key is None:
            return None
        digest = hashlib.sha256(orjson.dumps(self.raw, option=orjson.OPT_SORT_KEYS)).hexdigest()
        return OnceKey(self.actor.user, f"{self.endpoint.method} {self.path}", self.idempotency_key, digest)

    def rendered(self, answer: Answer) -> Rendered:
        """An answer as the bytes that this endpoint sends."""
        return render(answer, self.endpoint.answers)


@dataclass(frozen=True)
class Endpoint:
    """One call of the API, declared.

    ``path`` is below ``/api/v1`` with ``{name}`` for arguments; ``act`` the policy's name for it or ``EVERYONE``.
    ``about`` finds what the act is about before body and query are read; it gives None when what ``args`` name does
    not exist, and must be there unless the endpoint is for everyone.
    ``creating`` takes an ``Idempotency-Key``; ``if_match`` is ``"none"``, ``"optional"`` or ``"required"`` (428);
    ``merge_patch`` leaves the body to the view (``call.raw``, ``bodies.merge_patch``, ``bodies.check``).
    ``refuses`` are the codes of ``shared.errors`` that the act itself may give, for the documentation.
    ``largest`` is the longest body in bytes. ``searches`` marks a ``POST`` that only looks things up, so that a token
    that only reads opens it; ``limit`` is how often one user (or address, for everyone) may call (``"20/minute"``).
    """

    method: str
    path: str
    act: str | None
    view: Callable[[Call], Answer | Rendered]
    summary: Words
    answers: Answers
    about: Callable[[Call], Subject | None] | None = None
    body: Schema | None = None
    query: Schema = field(default_factory=NoQuery)
    creating: bool = False
    if_match: str = "none"
    merge_patch: bool = False
    refuses: tuple[str, ...] = ()
    tag: str = ""
    largest: int = 256 * 1024
    searches: bool = False
    limit: str | None = None

    @property
    def only_reads(self) -> bool:
        """Whether nothing is changed by it."""
        return self.method == "GET" or self.searches

    @property
    def takes_body(self) -> bool:
        """Whether a body is read at all."""
        return self.method in {"POST", "PUT", "PATCH"}

    @property
    def needs_body(self) -> bool:
        """Whether an absent body is a fault: where every field may be left out, so may the body."""
        return self.merge_patch or (self.body is not None and any(field.required for field in self.body.fields.values()))

    @property
    def arguments(self) -> list[str]:
        """The names in the path."""
        return _ARGUMENT.findall(self.path)

    def address(self, prefix: str, args: Mapping[str, str]) -> str:
        """The path with its arguments filled in."""
        return prefix + _ARGUMENT.sub(lambda found: quote(args[found[1]], safe="@"), self.path)


def _one(value: object, kind: type[T]) -> T:
    if isinstance(value, kind):
        return value
    message = f"a schema made {type(value).__name__} where the view expects {kind.__name__}"
    raise Broken(message)
