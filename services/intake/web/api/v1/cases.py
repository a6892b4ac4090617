"""Cases: registered, found, read, changed, closed."""

from collections.abc import Mapping

from services.intake.queries.case_list import CaseList, case_list
from services.intake.queries.case_page import CasePage, case_page
from services.intake.store.work import WindowWork
from services.intake.use_cases.change_case import ChangeCase, change_case
from services.intake.use_cases.close_case import CloseCase, close_case
from services.intake.use_cases.register_case import RegisterCase, register_case
from services.intake.web.api.v1.answers import (
    CaseCreatedSchema,
    CasePageSchema,
    CaseSummarySchema,
    created,
    shown,
)
from services.intake.web.api.v1.bodies import AskedCases, CaseQuery, CaseSearchSchema, CloseSchema, Closing
from services.intake.web.api.v1.case_body import CaseBodySchema
from services.intake.web.api.v1.room import Room
from shared.contracts.case import details_to_json
from shared.persistence.perform import Rendered
from shared.routing.case import CaseDetails
from shared.vocabulary.codes import Vulnerability
from shared.web.answers import Answer
from shared.web.bodies import check, merge_patch
from shared.web.call import Call, Endpoint, Words
from shared.web.limits import SEARCHES
from shared.web.paging import listing, page_of

ALL_FIELDS = ("person", "needs", "consent", "referrals", "notes")
"""What a reader of a case's page sees of a person."""


def case_endpoints(room: Room) -> tuple[Endpoint, ...]:
    """All calls about one case or many, but consents and asks."""
    return (*_list_endpoints(room), *_case_endpoints(room))


def _list_endpoints(room: Room) -> tuple[Endpoint, ...]:
    def registered(call: Call) -> Rendered:
        request = RegisterCase(call.body(CaseDetails))
        return room.acts.carry_out(
            call,
            lambda work: register_case(request, by=call.actor, work=work, now=room.clock.now()),
            about=lambda _work: room.here,
            answer=lambda case: Answer(created(case), version=case.version, location=f"/api/v1/cases/{case.id}"),
        )

    def found(call: Call, asked: AskedCases) -> Rendered:
        return room.acts.carry_out(
            call,
            lambda work: _searched(work, room, call, asked),
            about=lambda _work: room.here,
            answer=lambda page: Answer(listing(call, page.items, page.total, asked.page)),
        )

    cases = page_of(CaseSummarySchema())
    return (
        Endpoint(
            "POST",
            "/cases",
            "case.register",
            registered,
            Words("Registrar a una persona y sus necesidades", "Register a person and their needs"),
            {201: CaseCreatedSchema()},
            about=lambda _call: room.here,
            body=CaseBodySchema(room.place, room.clock, room.faults),
            creating=True,
        ),
        Endpoint(
            "GET",
            "/cases",
            "case.search",
            lambda call: found(call, call.query(AskedCases)),
            Words("Los casos de la ventanilla", "The cases of this window"),
            {200: cases},
            about=lambda _call: room.here,
            query=CaseQuery(),
            limit=SEARCHES,
        ),
        Endpoint(
            "POST",
            "/cases/search",
            "case.search",
            lambda call: found(call, call.body(AskedCases)),
            Words("Buscar por nombre, documento o código", "Search by name, document or code"),
            {200: cases},
            about=lambda _call: room.here,
            body=CaseSearchSchema(),
            searches=True,
            limit=SEARCHES,
        ),
    )


def _case_endpoints(room: Room) -> tuple[Endpoint, ...]:
    def read(call: Call) -> Rendered:
        return room.acts.carry_out(
            call,
            lambda work: _read(work, room, call),
            about=lambda _work: room.case(call),
            answer=paged,
        )

    body = CaseBodySchema(room.place, room.clock, room.faults)

    def changed(call: Call) -> Rendered:
        request = ChangeCase(call.args["case_id"], call.version, lambda details: patched(details, call.raw, body))
        return room.acts.carry_out(
            call,
            lambda work: paged_after(
                work, room, change_case(request, by=call.actor, work=work, now=room.clock.now()).id
            ),
            about=lambda _work: room.case(call),
            answer=paged,
        )

    def closed(call: Call) -> Rendered:
        body = call.body(Closing)
        request = CloseCase(call.args["case_id"], body.reason, body.text, call.version)
        return room.acts.carry_out(
            call,
            lambda work: paged_after(
                work, room, close_case(request, by=call.actor, work=work, now=room.clock.now()).id
            ),
            about=lambda _work: room.case(call),
            answer=paged,
        )

    return (
        Endpoint(
            "GET",
            "/cases/{case_id}",
            "case.read",
            read,
            Words("Un caso, con sus referencias", "One case with its referrals"),
            {200: CasePageSchema()},
            about=room.case,
        ),
        Endpoint(
            "PATCH",
            "/cases/{case_id}",
            "case.change",
            changed,
            Words("Cambiar un caso", "Change a case"),
            {200: CasePageSchema()},
            about=room.case,
            body=body,
            merge_patch=True,
            if_match="required",
            refuses=("already_closed",),
        ),
        Endpoint(
            "POST",
            "/cases/{case_id}/close",
            "case.close",
            closed,
            Words("Cerrar un caso", "Close a case"),
            {200: CasePageSchema()},
            about=room.case,
            body=CloseSchema(),
            if_match="optional",
            refuses=("already_closed",),
        ),
    )


def paged(page: CasePage) -> Answer:
    """A case's page as an answer, with its version as the tag."""
    return Answer(shown(page), version=page.case.version)


def paged_after(work: WindowWork, room: Room, case_id: str) -> CasePage:
    """The page as an act has left it, in the act's own transaction."""
    return case_page(work, case_id, now=room.clock.now())


def patched(details: CaseDetails, patch: object, body: CaseBodySchema) -> CaseDetails:
    """The details as a merge patch would have them; every bad field is named.

    The alias ``unaccompanied_child`` alone answers its question anew, also where another answer stood.
    """
    question = Vulnerability.UNACCOMPANIED_CHILD.value
    if isinstance(patch, Mapping) and "vulnerabilities" not in patch and isinstance(patch.get(question), bool):
        answer = "yes" if patch[question] else "no"
        patch = {name: value for name, value in patch.items() if name != question}
        patch["vulnerabilities"] = {question: answer}
    merged = check(body, merge_patch(details_to_json(details), patch))
    if not isinstance(merged, CaseDetails):  # pragma: no cover - the schema makes nothing else
        raise TypeError
    return merged


def _read(work: WindowWork, room: Room, call: Call) -> CasePage:
    case_id = call.args["case_id"]
    work.audit.note(call.actor, "case.read", "case", case_id, ALL_FIELDS)
    return paged_after(work, room, case_id)


def _searched(work: WindowWork, room: Room, call: Call, asked: AskedCases) -> CaseList:
    page = case_list(
        work, room.people, text=asked.text, status=asked.status, offset=asked.page.offset, size=asked.page.size
    )
    for item in page.items:
        work.audit.note(call.actor, "case.search", "case", item.id, ("person.name", "needs"))
    return page
