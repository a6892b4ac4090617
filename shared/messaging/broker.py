"""Where the broker is, and what can go wrong on the way there."""

import ssl
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import unquote, urlsplit

from amqp.exceptions import AMQPError
from kombu.connection import Connection
from kombu.exceptions import OperationalError

from shared.errors import ConfigError
from shared.messaging import memory

HEARTBEAT = 30
"""Seconds (anchors-reliability.md 2)."""
CONNECT_SECONDS = 5
LOST = (OSError, AMQPError, OperationalError)
"""What a lost connection or a closed channel looks like; each means: close, connect anew."""

TLS_FILES = ("ca_certs", "certfile", "keyfile")
"""What ``AMQP_SSL`` may name: whose certificates are believed, and a client's own certificate and key."""
THIS_MACHINE = frozenset({"localhost", "127.0.0.1", "::1"})

Ssl = Mapping[str, str] | bool


@dataclass(frozen=True)
class Broker:
    """One broker by its address; ``memory://`` is the embedded one, of this process alone.

    ``amqps://``, or anything in ``ssl``, means TLS 1.2 or newer, and the broker's certificate must be good for the
    host of the address (or for ``server_hostname``); nothing switches that off.
    """

    uri: str
    ssl: Ssl = False

    def __post_init__(self) -> None:
        if urlsplit(self.uri).scheme not in {"amqp", "amqps", "pyamqp", "memory"}:
            message = "AMQP_URI must begin with amqp://, amqps:// or memory://."
            raise ConfigError(message)
        for name in TLS_FILES:
            file = self._given.get(name)
            if file is not None and not Path(file).is_file():
                message = f"AMQP_SSL.{name}: there is no file {file}."
                raise ConfigError(message)

    @property
    def is_memory(self) -> bool:
        """Whether this is the embedded broker."""
        return urlsplit(self.uri).scheme == "memory"

    @property
    def user(self) -> str | None:
        """The user that we are to the broker."""
        user = urlsplit(self.uri).username
        return unquote(user) if user is not None else None

    @property
    def in_clear(self) -> bool:
        """Whether passwords and sealed messages go unencrypted over a network."""
        return not (self.is_memory or self._tls or urlsplit(self.uri).hostname in THIS_MACHINE)

    @property
    def _given(self) -> Mapping[str, str]:
        return self.ssl if isinstance(self.ssl, Mapping) else {}

    @property
    def _tls(self) -> dict[str, object] | None:
        """As py-amqp takes it: with a ``server_hostname`` it compares the certificate's names, without it none."""
        if not self.ssl and urlsplit(self.uri).scheme != "amqps":
            return None
        return {
            "server_hostname": urlsplit(self.uri).hostname,
            **self._given,
            "cert_reqs": ssl.CERT_REQUIRED,
            "tls_minimum_version": ssl.TLSVersion.TLSv1_2,
        }

    def connection(self, **options: object) -> Connection:
        """A new connection, not yet open."""
        if self.is_memory:
            memory.register()
            return Connection(self.uri)
        return Connection(
            self.uri,
            ssl=self._tls or False,
            heartbeat=HEARTBEAT,
            connect_timeout=CONNECT_SECONDS,
            transport_options={"confirm_publish": False, **options},
        )
