"""What a page declares, what its view is given, and what it gives back."""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Final

from werkzeug.datastructures import MultiDict

from shared.errors import Broken
from shared.security.identities import Actor, Subject
from shared.security.sessions import Notice
from shared.security.visitors import Browser, Due, Visitor
from shared.web.call import Words

FORM_LARGEST: Final = 64 * 1024
"""Bytes of a form; a page of text is 2 KB."""

_ARGUMENT = re.compile(r"{(\w+)}")


@dataclass(frozen=True)
class Cookie:
    """A cookie to be set; ``seconds`` None for as long as the browser is open, 0 to take it away."""

    name: str
    value: str
    seconds: int | None = None


@dataclass(frozen=True)
class Shown:
    """A page: its template, what the template is given, its status."""

    template: str
    values: Mapping[str, object] = field(default_factory=dict)
    status: int = 200


@dataclass(frozen=True)
class Goes:
    """On to another page of ours (303), with a line that is shown there."""

    to: str
    notice: Notice | None = None
    cookies: tuple[Cookie, ...] = ()


@dataclass(frozen=True)
class Visit:
    """One request for a page, already allowed; a view needs nothing else.

    ``visitor`` is None for somebody who is not signed in (pages for everyone). ``asked`` is the query, ``sent`` the
    form; ``typed`` what stood in this form when an earlier session of the same user ran out.
    """

    page: "Page"
    args: Mapping[str, str]
    path: str
    language: str
    browser: Browser
    visitor: Visitor | None = None
    asked: MultiDict[str, str] = field(default_factory=MultiDict)
    sent: MultiDict[str, str] = field(default_factory=MultiDict)
    typed: MultiDict[str, str] | None = None

    @property
    def who(self) -> Visitor:
        """Who visits; a page for everyone has to ask ``visitor`` instead."""
        if self.visitor is None:
            message = "this page is open to everyone and knows no user"
            raise Broken(message)
        return self.visitor

    @property
    def actor(self) -> Actor:
        """Who acts."""
        return self.who.actor


@dataclass(frozen=True)
class Page:
    """One page, or what one form does, declared.

    ``path`` has ``{name}`` for arguments; ``act`` is the policy's name for it or ``EVERYONE``, ``about`` finds what
    the act is about (None: what ``args`` name does not exist). ``settles`` are the duties that must not keep one
    from this page. ``limit`` (``"20/minute"``) counts by user, or by address where nobody is signed in.
    ``background`` is for what a page asks by itself: it does not keep a session alive.
    """

    method: str
    path: str
    act: str | None
    view: Callable[[Visit], Shown | Goes]
    title: Words
    about: Callable[[Visit], Subject | None] | None = None
    settles: frozenset[Due] = frozenset()
    limit: str | None = None
    largest: int = FORM_LARGEST
    background: bool = False

    @property
    def rule(self) -> str:
        """The path as Flask writes it."""
        return _ARGUMENT.sub(r"<\1>", self.path)

    @property
    def arguments(self) -> list[str]:
        """The names in the path."""
        return _ARGUMENT.findall(self.path)


@dataclass(frozen=True)
class Entry:
    """Something that a service has for those whom the policy lets: a line of its navigation, a card of its start."""

    label: Words
    what: Words
    path: str
    act: str
