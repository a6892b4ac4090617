"""One case whole: what was said, where it is, what the hub told of it, what happened."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import select

from services.intake.domain.case import Case, Delivery
from services.intake.domain.follow_up import FollowUp
from services.intake.queries.case_rows import Refusal, records, refusal_of
from services.intake.queries.delivery import Way, way_of
from services.intake.queries.todo_list import TodoSeen, todos_of_case
from services.intake.store.case_rows import case_of
from services.intake.store.referrals import ASKED
from services.intake.store.work import WindowWork
from services.intake.use_cases.ask_hub import ALLOWED
from services.intake.use_cases.clocks import overdue
from shared.contracts.case_routed import CaseRouted
from shared.contracts.referral import ReferralState
from shared.contracts.referral_asked import ReferralAsked
from shared.directory.entries import Assurance
from shared.errors import Refused


@dataclass(frozen=True)
class ReferralSeen:
    """A referral as the hub last told it. ``overdue`` is reckoned now; ``allowed_asks`` are what may be asked.

    ``assurance``: how far the institution's directory entries can be relied on today; None while there is no directory.
    """

    state: ReferralState
    overdue: bool
    allowed_asks: tuple[str, ...]
    assurance: Assurance | None = None


@dataclass(frozen=True)
class AskSeen:
    """Something asked of the hub that it has not done yet, or would not do."""

    asked: ReferralAsked
    answered_at: datetime | None
    refused: str | None


@dataclass(frozen=True)
class LogLine:
    """One thing that happened. ``referral_id`` when it happened to a referral."""

    at: datetime
    what: str
    by: str
    version: int | None = None
    referral_id: str | None = None
    institution: str | None = None
    reason: str | None = None
    text: str | None = None


@dataclass(frozen=True)
class AlikeSeen:
    """Another case that might be of the same person."""

    case_id: str
    code: str
    score: int
    reasons: tuple[str, ...]


@dataclass(frozen=True)
class CasePage:
    """Everything that the window knows of one case."""

    case: Case
    delivery: Delivery
    refusal: Refusal | None
    referrals: Sequence[ReferralSeen]
    routing: CaseRouted | None
    todos: Sequence[TodoSeen]
    asks: Sequence[AskSeen]
    alike: Sequence[AlikeSeen]
    follow_ups: Sequence[FollowUp]
    way: Way
    timeline: Sequence[LogLine]


def case_page(work: WindowWork, case_id: str, *, now: datetime) -> CasePage:
    """One case; ``not_found`` for any other id. What this work has held back is written first."""
    work.flush()
    found = records(work.connection, work.tables, work.vault, [case_id], node=work.place.node)
    if not found:
        raise Refused("not_found")
    (record,) = found
    referrals = _referrals(work, case_id, now)
    return CasePage(
        case=case_of(record.row, record.secret),
        delivery=record.delivery,
        refusal=refusal_of(work.connection, work.tables, work.vault, case_id),
        referrals=referrals,
        routing=work.referrals.routing(case_id),
        todos=todos_of_case(work, case_id, now=now),
        asks=_asks(work, case_id),
        alike=_alike(work, case_id),
        follow_ups=work.follow_ups.of_case(case_id),
        way=way_of(work.connection, work.tables, case_id, node=work.place.node),
        timeline=_timeline(work, case_id, referrals),
    )


def _referrals(work: WindowWork, case_id: str, now: datetime) -> list[ReferralSeen]:
    states = work.referrals.of_case(case_id)
    today = work.place.moment(now).today
    return [
        ReferralSeen(
            state,
            overdue(state, now),
            tuple(ask.value for ask in ALLOWED[state.status]),
            work.known.assurance(state.institution, state.needs, today),
        )
        for state in states
    ]


def _asks(work: WindowWork, case_id: str) -> list[AskSeen]:
    """Asks without an answer, and those that were refused; what was done shows in the referral itself."""
    table = work.tables.asks
    shown = table.c.answered_at.is_(None) | table.c.refused.is_(True)
    query = select(table).where(table.c.case_id == case_id, shown).order_by(table.c.asked_at, table.c.id)
    found = []
    for row in work.connection.execute(query).mappings():
        asked: Any = ASKED.load(work.vault.open(row["person_id"], row["id"], row["sealed"]))
        answer = work.vault.open_local(row["answer"]).decode() if row["answer"] else None
        found.append(AskSeen(asked, row["answered_at"], answer))
    return found


def _alike(work: WindowWork, case_id: str) -> list[AlikeSeen]:
    """Both ways: the case that an import flagged, and the one that it resembles."""
    alike, cases = work.tables.alike, work.tables.cases
    mine = select(alike.c.other_id.label("id"), alike.c.score, alike.c.reasons).where(alike.c.case_id == case_id)
    theirs = select(alike.c.case_id.label("id"), alike.c.score, alike.c.reasons).where(alike.c.other_id == case_id)
    both = mine.union(theirs).subquery()
    query = select(both, cases.c.code).join(cases, cases.c.id == both.c.id).order_by(both.c.score.desc(), both.c.id)
    return [
        AlikeSeen(row.id, row.code, row.score, tuple(row.reasons.split())) for row in work.connection.execute(query)
    ]


def _timeline(work: WindowWork, case_id: str, referrals: Sequence[ReferralSeen]) -> list[LogLine]:
    """What happened here and what the hub told, in one order of time."""
    table = work.tables.case_log
    rows = work.connection.execute(select(table).where(table.c.case_id == case_id).order_by(table.c.id)).mappings()
    lines = [LogLine(row["at"], row["what"], row["by"], version=row["version"]) for row in rows]
    for seen in referrals:
        state = seen.state
        lines += [
            LogLine(
                entry.at,
                f"referral-{entry.change}",
                entry.by,
                referral_id=state.id,
                institution=state.institution,
                reason=entry.reason,
                text=entry.text,
            )
            for entry in state.history
        ]
    return sorted(lines, key=lambda line: line.at)
