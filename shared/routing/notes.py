"""What is said beside the referrals: never silence about a need that goes nowhere or elsewhere. Pure."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import date, timedelta

from shared.routing.assigning import Assigned
from shared.routing.capacity import Lack
from shared.routing.case import CaseDetails
from shared.routing.decision import Note
from shared.routing.directory import Directory
from shared.routing.facts import Facts
from shared.routing.firing import effects
from shared.routing.rules import EffectKind, RuleSet
from shared.vocabulary.codes import Need

SATURDAY = 5
"""``date.weekday()`` from which on a day is no working day."""

CODES = frozenset(
    {
        "awaiting_supervisor",
        "ground_does_not_serve",
        "no_consent",
        "no_consent_country",
        "no_link",
        "nobody_left",
        "unknown_institution",
        "unknown_recipient",
        "withheld",
    }
)
"""Notes that routing itself says; every rule file must hold a sentence for each."""

ROOM_CODES = frozenset({"full", "full_elsewhere"})
"""The same, since there is a service directory: a hub before it publishes rules without them, and they are not said."""


@dataclass(frozen=True)
class Teller:
    """Writes the notes of one decision in the words of the rule file."""

    details: CaseDetails
    facts: Facts
    rules: RuleSet
    directory: Directory
    assigned: Assigned

    def note(self, code: str, *, need: Need | None = None, institution: str | None = None) -> Note:
        """One note. ``{institution}`` and ``{deadline}`` in its sentence are filled in."""
        text, deadline = self.rules.notes[code], self._deadline()
        es, en = (
            sentence.replace("{institution}", self._name(institution, language)).replace(
                "{deadline}", deadline.isoformat() if deadline else "?"
            )
            for language, sentence in (("es", text.es), ("en", text.en))
        )
        return Note(code, es, en, need, institution)

    def told_by_rules(self) -> Iterator[Note]:
        """What the rules that fired say, and the names that nobody here bears; also when nothing is routed."""
        for one in self.assigned.fired:
            for effect in effects(one.rule, EffectKind.NOTE, self.facts, self.assigned.in_force):
                yield self.note(effect.note or one.rule.id)
        for institution in sorted(self.facts.recipients):
            if self.directory.find(institution) is None:
                yield self.note("unknown_recipient", institution=institution)
        for institution in sorted(self.facts.institutions_complained_of):
            if self.directory.find(institution) is None:
                yield self.note("unknown_institution", institution=institution)

    def told_by_routing(self) -> Iterator[Note]:
        """What went nowhere: papers missing, no link to a node, a ground that does not serve, nobody left."""
        for need, code in self.assigned.withheld:
            yield self.note(code, need=need)
        for institution in self.assigned.unreachable:
            yield self.note("no_link", institution=institution)
        for need in self.assigned.unserved:
            yield self.note("ground_does_not_serve", need=need)
        for need in self.assigned.orphaned:
            yield self.note("nobody_left", need=need)

    def told_of_room(self, lacking: Iterable[Lack]) -> Iterator[Note]:
        """Who has no room for what, and whether another takes it."""
        for lack in lacking:
            code = "full_elsewhere" if lack.instead else "full"
            if code in self.rules.notes:
                note, until = self.note(code, need=lack.need, institution=lack.institution), lack.until.date().isoformat()
                es, en = (
                    sentence.replace("{instead}", self._name(lack.instead, language)).replace("{until}", until)
                    for language, sentence in (("es", note.es), ("en", note.en))
                )
                yield replace(note, es=es, en=en)

    def _name(self, institution: str | None, language: str) -> str:
        known = self.directory.find(institution) if institution else None
        return known.name(language) if known else institution or ""

    def _deadline(self) -> date | None:
        """The day until which protection may be asked for: working days from entry, public holidays not counted off."""
        days, day = self.rules.protection_clock_days, self.details.entry_date
        if days is None or day is None:
            return None
        while days > 0:
            day += timedelta(days=1)
            days -= day.weekday() < SATURDAY
        return day
