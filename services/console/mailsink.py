"""The demo's mail server: a child process that takes every mail and keeps it as a line of JSON.

A process of its own, because no asyncio code can run in a process that eventlet has patched. It takes no
connection but from this machine, delivers nothing anywhere, and ends when its parent ends, however that ends
(its standard input closes). What it took survives a restart: ``GET /mailbox`` reads the file.
"""

import argparse
import asyncio
import json
import os
import select
import signal
import subprocess
import sys
import time
from dataclasses import dataclass
from datetime import UTC, datetime
from email import message_from_bytes, policy
from email.message import EmailMessage
from pathlib import Path
from typing import BinaryIO

from aiosmtpd.smtp import SMTP, Envelope, Session

from shared.errors import Broken
from shared.ids import new_id

FILE = "mails.jsonl"
"""One mail a line: ``{id, to, subject, text, html, headers, at}`` (contracts.md, Commands)."""
PATIENCE = 10.0
"""Seconds that a start may take on a slow machine; 0.2 is usual."""
_ROOT = Path(__file__).resolve().parents[2]


@dataclass(frozen=True)
class MailSink:
    """The running child: where to send to, and how to end it."""

    url: str
    process: subprocess.Popen[bytes]

    @property
    def pid(self) -> int:
        """The child's process id."""
        return self.process.pid

    def stop(self) -> None:
        """End the child, by its own id; mails that it took are on disk."""
        if self.process.stdin is not None:
            self.process.stdin.close()
        try:
            self.process.wait(2)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait(2)
        if self.process.stdout is not None:
            self.process.stdout.close()


def start_mail_sink(folder: Path, *, port: int = 0) -> MailSink:
    """Start the child on 127.0.0.1 (``port`` 0: a free one), mails kept in ``folder``; returns when it listens.

    Raises ``Broken`` when it does not come up (the port is taken).
    """
    folder.mkdir(parents=True, exist_ok=True)
    process = subprocess.Popen(
        [sys.executable, "-m", "services.console.mailsink", "--folder", str(folder.resolve()), "--port", str(port)],
        cwd=_ROOT,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        start_new_session=True,
    )
    return MailSink(f"smtp://127.0.0.1:{_port_of(process)}", process)


def _port_of(process: subprocess.Popen[bytes]) -> int:
    """The port that the child says it listens on."""
    said = b""
    deadline = time.monotonic() + PATIENCE
    stdout = process.stdout
    while stdout is not None and not said.endswith(b"\n") and time.monotonic() < deadline:
        ready, _, _ = select.select([stdout], [], [], 0.1)
        if not ready:
            continue
        some = os.read(stdout.fileno(), 64)
        if not some:
            break
        said += some
    if not said.strip().isdigit():
        process.kill()
        process.wait(2)
        message = "the demo's mail server did not start"
        raise Broken(message)
    return int(said)


class Keeper:
    """What aiosmtpd calls for every mail: one line appended, then 250."""

    def __init__(self, file: BinaryIO) -> None:
        self._file = file

    async def handle_DATA(self, _server: SMTP, _session: Session, envelope: Envelope) -> str:  # noqa: N802 - aiosmtpd's name
        """Keep the mail; its sender is answered only when the line is written."""
        mail = message_from_bytes(envelope.original_content or b"", policy=policy.default)
        self._file.write(json.dumps(as_item(mail, envelope.rcpt_tos), ensure_ascii=False).encode() + b"\n")
        self._file.flush()
        return "250 OK"


def as_item(mail: EmailMessage, recipients: list[str]) -> dict[str, object]:
    """A mail as ``/api/v1/mailbox`` shows it; ``to`` is whom the envelope named."""
    return {
        "id": new_id(),
        "to": ", ".join(recipients),
        "subject": str(mail["Subject"] or ""),
        "text": _part(mail, "plain"),
        "html": _part(mail, "html"),
        "headers": {name: str(value) for name, value in mail.items()},
        "at": datetime.now(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z"),
    }


def _part(mail: EmailMessage, kind: str) -> str:
    part = mail.get_body(preferencelist=(kind,))
    return str(part.get_content()).replace("\r\n", "\n") if part is not None else ""


async def _serve(folder: Path, port: int) -> None:
    """Listen until the parent closes our standard input, or SIGTERM comes."""
    loop = asyncio.get_running_loop()
    done = asyncio.Event()
    with (folder / FILE).open("ab") as file:
        if file.tell():
            file.write(b"\n")  # a line that a killed sink left unfinished spoils none of ours
        keeper = Keeper(file)
        server = await loop.create_server(lambda: SMTP(keeper, enable_SMTPUTF8=True, ident="Ventanilla demo"), "127.0.0.1", port)
        loop.add_signal_handler(signal.SIGTERM, done.set)
        loop.add_reader(sys.stdin.fileno(), _parent_spoke, done)
        print(server.sockets[0].getsockname()[1], flush=True)
        await done.wait()
        server.close()


def _parent_spoke(done: asyncio.Event) -> None:
    """The parent never writes: what can be read is the end of it."""
    if not os.read(sys.stdin.fileno(), 64):
        done.set()


def main() -> None:
    """The child."""
    arguments = argparse.ArgumentParser(description=__doc__)
    arguments.add_argument("--folder", type=Path, required=True)
    arguments.add_argument("--port", type=int, default=0)
    given = arguments.parse_args()
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C in the terminal is the parent's to handle
    asyncio.run(_serve(given.folder, given.port))


if __name__ == "__main__":
    main()
