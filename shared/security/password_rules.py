"""Which passwords are taken: NIST SP 800-63B, revision 4.

Long, and not one of those that are tried first; no mixture of characters is asked for, nothing expires by the
calendar. What stands in a list of common passwords is refused also with digits around it, doubled or accented.
"""

import re
import unicodedata
from collections.abc import Sequence
from functools import cache
from importlib import resources
from itertools import pairwise
from typing import Final

from shared.texts import said

LEAST_ALONE: Final = 15
"""Characters, where the password is all that is asked for."""
LEAST_WITH_SECOND_STEP: Final = 8
LONGEST: Final = 256
"""Characters; 64 must be possible, more than this is a file and no password."""
DIFFERENT: Final = 5
"""Different characters in it: ``aaaaaaaaaaaaaaa`` is long and nothing else."""

SHORT_ALONE: Final = said("Use 15 caracteres o más. Una frase corta que usted recuerde sirve bien.")
SHORT_WITH_STEP: Final = said("Use 8 caracteres o más. Una frase corta que usted recuerde sirve bien.")
TOO_LONG: Final = said("Use 256 caracteres o menos.")
LIKE_NAME: Final = said("No use su nombre de usuario dentro de la contraseña.")
COMMON: Final = said("Esa contraseña es de las primeras que alguien probaría. Elija otra.")

_LISTS = ("common-passwords.txt", "common-passwords-es.txt")
_KEYBOARD = ("01234567890", "abcdefghijklmnopqrstuvwxyz", "qwertyuiop", "asdfghjklñ", "zxcvbnm")
_OUR_WORDS = re.compile("ventanillas?")
_AROUND = re.compile(r"^[\W\d_]+|[\W\d_]+$")


def normal(password: str) -> str:
    """The same characters for the same keys, whatever machine they were typed at (NFKC)."""
    return unicodedata.normalize("NFKC", password)


def faults(password: str, *, username: str, least: int) -> Sequence[str]:
    """What is wrong with a new password, for the person who chose it; empty when it is taken."""
    text = normal(password)
    if len(text) < least:
        return [SHORT_ALONE if least >= LEAST_ALONE else SHORT_WITH_STEP]
    if len(text) > LONGEST:
        return [TOO_LONG]
    if _names(text.casefold(), username.casefold()):
        return [LIKE_NAME]
    return [COMMON] if _is_common(_plain(text)) else []


def _names(text: str, username: str) -> bool:
    own = username.split("@", maxsplit=1)[0]
    return username in text or text == own or (len(own) > DIFFERENT and own in text)


def _is_common(text: str) -> bool:
    if len(set(text)) < DIFFERENT or _runs_along_a_row(text):
        return True
    core = _unit(_AROUND.sub("", text))
    letters = re.sub(r"[\W\d_]", "", text)
    known = _common()
    only_ours = letters and not _OUR_WORDS.sub("", letters)
    return bool(text in known or core in known or letters in known or only_ours)


def _runs_along_a_row(text: str) -> bool:
    """``abcdefghijklmno`` and ``098765432109876`` are long, and the first that anybody tries."""
    steps = sum(any(pair in row or pair[::-1] in row for row in _KEYBOARD) for pair in map("".join, pairwise(text)))
    return steps >= len(text) - 3


def _unit(text: str) -> str:
    """What a text repeats: ``hola`` of ``holaholahola``."""
    length = (text + text).find(text, 1)
    return text[:length] if text and length < len(text) else text


def _plain(text: str) -> str:
    """Without capitals and accents."""
    return "".join(mark for mark in unicodedata.normalize("NFKD", text.casefold()) if not unicodedata.combining(mark))


@cache
def _common() -> frozenset[str]:
    folder = resources.files("shared.security") / "data"
    lines = (line.strip() for name in _LISTS for line in (folder / name).read_text(encoding="utf-8").splitlines())
    return frozenset(_plain(line) for line in lines if line and not line.startswith("#"))
