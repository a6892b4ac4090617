"""A real SMTP server that can be told to refuse, for tests of the sender."""

from collections.abc import Iterator
from contextlib import contextmanager

from aiosmtpd.controller import Controller

from tests.mail import SmtpSink


class MoodySink(SmtpSink):
    """As ``SmtpSink``, and it can refuse a sender or a recipient too; ``asked`` counts the letters begun."""

    def __init__(self) -> None:
        super().__init__()
        self.sender_answer = "250 OK"
        self.recipient_answer = "250 OK"
        self.asked = 0

    async def handle_MAIL(self, server, session, envelope, address, mail_options) -> str:  # noqa: N802
        self.asked += 1
        if self.sender_answer.startswith("2"):
            envelope.mail_from = address
        return self.sender_answer

    async def handle_RCPT(self, server, session, envelope, address, rcpt_options) -> str:  # noqa: N802
        if self.recipient_answer.startswith("2"):
            envelope.rcpt_tos.append(address)
        return self.recipient_answer


@contextmanager
def encrypted(sink: SmtpSink, tls) -> Iterator[str]:
    """The same server behind STARTTLS; its address."""
    controller = Controller(sink, hostname="127.0.0.1", port=sink.port, tls_context=tls, require_starttls=True)
    controller.start()
    try:
        yield f"smtp+starttls://localhost:{sink.port}"
    finally:
        controller.stop()
