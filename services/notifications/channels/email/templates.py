"""The words of messages: files in ``data/messages``, in which four facts can stand and nothing else."""

from dataclasses import dataclass
from html import escape
from pathlib import Path
from string import Template

from services.notifications.use_cases.ports import Parcel
from shared.errors import ConfigError
from shared.vocabulary.labels import label

LANGUAGES = ("es", "en")
"""A reader of another language gets the first until its files are there (docs/recipes/add-a-language.md)."""
_PARTS = ("subject.txt", "body.txt", "body.html")
_FACTS = {"reference": "-", "urgency": "-", "link": "-", "count": "1"}


@dataclass(frozen=True)
class Letter:
    """A message in its reader's words."""

    language: str
    subject: str
    text: str
    html: str


class Templates:
    """Every message in every language, read and tried once at start."""

    def __init__(self, folder: Path, messages: frozenset[str]) -> None:
        self._parts = {
            (message, language, part): _read(folder / message / language / part)
            for message in messages
            for language in LANGUAGES
            for part in _PARTS
        }

    def write(self, parcel: Parcel) -> Letter:
        """The letter for a parcel: an id, an urgency, a link and for a summary a number (domain.md, Outbound messages)."""
        language = _spoken(parcel.language)
        facts = {
            "reference": parcel.reference,
            "urgency": label("urgency", parcel.urgency, language).lower(),
            "link": parcel.link,
            "count": str(parcel.count),
        }
        in_html = {name: escape(fact) for name, fact in facts.items()}
        return Letter(
            language,
            self._parts[parcel.message, language, "subject.txt"].substitute(facts).strip(),
            self._parts[parcel.message, language, "body.txt"].substitute(facts),
            self._parts[parcel.message, language, "body.html"].substitute(in_html),
        )


def _spoken(language: str) -> str:
    first = language.partition("-")[0]
    return first if first in LANGUAGES else LANGUAGES[0]


def _read(path: Path) -> Template:
    try:
        template = Template(path.read_text(encoding="utf-8"))
        template.substitute(_FACTS)
    except OSError as error:
        message = f"the message file {path.name} of {path.parent.parent.name}/{path.parent.name} cannot be read"
        raise ConfigError(message) from error
    except (KeyError, ValueError) as error:
        message = f"{path.parent.parent.name}/{path.parent.name}/{path.name} names something that no message may hold"
        raise ConfigError(message) from error
    return template
