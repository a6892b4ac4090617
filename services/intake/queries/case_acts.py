"""What may be done to a case now: by its state, and by what this user may do. The acts themselves ask again."""

from collections.abc import Mapping, Sequence

from services.intake.domain.case import CaseStatus
from services.intake.domain.todo import Task
from services.intake.queries.case_page import CasePage, ReferralSeen
from shared.contracts.referral_asked import Ask
from shared.security.identities import Actor, Subject
from shared.security.policy import allowed
from shared.vocabulary.codes import ConsentStatus, ReferralStatus, Urgency

ASK_AGAIN = frozenset({ReferralStatus.REJECTED, ReferralStatus.FAILED, ReferralStatus.CANCELLED})
"""After these the hub refers anew; of one that only waits it refuses."""

POLICY: Mapping[str, str] = {
    "correct": "case.change",
    "close": "case.close",
    "withdraw": "consent.withdraw",
    "follow-up": "case.follow-up",
    "slip": "case.slip",
    "approve": "case.approve",
    "lift": "case.lift-block",
    "lower": "case.lower-urgency",
    "acknowledge": "case.acknowledge",
    "merge": "case.merge",
    "unmerge": "case.merge",
    "assign": "case.assign",
}
"""The policy's name of each act on a case."""


def case_acts(page: CasePage, actor: Actor, subject: Subject) -> frozenset[str]:
    """The names of ``POLICY`` that are offered."""
    may = set(allowed(actor, set(POLICY.values()), subject))
    return frozenset(name for name in _fitting(page, actor) if POLICY[name] in may)


def referral_asks(page: CasePage, seen: ReferralSeen, actor: Actor, subject: Subject) -> frozenset[Ask]:
    """What may be asked of one referral now; not what was asked already and waits for the hub's answer."""
    if not allowed(actor, ["referral.ask"], subject):
        return frozenset()
    waiting = {one.asked.ask for one in page.asks if one.asked.referral_id == seen.state.id and one.answered_at is None}
    found = {Ask(ask) for ask in seen.allowed_asks}
    if not _can_be_referred_again(page, seen):
        found.discard(Ask.RE_REFER)
    if seen.state.stop_requested:
        found.discard(Ask.CANCEL)
    return frozenset(found - (waiting - {Ask.COMMENT}))


def _can_be_referred_again(page: CasePage, seen: ReferralSeen) -> bool:
    replaced = any(one.state.replaces == seen.state.id for one in page.referrals)
    return page.case.status is CaseStatus.OPEN and seen.state.status in ASK_AGAIN and not replaced and page.case.hold is None


def _fitting(page: CasePage, actor: Actor) -> Sequence[str]:
    case, waits = page.case, {todo.task for todo in page.todos}
    found = ["slip", "merge"]
    if case.consent.withdrawn_at is None and case.consent.consent.status is ConsentStatus.GRANTED:
        found.append("withdraw")
    if case.approvals.merges and case.person_id != case.approvals.merges[0].before:
        found.append("unmerge")
    if case.status is not CaseStatus.OPEN:
        return found
    found += ["correct", "close", "follow-up", "assign"]
    another = case.consent.recorded_by != actor.user
    if another and waits & {Task.APPROVE_GROUND, Task.REVIEW_GROUND}:
        found.append("approve")
    if another and page.routing is not None and page.routing.blocked:
        found.append("lift")
    if Task.LOOK_AT_BLOCK in waits:
        found.append("acknowledge")
    if urgency_of(page) is not Urgency.ROUTINE:
        found.append("lower")
    return found


def urgency_of(page: CasePage) -> Urgency:
    """What the hub decided last, else what staff asked for."""
    return page.routing.urgency if page.routing is not None else page.case.details.urgency
