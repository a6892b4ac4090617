"""One user's way into one service: JSON over HTTP with that user's token."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import requests

Json = dict[str, Any]


class Refusal(AssertionError):
    """A call was answered otherwise than the story expects; the answer is kept."""

    def __init__(self, call: str, answer: requests.Response) -> None:
        self.status = answer.status_code
        self.problem: Json = answer.json() if "json" in answer.headers.get("Content-Type", "") else {}
        super().__init__(f"{call} was answered {answer.status_code}: {answer.text[:1000]}")


@dataclass(frozen=True)
class Caller:
    """Calls one service's API as one user."""

    base: str
    token: str | None = None

    def get(self, path: str, **query: str | int) -> Json:
        return self._call("GET", path, params=query).json()

    def post(self, path: str, body: Json | None = None, headers: Mapping[str, str] | None = None) -> Json:
        return self._call("POST", path, json=body if body is not None else {}, headers=headers).json()

    def patch(self, path: str, body: Json, *, version: str) -> Json:
        return self._call("PATCH", path, json=body, headers={"If-Match": version}).json()

    def etag(self, path: str) -> str:
        return self._call("GET", path).headers["ETag"]

    def everything(self, path: str, **query: str | int) -> list[Json]:
        """All items of a list, page after page."""
        items: list[Json] = []
        page = 1
        while True:
            answer = self.get(path, page=page, page_size=200, **query)
            items += answer["items"]
            if len(items) >= answer["total"] or not answer["items"]:
                return items
            page += 1

    def _call(self, method: str, path: str, *, headers: Mapping[str, str] | None = None, **rest: Any) -> requests.Response:
        sent = dict(headers or {})
        if self.token:
            sent["Authorization"] = f"Bearer {self.token}"
        answer = requests.request(method, f"{self.base}/api/v1{path}", headers=sent, timeout=30, **rest)
        if not answer.ok:
            raise Refusal(f"{method} {path}", answer)
        return answer
