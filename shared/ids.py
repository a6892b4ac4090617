"""The one place that makes ids and case codes."""

import re
import uuid
from dataclasses import dataclass
from datetime import UTC, datetime

import uuid_utils
from stdnum.iso7064 import mod_37_36

_ONE_MILLISECOND = 1 << 80
"""In a UUIDv7, whose first 48 bits count milliseconds."""
_CODE = re.compile(r"([A-Z]{2})-?([A-Z]{3})-?([0-9]{6,9})-?([0-9A-Z])")


def new_id() -> str:
    """A UUIDv7 as text: rises with time, so indexes stay small and lists come in order."""
    return str(uuid_utils.uuid7())


def id_as_of(moment: datetime) -> str:
    """An id for what happened before: it sorts where that belongs."""
    return str(uuid_utils.uuid7(nanoseconds=round(moment.timestamp() * 1_000_000) * 1000))


def made_at(text: str) -> datetime | None:
    """When a UUIDv7 was made, by the clock of whoever made it; None for what is none."""
    try:
        milliseconds = uuid.UUID(text).int >> 80
    except ValueError:
        return None
    return datetime.fromtimestamp(milliseconds / 1000, UTC)


def id_after(before: str, made: str | None = None) -> str:
    """``made``, or a new id; another one if that would not sort after ``before``, as when the clock was turned back since."""
    made = made or new_id()
    return made if made > before else str(uuid.UUID(int=uuid.UUID(before).int + _ONE_MILLISECOND))


_OURS = uuid.UUID("6f1c1f9e-6f0e-5b6e-9d7a-2b1e5c0a7d42")
"""The namespace of ids that follow from a name."""


def named_id(kind: str, name: str) -> str:
    """A UUIDv5 that is always the same for one thing of ours, where a standard wants a UUID and we have a name."""
    return str(uuid.uuid5(_OURS, f"{kind}:{name}"))


@dataclass(frozen=True)
class CaseCode:
    """The parts of ``SV-LUN-000123-K``."""

    node: str
    letters: str
    number: int


def case_code(node: str, letters: str, number: int) -> str:
    """The code that is written and spoken (contracts.md, Case codes); check character ISO 7064 MOD 37,36."""
    body = f"{node.upper()}{letters.upper()}{number:06d}"
    return f"{body[:2]}-{body[2:5]}-{body[5:]}-{mod_37_36.calc_check_digit(body)}"


def parse_case_code(text: str) -> CaseCode:
    """Read a case code, hyphens and case forgiven; ``ValueError`` when it is none or its check fails."""
    match = _CODE.fullmatch(text.strip().upper())
    if match is None or not mod_37_36.is_valid("".join(match.groups())):
        message = "not a case code"
        raise ValueError(message)
    return CaseCode(match[1].lower(), match[2], int(match[3]))
