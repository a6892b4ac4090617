"""Somebody at a browser without scripts: pages, their forms, cookies; over a WSGI application."""

import re
from collections.abc import Mapping
from functools import cache
from html.parser import HTMLParser
from typing import Any
from urllib.parse import urlsplit

from werkzeug.test import Client, TestResponse

from shared.security.passwords import Passwords, at_once

FIREFOX = "Mozilla/5.0 (X11; Linux x86_64; rv:128.0) Gecko/20100101 Firefox/128.0"
PASSWORD = "ventanilla-demo"


@cache
def password_hash() -> str:
    """That of everybody's password; one costs a twentieth of a second."""
    return Passwords(at_once).hashed(PASSWORD)


class _Forms(HTMLParser):
    """The forms of a page: what each would send as it stands."""

    def __init__(self) -> None:
        super().__init__()
        self.forms: list[tuple[str, dict[str, str]]] = []
        self._select = ""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = dict(attrs)
        if tag == "form":
            self.forms.append((given.get("action") or "", {}))
        if tag == "select":
            self._select = str(given["name"])
        if tag == "option" and "selected" in given:
            self.forms[-1][1][self._select] = given.get("value") or ""
        unchecked = given.get("type") == "radio" and "checked" not in given
        if tag == "input" and given.get("name") and self.forms and not unchecked:
            self.forms[-1][1][str(given["name"])] = given.get("value") or ""


class Person:
    """One browser. ``page`` is what it shows now, after all redirects; ``at`` is where that is."""

    def __init__(self, app: object, address: str = "127.0.0.1", base_url: str = "http://localhost") -> None:
        self.client = Client(app, TestResponse)
        self.address = address
        self.base_url = base_url
        self.page: TestResponse | None = None
        self.at = "/"

    def visits(self, path: str, **headers: str) -> TestResponse:
        return self._go("GET", path, headers=headers)

    def sends(self, path: str, *, form: str | None = None, headers: Mapping[str, str] | None = None, **fields: str) -> TestResponse:
        """Fills in the form of the page that leads to ``path`` (or ``form``) and sends it."""
        data = dict(self._form(form or path)) | fields
        return self._go("POST", path, data=data, headers=headers or {})

    def signs_in(self, username: str, password: str = PASSWORD, *, then: str | None = None) -> TestResponse:
        self.visits("/entrar" if then is None else f"/entrar?next={then}")
        return self.sends("/entrar", username=username, password=password)

    @property
    def text(self) -> str:
        assert self.page is not None
        return self.page.text

    @property
    def errors(self) -> list[str]:
        return [re.sub(r"<[^>]+>", "", found).strip() for found in re.findall(r'<p class="error"[^>]*>(.*?)</p>', self.text)]

    @property
    def is_in(self) -> bool:
        return self.visits("/cuenta").status_code == 200 and self.at == "/cuenta"

    def cookie(self, ending: str = "") -> str | None:
        """The value of one of the service's cookies: of the session, or ``-f``, ``-b``."""
        found = [cookie for name, cookie in self._jar() if re.fullmatch(rf"(__Host-)?ventanilla-.*-\d+{ending}", name)]
        return found[0] if found else None

    def puts_cookie(self, value: str, ending: str = "") -> None:
        for name, _ in self._jar():
            if re.fullmatch(rf"(__Host-)?ventanilla-.*-\d+{ending}", name):
                self.client.set_cookie(name, value)

    def forgets(self) -> None:
        """Closes the browser: the cookies of the session are gone."""
        self.client = Client(self.client.application, TestResponse)

    @property
    def _from(self) -> dict[str, Any]:
        return {"environ_base": {"REMOTE_ADDR": self.address}, "base_url": self.base_url}

    def _jar(self) -> list[tuple[str, str]]:
        return [(cookie.key, cookie.value) for cookie in (self.client._cookies or {}).values()]

    def _form(self, action: str) -> Mapping[str, str]:
        parser = _Forms()
        parser.feed(self.text)
        found = [fields for where, fields in parser.forms if where == action]
        assert found, f"no form of {self.at} leads to {action}, only to {[where for where, _ in parser.forms]}"
        return found[0]

    def _go(self, method: str, path: str, *, data: Mapping[str, str] | None = None, headers: Mapping[str, str]) -> TestResponse:
        sent = {"Accept": "text/html", "User-Agent": FIREFOX} | {name.replace("_", "-"): value for name, value in headers.items()}
        answer = self.client.open(path, method=method, data=data, headers=sent, **self._from)
        for _ in range(5):
            if answer.status_code != 303:
                break
            parts = urlsplit(answer.headers["Location"])
            assert not parts.netloc, f"sent to another site: {answer.headers['Location']}"
            path = answer.headers["Location"]
            answer = self.client.get(path, headers=sent, **self._from)
        self.page, self.at = answer, path
        return answer
