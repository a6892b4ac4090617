"""The demo's mailbox: the mails that its sink took, newest first (``GET /mailbox``). There is none elsewhere."""

import json
from dataclasses import dataclass
from pathlib import Path

from marshmallow import EXCLUDE, Schema, ValidationError, fields

FILE = "mails.jsonl"
"""As ``services/console/mailsink.py`` writes it: one JSON object a line."""


class MailSchema(Schema):
    """One mail."""

    class Meta:
        """The file may hold more than we show."""

        unknown = EXCLUDE

    id = fields.String(required=True)
    to = fields.String(required=True)
    subject = fields.String(required=True)
    text = fields.String(required=True)
    html = fields.String(required=True)
    headers = fields.Dict(keys=fields.String(), values=fields.String(), required=True)
    at = fields.String(required=True)


_MAIL = MailSchema()


@dataclass(frozen=True)
class Mail:
    """A mail as it was taken; ``to`` is whom the envelope named."""

    id: str
    to: str
    subject: str
    text: str
    html: str
    headers: dict[str, str]
    at: str


def mailbox(folder: Path, *, offset: int, size: int) -> tuple[list[Mail], int]:
    """One page, and how many there are. A line that a killed sink left unfinished is passed over."""
    file = folder / FILE
    if not file.exists():
        return [], 0
    lines = [line for line in file.read_bytes().splitlines() if line.endswith(b"}")]
    newest = lines[::-1][offset : offset + size]
    return [mail for mail in map(_mail, newest) if mail is not None], len(lines)


def _mail(line: bytes) -> Mail | None:
    try:
        return Mail(**_MAIL.load(json.loads(line)))
    except (ValueError, ValidationError):
        return None
