"""The management API of RabbitMQ, for an operator's commands. Services never call it."""

import re
import ssl
import urllib.error
import urllib.request
from base64 import b64encode
from collections.abc import Mapping, Sequence
from typing import Any
from urllib.parse import quote, unquote, urlsplit

import orjson

from shared.errors import ConfigError, TryAgain
from shared.messaging.broker_rights import Rights

SECONDS = 10
"""How long one call may take."""


class Management:
    """One broker's management API, as the user of the operator's AMQP address.

    Every call may be repeated. ``TryAgain`` says what the API answered, or that it did not; nothing secret is in it.
    """

    def __init__(self, url: str, operator_uri: str, *, ca_certs: str | None = None) -> None:
        """``ca_certs`` is the authority of an ``https`` API (left out: those that the system trusts)."""
        self.url = url.rstrip("/")
        if urlsplit(url).scheme not in {"http", "https"}:
            message = "MANAGEMENT_URL must begin with http:// or https://."
            raise ConfigError(message)
        parts = urlsplit(operator_uri)
        pair = f"{unquote(parts.username or 'guest')}:{unquote(parts.password or 'guest')}"
        self._authorization = f"Basic {b64encode(pair.encode()).decode()}"
        self._context = ssl.create_default_context(cafile=ca_certs) if self.url.startswith("https") else None

    def users(self) -> set[str]:
        """The names of all users."""
        return {str(user["name"]) for user in self._get("/api/users")}

    def make_user(self, user: str, password: str) -> None:
        """A user without any right, or this password for one that exists."""
        self._call("PUT", f"/api/users/{_in_path(user)}", {"password": password, "tags": ""})

    def grant(self, vhost: str, rights: Rights) -> None:
        """Both rows. The topic's comes first: without it the other would allow every key."""
        place = f"{_in_path(vhost)}/{_in_path(rights.user)}"
        self._call("PUT", f"/api/topic-permissions/{place}", rights.topic_permissions)
        self._call("PUT", f"/api/permissions/{place}", rights.permissions)

    def shut_out(self, user: str) -> None:
        """Take a user's password away, then end their connections; their rights and their queue stay.

        Somebody who was never let in is shut out already.
        """
        if user not in self.users():
            return
        self._call("PUT", f"/api/users/{_in_path(user)}", {"password_hash": "", "tags": ""})
        self._call("DELETE", f"/api/connections/username/{_in_path(user)}", None)

    def may_come_in(self, user: str) -> bool:
        """Whether there is such a user with a password."""
        return any(one["name"] == user and one.get("password_hash") for one in self._get("/api/users"))

    def set_policy(self, vhost: str, name: str, policy: Mapping[str, object]) -> None:
        """One policy."""
        self._call("PUT", f"/api/policies/{_in_path(vhost)}/{name}", {"priority": 0, **policy})

    def unguarded(self, vhost: str, exchanges: Sequence[str]) -> list[str]:
        """Users who are no administrators and may write one of these exchanges under every key: their topic row is missing."""
        administrators = {str(user["name"]) for user in self._get("/api/users") if "administrator" in user["tags"]}
        guarded = {(row["user"], row["exchange"]) for row in self._get(f"/api/vhosts/{_in_path(vhost)}/topic-permissions")}
        rows = self._get(f"/api/vhosts/{_in_path(vhost)}/permissions")
        return sorted(
            f"{row['user']} ({exchange})"
            for row in rows
            for exchange in exchanges
            if row["user"] not in administrators and re.search(row["write"], exchange)
            and (row["user"], exchange) not in guarded
        )

    def _get(self, path: str) -> list[dict[str, Any]]:
        found: list[dict[str, Any]] = orjson.loads(self._call("GET", path, None))
        return found

    def _call(self, method: str, path: str, body: Mapping[str, object] | None) -> bytes:
        request = urllib.request.Request(  # noqa: S310 - only http and https pass the constructor
            self.url + path,
            method=method,
            data=None if body is None else orjson.dumps(body),
            headers={"Authorization": self._authorization, "Content-Type": "application/json"},
        )
        try:
            with urllib.request.urlopen(request, timeout=SECONDS, context=self._context) as answer:  # noqa: S310 - see above
                found: bytes = answer.read()
        except urllib.error.HTTPError as error:
            message = f"the management API at {self.url} refused {method} {path.split('/')[2]}: {error.code} {error.reason}"
            raise TryAgain(message) from error
        except (urllib.error.URLError, OSError) as error:
            message = f"the management API at {self.url} does not answer: {getattr(error, 'reason', error)}"
            raise TryAgain(message) from error
        return found


def _in_path(name: str) -> str:
    return quote(name, safe="")
