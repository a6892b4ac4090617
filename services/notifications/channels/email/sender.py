"""E-mail by SMTP, with the standard library."""

import smtplib
import ssl
from dataclasses import dataclass
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime, parseaddr
from urllib.parse import SplitResult, unquote, urlsplit

from services.notifications.channels.email.templates import Letter, Templates
from services.notifications.domain.delivery import Fault
from services.notifications.use_cases.ports import NotNow, Parcel, Undeliverable
from shared.clock import Clock
from shared.errors import ConfigError

TIMEOUT = 20.0
"""Seconds that one step of a conversation may take; a lease (two minutes) holds several."""
UNFOLDED = SMTP.clone(max_line_length=200)
"""A subject stays on one line (RFC 5322 allows 998): some readers show the blank of a fold."""
_PORTS = {"smtp": 25, "smtp+starttls": 587, "smtps": 465}
_NO_LOGIN = frozenset({530, 534, 535, 538})
"""The server wants another login: our setting is wrong, not this message."""


@dataclass(frozen=True)
class Server:
    """A mail server, from SMTP_URL."""

    host: str
    port: int
    scheme: str
    user: str = ""
    password: str = ""

    @classmethod
    def from_url(cls, url: str) -> "Server":
        """``smtp://HOST:PORT``, ``smtp+starttls://USER:PASSWORD@HOST`` or ``smtps://…``; else ``ConfigError``."""
        parts = urlsplit(url)
        if parts.scheme not in _PORTS or not parts.hostname:
            message = "SMTP_URL must be smtp://HOST:PORT, smtp+starttls://USER:PASSWORD@HOST or smtps://USER:PASSWORD@HOST."
            raise ConfigError(message)
        if parts.username and parts.scheme == "smtp":
            message = "SMTP_URL has a password but no encryption; use smtp+starttls:// or smtps://."
            raise ConfigError(message)
        return cls(
            parts.hostname,
            _port(parts) or _PORTS[parts.scheme],
            parts.scheme,
            unquote(parts.username or ""),
            unquote(parts.password or ""),
        )


def _port(parts: SplitResult) -> int | None:
    try:
        return parts.port
    except ValueError as error:
        message = "SMTP_URL has a port that is no port."
        raise ConfigError(message) from error


class EmailSender:
    """Hands letters to one server, over a connection kept for as long as a turn of the loop lasts."""

    def __init__(self, server: Server, mail_from: str, templates: Templates, clock: Clock) -> None:
        self._server = server
        self._from = mail_from
        self._domain = parseaddr(mail_from)[1].rpartition("@")[2]
        if not self._domain or not _usable(parseaddr(mail_from)[1]):
            message = "MAIL_FROM must be an e-mail address, such as Ventanilla <avisos@ventanilla.example>."
            raise ConfigError(message)
        self._templates = templates
        self._clock = clock
        self._smtp: smtplib.SMTP | None = None

    def send(self, parcel: Parcel) -> None:
        """See ``Sender.send``. A connection that ends in doubt is closed: the next letter gets a fresh one."""
        if not _usable(parcel.address):
            raise Undeliverable(Fault.ADDRESS_REFUSED)
        letter = self._letter(parcel)
        try:
            self._conversation().send_message(letter)
        except smtplib.SMTPRecipientsRefused as error:
            raise _refused_recipient(_codes(error)) from error
        except smtplib.SMTPDataError as error:
            raise _refused_data(error.smtp_code) from error
        except (smtplib.SMTPAuthenticationError, smtplib.SMTPSenderRefused, smtplib.SMTPNotSupportedError) as error:
            self.close()
            raise NotNow(Fault.SERVER_REFUSED, whole=True) from error
        except (smtplib.SMTPException, OSError) as error:
            self.close()
            raise NotNow(Fault.SERVER_AWAY, whole=True) from error

    def close(self) -> None:
        """Say goodbye; a server that is gone already does not matter."""
        smtp, self._smtp = self._smtp, None
        if smtp is None:
            return
        try:
            smtp.quit()
        except (smtplib.SMTPException, OSError):
            smtp.close()

    def _conversation(self) -> smtplib.SMTP:
        """The open connection if it still answers, else a new one."""
        if self._smtp is not None and not _answers(self._smtp):
            self.close()
        if self._smtp is None:
            self._smtp = self._opened()
        return self._smtp

    def _opened(self) -> smtplib.SMTP:
        server = self._server
        secure = ssl.create_default_context()
        smtp: smtplib.SMTP
        if server.scheme == "smtps":
            smtp = smtplib.SMTP_SSL(server.host, server.port, self._domain, timeout=TIMEOUT, context=secure)
        else:
            smtp = smtplib.SMTP(server.host, server.port, self._domain, timeout=TIMEOUT)
        try:
            if server.scheme == "smtp+starttls":
                smtp.starttls(context=secure)
            if server.user:
                smtp.login(server.user, server.password)
        except (smtplib.SMTPException, OSError):
            smtp.close()
            raise
        return smtp

    def _letter(self, parcel: Parcel) -> EmailMessage:
        """Plain text with an HTML alternative; ``Message-ID`` is the row's id, the same at every attempt."""
        written: Letter = self._templates.write(parcel)
        letter = EmailMessage(policy=UNFOLDED)
        letter["From"] = self._from
        letter["To"] = Address(addr_spec=parcel.address)
        letter["Subject"] = written.subject
        letter["Date"] = format_datetime(self._clock.now())
        letter["Message-ID"] = f"<{parcel.id}@{self._domain}>"
        letter["Auto-Submitted"] = "auto-generated"
        letter.set_content(written.text)
        letter.add_alternative(written.html, subtype="html")
        letter["Content-Language"] = written.language
        return letter


def _usable(address: str) -> bool:
    """Whether an address can be written into a header and an envelope as it stands."""
    local, at, domain = address.rpartition("@")
    return bool(at and local and domain) and address.isascii() and address.isprintable() and not set(address) & set(' <>,;"()')


def _answers(smtp: smtplib.SMTP) -> bool:
    try:
        return smtp.noop()[0] == 250
    except (smtplib.SMTPException, OSError):
        return False


def _codes(error: smtplib.SMTPRecipientsRefused) -> int:
    return max(code for code, _words in error.recipients.values())


def _refused_recipient(code: int) -> Undeliverable | NotNow:
    if code in _NO_LOGIN:
        return NotNow(Fault.SERVER_REFUSED, whole=True)
    if code < 500:
        return NotNow(Fault.BUSY, whole=code == 421)
    return Undeliverable(Fault.ADDRESS_REFUSED)


def _refused_data(code: int) -> Undeliverable | NotNow:
    if code < 500:
        return NotNow(Fault.BUSY, whole=code == 421)
    return Undeliverable(Fault.MESSAGE_REFUSED)
