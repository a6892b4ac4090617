"""The referral: one institution, one case, all the needs it is asked for (domain.md, A referral's life)."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from operator import attrgetter

from services.referrals.domain.deadlines import Due, overdue
from services.referrals.domain.erasure import ERASURE, Erasure
from services.referrals.domain.history import NOTED, UNSEEN, Entry
from services.referrals.domain.limits import (
    COMMENT_WITHIN,
    LEAST_WORDS,
    MOST_HOPS,
    REOPEN_WITHIN,
    STOP_WITHIN,
)
from services.referrals.domain.meeting import Meeting
from services.referrals.domain.transitions import OPEN, UNTOUCHED, WORKED_ON, Act, Doer, allowed, next_state
from shared.errors import Refused
from shared.ids import new_id
from shared.routing.decision import Reason, highest
from shared.routing.rules import Disclosure
from shared.vocabulary.codes import (
    CancelReason,
    ErasureAnswer,
    FailReason,
    HoldReason,
    Need,
    NeedMet,
    Outcome,
    ReferralStatus,
    RejectReason,
    Urgency,
)


class Origin(StrEnum):
    """Who asked for a referral."""

    ROUTING = "routing"
    BY_HAND = "by_hand"
    FORWARDED = "forwarded"


View = Callable[["Referral"], object]
"""What its institution sees of a referral, in any form that compares equal when it sees the same."""


@dataclass
class Referral:
    """Changed only by the methods named after what happens; each returns its history entry, or refuses.

    ``version`` rises with every change, ``desk_version`` with those that its institution may know of: what it may not
    know changes no tag. ``access_ended``: what the institution was given is no longer shown to
    it, although the referral may still be open (consent withdrawn, a new block). ``disclosure`` is the most that
    it may ever be given (R1, R2: code and need only).
    """

    id: str
    case_id: str
    case_code: str
    person_id: str
    window: str
    institution: str
    urgency: Urgency
    needs: tuple[Need, ...]
    reasons: tuple[Reason, ...]
    author: str
    origin: Origin
    created_at: datetime
    ack_due_at: datetime
    due_at: datetime
    disclosure: Disclosure = Disclosure.FULL
    status: ReferralStatus = ReferralStatus.REQUESTED
    version: int = 1
    desk_version: int = 1
    batch: str | None = None
    replaces: str | None = None
    hops: int = 0
    received_at: datetime | None = None
    accepted_at: datetime | None = None
    accepted_by: str | None = None
    ended_at: datetime | None = None
    stop_requested_at: datetime | None = None
    stop_reason: CancelReason | None = None
    access_ended: bool = False
    escalated: bool = False
    responsible: str | None = None
    suggested_institution: str | None = None
    outcome: Outcome | None = None
    service_delivered: bool | None = None
    need_met: NeedMet | None = None
    review_on: date | None = None
    institution_ref: str | None = None
    appointment: Meeting | None = None
    cancel_reason: CancelReason | None = None
    erasure: Erasure | None = None

    @property
    def open(self) -> bool:
        """Whether something is still expected of the institution."""
        return self.status in OPEN

    @property
    def untouched(self) -> bool:
        """Whether nobody has taken it on yet."""
        return self.status in UNTOUCHED

    @property
    def gives_access(self) -> bool:
        """Whether the institution may know its person now: accepted, not ended, not withdrawn, not blocked."""
        return self.status in WORKED_ON and not self.access_ended

    @property
    def holds_needs(self) -> bool:
        """Whether its needs count as open: not those of a duplicate that was asked to stop."""
        return self.open and self.stop_reason is not CancelReason.DUPLICATE

    @property
    def stop_due_at(self) -> datetime | None:
        """Until when a stop request must be answered; None when none waits."""
        return self.stop_requested_at + STOP_WITHIN if self.stop_requested_at and self.open else None

    @property
    def asked_to_erase(self) -> bool:
        """Whether its institution has not said yet what became of the data."""
        return self.erasure is not None and self.erasure.open

    @property
    def chain_is_full(self) -> bool:
        """Whether its needs were passed on as often as they may."""
        return self.hops >= MOST_HOPS

    def is_overdue(self, now: datetime) -> bool:
        """Whether the open deadline has passed, that of a stop request first; a late answer is still legal."""
        if self.stop_due_at is not None:
            return now > self.stop_due_at
        return overdue(self.status, self.ack_due_at, self.due_at, now)

    def possible(self, by: Doer, at: datetime) -> tuple[Act, ...]:
        """What ``by`` can do now; roles are the policy's business."""
        return tuple(act for act in allowed(self.status, by.party) if not self._barred(act, by, at))

    def receive(self, by: Doer, at: datetime) -> Entry | None:
        """An officer opened it. None when somebody had already."""
        if self._step(Act.RECEIVE, by, at) is self.status:
            return None
        self.received_at = at
        return self._reach(ReferralStatus.RECEIVED, by, at, "received")

    def accept(self, by: Doer, at: datetime) -> Entry | None:
        """The institution takes it on; from now on it may know the person. None when the same officer had."""
        if by.user == self.author:
            raise Refused("forbidden")
        if self._step(Act.ACCEPT, by, at) is self.status:
            if by.user != self.accepted_by:
                raise self._refusal(by, at)
            return None
        self.accepted_at, self.accepted_by = at, by.user
        return self._reach(ReferralStatus.ACCEPTED, by, at, "accepted")

    def reject(self, by: Doer, at: datetime, reason: RejectReason, text: str, suggest: str | None = None) -> Entry:
        """Not taken on, with words that a window can act on and perhaps another institution to ask."""
        if len(text.strip()) < LEAST_WORDS:
            raise Refused("invalid", fields={"text": [f"Explique el motivo con {LEAST_WORDS} caracteres o más."]})
        to = self._step(Act.REJECT, by, at)
        self.suggested_institution = suggest
        return self._reach(to, by, at, "rejected", reason, text)

    def start(self, by: Doer, at: datetime, responsible: str | None = None) -> Entry:
        """Work begins; ``responsible`` is the actor unless another is named."""
        to = self._step(Act.START, by, at)
        self.responsible = responsible or by.user
        return self._reach(to, by, at, "in-progress")

    def hold(self, by: Doer, at: datetime, reason: HoldReason, review_on: date) -> Entry:
        """Work waits for something, until a day on which it is looked at again."""
        to = self._step(Act.HOLD, by, at)
        self.review_on = review_on
        return self._reach(to, by, at, "on-hold", reason)

    def resume(self, by: Doer, at: datetime) -> Entry:
        """Work goes on."""
        to = self._step(Act.RESUME, by, at)
        self.review_on = None
        return self._reach(to, by, at, "in-progress")

    def complete(
        self, by: Doer, at: datetime, outcome: Outcome, *, delivered: bool, met: NeedMet, text: str | None = None
    ) -> Entry:
        """The institution is done: with what outcome, whether a service was given, whether the need is met."""
        to = self._step(Act.COMPLETE, by, at)
        self.outcome, self.service_delivered, self.need_met = outcome, delivered, met
        return self._reach(to, by, at, "completed", outcome, text)

    def fail(self, by: Doer, at: datetime, reason: FailReason, text: str | None = None) -> Entry:
        """It could not be done."""
        return self._reach(self._step(Act.FAIL, by, at), by, at, "failed", reason, text)

    def cancel(self, by: Doer, at: datetime, reason: CancelReason, text: str | None = None) -> Entry | None:
        """Ended before its time. By the window or by routing, what is worked on becomes a stop request.

        A stop request ends the institution's access at once when consent is withdrawn or a block is new; after a
        withdrawal it is asked to erase what it holds. None when the same had been asked before.
        """
        to = self._step(Act.CANCEL, by, at)
        if to is ReferralStatus.CANCELLED:
            self.cancel_reason = reason
            return self._reach(to, by, at, "cancelled", reason, text)
        shuts = reason in {CancelReason.CONSENT_WITHDRAWN, CancelReason.BLOCKED}
        if self.stop_requested_at is not None and (self.access_ended or not shuts):
            return None
        self.stop_requested_at, self.stop_reason = self.stop_requested_at or at, reason
        self.access_ended = self.access_ended or shuts
        if reason is CancelReason.CONSENT_WITHDRAWN:
            self.erasure = Erasure(at)
        return self._record(by, at, "stop-requested", reason, text)

    def lose_consent(self, by: Doer, at: datetime) -> Entry:
        """The consent was taken back of what is over, or was asked to stop before: who knew the person must erase."""
        if self.accepted_at is None or self.asked_to_erase:
            return self._record(by, at, "consent-withdrawn", CancelReason.CONSENT_WITHDRAWN)
        self.erasure, self.access_ended = Erasure(at), True
        return self._record(by, at, "erasure-asked", CancelReason.CONSENT_WITHDRAWN)

    def lapse(self, by: Doer, at: datetime) -> Entry:
        """The consent ran out by itself: access is closed, the state stays, the window is asked to renew it."""
        return self._record(by, at, "consent-lapsed")

    def answer_erasure(self, by: Doer, at: datetime, answer: ErasureAnswer, duty: str = "") -> Entry:
        """What became of the data that it held."""
        if self.erasure is None or not self.asked_to_erase:
            raise self._refusal(by, at)
        self.erasure = self.erasure.answered(by, at, answer, duty)
        return self._record(by, at, "erasure-answered", answer)

    def escalate(self, by: Doer, at: datetime) -> Entry:
        """A stop request was not answered in time."""
        self.escalated = True
        return self._record(by, at, "overdue", "stop-requested")

    def weigh(self, by: Doer, at: datetime, urgency: Urgency, times: Due) -> Entry | None:
        """Staff raised the urgency, or a supervisor lowered it; ``times`` reckoned from its request. None: it had it.

        What was passed on keeps its clock. Raised, deadlines only come nearer.
        """
        if urgency is self.urgency:
            return None
        raised = highest(urgency, self.urgency) is urgency
        if raised:
            self.ack_due_at, self.due_at = min(self.ack_due_at, times.acknowledge), min(self.due_at, times.answer)
        elif self.replaces is None:
            self.ack_due_at, self.due_at = times.acknowledge, times.answer
        self.urgency = urgency
        return self._record(by, at, "changed", "urgency")

    def purge(self) -> None:
        """The institution must not know of it any more: nothing is shown, and of a mere preview nothing is kept."""
        self.access_ended = True
        if self.accepted_at is None:
            self.reasons, self.institution_ref, self.appointment = (), None, None

    def forward(self, by: Doer, at: datetime, institution: str, text: str) -> Entry:
        """Handed on: this one is over, and a new one (``replaces``) asks the other institution."""
        to = self._step(Act.FORWARD, by, at)
        if self.chain_is_full:
            raise Refused("too_many_hops", state=self.status.value, allowed=self.offered(by, at))
        self.cancel_reason, self.suggested_institution = CancelReason.FORWARDED, institution
        return self._reach(to, by, at, "forwarded", CancelReason.FORWARDED, text)

    def schedule(self, by: Doer, at: datetime, meeting: Meeting) -> Entry:
        """An appointment is given, or given anew."""
        self._step(Act.SCHEDULE, by, at)
        self.appointment = meeting
        return self._record(by, at, "scheduled")

    def comment(self, by: Doer, at: datetime, text: str) -> Entry:
        """Words between institution and window."""
        self._step(Act.COMMENT, by, at)
        return self._record(by, at, "commented", text=text)

    def note(self, by: Doer, at: datetime, text: str) -> Entry:
        """The institution's own words; nobody else reads them."""
        self._step(Act.NOTE, by, at)
        return self._record(by, at, NOTED, text=text)

    def claim(self, by: Doer, at: datetime) -> Entry:
        """The actor makes it their own."""
        self._step(Act.CLAIM, by, at)
        self.responsible = by.user
        return self._record(by, at, "changed", "claimed")

    def assign(self, by: Doer, at: datetime, to: str) -> Entry:
        """Given to a colleague."""
        self._step(Act.ASSIGN, by, at)
        self.responsible = to
        return self._record(by, at, "changed", "assigned")

    def reopen(self, by: Doer, at: datetime) -> Entry:
        """A completion was wrong: work goes on."""
        to = self._step(Act.REOPEN, by, at)
        self.outcome = self.service_delivered = self.need_met = self.ended_at = None
        return self._reach(to, by, at, "reopened")

    def mark_in_error(self, by: Doer, at: datetime, reason: str) -> Entry:
        """It should never have been made."""
        return self._reach(self._step(Act.MARK_IN_ERROR, by, at), by, at, "entered-in-error", text=reason)

    def file_under(self, by: Doer, at: datetime, reference: str | None) -> Entry:
        """The institution's own file number; in any state."""
        self.institution_ref = reference
        return self._record(by, at, "changed", "institution_ref")

    def take_needs(
        self, by: Doer, at: datetime, needs: Sequence[Need], reasons: Sequence[Reason], urgency: Urgency, sooner: Due,
        view: View = attrgetter("needs"),
    ) -> Entry:
        """A new version of the case adds needs to what nobody has taken on yet; deadlines only come nearer."""
        seen = view(self)
        self.needs += tuple(need for need in needs if need not in self.needs)
        self.reasons += tuple(reason for reason in reasons if reason not in self.reasons)
        self.urgency = highest(self.urgency, urgency)
        self.ack_due_at = min(self.ack_due_at, sooner.acknowledge)
        self.due_at = min(self.due_at, sooner.answer)
        return self._record_unless_unseen(by, at, seen, view)

    def give_way(self, by: Doer, at: datetime) -> Entry | None:
        """The same person has the same needs open in an earlier referral: two cases were found to be one person's."""
        entry = self.cancel(by, at, CancelReason.DUPLICATE)
        if self.open:
            self.stop_reason = CancelReason.DUPLICATE
        return entry

    def drop_needs(self, by: Doer, at: datetime, needs: Sequence[Need], view: View = attrgetter("needs")) -> Entry | None:
        """A new version of the case no longer has these; with none left it is cancelled or asked to stop."""
        seen = view(self)
        left = tuple(need for need in self.needs if need not in needs)
        if not left:
            return self.cancel(by, at, CancelReason.NO_LONGER_NEEDED)
        self.needs = left
        return self._record_unless_unseen(by, at, seen, view)

    def _barred(self, act: Act, by: Doer, at: datetime) -> bool:
        """What the table allows but time, or having written it oneself, does not."""
        if act is Act.ACCEPT:
            return by.user == self.author
        if act is Act.REOPEN:
            return self.erasure is not None or (self.ended_at is not None and at > self.ended_at + REOPEN_WITHIN)
        if act in {Act.FORWARD, Act.SCHEDULE}:
            return self.access_ended
        if act is Act.COMMENT:
            return self.ended_at is not None and at > self.ended_at + COMMENT_WITHIN
        return False

    def _step(self, act: Act, by: Doer, at: datetime) -> ReferralStatus:
        to = next_state(self.status, act, by.party)
        if to is None or self._barred(act, by, at):
            raise self._refusal(by, at)
        return to

    def offered(self, by: Doer, at: datetime) -> list[str]:
        """What ``by`` can do now, in the API's words; to say what became of the data is open in every state."""
        return [*self.possible(by, at), *([ERASURE] if self.asked_to_erase else [])]

    def _refusal(self, by: Doer, at: datetime) -> Refused:
        return Refused("wrong_state", state=self.status.value, allowed=self.offered(by, at))

    def _reach(
        self, to: ReferralStatus, by: Doer, at: datetime, change: str, reason: str | None = None, text: str | None = None
    ) -> Entry:
        self.status = to
        if to not in OPEN and self.ended_at is None:
            self.ended_at = at
        return self._record(by, at, change, reason, text)

    def _record(
        self, by: Doer, at: datetime, change: str, reason: str | None = None, text: str | None = None
    ) -> Entry:
        self.version += 1
        self.desk_version += 1
        return Entry(new_id(), self.id, at, change, by.user, str(reason) if reason else None, text or None)


    def _record_unless_unseen(self, by: Doer, at: datetime, seen: object, view: View) -> Entry:
        """Its needs changed; whether its institution may notice depends on what it sees now and saw before."""
        if view(self) != seen:
            return self._record(by, at, "changed", "needs")
        self.version += 1
        return Entry(new_id(), self.id, at, "changed", by.user, UNSEEN)


def first_entry(referral: Referral, text: str | None = None) -> Entry:
    """That it was requested, by whom, and what they said."""
    return Entry(new_id(), referral.id, referral.created_at, "requested", referral.author, text=text)
