"""The state table of a referral (domain.md, A referral's life): what is not a row here cannot happen."""

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum

from shared.vocabulary.codes import ReferralStatus as S


class Act(StrEnum):
    """What can be done to a referral; the words of the API."""

    RECEIVE = "receive"
    ACCEPT = "accept"
    REJECT = "reject"
    START = "start"
    HOLD = "hold"
    RESUME = "resume"
    COMPLETE = "complete"
    FAIL = "fail"
    CANCEL = "cancel"
    FORWARD = "forward"
    SCHEDULE = "schedule"
    COMMENT = "comments"
    NOTE = "note"
    CLAIM = "claim"
    ASSIGN = "assign"
    REOPEN = "reopen"
    MARK_IN_ERROR = "mark-in-error"


class Party(StrEnum):
    """On whose behalf an act is done."""

    INSTITUTION = "institution"
    MANAGER = "manager"
    WINDOW = "window"
    COORDINATOR = "coordinator"
    ROUTING = "routing"


@dataclass(frozen=True)
class Doer:
    """Who does an act, and on whose behalf."""

    user: str
    party: Party


ROUTING = Doer("routing", Party.ROUTING)
"""The hub by itself: rules, clocks, and what follows from another act."""


@dataclass(frozen=True)
class Row:
    """From ``frm``, ``act`` by one of ``who`` leads to ``to`` and cannot do without ``needs``.

    ``again``: doing it a second time changes nothing and is no mistake; it is not offered.
    """

    frm: S
    act: Act
    to: S
    who: frozenset[Party]
    needs: tuple[str, ...] = ()
    again: bool = False


DESK = frozenset({Party.INSTITUTION, Party.MANAGER})
HEAD = frozenset({Party.MANAGER})
SENDER = frozenset({Party.WINDOW, Party.ROUTING})
ANYBODY = DESK | {Party.WINDOW, Party.COORDINATOR}

UNTOUCHED = frozenset({S.REQUESTED, S.RECEIVED})
WORKED_ON = frozenset({S.ACCEPTED, S.IN_PROGRESS, S.ON_HOLD})
OPEN = UNTOUCHED | WORKED_ON
FINAL = frozenset(S) - OPEN


def _rows(
    states: Iterable[S], act: Act, to: S | None, who: frozenset[Party], *needs: str, again: bool = False
) -> tuple[Row, ...]:
    """One row for each state; ``to`` left out stays where it is."""
    return tuple(Row(frm, act, to or frm, who, needs, again) for frm in sorted(states))


TABLE: tuple[Row, ...] = (
    *_rows([S.REQUESTED], Act.RECEIVE, S.RECEIVED, DESK),
    *_rows([S.RECEIVED], Act.RECEIVE, None, DESK, again=True),
    *_rows([S.RECEIVED], Act.ACCEPT, S.ACCEPTED, DESK),
    *_rows([S.ACCEPTED], Act.ACCEPT, None, DESK, again=True),
    *_rows([S.RECEIVED], Act.REJECT, S.REJECTED, DESK, "reason", "text"),
    *_rows([S.ACCEPTED], Act.START, S.IN_PROGRESS, DESK),
    *_rows([S.ACCEPTED, S.IN_PROGRESS], Act.HOLD, S.ON_HOLD, DESK, "reason", "review_on"),
    *_rows([S.ON_HOLD], Act.RESUME, S.IN_PROGRESS, DESK),
    *_rows([S.IN_PROGRESS, S.ON_HOLD], Act.COMPLETE, S.COMPLETED, DESK, "outcome", "service_delivered", "need_met"),
    *_rows(WORKED_ON, Act.FAIL, S.FAILED, DESK, "reason"),
    *_rows(UNTOUCHED, Act.CANCEL, S.CANCELLED, SENDER, "reason"),
    *_rows(WORKED_ON, Act.CANCEL, S.CANCELLED, DESK, "reason"),
    *_rows(WORKED_ON, Act.CANCEL, None, SENDER, "reason"),
    *_rows([S.RECEIVED, *WORKED_ON], Act.FORWARD, S.CANCELLED, DESK, "institution", "text"),
    *_rows(WORKED_ON, Act.SCHEDULE, None, DESK, "at", "place"),
    *_rows(S, Act.COMMENT, None, ANYBODY, "text"),
    *_rows(S, Act.NOTE, None, DESK, "text"),
    *_rows(OPEN, Act.CLAIM, None, DESK),
    *_rows(OPEN, Act.ASSIGN, None, DESK, "to"),
    *_rows([S.COMPLETED], Act.REOPEN, S.IN_PROGRESS, HEAD),
    *_rows(frozenset(S) - {S.ENTERED_IN_ERROR}, Act.MARK_IN_ERROR, S.ENTERED_IN_ERROR, ANYBODY, "reason"),
)

_INDEX = {(row.frm, row.act, party): row for row in TABLE for party in row.who}


def next_state(state: S, act: Act, party: Party) -> S | None:
    """Where ``act`` by ``party`` leads from ``state``; None when it leads nowhere.

    A window's ``cancel`` of what is being worked on stays where it is: it becomes a stop request.
    """
    row = _INDEX.get((state, act, party))
    return row.to if row else None


def allowed(state: S, party: Party) -> tuple[Act, ...]:
    """What ``party`` can do in ``state``, in the table's order; what would change nothing is left out."""
    return tuple(row.act for row in TABLE if row.frm is state and party in row.who and not row.again)
