"""What else is done at the counter: visits, likely duplicates, places, the preview, how things stand."""

from collections.abc import Mapping, Sequence
from typing import Any

from marshmallow import Schema, fields

from services.intake.queries.likely_duplicates import LikelyDuplicate, likely_duplicates
from services.intake.queries.preview import Previewed, preview
from services.intake.queries.sync import sync_of
from services.intake.store.work import WindowWork
from services.intake.use_cases.record_visit import RecordVisit, record_visit
from services.intake.web.api.v1.answers import LikelyDuplicatesSchema, PlaceSchema, SyncSchema, VisitSchema
from services.intake.web.api.v1.bodies import DuplicatesCheckSchema, TerritoryQuery, VisitBodySchema
from services.intake.web.api.v1.case_body import PreviewSchema
from services.intake.web.api.v1.room import Room
from shared.contracts.case_routed import BlockedInstitutionSchema, RoutingNoteSchema
from shared.contracts.fields import code, codes, text
from shared.contracts.referral import ReasonSchema
from shared.directory.entries import Assurance
from shared.persistence.perform import Rendered
from shared.routing.case import CaseDetails
from shared.vocabulary import territory
from shared.vocabulary.codes import Need, Urgency
from shared.web.answers import Answer
from shared.web.call import Call, Endpoint, Words
from shared.web.limits import SEARCHES


class RoutedSchema(Schema):
    """One institution that would be asked."""

    institution = text(required=True)
    needs = codes(Need)
    urgency = code(Urgency, required=True)
    reasons = fields.List(fields.Nested(ReasonSchema), required=True)
    assurance = code(Assurance, required=True)


class DecisionSchema(Schema):
    """What routing would decide."""

    referrals = fields.List(fields.Nested(RoutedSchema), required=True)
    blocked = fields.List(fields.Nested(BlockedInstitutionSchema), required=True)
    notes = fields.List(fields.Nested(RoutingNoteSchema), required=True)
    urgency = code(Urgency, required=True)
    rules_version = text(required=True)


class PlacesSchema(Schema):
    """Places at all three levels, the nearest first."""

    items = fields.List(fields.Nested(PlaceSchema), required=True)
    total = fields.Integer(required=True)


def counter_endpoints(room: Room) -> tuple[Endpoint, ...]:
    """Calls that are about no case that is kept."""

    def visited(call: Call) -> Rendered:
        request = call.body(RecordVisit)
        return room.acts.carry_out(
            call,
            lambda work: record_visit(request, by=call.actor, work=work, now=room.clock.now()),
            about=lambda _work: room.here,
            answer=Answer,
        )

    def compared(call: Call) -> Rendered:
        person: Mapping[str, Any] = DuplicatesCheckSchema().dump(call.body(dict))["person"]
        return room.acts.carry_out(
            call,
            lambda work: _compared(work, room, call, person),
            about=lambda _work: room.here,
            answer=lambda found: Answer({"items": found, "total": len(found)}),
        )

    def previewed(call: Call) -> Answer:
        with room.database.read() as connection:
            now = room.clock.now()
            return Answer(_shown(preview(connection, room.published, call.body(CaseDetails), now=now)))

    def placed(call: Call) -> Answer:
        found = territory.search(call.query(dict)["q"])
        return Answer({"items": found, "total": len(found)})

    def synced(_call: Call) -> Answer:
        with room.database.read() as connection:
            node, up = room.place.node, room.broker_up()
            return Answer(sync_of(connection, room.tables, node=node, epoch=room.epoch, broker_up=up))

    return (
        Endpoint(
            "POST",
            "/visits",
            "visit.record",
            visited,
            Words("Contar a quien solo preguntó", "Count somebody who only asked"),
            {201: VisitSchema()},
            about=lambda _call: room.here,
            body=VisitBodySchema(),
            creating=True,
        ),
        Endpoint(
            "POST",
            "/duplicates/check",
            "duplicates.check",
            compared,
            Words("Quién podría ser la misma persona", "Who might be the same person"),
            {200: LikelyDuplicatesSchema()},
            about=lambda _call: room.here,
            body=DuplicatesCheckSchema(),
            searches=True,
            limit=SEARCHES,
        ),
        Endpoint(
            "POST",
            "/routing/preview",
            "routing.preview",
            previewed,
            Words("A quién se referiría, sin registrar nada", "To whom it would be referred, recording nothing"),
            {200: DecisionSchema()},
            about=lambda _call: room.here,
            body=PreviewSchema(room.place, room.clock, room.faults),
            searches=True,
            refuses=("no_directory",),
        ),
        Endpoint(
            "GET",
            "/territory",
            "territory.search",
            placed,
            Words("Departamento, municipio o distrito", "Department, municipality or district"),
            {200: PlacesSchema()},
            about=lambda _call: room.here,
            query=TerritoryQuery(),
        ),
        Endpoint(
            "GET",
            "/sync",
            "sync.read",
            synced,
            Words("Cómo está la ventanilla con la central", "How the window stands towards the hub"),
            {200: SyncSchema()},
            about=lambda _call: room.here,
        ),
    )


def _shown(previewed: Previewed) -> dict[str, Any]:
    referrals = zip(previewed.decision.referrals, previewed.assurance, strict=True)
    return {
        **vars(previewed.decision),
        "referrals": [{**vars(one), "assurance": assurance} for one, assurance in referrals],
    }


def _compared(work: WindowWork, room: Room, call: Call, person: Mapping[str, Any]) -> Sequence[LikelyDuplicate]:
    found = likely_duplicates(work, room.people, person, on=room.today())
    for one in found:
        work.audit.note(call.actor, "duplicates.check", "case", one.case.id, ("person.name", "needs"))
    return found
