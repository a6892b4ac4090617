"""A browser at a service that runs as a process: pages, their forms, cookies; over HTTP."""

import re

import requests

from tests.drivers.person import PASSWORD


class Browser:
    """One browser at one service."""

    def __init__(self, url: str) -> None:
        self.url, self.http = url, requests.Session()
        self.http.headers["Accept"] = "text/html"

    def shows(self, page: str) -> str:
        return self.http.get(self.url + page, timeout=20).text

    def sends(self, page: str, path: str, **fields: str) -> requests.Response:
        """Fills in the form of ``page`` that leads to ``path`` and sends it."""
        token = re.search(r'name="csrf_token" value="([^"]+)"', self.shows(page))[1]
        return self.http.post(self.url + path, data={"csrf_token": token, **fields}, timeout=20)

    def signs_in(self, username: str, password: str = PASSWORD) -> bool:
        self.sends("/entrar", "/entrar", username=username, password=password)
        return self.is_in()

    def signs_out(self) -> None:
        self.sends("/salir", "/salir")

    def is_in(self) -> bool:
        return self.http.get(self.url + "/cuenta", allow_redirects=False, timeout=20).status_code == 200
