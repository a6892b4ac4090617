"""Routing a version of a case, and bringing its referrals to what was decided. A step of ``take_case``."""

from collections.abc import Iterable
from datetime import datetime

from services.referrals.domain.case_file import CaseFile
from services.referrals.domain.history import Entry
from services.referrals.domain.referral import Doer, Origin, Referral
from services.referrals.domain.routing_again import Plan, asked, plan
from services.referrals.domain.transitions import Party
from services.referrals.use_cases.finding import make_searchable
from services.referrals.use_cases.new_referral import due_for, make
from services.referrals.use_cases.ports import Work
from services.referrals.use_cases.telling import tell
from shared.contracts.addresses import Address
from shared.contracts.case_routed import BlockedInstitution, CaseRouted, RoutingNote
from shared.routing.capacity import Room
from shared.routing.decide import decide
from shared.routing.decision import Decision
from shared.vocabulary.codes import CancelReason, Need

ROUTING = Doer("routing", Party.ROUTING)


def route_case(work: Work, case: CaseFile, *, removed: frozenset[Need], now: datetime) -> None:
    """Decide anew, do what follows, keep the decision with the rules that fired, and tell the window.

    ``removed`` are needs that the case had in its version before.
    """
    country, directory = work.country, work.directory.in_force()
    held = {(one.institution, need) for one in work.referrals.of_case(case.id) if one.open for need in one.needs}
    decision = decide(
        case.details, node=country.node, window=case.window, rules=country.rules, directory=directory,
        standing_blocks=case.blocks, peers=country.peers, room=Room(directory.full_at(now), held),
    )
    before = case.named
    case.routed(asked(decision.referrals), decision.blocked, decision.fired)
    recipients = case.details.consent.recipients
    todo = plan(
        work.referrals.of_case(case.id),
        before=before,
        wanted=decision.referrals,
        removed=removed,
        blocked=case.blocked,
        covered=lambda institution: not recipients or institution in recipients,
        taken=lambda institution, need: work.referrals.open_at(case.person_id, institution, need) is not None,
    )
    _carry_out(work, case, todo, now)
    for referral in work.referrals.of_case(case.id):
        if referral.gives_access:
            make_searchable(work, case, referral, now)
    work.cases.decided(case, decision, now)
    _tell_window(work, case, decision, todo, now)


def _carry_out(work: Work, case: CaseFile, todo: Plan, now: datetime) -> None:
    for referral in todo.blocked:
        _told(work, case, referral, [referral.cancel(ROUTING, now, CancelReason.BLOCKED)], now)
    for referral in todo.uncovered:
        _told(work, case, referral, [referral.cancel(ROUTING, now, CancelReason.CONSENT_WITHDRAWN)], now)
    for referral, needs in todo.dropped:
        _told(work, case, referral, [referral.drop_needs(ROUTING, now, needs)], now)
    for referral, part in todo.joined:
        sooner = due_for(work, part.institution, part.urgency, now)
        _told(work, case, referral, [referral.take_needs(ROUTING, now, part.needs, part.reasons, part.urgency, sooner)], now)
    for item in todo.created:
        make(work, case, item, now=now, author=ROUTING.user, origin=Origin.ROUTING)


def _told(work: Work, case: CaseFile, referral: Referral, entries: Iterable[Entry | None], now: datetime) -> None:
    for entry in entries:
        if entry is not None:
            tell(work, case, referral, entry, now=now, by_window=True)


def _tell_window(work: Work, case: CaseFile, decision: Decision, todo: Plan, now: datetime) -> None:
    notes = [RoutingNote(note.code, note.es, note.en, note.need, note.institution) for note in decision.notes]
    notes += [
        RoutingNote("already_open", "Ya hay una referencia abierta.", "A referral is open already.", need, institution)
        for institution, need in todo.elsewhere
    ]
    work.outbox.append(
        CaseRouted(
            case_id=case.id,
            incarnation=case.incarnation,
            case_version=case.version,
            rules_version=decision.rules_version,
            urgency=decision.urgency,
            routed_at=now,
            blocked=tuple(BlockedInstitution(block.institution, block.rule, block.es, block.en) for block in case.blocks),
            notes=tuple(notes),
        ),
        to=Address.window(work.country.node, case.window),
        subject=case.id,
        version=case.version,
    )
