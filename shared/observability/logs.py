"""Logs are events with keys, one JSON object a line, without anything about a person.

A value under a name that a case uses (``given_name``, ``number``, ``status`` …) is blanked, whatever it is, so log
under names of your own: ``http_status``, not ``status``. Of an exception its kind and its places are kept, never its
words: those may quote what somebody typed. Only our own three families of errors speak for themselves.
"""

import dataclasses
import logging
import re
import sys
import traceback
from collections.abc import Mapping
from typing import Final, TextIO

import orjson
import structlog
from structlog.typing import EventDict, Processor, WrappedLogger

from shared.errors import Broken, ConfigError, Refused, TryAgain
from shared.routing import case

BLANK: Final = "[…]"

CASE_FIELDS: Final = frozenset(
    field.name
    for value in vars(case).values()
    if isinstance(value, type) and dataclasses.is_dataclass(value)
    for field in dataclasses.fields(value)
)
"""Every name under which a case keeps something."""

OTHER_PRIVATE: Final = frozenset(
    {
        "return", "names", "full_name", "nombres", "apellidos", "email", "mail", "to", "sender", "recipient", "address", "q",
        "query", "query_string", "url", "uri", "text", "html", "body", "payload", "data", "raw", "message", "content",
        "subject_line", "authorization", "cookie", "token", "password", "secret", "key", "private_key", "claim_code",
        "set_cookie", "proxy_authorization", "x_csrftoken", "csrf_token", "idempotency_key", "signature", "referer", "x_forwarded_for",
        "new_password", "again", "password_hash", "session", "sid", "otp", "totp", "recovery_code", "carried", "username", "user",
        "remote_addr", "amqp_uri", "database_url", "key_store_url", "smtp_url", "form", "headers", "args", "params", "parameters",
    }
)
"""Names outside a case that hold persons, words or secrets."""

PRIVATE: Final = CASE_FIELDS | OTHER_PRIVATE

_SECRETS: Final = (
    (re.compile(r"vtn_[A-Za-z0-9_-]+"), BLANK),
    (re.compile(r"(?i)\b(bearer|basic)\s+[A-Za-z0-9._~+/=-]+"), BLANK),
    (re.compile(r"(?<=://)[^/\s@]+@"), f"{BLANK}@"),
    (re.compile(r"\?[^\s\"'<>]+=[^\s\"'<>]*"), f"?{BLANK}"),
    (re.compile(r"ventanilla-[a-z0-9-]+=[^;\s]+"), BLANK),
    (re.compile(r"\$argon2[^\s]+"), BLANK),
)
"""What is taken out of every text, under whatever name it comes: API tokens, credentials, queries, cookies, hashes."""

_SPEAKS_FOR_ITSELF = (Broken, ConfigError, Refused, TryAgain)
_STRANGERS_LEVEL: Final = logging.WARNING
"""Libraries say little; their debug lines quote bodies and parameters."""


def configure(*, level: str = "INFO", stream: TextIO | None = None) -> None:
    """Set up logging of the whole process; called once, by what starts it."""
    handler = logging.StreamHandler(stream if stream is not None else sys.stderr)
    shared: list[Processor] = [
        structlog.contextvars.merge_contextvars,
        structlog.stdlib.add_log_level,
        structlog.stdlib.add_logger_name,
        structlog.processors.TimeStamper(fmt="iso", utc=True, key="time"),
        without_words,
        redact,
    ]
    render = structlog.processors.JSONRenderer(serializer=lambda event, **_options: orjson.dumps(event, default=repr).decode())
    handler.setFormatter(
        structlog.stdlib.ProcessorFormatter(
            foreign_pre_chain=shared, processors=[structlog.stdlib.ProcessorFormatter.remove_processors_meta, render]
        )
    )
    handler.addFilter(_kinds_only)
    root = logging.getLogger()
    root.handlers[:] = [handler]
    root.setLevel(_STRANGERS_LEVEL)
    for ours in ("shared", "services"):
        logging.getLogger(ours).setLevel(level.upper())
    structlog.configure(
        processors=[structlog.stdlib.filter_by_level, *shared, structlog.stdlib.ProcessorFormatter.wrap_for_formatter],
        logger_factory=structlog.stdlib.LoggerFactory(),
        wrapper_class=structlog.stdlib.BoundLogger,
        cache_logger_on_first_use=False,
    )


def _kinds_only(record: logging.LogRecord) -> bool:
    """A library that logs an exception as a part of its line says the kind alone; its words may quote what was typed."""
    if isinstance(record.args, tuple):
        record.args = tuple(type(one).__name__ if isinstance(one, BaseException) else one for one in record.args)
    return True


def scrub(text: str) -> str:
    """A text without what looks like a secret, wherever it came from: tokens, passwords in addresses, queries, session ids."""
    for pattern, instead in _SECRETS:
        text = pattern.sub(instead, text)
    return text


def redact(_logger: WrappedLogger, _method: str, event: EventDict) -> EventDict:
    """Blank every private name, at any depth (a structlog processor)."""
    return {name: _redacted(name, value) for name, value in event.items()}


def without_words(_logger: WrappedLogger, _method: str, event: EventDict) -> EventDict:
    """Replace ``exc_info`` by the exception's kind and places (a structlog processor)."""
    told = event.pop("exc_info", None)
    found = _exception(told)
    if found is not None:
        event["error"] = type(found).__name__
        event["places"] = [f"{at.filename}:{at.lineno} {at.name}" for at in traceback.extract_tb(found.__traceback__)]
        if isinstance(found, _SPEAKS_FOR_ITSELF):
            event["said"] = str(found)
    return event


def _redacted(name: str, value: object) -> object:
    if name.lower().replace("-", "_") in PRIVATE:
        return BLANK
    if isinstance(value, str):
        return scrub(value)
    if isinstance(value, Mapping):
        return {str(inner): _redacted(str(inner), item) for inner, item in value.items()}
    if dataclasses.is_dataclass(value) and not isinstance(value, type):
        return type(value).__name__
    if isinstance(value, (list, tuple)):
        return [_redacted(name, item) for item in value]
    return value


def _exception(told: object) -> BaseException | None:
    if isinstance(told, BaseException):
        return told
    if isinstance(told, tuple):
        return told[1] if len(told) == 3 and isinstance(told[1], BaseException) else None
    return sys.exc_info()[1] if told else None
