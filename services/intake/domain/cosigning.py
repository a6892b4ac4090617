"""What a supervisor may answer for, and when not: the second pair of eyes (domain.md, Consent; R1)."""

from collections.abc import Callable, Collection
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from services.intake.domain.age import age_of
from services.intake.domain.case import Case
from services.intake.domain.consent import ConsentRecord
from shared.errors import Refused
from shared.routing.approval import GroundApproval, Lift, LoweredUrgency, Merge
from shared.routing.case import CaseDetails
from shared.routing.decision import LiftedBlock, highest
from shared.routing.rules import Review
from shared.texts import said
from shared.vocabulary.codes import ConsentGround, ConsentStatus, Urgency

APART = 10
"""Years between two births from which on two records cannot be one person's, however wrongly an age was guessed."""


@dataclass(frozen=True)
class Signature:
    """Who answers for it, when, and on what paper."""

    id: str
    by: str
    at: datetime
    paper: str


def approve_ground(case: Case, signed: Signature, *, today: date, review: Callable[[ConsentGround], Review]) -> GroundApproval:
    """The ground that the consent in force claims, approved until its next review.

    Refuses the one who recorded it; a best-interests ground without the decision itself; a case that claims none.
    """
    record = case.consent
    ground = record.consent.ground
    if ground is ConsentGround.CONSENT or record.withdrawn_at is not None:
        raise Refused("nothing_to_approve", state=case.status.value, allowed=[])
    _by_another(record, signed)
    if ground is ConsentGround.BEST_INTERESTS_DECISION and case.details.best_interests is None:
        raise Refused("invalid", fields={"best_interests": [said("Registre antes la decisión: quién la tomó, cuándo y su número.")]})
    terms = review(ground)
    review_on = today + timedelta(days=terms.after_days)
    return GroundApproval(
        **vars(signed),
        consent_id=record.id,
        asked_by=record.recorded_by,
        ground=ground,
        review_on=review_on,
        lapses_on=review_on + timedelta(days=terms.grace_days),
    )


def lift_blocks(
    case: Case,
    institution: str,
    rules: Collection[str],
    signed: Signature,
    *,
    witness: str,
    today: date,
    new_id: Callable[[], str],
    liftable: Callable[[str], bool],
) -> tuple[Lift, ...]:
    """One lift for each of ``rules`` that blocks the institution, by the consent in force.

    Refuses the one who recorded that consent, a consent that is not given or does not name the institution, what
    does not block it, and what no consent may lift.
    """
    record = case.consent
    _by_another(record, signed)
    if record.status_on(today) is not ConsentStatus.GRANTED or institution not in record.consent.recipients:
        raise _no("institution", said("El consentimiento vigente no la nombra. Registre uno que la nombre, ante testigo."))
    known = case.approvals.lifted(record.id)
    wanted = [rule for rule in rules if LiftedBlock(institution, rule) not in known]
    if not wanted:
        raise _no("institution", said("En este caso no está bloqueada."))
    fixed = [rule for rule in wanted if not liftable(rule)]
    if fixed:
        raise _no("rule", f"Ningún consentimiento levanta este bloqueo: {', '.join(fixed)}.")
    return tuple(
        Lift(
            **{**vars(signed), "id": new_id()},
            consent_id=record.id,
            asked_by=record.recorded_by,
            institution=institution,
            rule=rule,
            witness=witness,
        )
        for rule in wanted
    )


def lower_urgency(stands: Urgency, to: Urgency, signed: Signature) -> LoweredUrgency:
    """The urgency lowered from what stands; refuses what is no lower."""
    if highest(stands, to) is to:
        raise _no("urgency", said("No es más baja que la que tiene el caso."))
    return LoweredUrgency(**vars(signed), was=stands, now=to)


def merge(case: Case, other: Case, signed: Signature) -> Merge:
    """The case is of the other's person. Refuses a family's members, and births that lie too far apart."""
    if case.person_id == other.person_id:
        raise _no("case_id", said("Ya son de la misma persona."))
    if case.details.household_id is not None and case.details.household_id == other.details.household_id:
        raise _no("case_id", said("Son personas de una misma familia: cada una tiene su propio caso."))
    mine, theirs = _born(case.details), _born(other.details)
    if mine is not None and theirs is not None and abs(mine - theirs) > APART:
        raise _no("case_id", said("Las edades no pueden ser de una misma persona."))
    return Merge(**vars(signed), person_id=other.person_id, before=case.person_id)


def unmerge(case: Case, signed: Signature) -> Merge:
    """The case is of the person again whom it was registered for."""
    merges = case.approvals.merges
    if not merges or case.person_id == merges[0].before:
        raise Refused("not_merged", state=case.status.value, allowed=["merge"])
    return Merge(**vars(signed), person_id=merges[0].before, before=case.person_id)


def _by_another(record: ConsentRecord, signed: Signature) -> None:
    if record.recorded_by == signed.by:
        raise Refused("second_pair_of_eyes")


def _born(details: CaseDetails) -> int | None:
    age = age_of(details.person, details.occurred_on)
    born = details.person.birth_date
    return born.year if born else None if age is None else details.occurred_on.year - age


def _no(field: str, message: str) -> Refused:
    return Refused("invalid", fields={field: [message]})
