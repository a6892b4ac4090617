"""What a yes to each question of the screening would set off, as the rules in force say it."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date

from services.intake.domain.window import Window
from services.intake.queries.world import InForce
from shared.routing.case import CaseDetails, CaseNeed, Consent, Person
from shared.routing.decision import Decision
from shared.routing.rules import Text
from shared.vocabulary.codes import Answer, ConsentStatus, Need, Sex, Situation, Urgency, Vulnerability

_SOMEWHERE_ELSE = ("HN", "GT")
"""Two countries, so that one of them is not the node's: rules differ for nationals and for others."""
_SOME_DAY = date(2026, 1, 1)


@dataclass(frozen=True)
class Consequence:
    """One rule that a yes sets off: its id, its reason, what it shuts or notes, and the urgency that follows."""

    rule: str
    urgency: Urgency
    texts: tuple[Text, ...]


class Consequences:
    """Works them out once for each version of rules and directory."""

    def __init__(self, place: Window) -> None:
        self._place = place
        self._of: tuple[InForce, Mapping[Vulnerability, tuple[Consequence, ...]]] | None = None

    def by(self, in_force: InForce | None) -> Mapping[Vulnerability, tuple[Consequence, ...]]:
        """Under what is in force; nothing before the hub first published."""
        if in_force is None:
            return {}
        known = self._of
        if known is None or known[0] is not in_force:
            known = self._of = in_force, consequences(in_force, self._place)
        return known[1]


def consequences(in_force: InForce, place: Window) -> Mapping[Vulnerability, tuple[Consequence, ...]]:
    """By question; asked of the rules themselves, once for a national and once for a foreigner who asks for nothing else."""
    found: dict[Vulnerability, tuple[Consequence, ...]] = {}
    for question in Vulnerability:
        by_rule: dict[str, Consequence] = {}
        for nobody in _nobodies(in_force.directory.node.upper()):
            asked = replace(nobody, vulnerabilities={question: Answer.YES})
            before, after = in_force.decide(nobody, place), in_force.decide(asked, place)
            for rule in after.fired:
                if rule not in before.fired:
                    by_rule.setdefault(rule, _consequence(rule, before, after, in_force))
        found[question] = tuple(by_rule.values())
    return found


def _nobodies(home: str) -> list[CaseDetails]:
    foreign = next(code for code in _SOMEWHERE_ELSE if code != home)
    return [_nobody(home), _nobody(foreign)]


def _nobody(nationality: str) -> CaseDetails:
    return CaseDetails(
        person=Person("-", "-", Sex.UNKNOWN, nationality, estimated_age=30),
        situation=Situation.RETURNEE,
        needs=(CaseNeed(Need.INFORMATION),),
        consent=Consent(ConsentStatus.GRANTED),
        occurred_on=_SOME_DAY,
    )


def _consequence(rule_id: str, before: Decision, after: Decision, in_force: InForce) -> Consequence:
    rule = in_force.rules.rule(rule_id)
    reasons = [rule.reason] if rule else []
    blocks = [Text(block.es, block.en) for block in after.blocked if block.rule == rule_id]
    notes = [Text(note.es, note.en) for note in after.notes if note not in before.notes]
    return Consequence(rule_id, after.urgency, tuple(dict.fromkeys([*reasons, *blocks, *notes])))
