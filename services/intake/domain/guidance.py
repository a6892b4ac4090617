"""Guidance: texts to be read aloud, with their legal sources, in several languages. Pure."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date
from functools import cached_property

from shared.routing.case import CaseDetails, GuidanceGiven
from shared.spelling import mentions, searchable
from shared.vocabulary.codes import GuidanceTopic

WORDS_A_MINUTE = 130
"""How fast a text is read aloud so that it is understood."""


@dataclass(frozen=True)
class LegalSource:
    """A law or treaty, with its article where somebody checked one."""

    law: str
    article: str | None


@dataclass(frozen=True)
class Section:
    """A heading and what is said under it, sentence by sentence."""

    id: str
    heading: str
    say: tuple[str, ...]


@dataclass(frozen=True)
class GuidanceText:
    """One topic in one language. ``hash`` names the very words; ``reviewed_on`` None: nobody has reviewed them yet."""

    topic: GuidanceTopic
    language: str
    hash: str
    title: str
    version: int
    valid_from: date
    reviewed_on: date | None
    reviewed_by: str
    sources: tuple[LegalSource, ...]
    sections: tuple[Section, ...]

    @property
    def shape(self) -> object:
        """What must be the same in every language."""
        sections = [(section.id, len(section.say)) for section in self.sections]
        return self.version, self.valid_from, self.reviewed_on, len(self.sources), sections

    @cached_property
    def words(self) -> str:
        """All that is said, in one line."""
        return " ".join([self.title, *(part for section in self.sections for part in (section.heading, *section.say))])

    @property
    def reading_minutes(self) -> int:
        """How long it takes to read it aloud, at least a minute."""
        return max(1, round(len(self.words.split()) / WORDS_A_MINUTE))

    @cached_property
    def _searchable(self) -> frozenset[str]:
        return searchable(self.words)

    def speaks_of(self, typed: str) -> bool:
        """Whether every word typed begins a word of it, accents and spelling forgiven."""
        return mentions(self._searchable, typed)


@dataclass(frozen=True)
class Guidance:
    """All texts; ``version`` names the very words of all of them, and is kept with whoever was given some."""

    texts: tuple[GuidanceText, ...]
    version: str

    def find(self, *, topic: GuidanceTopic | None, language: str, text: str) -> Iterator[GuidanceText]:
        """Those of a language that are asked for, in the order of the topics."""
        for one in self.texts:
            if one.language == language and topic in {None, one.topic} and one.speaks_of(text):
                yield one


def with_guidance_version(details: CaseDetails, *, before: GuidanceGiven | None, version: str) -> CaseDetails:
    """A case with the version of the texts from which its guidance was given; what was given earlier keeps its own."""
    given = details.guidance
    if given is None:
        return details
    same = before is not None and before.topics == given.topics
    return replace(details, guidance=replace(given, version=before.version if same and before else version))
