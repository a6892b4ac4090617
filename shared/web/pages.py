"""The pages of a service: declared, and answered in one order for all of them.

A limit; 411, 413, 415; the form's own token (CSRF); who it is, else the sign-in; what is due first; then as for the
API: 404 for what this user may not know of, 403 for what they may not do. What is left is the view's to say.
"""

from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Final
from urllib.parse import urlencode

from flask import Flask, Request, Response, g, render_template, request
from flask.sessions import SecureCookieSessionInterface
from flask_wtf.csrf import CSRFError, CSRFProtect
from itsdangerous import URLSafeTimedSerializer
from werkzeug.datastructures import MultiDict

from shared.errors import Broken, Refused, TryAgain
from shared.security.entrance import Entrance
from shared.security.identities import Subject
from shared.security.policy import ACTS, allowed, check
from shared.security.sessions import session_hash
from shared.security.visitors import Browser, Due, Visitor
from shared.web.browsers import family
from shared.web.call import Words
from shared.web.carrying import Carried, from_bytes, pack, typed_in
from shared.web.cookies import Cookies
from shared.web.forms import Form
from shared.web.languages import language_of
from shared.web.limits import Limit, Limiter
from shared.web.paths import START, local, with_next
from shared.web.privacy import SWITCH, hides_names
from shared.web.query import checked_arguments
from shared.web.visit import Entry, Goes, Page, Shown, Visit

SIGN_IN: Final = "/entrar"
DUTIES: Final = {
    Due.SECOND_STEP: "/entrar/segundo-paso", Due.PASSWORD: "/cuenta/contrasena", Due.ENROL: "/cuenta/segundo-paso",
}
"""Where each duty is done."""
_FORMS: Final = ("application/x-www-form-urlencoded", "multipart/form-data")


class Pages:
    """The pages of one service. ``where`` stands in every header; ``here`` is what its entries are about."""

    def __init__(
        self,
        entrance: Entrance,
        cookies: Cookies,
        *,
        where: Words,
        here: Subject,
        limiter: Limiter,
        note: Words | None = None,
        door: Words | None = None,
    ) -> None:
        """``note`` stands in every footer: what is not as it should be for real. ``door`` says at the sign-in who is
        let in elsewhere.
        """
        self.entrance = entrance
        self.cookies = cookies
        self.where = where
        self.here = here
        self._limiter = limiter
        self._note = note
        self._door = door
        self._pages: list[Page] = []
        self._entries: list[Entry] = []
        self._csrf = CSRFProtect()

    @property
    def pages(self) -> Sequence[Page]:
        """All that were declared, in order."""
        return tuple(self._pages)

    def add(self, *pages: Page) -> None:
        """Declare pages; one whose act the policy does not know, or whose object nothing finds, is our fault."""
        for page in pages:
            if page.act is not None and (page.act not in ACTS or page.about is None):
                message = f"{page.method} {page.path} needs a policy row and an object"
                raise Broken(message)
            if page.limit is not None:
                Limit.of(page.limit)
        self._pages += pages

    def offer(self, *entries: Entry) -> None:
        """What the navigation and the start page show to whom the policy lets."""
        self._entries += entries

    def entries(self, visitor: Visitor | None) -> Sequence[Entry]:
        """What is here for this visitor."""
        if visitor is None or not visitor.is_in:
            return ()
        return [entry for entry in self._entries if allowed(visitor.actor, [entry.act], self.here)]

    def mount(self, app: Flask) -> None:
        """Give every page its address in ``app``."""
        app.secret_key = self.entrance.secrets.forms
        app.config.update(
            SESSION_COOKIE_NAME=self.cookies.forms, SESSION_COOKIE_HTTPONLY=True, SESSION_COOKIE_SAMESITE="Lax",
            SESSION_COOKIE_SECURE=self.cookies.secure, WTF_CSRF_TIME_LIMIT=None, WTF_CSRF_CHECK_DEFAULT=False,
            # our own Referrer-Policy is no-referrer, so that there is none to compare with
            WTF_CSRF_SSL_STRICT=False,
        )
        app.session_interface = _OfThisSession(self.cookies)
        self._csrf.init_app(app)
        app.context_processor(self._frame)
        for page in self._pages:
            app.add_url_rule(
                page.rule, endpoint=f"page {page.method} {page.path}", view_func=self._view(page), methods=[page.method]
            )

    def visit(self, page: Page, args: dict[str, str], asked: Request) -> Visit:
        """The request as a view sees it; nothing is checked yet."""
        known = self.cookies.browser_of(asked)
        return Visit(
            page=page,
            args=args,
            path=asked.path,
            language=language_of(asked),
            browser=Browser(asked.remote_addr or "", family(asked.headers.get("User-Agent", "")), known),
            asked=MultiDict(asked.args),
        )

    def _view(self, page: Page) -> Callable[..., Response]:
        def view(**args: str) -> Response:
            visit = self.visit(page, args, request)
            g.visitor = None  # for the page of whatever goes wrong now
            g.visitor = visitor = self.entrance.visitor(self.cookies.secret(request))
            self._limiter.check(page.limit, f"{page.method} {page.path}", visitor.user.username if visitor else visit.browser.address)
            return self._answer(replace(visit, visitor=visitor))

        return view

    def _answer(self, visit: Visit) -> Response:
        page, visitor = visit.page, visit.visitor
        if page.method == "POST":
            visit = replace(visit, sent=self._sent(page))
        if page.act is not None:
            if visitor is None:
                return self._sign_in_first(visit)
            if visitor.due is not None and visitor.due not in page.settles:
                return self._response(Goes(DUTIES[visitor.due]), visit)
            checked_arguments(dict(visit.args))
            if page.about is None:
                message = "a page with an act needs an object"
                raise Broken(message)
            check(visitor.actor, page.act, page.about(visit))
        if visitor is not None and not page.background:
            self.entrance.saw(visitor)
        return self._response(page.view(self._with_typed(visit)), visit)

    def _sent(self, page: Page) -> MultiDict[str, str]:
        """The form, refused where it has no length, is too long, is none, or is not one that this site gave."""
        if "Transfer-Encoding" in request.headers or request.content_length is None:
            raise Refused("length_required")
        if request.content_length > page.largest:
            raise Refused("too_large")
        if request.content_length and request.mimetype not in _FORMS:
            raise Refused("form_only")
        request.max_form_memory_size = page.largest
        try:
            self._csrf.protect()
        except CSRFError as error:
            raise Refused("stale_form") from error
        return MultiDict(request.form)

    def _sign_in_first(self, visit: Visit) -> Response:
        """To the sign-in, and back. A form that was sent meanwhile is kept for whoever's session it was."""
        secret = self.cookies.secret(request)
        owner = self.entrance.owner_of(secret)
        if visit.page.method == "GET":
            return self._response(Goes(with_next(SIGN_IN, local(visit.path))), visit)
        back = visit.path if self._has_page("GET", visit.page.path) else "/"
        if owner is None:
            return self._response(Goes(with_next(SIGN_IN, back)), visit)
        carried = Carried(owner, back, typed_in(visit.sent), self.entrance.clock.now())
        values = {"form": Form(), "next": back, "carried": pack(carried, self.entrance.secrets), "reason": "over"}
        return self._response(Shown("ui/sign_in.html", values, status=401), visit)

    def _has_page(self, method: str, path: str) -> bool:
        return any(page.method == method and page.path == path for page in self._pages)

    def _with_typed(self, visit: Visit) -> Visit:
        if visit.visitor is None or visit.page.method != "GET" or not visit.visitor.session.carries(visit.path):
            return visit
        plain = self.entrance.take_carried(visit.visitor.secret, visit.path)
        return visit if plain is None else replace(visit, typed=from_bytes(plain))

    def _response(self, answer: Shown | Goes, visit: Visit) -> Response:
        visitor = visit.visitor
        if isinstance(answer, Goes):
            if answer.notice is not None and visitor is not None:
                self.entrance.tell(visitor.secret, answer.notice)
            response = Response(status=303, headers={"Location": answer.to})
            for cookie in answer.cookies:
                self.cookies.put(response, cookie)
            return response
        notices = visitor.session.notices if visitor is not None else ()
        html = render_template(answer.template, notices=notices, visit=visit, **answer.values)
        if visitor is not None:
            self.entrance.told(visitor)
        return Response(html, answer.status, content_type="text/html; charset=utf-8")

    def _visitor(self) -> Visitor | None:
        """Who is in, at an address where no page is; nobody while the database is away."""
        try:
            return self.entrance.visitor(self.cookies.secret(request))
        except TryAgain:
            return None

    def _frame(self) -> dict[str, object]:
        """What the base of every page is given, also where no page answered."""
        visitor = g.visitor if "visitor" in g else self._visitor()
        return {
            "where": self.where, "visitor": visitor, "entries": self.entries(visitor), "note": self._note, "door": self._door,
            "locked": self.entrance.locked, "notices": (), "here_path": _here(request),
            "private": self._has_page("POST", SWITCH), "initials_only": hides_names(request),
        }


def _here(asked: Request) -> str:
    """The address of this page as a form of its frame leads back to it: of the query only what is ours and harmless."""
    kept = {"page": asked.args.get("page"), "next": local(asked.args.get("next"))}
    query = urlencode({name: value for name, value in kept.items() if value and value != START})
    return local(f"{asked.path}?{query}" if query else asked.path)


class _OfThisSession(SecureCookieSessionInterface):
    """Flask's signed cookie, for the token of forms alone; it counts only beside the session that it was made in."""

    def __init__(self, cookies: Cookies) -> None:
        self._cookies = cookies

    def get_signing_serializer(self, app: Flask) -> URLSafeTimedSerializer | None:
        """See Flask; salted by the session's cookie, so that a planted one is worth nothing."""
        made = super().get_signing_serializer(app)
        if made is not None:
            made.salt = f"forms {session_hash(self._cookies.secret(request) or '')}".encode()
        return made

