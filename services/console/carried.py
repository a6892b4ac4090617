"""What an operator carries to a window's PC: its keys, whom it believes, and its way to the broker."""

import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import quote, unquote, urlsplit

from shared.clock import SystemClock
from shared.contracts.addresses import Address
from shared.errors import ConfigError
from shared.files import write_whole
from shared.messaging.routes import broker_user
from shared.security.keys import TRUST_FILE, NodeKey, Use, generate, read_trust, write_trust


@dataclass(frozen=True)
class Carried:
    """One window's folder. Nothing in it is replaced but the password; keep it nowhere else once it was carried."""

    folder: Path
    window: Address

    @property
    def key_store(self) -> Path:
        """Its ``KEY_STORE``."""
        return self.folder / self.window.key

    @property
    def amqp_uri_file(self) -> Path:
        """For ``VENTANILLA_AMQP_URI_FILE``: the broker's address with user and password, mode 600."""
        return self.folder / f"{self.window.key}.amqp-uri"

    def make_keys(self) -> Sequence[NodeKey]:
        """The public keys of the folder; private ones are made where there are none."""
        self.folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        generate(self.folder, [self.window], now=SystemClock().now())
        return self.read_keys(self.folder / TRUST_FILE)

    def read_keys(self, file: Path) -> Sequence[NodeKey]:
        """The window's public keys in a trust file; ``ConfigError`` when they are not there."""
        keys = [key for key in read_trust(file) if key.address == self.window]
        if {key.use for key in keys} != set(Use):
            message = f"{file} holds no public keys of {self.window.source}."
            raise ConfigError(message)
        return keys

    def believe(self, keys: Sequence[NodeKey]) -> None:
        """Whom the window shall believe."""
        self.key_store.mkdir(parents=True, exist_ok=True, mode=0o700)
        write_trust(self.key_store, keys)

    def password(self) -> str | None:
        """The broker password that was written here."""
        if not self.amqp_uri_file.exists():
            return None
        told = urlsplit(self.amqp_uri_file.read_text(encoding="utf-8").strip()).password
        return unquote(told) if told else None

    def new_password(self, broker: str) -> str:
        """A random one, on disk before the broker hears of it; ``broker`` is its address as the window reaches it."""
        parts, word = urlsplit(broker), secrets.token_urlsafe(24)
        if parts.scheme not in {"amqp", "amqps"} or not parts.hostname:
            message = "--broker: an address such as amqps://broker.example:5671/."
            raise ConfigError(message)
        self.folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        user, host = quote(broker_user(self.window), safe=""), parts.netloc.rpartition("@")[2]
        write_whole(self.amqp_uri_file, f"{parts.scheme}://{user}:{word}@{host}{parts.path or '/'}\n".encode())
        return word
