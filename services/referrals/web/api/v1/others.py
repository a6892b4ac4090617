"""Cases at the hub, institutions, the rules and their preview, the audit."""

from services.referrals.queries.audit_list import audit_list
from services.referrals.queries.hub_case import hub_case, subject
from services.referrals.queries.preview import preview
from services.referrals.web.api.v1.bodies import AskedAudit, AskedPreview, AuditQuery, PreviewQuery
from services.referrals.web.api.v1.room import Room
from services.referrals.web.api.v1.schemas import (
    AuditLineSchema,
    HubCaseSchema,
    InstitutionSchema,
    PreviewSchema,
    RulesSchema,
)
from services.referrals.web.api.v1.unnamed_case import UnnamedCaseSchema
from shared.errors import Refused
from shared.routing.case import CaseDetails
from shared.routing.wire import rules_to_wire
from shared.security.identities import Subject
from shared.web.answers import Answer
from shared.web.call import Call, Endpoint, Words
from shared.web.paging import Page, PageQuery, listing, page_of


def case_endpoint(room: Room) -> Endpoint:
    """``GET /cases/{id}``."""

    def about(call: Call) -> Subject | None:
        with room.database.read() as connection:
            return subject(connection, room.tables, room.country.node, call.args["id"], call.actor.institution)

    def read(call: Call) -> Answer:
        now = room.clock.now()
        with room.database.read() as connection:
            found = hub_case(
                connection, room.tables, room.vault, room.country, call.args["id"], reader=call.actor, now=now
            )
        if found is None:
            raise Refused("not_found")
        person = found["person"]
        if isinstance(person, dict) and person:
            with room.works.open() as work:
                basis = str(found["basis"])
                work.audit.note(call.actor, "hub_case.read", "case", call.args["id"], person, ground=basis)
        return Answer(found)

    return Endpoint(
        "GET", "/cases/{id}", "hub_case.read", read, Words("Un caso en la central", "A case at the hub"),
        {200: HubCaseSchema()}, about=about, tag="cases",
    )


def directory_endpoints(room: Room) -> tuple[Endpoint, ...]:
    """``GET /institutions`` and the rules."""

    def institutions(call: Call) -> Answer:
        page = Page.of(call.query(dict))
        every = room.country.directory.institutions
        return Answer(listing(call, every[page.offset : page.offset + page.size], len(every), page))

    def rules(_call: Call) -> Answer:
        country = room.country
        with room.database.read() as connection:
            version = room.overlay.version(connection)
        return Answer(
            {"version": country.rules.version, "directory_version": version, "rules": rules_to_wire(country.rules)}
        )

    def previewed(call: Call) -> Answer:
        with room.database.read() as connection:
            directory = room.overlay.directory(connection)
        window = call.query(AskedPreview).window
        return Answer(preview(call.body(CaseDetails), room.country, directory, window, now=room.clock.now()))

    return (
        Endpoint(
            "GET", "/institutions", "institutions.list", institutions, Words("Las instituciones", "The institutions"),
            {200: page_of(InstitutionSchema())}, about=lambda _call: room.here, query=PageQuery(), tag="directory",
        ),
        Endpoint(
            "GET", "/routing/rules", "routing.rules", rules, Words("Las reglas vigentes", "The rules in force"),
            {200: RulesSchema()}, about=lambda _call: room.here, tag="routing",
        ),
        Endpoint(
            "POST", "/routing/preview", "routing.preview", previewed,
            Words("A quién se referiría un caso; no guarda nada", "Whom a case would be referred to; keeps nothing"),
            {200: PreviewSchema()}, about=lambda _call: room.here, body=UnnamedCaseSchema(room.clock), query=PreviewQuery(),
            tag="routing", searches=True,
        ),
    )


def audit_endpoint(room: Room) -> Endpoint:
    """``GET /audit``."""

    def listed(call: Call) -> Answer:
        asked = call.query(AskedAudit)
        with room.database.read() as connection:
            items, total = audit_list(
                connection, room.tables, asked.wanted, offset=asked.page.offset, size=asked.page.size
            )
        return Answer(listing(call, items, total, asked.page))

    return Endpoint(
        "GET", "/audit", "audit.read", listed, Words("Quién vio e hizo qué", "Who saw and did what"),
        {200: page_of(AuditLineSchema())}, about=lambda _call: room.here, query=AuditQuery(), tag="audit",
    )
