"""``/hsds``: the node's directory in Open Referral HSDS 3.0, with the specification's own names, paths and pages."""

from collections.abc import Callable, Sequence
from typing import Any

from marshmallow import Schema, fields, post_load, validate

from services.referrals.queries.hsds import Hsds, HsdsDirectory, WantedServices, paged
from services.referrals.web.api.v1.room import Room
from services.referrals.web.api.v1.services import in_force
from shared.contracts.fields import code, text
from shared.directory.entries import Frequency, LocationType, ServiceStatus
from shared.errors import Refused
from shared.web.answers import Answer
from shared.web.call import Call, Endpoint, Words
from shared.web.paging import LARGEST_PAGE, LAST_PAGE, USUAL_PAGE
from shared.web.query import WholeNumber, YesNo

VERSION = "3.0"
PROFILE = "urn:ventanilla:hsds:3.0"


class _Entry(Schema):
    """What every object has."""

    id = fields.UUID(required=True)


class HsdsTaxonomySchema(_Entry):
    """``taxonomy``."""

    name = fields.String(required=True)
    description = fields.String(required=True)


class HsdsTaxonomyTermSchema(_Entry):
    """``taxonomy_term``."""

    code = fields.String()
    name = fields.String(required=True)
    description = fields.String(required=True)
    taxonomy = fields.String()
    language = fields.String()


class HsdsAttributeSchema(_Entry):
    """``attribute``."""

    link_id = fields.UUID()
    link_type = fields.String()
    link_entity = fields.String()
    value = fields.String()
    taxonomy_term = fields.Nested(HsdsTaxonomyTermSchema)


class HsdsOrganizationSchema(_Entry):
    """``organization``."""

    name = fields.String(required=True)
    description = fields.String(required=True)
    email = fields.Email()


class HsdsPhoneSchema(_Entry):
    """``phone``."""

    number = fields.String(required=True)


class HsdsAddressSchema(_Entry):
    """``address``."""

    address_1 = fields.String(required=True)
    city = fields.String(required=True)
    region = fields.String()
    state_province = fields.String(required=True)
    postal_code = fields.String(required=True)
    country = fields.String(required=True)
    address_type = code(LocationType, required=True)


class HsdsAccessibilitySchema(_Entry):
    """``accessibility``."""

    description = fields.String()


class HsdsLocationSchema(_Entry):
    """``location``."""

    location_type = code(LocationType, required=True)
    name = fields.String()
    addresses = fields.List(fields.Nested(HsdsAddressSchema))
    phones = fields.List(fields.Nested(HsdsPhoneSchema))
    accessibility = fields.List(fields.Nested(HsdsAccessibilitySchema))


class HsdsScheduleSchema(_Entry):
    """``schedule``."""

    freq = code(Frequency)
    byday = fields.String()
    opens_at = fields.String()
    closes_at = fields.String()
    timezone = fields.Float()
    valid_from = fields.String()
    valid_to = fields.String()
    description = fields.String()


class HsdsLanguageSchema(_Entry):
    """``language``."""

    code = fields.String()


class HsdsRequiredDocumentSchema(_Entry):
    """``required_document``."""

    document = fields.String()


class HsdsServiceAreaSchema(_Entry):
    """``service_area``."""

    name = fields.String()


class HsdsServiceSummarySchema(_Entry):
    """``service``, with what belongs to it alone."""

    name = fields.String(required=True)
    description = fields.String()
    status = code(ServiceStatus, required=True)
    interpretation_services = fields.String()
    application_process = fields.String()
    fees_description = fields.String()
    eligibility_description = fields.String()
    minimum_age = fields.Integer()
    maximum_age = fields.Integer()
    assured_date = fields.String()
    alert = fields.String()
    last_modified = fields.String()
    organization = fields.Nested(HsdsOrganizationSchema)


class HsdsServiceAtLocationSchema(_Entry):
    """``service_at_location``; ``service`` where it is listed by itself."""

    location = fields.Nested(HsdsLocationSchema)
    schedules = fields.List(fields.Nested(HsdsScheduleSchema))
    service = fields.Nested(HsdsServiceSummarySchema)


class HsdsServiceSchema(HsdsServiceSummarySchema):
    """``service``, whole."""

    languages = fields.List(fields.Nested(HsdsLanguageSchema))
    required_documents = fields.List(fields.Nested(HsdsRequiredDocumentSchema))
    service_areas = fields.List(fields.Nested(HsdsServiceAreaSchema))
    service_at_locations = fields.List(fields.Nested(HsdsServiceAtLocationSchema))
    attributes = fields.List(fields.Nested(HsdsAttributeSchema))


class HsdsBaseSchema(Schema):
    """What is served here."""

    version = fields.String(required=True)
    profile = fields.String(required=True)
    openapi_url = fields.String(required=True)


def _page_of(item: Schema) -> Schema:
    """The specification's envelope around some kind of object."""
    members = {name: fields.Integer(required=True) for name in ("total_items", "total_pages", "page_number", "size")}
    flags = {name: fields.Boolean(required=True) for name in ("first_page", "last_page", "empty")}
    name = type(item).__name__.removesuffix("Schema") + "PageSchema"
    return Schema.from_dict({**members, **flags, "contents": fields.List(fields.Nested(item), required=True)}, name=name)()


class HsdsQuery(Schema):
    """``?page=&per_page=``, by the specification's names."""

    page = WholeNumber(load_default=1, validate=validate.Range(min=1, max=LAST_PAGE))
    per_page = WholeNumber(load_default=USUAL_PAGE, validate=validate.Range(min=1, max=LARGEST_PAGE))


class HsdsServicesQuery(HsdsQuery):
    """``?search=&organization_id=&taxonomy_term_id=&full=`` and the page."""

    search = text(longest=200)
    organization_id = text(longest=40)
    taxonomy_term_id = text(longest=40)
    full = YesNo(load_default=False)

    @post_load
    def _make(self, data: dict[str, Any], **_kwargs: object) -> dict[str, Any]:
        names = ("search", "organization_id", "taxonomy_term_id")
        return {**data, "wanted": WantedServices(**{name: data[name] for name in names if name in data})}


def hsds_endpoints(room: Room) -> tuple[Endpoint, ...]:
    """Public data; behind a sign-in for now."""

    def known(call: Call) -> HsdsDirectory:
        now = in_force(room)
        return HsdsDirectory(now.directory, call.language, now.now)

    def base(call: Call) -> Answer:
        return Answer({"version": VERSION, "profile": PROFILE, "openapi_url": f"{call.host}/api/openapi.json"})

    def services(call: Call) -> Answer:
        asked, told = call.query(dict), known(call)
        shape = told.whole if asked["full"] else told.summary
        return _paged(call, [shape(service) for service in told.services(asked["wanted"])])

    def service(call: Call) -> Answer:
        found = known(call).service(call.args["id"])
        if found is None:
            raise Refused("not_found")
        return Answer(found)

    here = lambda _call: room.here  # noqa: E731 - the same object for every one of them
    whole, plain = HsdsServiceSchema(), HsdsQuery()

    def listed(path: str, summary: Words, item: Schema, items: Callable[[HsdsDirectory], Sequence[Hsds]]) -> Endpoint:
        return Endpoint(
            "GET", f"/hsds/{path}", "services.search", lambda call: _paged(call, items(known(call))), summary,
            {200: _page_of(item)}, about=here, query=plain, tag="hsds",
        )

    return (
        Endpoint(
            "GET", "/hsds", "services.search", base, Words("El directorio en HSDS 3.0", "The directory in HSDS 3.0"),
            {200: HsdsBaseSchema()}, about=here, tag="hsds",
        ),
        Endpoint(
            "GET", "/hsds/services", "services.search", services, Words("Servicios (HSDS)", "Services (HSDS)"),
            {200: _page_of(whole)}, about=here, query=HsdsServicesQuery(), tag="hsds",
        ),
        Endpoint(
            "GET", "/hsds/services/{id}", "services.search", service, Words("Un servicio (HSDS)", "One service (HSDS)"),
            {200: whole}, about=here, tag="hsds",
        ),
        listed("organizations", Words("Instituciones (HSDS)", "Organizations (HSDS)"), HsdsOrganizationSchema(), HsdsDirectory.organizations),
        listed(
            "service_at_locations", Words("Servicios en cada lugar (HSDS)", "Services at locations (HSDS)"),
            HsdsServiceAtLocationSchema(), HsdsDirectory.at_locations,
        ),
        listed("taxonomies", Words("Taxonomías (HSDS)", "Taxonomies (HSDS)"), HsdsTaxonomySchema(), lambda told: [told.taxonomy()]),
        listed("taxonomy_terms", Words("Necesidades (HSDS)", "Needs (HSDS)"), HsdsTaxonomyTermSchema(), HsdsDirectory.terms),
    )


def _paged(call: Call, items: Sequence[Hsds]) -> Answer:
    asked = call.query(dict)
    return Answer(paged(items, asked["page"], asked["per_page"]))
