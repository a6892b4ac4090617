"""The demo's mail server: a child that keeps every mail and ends with its parent."""

import os
import signal
import smtplib
import subprocess
import sys
from email.message import EmailMessage
from pathlib import Path

import pytest

from services.console.mailsink import start_mail_sink
from services.notifications.queries.mailbox import mailbox
from shared.errors import Broken
from tests.servers import wait_until


def send(url: str, subject: str) -> None:
    mail = EmailMessage()
    mail["From"], mail["To"], mail["Subject"] = "avisos@ventanilla.example", "officer@pddh.example", subject
    mail.set_content("Entre para leerla · ñ")
    mail.add_alternative("<p>ñ</p>", subtype="html")
    host, port = url.removeprefix("smtp://").split(":")
    with smtplib.SMTP(host, int(port), "test") as server:
        server.send_message(mail)


def test_a_mail_that_was_taken_can_be_read_with_its_headers(tmp_path) -> None:
    sink = start_mail_sink(tmp_path)
    try:
        send(sink.url, "Referencia nueva · ñandú")
    finally:
        sink.stop()
    (mail,), total = mailbox(tmp_path, offset=0, size=10)
    assert (total, mail.to, mail.subject) == (1, "officer@pddh.example", "Referencia nueva · ñandú")
    assert (mail.text, mail.html) == ("Entre para leerla · ñ\n", "<p>ñ</p>\n")
    assert mail.headers["From"] == "avisos@ventanilla.example"
    assert mail.at.endswith("Z")


def test_mails_survive_a_restart_and_the_newest_comes_first(tmp_path) -> None:
    for subject in ("one", "two"):
        sink = start_mail_sink(tmp_path)
        send(sink.url, subject)
        sink.stop()
    mails, total = mailbox(tmp_path, offset=0, size=10)
    assert (total, [mail.subject for mail in mails]) == (2, ["two", "one"])


def test_a_line_left_unfinished_by_a_kill_spoils_no_other(tmp_path) -> None:
    (tmp_path / "mails.jsonl").write_bytes(b'{"id": "half')
    sink = start_mail_sink(tmp_path)
    send(sink.url, "whole")
    sink.stop()
    mails, total = mailbox(tmp_path, offset=0, size=10)
    assert (total, [mail.subject for mail in mails]) == (1, ["whole"])


def test_pages_of_the_mailbox_do_not_overlap(tmp_path) -> None:
    sink = start_mail_sink(tmp_path)
    for number in range(5):
        send(sink.url, str(number))
    sink.stop()
    assert [mail.subject for mail in mailbox(tmp_path, offset=2, size=2)[0]] == ["2", "1"]


def test_a_stopped_sink_ends_well_and_a_second_stop_is_no_matter(tmp_path) -> None:
    sink = start_mail_sink(tmp_path)
    sink.stop()
    assert sink.process.returncode == 0
    sink.stop()


def test_a_port_that_is_taken_is_said_so(tmp_path) -> None:
    sink = start_mail_sink(tmp_path / "a")
    try:
        with pytest.raises(Broken, match="did not start"):
            start_mail_sink(tmp_path / "b", port=int(sink.url.rpartition(":")[2]))
    finally:
        sink.stop()


def test_the_child_ends_when_its_parent_is_killed(tmp_path) -> None:
    code = (
        "import sys, pathlib; from services.console.mailsink import start_mail_sink\n"
        f"print(start_mail_sink(pathlib.Path({str(tmp_path)!r})).pid, flush=True); sys.stdin.read()"
    )
    parent = subprocess.Popen([sys.executable, "-c", code], stdin=subprocess.PIPE, stdout=subprocess.PIPE)
    child = int(parent.stdout.readline())
    os.kill(parent.pid, signal.SIGKILL)
    parent.wait(5)
    parent.stdin.close()
    parent.stdout.close()
    wait_until(lambda: not alive(child), seconds=5, what="the end of the child")


def alive(pid: int) -> bool:
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except FileNotFoundError:
        return False
