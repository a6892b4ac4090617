"""``GET /cases/{case_id}/voluntary-return-sheet``."""

from marshmallow import Schema, fields

from services.intake.queries.return_sheet import ReturnSheet, return_sheet
from services.intake.store.work import WindowWork
from services.intake.use_cases.finding import case_or_refuse
from services.intake.web.api.v1.room import Room
from shared.contracts.case import BestInterestsSchema, GuardianSchema, PersonSchema
from shared.contracts.fields import code
from shared.persistence.perform import Rendered
from shared.security.identities import Actor
from shared.vocabulary.codes import ConsentMethod, Vulnerability
from shared.web.answers import Answer
from shared.web.call import Call, Endpoint, Words


class OfficeSchema(Schema):
    """An institution by its names."""

    id = fields.String(required=True)
    es = fields.String(required=True)
    en = fields.String(required=True)


class ReturningPersonSchema(PersonSchema):
    """Who returns; how they are reached stands beside it, where that is safe."""

    class Meta:
        exclude = ("phone", "contact", "safe_to_contact")


class ReturnSheetSchema(Schema):
    """The data of the application, ready to be laid out."""

    case_code = fields.String(required=True)
    prepared_on = fields.Date(format="iso", required=True)
    person = fields.Nested(ReturningPersonSchema, required=True)
    age = fields.Integer(required=True, allow_none=True)
    phone = fields.String(required=True, allow_none=True)
    located_in = fields.String(required=True)
    return_to = fields.String(required=True)
    entry_date = fields.Date(format="iso", required=True, allow_none=True)
    guidance_on = fields.Date(format="iso", required=True)
    declared_on = fields.Date(format="iso", required=True)
    method = code(ConsentMethod, required=True, none=True)
    child = fields.Boolean(required=True)
    child_alone = fields.Boolean(required=True)
    guardian = fields.Nested(GuardianSchema, required=True, allow_none=True)
    best_interests = fields.Nested(BestInterestsSchema, required=True, allow_none=True)
    priority = fields.List(code(Vulnerability), required=True)
    fears_return = fields.Boolean(required=True)
    iom = fields.Nested(OfficeSchema, required=True, allow_none=True)
    applicant = fields.Nested(OfficeSchema, required=True, allow_none=True)


def return_endpoint(room: Room) -> Endpoint:
    """Refused with every missing step by name (409) until guidance, declaration and, for a child, its papers are there."""

    def read(call: Call) -> Rendered:
        return room.acts.carry_out(
            call, lambda work: sheet_of(work, room, call.actor, call.args["case_id"]), about=lambda _work: room.case(call), answer=Answer
        )

    return Endpoint(
        "GET", "/cases/{case_id}/voluntary-return-sheet", "case.return-sheet", read,
        Words("Los datos para solicitar el retorno voluntario", "The data to ask for a voluntary return"),
        {200: ReturnSheetSchema()}, about=room.case, refuses=("papers_missing",),
    )


def sheet_of(work: WindowWork, room: Room, by: Actor, case_id: str) -> ReturnSheet:
    """The sheet of one case; that somebody read it is noted."""
    case = case_or_refuse(case_id, work=work)
    known = room.published.in_force(work.connection)
    sheet = return_sheet(case.code, case.details, known, place=room.place, today=room.today())
    work.audit.note(by, "case.return-sheet", "case", case.id, ("person", "voluntary_return"))
    return sheet
