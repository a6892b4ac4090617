"""The words that are read to a person before they consent: versioned, and the same for ever once they were used."""

import hashlib
import unicodedata
from dataclasses import dataclass
from enum import StrEnum


class Topic(StrEnum):
    """What a person must be told before they can consent; each text says something of every one."""

    PURPOSE = "purpose"
    RECIPIENTS = "recipients"
    CLASSES = "classes"
    COUNTRIES = "countries"
    FREEDOM = "freedom"
    WITHDRAWAL = "withdrawal"
    RETENTION = "retention"
    COMPLAINTS = "complaints"
    QUESTION = "question"


@dataclass(frozen=True)
class Part:
    """A few sentences about one topic, to be read aloud."""

    topic: Topic
    text: str


@dataclass(frozen=True)
class ConsentText:
    """One text in one language. ``current``: the one to read now."""

    version: str
    language: str
    title: str
    parts: tuple[Part, ...]
    current: bool = False

    @property
    def spoken(self) -> str:
        """What is read, from the title to the question, in canonical form: what the hash is of."""
        whole = "\n\n".join([self.title, *(part.text for part in self.parts)])
        lines = (" ".join(line.split()) for line in unicodedata.normalize("NFC", whole).splitlines())
        return "\n".join(lines).strip()

    @property
    def option_version(self) -> str:
        """SHA-256 of what is read: what a consent keeps of the text it was given on."""
        return hashlib.sha256(self.spoken.encode()).hexdigest()
