"""A real SMTP server in a thread, for tests of what is sent."""

from collections.abc import Iterator
from contextlib import contextmanager
from email import message_from_bytes, policy
from email.message import EmailMessage
from threading import Condition

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, Envelope, Session

from tests.servers import free_port


class SmtpSink:
    """Takes every mail, unless told to refuse, and keeps it in order."""

    def __init__(self) -> None:
        self.port = free_port()
        self.url = f"smtp://127.0.0.1:{self.port}"
        self.messages: list[EmailMessage] = []
        self.answer = "250 OK"  # what the next mail is answered; one that begins with 2 takes it
        self._arrived = Condition()

    @contextmanager
    def listening(self) -> Iterator[None]:
        """The server runs within this block; outside, nobody answers."""
        controller = Controller(self, hostname="127.0.0.1", port=self.port)
        controller.start()
        try:
            yield
        finally:
            controller.stop()

    def wait_for(self, count: int, seconds: float = 10) -> list[EmailMessage]:
        """The mails, once there are this many."""
        with self._arrived:
            if not self._arrived.wait_for(lambda: len(self.messages) >= count, seconds):
                raise TimeoutError(f"{len(self.messages)} of {count} mails after {seconds:g} s.")
            return list(self.messages)

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:  # noqa: N802 - aiosmtpd's
        """Keeps a mail (called by aiosmtpd)."""
        if self.answer.startswith("2"):
            with self._arrived:
                self.messages.append(message_from_bytes(envelope.original_content or b"", policy=policy.default))
                self._arrived.notify_all()
        return self.answer
