"""Routing a version of a case, and bringing its referrals to what was decided. A step of ``take_case``."""

from collections.abc import Iterable
from dataclasses import replace
from datetime import datetime

from services.referrals.domain.before import Before
from services.referrals.domain.case_file import CaseFile
from services.referrals.domain.history import Entry
from services.referrals.domain.referral import Origin, Referral, View
from services.referrals.domain.routing_again import Plan, asked, plan
from services.referrals.domain.transitions import ROUTING
from services.referrals.use_cases.end_case import shut_out
from services.referrals.use_cases.finding import make_searchable
from services.referrals.use_cases.new_referral import due_for, make
from services.referrals.use_cases.ports import Work
from services.referrals.use_cases.reading import reading_of
from services.referrals.use_cases.telling import tell
from shared.contracts.addresses import Address
from shared.contracts.case_routed import BlockedInstitution, CaseRouted, RoutingNote
from shared.routing.capacity import Room
from shared.routing.case import CaseDetails
from shared.routing.decide import decide
from shared.routing.decision import Decision, highest
from shared.routing.terms import out_of_reach
from shared.security.release import visible_needs, visible_reasons
from shared.vocabulary.codes import CancelReason, ConsentStatus, Urgency


def route_case(work: Work, case: CaseFile, before: Before, *, now: datetime) -> None:
    """Decide anew, do what follows, keep the decision with the rules that fired, and tell the window.

    Under a consent that has run out nothing is asked and nothing is dropped; but what must not be known binds.
    """
    country, directory, stands = work.country, work.directory.in_force(), case.stands(now)
    held = {(one.institution, need) for one in work.referrals.of_case(case.id) if one.open for need in one.needs}
    decision = decide(
        case.details if stands else _expired(case.details), node=country.node, window=case.window, rules=country.rules,
        directory=directory, standing_blocks=case.blocks, lifted=case.lifted, peers=country.peers,
        ground_approved=case.ground_approval is not None, lowered=case.approvals.urgency,
        room=Room(directory.full_at(now), held),
    )
    named, after = case.named, Before.of(case)
    case.routed(asked(decision.referrals) if stands else named, (*decision.blocked, *decision.lifted), decision.fired)
    consent = case.details.consent
    todo = plan(
        work.referrals.of_case(case.id),
        before=named if stands else {},
        wanted=decision.referrals,
        removed=before.needs - after.needs,
        blocked=case.blocked,
        covered=lambda institution: out_of_reach(consent, directory.find(institution), country.home) is None,
        taken=lambda institution, need: work.referrals.open_at(case.person_id, institution, need) is not None,
    )
    _carry_out(work, case, todo, now)
    if before.urgency is not None and (before.urgency, before.lowered) != (after.urgency, after.lowered):
        _weigh(work, case, decision.urgency, now)
    for referral in work.referrals.of_case(case.id):
        if referral.gives_access:
            make_searchable(work, case, referral, now)
    work.cases.decided(case, decision, now)
    _tell_window(work, case, decision, todo, now)


def _carry_out(work: Work, case: CaseFile, todo: Plan, now: datetime) -> None:
    for referral in todo.blocked:
        _told(work, case, referral, [referral.cancel(ROUTING, now, CancelReason.BLOCKED)], now)
    shut_out(work, case)
    for referral in todo.uncovered:
        _told(work, case, referral, [referral.cancel(ROUTING, now, CancelReason.CONSENT_WITHDRAWN)], now)
    for referral, needs in todo.dropped:
        _told(work, case, referral, [referral.drop_needs(ROUTING, now, needs, _view(work, case, referral, now))], now)
    for referral, part in todo.joined:
        sooner = due_for(work, part.institution, part.urgency, now)
        view = _view(work, case, referral, now)
        entry = referral.take_needs(ROUTING, now, part.needs, part.reasons, part.urgency, sooner, view)
        _told(work, case, referral, [entry], now)
    for item in todo.created:
        make(work, case, item, now=now, author=ROUTING.user, origin=Origin.ROUTING)


def _weigh(work: Work, case: CaseFile, decided: Urgency, now: datetime) -> None:
    """What staff asked for more urgently is more urgent everywhere; what was lowered, wherever it stood higher.

    A need that a new version brought raises no other institution's referral: that would tell of it.
    """
    for referral in work.referrals.of_case(case.id):
        lower = highest(decided, referral.urgency) is not decided
        urgency = decided if lower else highest(referral.urgency, case.details.urgency)
        if referral.open:
            times = due_for(work, referral.institution, urgency, referral.created_at)
            _told(work, case, referral, [referral.weigh(ROUTING, now, urgency, times)], now)


def _view(work: Work, case: CaseFile, referral: Referral, now: datetime) -> View:
    """What the referral's institution sees of its needs."""
    reading = reading_of(referral, case, work.referrals.of_case(case.id), work.country, now)

    def view(one: Referral) -> object:
        read = replace(reading, needs=one.needs)
        return visible_needs(read), visible_reasons(one.reasons, read), one.urgency, one.ack_due_at, one.due_at

    return view


def _expired(details: CaseDetails) -> CaseDetails:
    return replace(details, consent=replace(details.consent, status=ConsentStatus.EXPIRED))


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
            blocked=tuple(BlockedInstitution(block.institution, block.rule, block.es, block.en) for block in case.binding),
            notes=tuple(notes),
        ),
        to=Address.window(work.country.node, case.window),
        subject=case.id,
        version=case.version,
    )
