"""What only a supervisor does to a case: approve, lift, lower, merge. And what waits for somebody."""

from collections.abc import Callable
from datetime import datetime

from marshmallow import Schema

from services.intake.domain.case import Case
from services.intake.queries.todo_list import todo_list
from services.intake.store.work import WindowWork
from services.intake.use_cases.acknowledge_block import acknowledge_block
from services.intake.use_cases.approve_case import ApproveCase, approve_case
from services.intake.use_cases.lift_block import LiftBlock, lift_block
from services.intake.use_cases.lower_urgency import LowerUrgency, lower_urgency
from services.intake.use_cases.merge_case import MergeCase, UnmergeCase, merge_case, unmerge_case
from services.intake.web.api.v1 import supervision_bodies as bodies
from services.intake.web.api.v1.answers import CasePageSchema, TodoSchema
from services.intake.web.api.v1.cases import paged, paged_after
from services.intake.web.api.v1.room import Room
from shared.persistence.perform import Rendered
from shared.web.answers import Answer
from shared.web.call import Call, Endpoint, Nothing, Words
from shared.web.paging import Page, PageQuery, listing, page_of

Does = Callable[[Call, WindowWork, datetime], Case]
"""An act carried out for whoever calls."""


def _approve(call: Call, work: WindowWork, now: datetime) -> Case:
    request = ApproveCase(call.args["case_id"], **vars(call.body(bodies.Approve)), version=call.version)
    return approve_case(request, by=call.actor, work=work, now=now)


def _lift(call: Call, work: WindowWork, now: datetime) -> Case:
    request = LiftBlock(call.args["case_id"], **vars(call.body(bodies.Lift)), version=call.version)
    return lift_block(request, by=call.actor, work=work, now=now)


def _lower(call: Call, work: WindowWork, now: datetime) -> Case:
    request = LowerUrgency(call.args["case_id"], **vars(call.body(bodies.Lower)), version=call.version)
    return lower_urgency(request, by=call.actor, work=work, now=now)


def _merge(call: Call, work: WindowWork, now: datetime) -> Case:
    body = call.body(bodies.Merge)
    request = MergeCase(call.args["case_id"], body.case_id, body.reason, call.version)
    return merge_case(request, by=call.actor, work=work, now=now)


def _unmerge(call: Call, work: WindowWork, now: datetime) -> Case:
    request = UnmergeCase(call.args["case_id"], call.body(bodies.Undo).reason, call.version)
    return unmerge_case(request, by=call.actor, work=work, now=now)


def _acknowledge(call: Call, work: WindowWork, now: datetime) -> Case:
    return acknowledge_block(call.args["case_id"], by=call.actor, work=work, now=now)


ACTS: tuple[tuple[str, str, Schema, Does, Words, tuple[str, ...]], ...] = (
    (
        "approve", "case.approve", bodies.ApproveCaseSchema(), _approve,
        Words("Aprobar un fundamento distinto del consentimiento", "Approve a ground other than consent"),
        ("nothing_to_approve", "second_pair_of_eyes", "already_closed", "no_directory"),
    ),
    (
        "lift-block", "case.lift-block", bodies.LiftBlockSchema(), _lift,
        Words("Levantar un bloqueo que la persona quiere levantar", "Lift a block that the person wants lifted"),
        ("second_pair_of_eyes", "already_closed", "no_directory"),
    ),
    (
        "lower-urgency", "case.lower-urgency", bodies.LowerUrgencySchema(), _lower,
        Words("Bajar la urgencia", "Lower the urgency"), ("already_closed",),
    ),
    (
        "merge", "case.merge", bodies.MergeCaseSchema(), _merge,
        Words("Unir el caso a la persona de otro", "Merge the case with another one's person"), (),
    ),
    (
        "unmerge", "case.merge", bodies.UndoSchema(), _unmerge,
        Words("Deshacer esa unión", "Undo that"), ("not_merged",),
    ),
    (
        "acknowledge", "case.acknowledge", Nothing(), _acknowledge,
        Words("Visto lo que un bloqueo retiró", "Seen what a block took back"), (),
    ),
)
"""Name, policy act, body, act, words, and what besides ``invalid`` and ``stale`` it may refuse."""


def supervision_endpoints(room: Room) -> tuple[Endpoint, ...]:
    """One endpoint for each act, each giving the case back as it stands then; and the list of what waits."""

    def waiting(call: Call) -> Rendered:
        page = Page.of(call.query(dict))
        return room.acts.carry_out(
            call,
            lambda work: todo_list(work, now=room.clock.now(), offset=page.offset, size=page.size),
            about=lambda _work: room.here,
            answer=lambda found: Answer(listing(call, *found, page)),
        )

    acts = tuple(
        Endpoint(
            "POST",
            f"/cases/{{case_id}}/{name}",
            act,
            _view(room, does),
            words,
            {200: CasePageSchema()},
            about=room.case,
            body=body,
            creating=True,
            if_match="optional",
            refuses=refuses,
        )
        for name, act, body, does, words, refuses in ACTS
    )
    todos = Endpoint(
        "GET",
        "/todos",
        "todo.list",
        waiting,
        Words("Lo que espera a alguien, lo más antiguo primero", "What waits for somebody, the longest first"),
        {200: page_of(TodoSchema())},
        about=lambda _call: room.here,
        query=PageQuery(),
    )
    return (*acts, todos)


def _view(room: Room, does: Does) -> Callable[[Call], Rendered]:
    def view(call: Call) -> Rendered:
        return room.acts.carry_out(
            call,
            lambda work: paged_after(work, room, does(call, work, room.clock.now()).id),
            about=lambda _work: room.case(call),
            answer=paged,
        )

    return view
