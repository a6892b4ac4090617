"""Settings: nameko-style YAML with ``${VAR:default}``, each setting also by environment, secrets also by file.

The only place that reads the process's environment.
"""

import os
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

import yaml
from marshmallow import Schema, ValidationError, fields, validate

from shared.contracts.addresses import Address
from shared.errors import ConfigError

PREFIX = "VENTANILLA_"
SECRETS = frozenset({"AMQP_URI", "DATABASE_URL", "SMTP_URL", "KEY_STORE_URL", "OPERATOR_URI"})
"""Shown as hidden by ``ventanilla config``; may come from the file that ``NAME_FILE`` names."""
MAPS = frozenset({"AMQP_SSL", "WINDOW_URLS"})
"""In the environment as YAML on one line: ``{ca_certs: /etc/ventanilla/ca.pem}``."""

_VARIABLE = re.compile(r"\$\{([A-Z][A-Z0-9_]*)(?::([^}]*))?\}")


@dataclass(frozen=True)
class Settings:
    """What a service runs with (contracts.md, Configuration).

    ``resend_after`` and ``batch_wait_ms`` are seconds and milliseconds; ``key_store`` is the folder with this
    node's keys, ``key_store_url`` a database of its own for the person keys where several replicas share them;
    ``second_factor`` ``optional`` lets users of the hub do without the second step (trials alone); ``proxies`` is how
    many reverse proxies stand before the web server: the addresses that they add are believed;
    ``amqp_ssl`` names the files of TLS towards the broker; ``web_certificate`` and ``web_key`` (PEM) make our own web
    server speak HTTPS; ``operator_uri`` and ``management_url`` are for the console's work on the broker: its
    administrator's AMQP address, and its management API;
    ``window_urls`` say where each window's staff open their own pages, for the links in their mail;
    ``crash_at`` is for fault tests alone (``shared/crash.py``).
    """

    node: str
    database_url: str
    key_store: Path
    window: str | None = None
    amqp_uri: str = "amqp://guest:guest@127.0.0.1:5672//"
    amqp_ssl: Mapping[str, str] = field(default_factory=dict)
    topology: str = "expect"
    web_server_address: str = "127.0.0.1:8000"
    public_url: str = "http://127.0.0.1:8000"
    web_certificate: Path | None = None
    web_key: Path | None = None
    operator_uri: str | None = None
    management_url: str | None = None
    key_store_url: str | None = None
    smtp_url: str | None = None
    mail_from: str = "ventanilla@localhost"
    mailbox: Path | None = None
    resend_after: float = 60.0
    batch_size: int = 100
    batch_wait_ms: int = 20
    log_level: str = "INFO"
    time_zone: str = "America/El_Salvador"
    window_letters: str | None = None
    window_urls: Mapping[str, str] = field(default_factory=dict)
    second_factor: str = "required"
    proxies: int = 0
    crash_at: str | None = None

    @property
    def embedded(self) -> bool:
        """Whether the broker lives in this process."""
        return self.amqp_uri.startswith("memory://")

    def container(self) -> dict[str, Any]:
        """What nameko's container wants to know."""
        told = {"AMQP_URI": self.amqp_uri, "WEB_SERVER_ADDRESS": self.web_server_address}
        if self.web_certificate is not None:
            told |= {"WEB_CERTIFICATE": str(self.web_certificate), "WEB_KEY": str(self.web_key)}
        return told


class TlsSchema(Schema):
    """``AMQP_SSL``, in nameko's words; the broker's certificate is always verified, so nothing here says whether."""

    ca_certs = fields.String()
    certfile = fields.String()
    keyfile = fields.String()
    server_hostname = fields.String()


class SettingsSchema(Schema):
    """Every key, checked together so that all mistakes are told at once."""

    NODE = fields.String(required=True, attribute="node", validate=validate.Regexp(r"[a-z]{2}\Z"))
    WINDOW = fields.String(attribute="window", allow_none=True)
    WINDOW_LETTERS = fields.String(
        attribute="window_letters", allow_none=True, validate=validate.Regexp(r"[A-Z]{3}\Z")
    )
    DATABASE_URL = fields.String(required=True, attribute="database_url")
    KEY_STORE = fields.String(required=True, attribute="key_store", validate=validate.Length(min=1))
    KEY_STORE_URL = fields.String(attribute="key_store_url", allow_none=True)
    AMQP_URI = fields.String(attribute="amqp_uri", validate=validate.Regexp(r"(amqp|amqps|memory)://"))
    AMQP_SSL = fields.Nested(TlsSchema, attribute="amqp_ssl")
    OPERATOR_URI = fields.String(attribute="operator_uri", allow_none=True, validate=validate.Regexp(r"amqps?://"))
    MANAGEMENT_URL = fields.String(attribute="management_url", allow_none=True, validate=validate.Regexp(r"https?://[^/]+"))
    TOPOLOGY = fields.String(attribute="topology", validate=validate.OneOf(["declare", "expect"]))
    WEB_SERVER_ADDRESS = fields.String(
        attribute="web_server_address", validate=validate.Regexp(r".*:[0-9]{1,5}\Z")
    )
    WEB_CERTIFICATE = fields.String(attribute="web_certificate", allow_none=True)
    WEB_KEY = fields.String(attribute="web_key", allow_none=True)
    PUBLIC_URL = fields.String(attribute="public_url", validate=validate.Regexp(r"https?://[^/]+"))
    SMTP_URL = fields.String(attribute="smtp_url", allow_none=True)
    MAIL_FROM = fields.String(attribute="mail_from")
    MAILBOX = fields.String(attribute="mailbox", allow_none=True)
    RESEND_AFTER = fields.Float(attribute="resend_after", validate=validate.Range(min=0.05))
    BATCH_SIZE = fields.Integer(attribute="batch_size", validate=validate.Range(min=1, max=300))
    BATCH_WAIT_MS = fields.Integer(attribute="batch_wait_ms", validate=validate.Range(min=0, max=1000))
    LOG_LEVEL = fields.String(
        attribute="log_level", validate=validate.OneOf(["DEBUG", "INFO", "WARNING", "ERROR"])
    )
    TIME_ZONE = fields.String(attribute="time_zone")
    WINDOW_URLS = fields.Dict(
        keys=fields.String(), values=fields.String(validate=validate.Regexp(r"https?://[^/]+")), attribute="window_urls"
    )
    SECOND_FACTOR = fields.String(attribute="second_factor", validate=validate.OneOf(["required", "optional"]))
    PROXIES = fields.Integer(attribute="proxies", validate=validate.Range(min=0, max=5))
    CRASH_AT = fields.String(attribute="crash_at", allow_none=True)


def load_settings(path: Path, environment: Mapping[str, str] | None = None) -> Settings:
    """Read a service's file; ``ConfigError`` names every unknown, missing and bad key at once."""
    environment = os.environ if environment is None else environment
    try:
        text = path.read_text(encoding="utf-8")
    except OSError as error:
        message = f"The settings {path} cannot be read: {error.strerror}."
        raise ConfigError(message) from error
    return settings_from(_yaml(_substituted(text, path, environment), path), environment)


def settings_from(raw: Mapping[str, Any], environment: Mapping[str, str]) -> Settings:
    """Settings from values already read, with what the environment overrides."""
    given: dict[str, Any] = {name: value for name, value in raw.items() if value is not None and value != ""}
    for name in SettingsSchema().fields:
        value = _from_environment(name, environment)
        if value is not None:
            given[name] = value
    try:
        loaded: dict[str, Any] = SettingsSchema().load(given)
    except ValidationError as error:
        message = f"The settings are not right. {'; '.join(_faults(error.messages_dict))}"
        raise ConfigError(message) from error
    for name in ("key_store", "mailbox", "web_certificate", "web_key"):
        if loaded.get(name):
            loaded[name] = Path(loaded[name])
    _check_names(loaded)
    _check_web_files(loaded)
    return Settings(**loaded)


def environment_with(more: Mapping[str, str]) -> dict[str, str]:
    """The environment of this process and something more, for a program that reads nothing else."""
    return {**os.environ, **more}


def zone_of(settings: Settings) -> ZoneInfo:
    """The clock on the wall where this service stands; ``ConfigError`` for a zone that does not exist."""
    try:
        return ZoneInfo(settings.time_zone)
    except (ZoneInfoNotFoundError, ValueError) as error:
        message = f"The settings are not right. TIME_ZONE: there is no zone {settings.time_zone}."
        raise ConfigError(message) from error


def in_effect(settings: Settings) -> dict[str, str]:
    """Every setting as it is in effect, secrets hidden."""
    shown: dict[str, str] = {}
    for name, setting in SettingsSchema().fields.items():
        value = getattr(settings, str(setting.attribute))
        shown[name] = "(hidden)" if name in SECRETS and value else str(value)
    return shown


def _check_names(loaded: Mapping[str, Any]) -> None:
    if loaded.get("window"):
        try:
            Address.window(loaded["node"], loaded["window"])
        except ValueError as error:
            message = f"The settings are not right. WINDOW: {error}"
            raise ConfigError(message) from error


def _check_web_files(loaded: Mapping[str, Any]) -> None:
    if bool(loaded.get("web_certificate")) != bool(loaded.get("web_key")):
        message = "The settings are not right. WEB_CERTIFICATE and WEB_KEY: give both or none."
        raise ConfigError(message)
    for name in ("web_certificate", "web_key"):
        file = loaded.get(name)
        if file and not file.is_file():
            message = f"The settings are not right. {name.upper()}: there is no file {file}."
            raise ConfigError(message)


def _faults(messages: Mapping[str, Any], path: str = "") -> Iterator[str]:
    for name, told in sorted(messages.items()):
        if isinstance(told, Mapping):
            yield from _faults(told, f"{path}{name}.")
        else:
            yield f"{path}{name}: {' '.join(map(str, told))}"


def _from_environment(name: str, environment: Mapping[str, str]) -> object:
    file = environment.get(f"{PREFIX}{name}_FILE") if name in SECRETS else None
    if file:
        try:
            return Path(file).read_text(encoding="utf-8").strip()
        except OSError as error:
            message = f"{PREFIX}{name}_FILE cannot be read: {error.strerror}."
            raise ConfigError(message) from error
    told = environment.get(PREFIX + name) or None
    return _yaml(told, PREFIX + name) if told is not None and name in MAPS else told


def _substituted(text: str, path: Path, environment: Mapping[str, str]) -> str:
    missing: list[str] = []

    def value(match: re.Match[str]) -> str:
        found = environment.get(match[1], match[2])
        if found is None:
            missing.append(match[1])
            return ""
        return found

    result = _VARIABLE.sub(value, text)
    if missing:
        message = f"{path} needs the environment variables {', '.join(sorted(set(missing)))}."
        raise ConfigError(message)
    return result


def _yaml(text: str, path: Path | str) -> dict[str, Any]:
    try:
        raw = yaml.safe_load(text)
    except yaml.YAMLError as error:
        message = f"{path} is not YAML: {getattr(error, 'problem', 'it cannot be read')}."
        raise ConfigError(message) from error
    if not isinstance(raw, dict):
        message = f"{path} holds no settings."
        raise ConfigError(message)
    return raw
