"""What would become of a case before it is sent: who is asked and why, what each would see, who is kept out."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection

from services.intake.queries.preview import preview
from services.intake.queries.world import Published
from shared.contracts.case import details_to_json
from shared.directory.entries import Assurance
from shared.routing.case import CaseDetails
from shared.routing.decision import Block, Decision, Note, RoutedReferral
from shared.routing.directory import Directory, Institution
from shared.security.case_fields import answers_of, fields_of, notes_of
from shared.security.field_classes import FieldClass, matrix
from shared.security.release import Reading, released, visible_needs
from shared.vocabulary.codes import ConsentGround, ConsentPurpose, InstitutionKind, ReferralStatus, Urgency

_NO_CODE = "-"


@dataclass(frozen=True)
class Sight:
    """One institution that would be asked, and what it would know: needs as it reads them, rows of the matrix."""

    referral: RoutedReferral
    institution: Institution | None
    assurance: Assurance
    needs_before: Sequence[str]
    needs_after: Sequence[str]
    after: tuple[str, ...]
    knows_person: bool


@dataclass(frozen=True)
class Outlook:
    """All of it. ``unseen`` are the rows of the matrix that hold something of this case and that nobody would see."""

    urgency: Urgency
    sights: Sequence[Sight]
    blocked: Mapping[Block, Sequence[str]]
    notes: Sequence[Note]
    unseen: tuple[str, ...]
    directory: Directory


def outlook(connection: Connection, published: Published, details: CaseDetails, *, now: datetime) -> Outlook | None:
    """By the rules and the directory that the hub published last; None before the first."""
    in_force = published.in_force(connection)
    if in_force is None:
        return None
    previewed, directory = preview(connection, published, details, now=now), in_force.directory
    sights = [
        _sight(one, details, previewed.decision, directory, assurance)
        for one, assurance in zip(previewed.decision.referrals, previewed.assurance, strict=True)
    ]
    seen = {row for sight in sights for row in sight.after}
    needs = {need.code.value for need in details.needs}
    told = [name for name, row in matrix().classes.items() if _holds(row, details_to_json(details), needs)]
    return Outlook(
        urgency=previewed.decision.urgency,
        sights=sights,
        blocked=_by_reason(previewed.decision.blocked),
        notes=previewed.decision.notes,
        unseen=tuple(name for name in told if name not in seen),
        directory=directory,
    )


def _sight(
    one: RoutedReferral, details: CaseDetails, decision: Decision, directory: Directory, assurance: Assurance
) -> Sight:
    institution = directory.find(one.institution)
    before = _reading(one, institution, details, decision, directory, ReferralStatus.REQUESTED)
    after = _reading(one, institution, details, decision, directory, ReferralStatus.ACCEPTED)
    shown = released(details, after, code=_NO_CODE)
    return Sight(
        referral=one,
        institution=institution,
        assurance=assurance,
        needs_before=visible_needs(before),
        needs_after=visible_needs(after),
        after=tuple(name for name, row in matrix().classes.items() if _seen(row, shown, details)),
        knows_person="age_band" in released(details, before, code=_NO_CODE),
    )


def _reading(
    one: RoutedReferral, institution: Institution | None, details: CaseDetails, decision: Decision,
    directory: Directory, status: ReferralStatus,
) -> Reading:
    consent = details.consent
    return Reading(
        kind=institution.kind if institution else InstitutionKind.COORDINATION,
        status=status,
        needs=one.needs,
        disclosure=one.disclosure,
        consented=True,
        classes=consent.classes,
        ground=consent.ground if consent.ground is not ConsentGround.CONSENT else None,
        rules=frozenset(decision.fired),
        other_node=institution is None or institution.node != directory.node,
        crosses=ConsentPurpose.CROSS_BORDER in consent.purposes,
    )


def _seen(row: FieldClass, shown: Mapping[str, object], details: CaseDetails) -> bool:
    """Whether something of this row that the case holds is in what is shown."""
    names = {path.rpartition(".")[2] for path in row.fields}
    if any(shown.get(name) for name in names):
        return True
    notes: Any = shown.get("need_notes") or {}
    answers: Any = shown.get("answers") or ()
    return any(need.value in notes for need in row.need_notes) or any(question.value in answers for question in row.answers)


def _holds(row: FieldClass, case: Mapping[str, object], needs: Collection[str]) -> bool:
    """Whether the case says anything that belongs to this row."""
    told = [value for name, value in fields_of(row, case, needs).items() if name not in {"situation", "located_in"}]
    return any(told) or bool(notes_of(row, case, needs)) or bool(answers_of(row, case))


def _by_reason(blocked: Sequence[Block]) -> dict[Block, Sequence[str]]:
    """Institutions that one sentence of one rule keeps out, together."""
    found: dict[tuple[str, str], list[Block]] = {}
    for block in blocked:
        found.setdefault((block.rule, block.es), []).append(block)
    return {blocks[0]: [block.institution for block in blocks] for blocks in found.values()}
