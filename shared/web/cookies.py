"""The cookies of one service. All demo services share a host, and cookies know no ports: names tell them apart."""

from dataclasses import dataclass
from datetime import timedelta
from typing import Final

from flask import Request, Response

from shared.config import Settings
from shared.security.attempts import BROWSER_KNOWN_FOR
from shared.web.languages import LANGUAGE_COOKIE
from shared.web.visit import Cookie

_LANGUAGE_KEPT: Final = timedelta(days=365)


@dataclass(frozen=True)
class Cookies:
    """Names and flags. ``secure`` where people come by https: then the browser itself binds them to the host."""

    name: str
    secure: bool

    @classmethod
    def of(cls, settings: Settings, key: str) -> "Cookies":
        """Those of the service of this address key (``sv.la-union``) at its port."""
        secure = settings.public_url.startswith("https://")
        port = settings.web_server_address.rsplit(":", 1)[-1]
        return cls(f"{'__Host-' if secure else ''}ventanilla-{key.replace('.', '-')}-{port}", secure)

    @property
    def forms(self) -> str:
        """The cookie that forms are checked against."""
        return f"{self.name}-f"

    @property
    def browser(self) -> str:
        """The cookie by which a browser that was here before is known."""
        return f"{self.name}-b"

    def session(self, secret: str) -> Cookie:
        """Signed in, until the browser is closed or the session is over."""
        return Cookie(self.name, secret)

    def signed_out(self) -> Cookie:
        """No session any more."""
        return Cookie(self.name, "", 0)

    def known(self, browser: str) -> Cookie:
        """Somebody signed in from here."""
        return Cookie(self.browser, browser, int(BROWSER_KNOWN_FOR.total_seconds()))

    @staticmethod
    def language(language: str) -> Cookie:
        """In which language this browser's pages are, also when nobody is signed in."""
        return Cookie(LANGUAGE_COOKIE, language, int(_LANGUAGE_KEPT.total_seconds()))

    def put(self, response: Response, cookie: Cookie) -> None:
        """Set it: never for scripts, never from another site's forms."""
        response.set_cookie(
            cookie.name, cookie.value, max_age=cookie.seconds, httponly=True, secure=self.secure, samesite="Lax", path="/"
        )

    def secret(self, asked: Request) -> str | None:
        """The session's secret that a request carries."""
        return asked.cookies.get(self.name) or None

    def browser_of(self, asked: Request) -> str | None:
        """The known browser that a request says it is."""
        return asked.cookies.get(self.browser) or None
