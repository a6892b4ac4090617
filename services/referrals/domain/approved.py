"""Whether what a window tells of its supervisors' approvals may be believed (domain.md, Consent; R1)."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta

from services.referrals.domain.case_file import FAST_CLOCK, Told
from shared.routing.approval import Approval, Approvals, GroundApproval, Lift
from shared.routing.rules import RuleSet

Finding = tuple[str, str]
"""A field of an approval, and what is wrong with it."""

NO_SUPERVISOR = "No era supervisión de esta ventanilla en ese momento."
SAME_PERSON = "Quien registró el consentimiento no puede aprobarlo."


@dataclass(frozen=True)
class Judge:
    """What approvals are held against: the rules, who was a supervisor of that window and when, and the time."""

    rules: RuleSet
    was_supervisor: Callable[[str, datetime], bool]
    now: datetime

    def faults(self, told: Told, known: Approvals, person_id: str | None) -> dict[str, list[str]]:
        """Every bad field, by dotted path and without any value; empty when all may be believed.

        What was believed once (``known``) is not asked again: a supervisor who has left since approved all the same.
        ``person_id`` is whose the case was; another one needs a merge that says so.
        """
        found: dict[str, list[str]] = {}
        before = {one.id: one for one in known}
        for kind, every in vars(told.approvals).items():
            for place, approval in enumerate(every):
                if before.get(approval.id) != approval:
                    for field, message in self._findings(approval, told, seen=approval.id in before):
                        found.setdefault(f"approvals.{kind}.{place}.{field}", []).append(message)
        merges = told.approvals.merges
        if person_id not in {None, told.person_id} and (not merges or merges[-1].person_id != told.person_id):
            found["person_id"] = ["Solo la supervisión puede unir un caso a otra persona."]
        return found

    def _findings(self, approval: Approval, told: Told, *, seen: bool) -> Iterator[Finding]:
        if seen:
            yield "id", "Ya se conoce con otro contenido."
        if approval.at > self.now + FAST_CLOCK:
            yield "at", "La fecha está en el futuro."
        elif not self.was_supervisor(approval.by, approval.at):
            yield "by", NO_SUPERVISOR
        if isinstance(approval, GroundApproval):
            yield from self._of_ground(approval)
        if isinstance(approval, Lift):
            yield from self._of_lift(approval, told)

    def _of_ground(self, approval: GroundApproval) -> Iterator[Finding]:
        if approval.by == approval.asked_by:
            yield "by", SAME_PERSON
        review = self.rules.reviews.get(approval.ground)
        if review is None:
            yield "ground", "Ese fundamento no se aprueba."
            return
        longest = timedelta(days=review.after_days + review.grace_days) + FAST_CLOCK
        if approval.lapses_on > (approval.at + longest).date():
            yield "lapses_on", "Su revisión tarda más de lo que se permite."

    def _of_lift(self, lift: Lift, told: Told) -> Iterator[Finding]:
        if lift.by == lift.asked_by:
            yield "by", SAME_PERSON
        if not self.rules.may_be_lifted(lift.rule):
            yield "rule", "Ese bloqueo no se levanta."
        if not lift.witness.strip():
            yield "witness", "Falta quien presenció el consentimiento."
        if lift.consent_id == told.consent_id and lift.institution not in told.details.consent.recipients:
            yield "institution", "El consentimiento no la nombra."
