"""Routing: which institution each need of a case goes to, and who must not know. A pure function.

The hub decides by it, a window previews by it, offline, with the same rules and directory.
"""

from collections.abc import Collection, Iterable

from shared.routing.approval import LoweredUrgency
from shared.routing.assigning import Addition, Assigned, assign
from shared.routing.capacity import Lack, Room
from shared.routing.case import CaseDetails, Consent
from shared.routing.decision import Block, Decision, LiftedBlock, Note, Reason, RoutedReferral, rule_order
from shared.routing.directory import Directory
from shared.routing.facts import Facts, facts_of
from shared.routing.firing import effects, urgency_of
from shared.routing.notes import Teller
from shared.routing.rules import Disclosure, EffectKind, RuleSet
from shared.routing.terms import out_of_reach
from shared.routing.who import receivers
from shared.vocabulary.codes import ConsentGround, ConsentPurpose, ConsentStatus, Need, Urgency

EVERYWHERE = Room({})
"""Nobody said that they are full."""


def decide(
    details: CaseDetails,
    *,
    node: str,
    window: str,
    rules: RuleSet,
    directory: Directory,
    standing_blocks: Iterable[Block] = (),
    lifted: Iterable[LiftedBlock] = (),
    peers: Collection[str] = frozenset(),
    ground_approved: bool = False,
    lowered: LoweredUrgency | None = None,
    room: Room = EVERYWHERE,
) -> Decision:
    """Route one version of a case (domain.md, Routing and Consent).

    ``standing_blocks`` are those of earlier versions and of other nodes: no later version removes one, only
    ``lifted`` does. ``peers`` are the nodes that a link leads to. ``ground_approved``: a supervisor approved a
    ground other than consent; ``lowered``: to what a supervisor lowered the urgency. ``room`` says who is full.
    ``LookupError`` when the directory has no such window.
    Whether a consent has run out is asked by whoever calls, who knows the time; here its status counts.
    """
    consent = details.consent
    place = directory.window(window, node)
    facts = facts_of(details, node=node, window=place, out_of_reach=directory.nodes - {node} - set(peers))
    assigned = assign(
        facts,
        rules=rules,
        directory=directory,
        peers=peers,
        standing=standing_blocks,
        lifted=frozenset(lifted),
        serving=None if consent.ground is ConsentGround.CONSENT else rules.serves.get(consent.ground, ()),
    )
    urgency = urgency_of(assigned.fired, facts, details.urgency, lowered)
    teller = Teller(details, facts, rules, directory, assigned)
    notes = [*teller.told_by_rules()]
    allowed: list[Addition] = []
    lacking: list[Lack] = []
    stopped = _stopped(consent, approved=ground_approved)
    if stopped:
        notes.append(teller.note(stopped))
    else:
        blocked = {block.institution for block in assigned.blocks}
        allowed, lacking = room.settle(
            (a for a in assigned.additions if _refusal(a, facts, consent, directory) is None),
            facts=facts,
            directory=directory,
            may_have=lambda one: one.id not in blocked and out_of_reach(consent, one, facts.country) is None,
        )
        notes += [*teller.told_by_routing(), *_refusals(assigned, facts, consent, directory, teller)]
        notes += teller.told_of_room(lacking)
    return Decision(
        referrals=_referrals(allowed, urgency, _code_only(assigned, facts, rules, directory)),
        blocked=assigned.blocks,
        notes=tuple(sorted(set(notes), key=lambda note: (note.code, note.institution or "", note.need or ""))),
        urgency=urgency,
        rules_version=rules.version,
        fired=tuple(one.rule.id for one in assigned.fired),
        lifted=assigned.lifted,
    )


def _stopped(consent: Consent, *, approved: bool) -> str | None:
    """Why nothing may be routed at all, as a note's code; ``None`` when it may."""
    if consent.status in {ConsentStatus.WITHDRAWN, ConsentStatus.EXPIRED}:
        return "withheld"
    if consent.ground is not ConsentGround.CONSENT:
        return None if approved else "awaiting_supervisor"
    granted = consent.status is ConsentStatus.GRANTED and ConsentPurpose.REFERRAL in consent.purposes
    return None if granted else "withheld"


def _refusal(addition: Addition, facts: Facts, consent: Consent, directory: Directory) -> str | None:
    return out_of_reach(consent, directory.find(addition.institution or ""), facts.country)


def _refusals(
    assigned: Assigned, facts: Facts, consent: Consent, directory: Directory, teller: Teller
) -> Iterable[Note]:
    """One note for each need that consent keeps from an institution: nothing is moved elsewhere silently."""
    for addition in assigned.additions:
        refusal = _refusal(addition, facts, consent, directory)
        if refusal:
            yield teller.note(refusal, need=addition.need, institution=addition.institution)


def _code_only(assigned: Assigned, facts: Facts, rules: RuleSet, directory: Directory) -> frozenset[str]:
    """Who learns code and need only, also after acceptance.

    A rule whose block still stands goes on limiting, though this version of the case would not fire it.
    """
    in_force = assigned.in_force
    limited = {one.id for one in directory.active if one.kind in rules.always_code_only}
    still = (rule for rule in rules.rules if rule.id in in_force)
    for effect in (effect for rule in still for effect in effects(rule, EffectKind.CODE_ONLY, facts, in_force)):
        whom = {f.institution.id for word in effect.who for f in receivers(word, facts, directory.active)}
        spared = {f.institution.id for word in effect.but_who for f in receivers(word, facts, directory.active)}
        limited |= whom - spared
    return frozenset(limited)


def _referrals(additions: Iterable[Addition], urgency: Urgency, code_only: Collection[str]) -> tuple[RoutedReferral, ...]:
    """One referral per institution with all its needs, in the order of ids."""
    by_institution: dict[str, list[Addition]] = {}
    for addition in additions:
        by_institution.setdefault(addition.institution or "", []).append(addition)
    return tuple(
        RoutedReferral(
            institution=institution,
            needs=_in_order({addition.need for addition in asked}),
            urgency=urgency,
            reasons=_reasons(asked),
            disclosure=_disclosure(institution, asked, code_only),
        )
        for institution, asked in sorted(by_institution.items())
    )


def _in_order(needs: Collection[Need]) -> tuple[Need, ...]:
    return tuple(need for need in Need if need in needs)


def _reasons(additions: Iterable[Addition]) -> tuple[Reason, ...]:
    """One reason per rule, the weightiest, in reading order."""
    said: dict[str, Addition] = {}
    for addition in sorted(additions, key=lambda a: (-a.weight, a.reason.es)):
        said.setdefault(addition.rule, addition)
    return tuple(Reason(rule, said[rule].reason.es, said[rule].reason.en) for rule in sorted(said, key=rule_order))


def _disclosure(institution: str, additions: Iterable[Addition], code_only: Collection[str]) -> Disclosure:
    limited = institution in code_only or any(a.disclosure is Disclosure.CODE_ONLY for a in additions)
    return Disclosure.CODE_ONLY if limited else Disclosure.FULL
