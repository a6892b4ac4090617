"""The Spanish key: two spellings of one name have the same key.

Forgiven (the usual variants of names at a counter): accents and ñ, capitals, a silent h, b and v,
s, soft c, z and x, g before e or i and j, ll and y, qu, k and hard c, w and gu, an initial y, ll or j,
a final y and i, doubled letters. Pure and small, so that search, duplicates and territory share one.
"""

import re
import unicodedata
from functools import lru_cache

_LETTERS = re.compile(r"[^a-z0-9]+")
_REPEATED = re.compile(r"([A-Za-z])\1+")

_STEPS: tuple[tuple[re.Pattern[str], str], ...] = tuple(
    (re.compile(pattern), instead)
    for pattern, instead in (
        (r"ch", "C"),  # a sound of its own (capitals are sounds here): its h is not silent
        (r"h", ""),
        (r"lly", "li"),  # Nelly, Nely
        (r"ll", "y"),
        (r"^[yj](?=[aeiou])", "j"),  # Yovani, Jovani
        (r"qu(?=[ei])|q", "k"),
        (r"gu?ue|w(?=e)", "Ge"),  # Guevara, Wevara
        (r"gu?ui|w(?=i)", "Gi"),
        (r"w", "gu"),
        (r"g(?=[ei])", "j"),
        (r"c(?=[eiy])|z|x", "s"),
        (r"c", "k"),
        (r"v", "b"),
        (r"y(?![aeiou])", "i"),  # Nancy, Leydi
    )
)


@lru_cache(maxsize=16384)
def _word_key(word: str) -> str:
    for pattern, instead in _STEPS:
        word = pattern.sub(instead, word)
    return _REPEATED.sub(r"\1", word)


def plain(text: str) -> str:
    """Lower case without accents; anything but letters and digits becomes one space."""
    bare = "".join(c for c in unicodedata.normalize("NFKD", text.casefold()) if not unicodedata.combining(c))
    return _LETTERS.sub(" ", bare).strip()


def word_keys(text: str) -> tuple[str, ...]:
    """The key of each word, in the order written; words that were only silent letters are left out."""
    return tuple(key for key in map(_word_key, plain(text).split()) if key)


def spelling_key(text: str) -> str:
    """The key of the whole: equal for two spellings of the same words in the same order."""
    return " ".join(word_keys(text))


def searchable(text: str) -> frozenset[str]:
    """The words of a text as ``mentions`` looks for them: as written and by their key."""
    return frozenset(plain(text).split()) | frozenset(word_keys(text))


def mentions(words: frozenset[str], typed: str) -> bool:
    """Whether every word typed begins one of these words, half typed or misspelt."""
    return all(any(word.startswith((part, *word_keys(part))) for word in words) for part in plain(typed).split())
