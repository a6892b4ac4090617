"""``GET /referrals``, ``GET /referrals/{id}``, ``POST /referrals``."""

from services.referrals.queries.desk import Desk
from services.referrals.queries.hub_case import subject as case_subject
from services.referrals.queries.one_referral import subject
from services.referrals.store.work import HubWork
from services.referrals.use_cases.request_referral import RequestReferral, request_referral
from services.referrals.web.api.v1.bodies import AskedList, DeskQuery, RequestReferralSchema
from services.referrals.web.api.v1.room import Room
from services.referrals.web.api.v1.schemas import ReferralLineSchema, ReferralSchema
from shared.persistence.perform import Rendered
from shared.security.identities import Subject
from shared.security.policy import check
from shared.web.answers import Answer
from shared.web.call import Call, Endpoint, Words
from shared.web.limits import SEARCHES
from shared.web.paging import listing, page_of


def referral_endpoints(room: Room) -> tuple[Endpoint, ...]:
    """A desk's own referrals, a coordinator's all, and one by hand."""
    desk = Desk(room.tables, room.vault, room.country)

    def listed(call: Call) -> Answer:
        asked = call.query(AskedList)
        with room.database.read() as connection:
            items, total = desk.page(
                connection, call.actor, asked.wanted, now=room.clock.now(), offset=asked.page.offset, size=asked.page.size
            )
        return Answer(listing(call, items, total, asked.page))

    def read(call: Call) -> Answer:
        return room.referral(call.args["id"], call.actor)

    def about(call: Call) -> Subject | None:
        with room.database.read() as connection:
            return subject(connection, room.tables, room.country.node, call.args["id"])

    def requested(call: Call) -> Rendered:
        request = call.body(RequestReferral)

        def act(work: HubWork) -> Answer:
            place = case_subject(
                work.connection, room.tables, room.country.node, request.case_id, call.actor.institution
            )
            check(call.actor, "referral.request", place)
            one = request_referral(request, by=call.actor, work=work, now=room.clock.now())
            answer = room.after(work, one, call.actor)
            return Answer(answer.body, 201, one.desk_version, f"/api/v1/referrals/{one.id}")

        return room.acts.carry_out(call, act, about=lambda _work: room.here, answer=lambda answer: answer)

    return (
        Endpoint(
            "GET", "/referrals", "referral.list", listed, Words("Las referencias de la bandeja", "The desk's referrals"),
            {200: page_of(ReferralLineSchema())}, about=lambda _call: room.here, query=DeskQuery(), tag="referrals",
            limit=SEARCHES,
        ),
        Endpoint(
            "GET", "/referrals/{id}", "referral.read", read, Words("Una referencia", "One referral"),
            {200: ReferralSchema()}, about=about, tag="referrals",
        ),
        Endpoint(
            "POST", "/referrals", "referral.list", requested, Words("Una referencia a mano", "A referral by hand"),
            {201: ReferralSchema()}, about=lambda _call: room.here, body=RequestReferralSchema(), creating=True,
            refuses=("institution_unavailable", "not_assured", "open_referral"), tag="referrals",
        ),
    )

