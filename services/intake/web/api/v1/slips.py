"""The slip of a case, and what a slip tells whoever shows it."""

from dataclasses import dataclass

from marshmallow import Schema, fields, validate

from services.intake.queries.slip import Slip, SlipAsked, slip_of
from services.intake.store.work import WindowWork
from services.intake.use_cases.look_up_claim import LookUpClaim, look_up_claim
from services.intake.web.api.v1.room import Room
from shared.claims import ClaimStatus
from shared.contracts.fields import ValueSchema, code, moment
from shared.contracts.referral import AppointmentSchema
from shared.errors import Refused
from shared.persistence.perform import Rendered
from shared.security.identities import Actor
from shared.spoken import parse_code
from shared.web.answers import Answer
from shared.web.call import Call, Endpoint, Words
from shared.web.query import YesNo


@dataclass(frozen=True)
class AskedSlip:
    """``?lang=&discreet=``."""

    lang: str | None = None
    discreet: bool | None = None


class SlipQuery(ValueSchema):
    """Language left out: the person's. ``discreet`` left out: as ``slip.yml`` says for each institution."""

    makes = AskedSlip
    lang = fields.String(validate=validate.OneOf(["es", "en"]))
    discreet = YesNo()


class ClaimOfSlipSchema(Schema):
    """The code as it is written, spoken and scanned."""

    code = fields.String(required=True)
    groups = fields.List(fields.String(), required=True)
    qr_svg = fields.String(required=True)


class HoursSchema(Schema):
    """From, to, on the place's clock."""

    opens = fields.Time(format="%H:%M", required=True)
    closes = fields.Time(format="%H:%M", required=True)


class DayHoursSchema(Schema):
    """One day; no hours: closed."""

    day = fields.Date(format="iso", required=True)
    hours = fields.List(fields.Nested(HoursSchema), required=True)


class WhereSchema(Schema):
    """A place; an empty week: its hours are to be confirmed."""

    name = fields.String(required=True)
    address = fields.String(required=True)
    municipality = fields.String(required=True, allow_none=True)
    district = fields.String(required=True, allow_none=True)
    phones = fields.List(fields.String(), required=True)
    accessibility = fields.String(required=True, allow_none=True)
    today = fields.List(fields.Nested(HoursSchema), required=True)
    week = fields.List(fields.Nested(DayHoursSchema), required=True)


class SlipReferralSchema(Schema):
    """Where to go, or, discreetly, only when."""

    referral_id = fields.String(required=True)
    label = fields.String(required=True)
    discreet = fields.Boolean(required=True)
    where = fields.List(fields.Nested(WhereSchema), required=True)
    appointment = fields.Nested(AppointmentSchema, required=True, allow_none=True)
    bring = fields.List(fields.String(), required=True)
    not_needed = fields.List(fields.String(), required=True)
    languages = fields.List(fields.String(), required=True)
    fees = fields.List(fields.String(), required=True)
    to_confirm = fields.Boolean(required=True)


class SlipTextsSchema(Schema):
    """The sentences around it."""

    discreet = fields.String(required=True)
    where_discreet = fields.String(required=True)
    ask = fields.String(required=True)
    keep = fields.String(required=True)
    hours_unknown = fields.String(required=True)
    to_confirm = fields.String(required=True)
    not_on_it = fields.List(fields.String(), required=True)


class SlipSchema(Schema):
    """A slip, ready to be laid out: no name, no document, no need, no reason."""

    case_code = fields.String(required=True)
    language = fields.String(required=True)
    prepared_on = fields.Date(format="iso", required=True)
    claim = fields.Nested(ClaimOfSlipSchema, required=True, allow_none=True)
    texts = fields.Nested(SlipTextsSchema, required=True)
    referrals = fields.List(fields.Nested(SlipReferralSchema), required=True)


class ClaimSeenSchema(Schema):
    """How a case stands; no status yet: the hub was asked, ask again in a moment."""

    status = code(ClaimStatus, required=True, none=True)
    as_of = moment(required=True, none=True)


def slip_endpoints(room: Room) -> tuple[Endpoint, ...]:
    """``GET /cases/{case_id}/slip`` and ``GET /claims/{code}``."""

    def slip(call: Call) -> Rendered:
        wanted = call.query(AskedSlip)
        asked = SlipAsked(call.args["case_id"], wanted.lang, wanted.discreet)
        return room.acts.carry_out(
            call, lambda work: prepared(work, room, call.actor, asked), about=lambda _work: room.case(call), answer=Answer
        )

    def claim(call: Call) -> Rendered:
        try:
            request = LookUpClaim(parse_code(call.args["code"]))
        except ValueError as error:
            raise Refused("invalid", fields={"code": ["No es una clave de consulta. Revise las letras."]}) from error
        return room.acts.carry_out(
            call,
            lambda work: look_up_claim(request, by=call.actor, work=work, now=room.clock.now()),
            about=lambda _work: room.here,
            answer=lambda seen: Answer(seen, status=200 if seen.status else 202),
        )

    return (
        Endpoint(
            "GET", "/cases/{case_id}/slip", "case.slip", slip, Words("La hoja de referencia", "The referral slip"),
            {200: SlipSchema()}, about=room.case, query=SlipQuery(),
        ),
        Endpoint(
            "GET", "/claims/{code}", "claim.read", claim,
            Words("Cómo va el caso de una hoja, de cualquier ventanilla", "How the case of a slip stands, of any window"),
            {200: ClaimSeenSchema(), 202: ClaimSeenSchema()}, about=lambda _call: room.here, limit="60/minute",
        ),
    )


def prepared(work: WindowWork, room: Room, by: Actor, asked: SlipAsked) -> Slip:
    """The slip, noted as prepared: whether paper came out nobody can know."""
    made = previewed(work, room, by, asked)
    case = work.cases.find(asked.case_id)
    if case is not None:
        work.cases.log(case, "slip-prepared", by=by.user, at=room.clock.now())
    return made


def previewed(work: WindowWork, room: Room, by: Actor, asked: SlipAsked) -> Slip:
    """The slip, looked at and no more."""
    made = slip_of(work, room.published.in_force(work.connection), asked, now=room.clock.now())
    work.audit.note(by, "case.slip", "case", asked.case_id, ("referrals", "claim"))
    return made
