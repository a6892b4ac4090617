"""Consents: recorded and taken back."""

from collections.abc import Sequence

from services.intake.queries.holders import Holder, holders
from services.intake.store.consent_texts import consent_texts
from services.intake.store.work import WindowWork
from services.intake.use_cases.record_consent import RecordConsent, record_consent
from services.intake.use_cases.withdraw_consent import WithdrawConsent, withdraw_consent
from services.intake.web.api.v1.answers import CasePageSchema, ConsentTextsSchema, HoldersSchema
from services.intake.web.api.v1.bodies import AskedTexts, TextsQuery
from services.intake.web.api.v1.cases import paged, paged_after
from services.intake.web.api.v1.room import Room
from shared.contracts.case import ConsentSchema
from shared.persistence.perform import Rendered
from shared.routing.case import Consent
from shared.web.answers import Answer
from shared.web.call import Call, Endpoint, Words


def consent_endpoints(room: Room) -> tuple[Endpoint, ...]:
    """Recording and taking back give the case as it stands then; beside them the texts, and who holds the data."""

    def recorded(call: Call) -> Rendered:
        request = RecordConsent(call.args["case_id"], call.body(Consent), call.version)
        return room.acts.carry_out(
            call,
            lambda work: paged_after(
                work, room, record_consent(request, by=call.actor, work=work, now=room.clock.now()).id
            ),
            about=lambda _work: room.case(call),
            answer=paged,
        )

    def withdrawn(call: Call) -> Rendered:
        request = WithdrawConsent(call.args["case_id"], call.args["consent_id"], call.version)
        return room.acts.carry_out(
            call,
            lambda work: paged_after(
                work, room, withdraw_consent(request, by=call.actor, work=work, now=room.clock.now()).id
            ),
            about=lambda _work: room.case(call),
            answer=paged,
        )

    def held(call: Call) -> Rendered:
        return room.acts.carry_out(
            call,
            lambda work: _held(work, room, call),
            about=lambda _work: room.case(call),
            answer=lambda found: Answer({"items": found, "total": len(found)}),
        )

    def read(call: Call) -> Answer:
        language = call.query(AskedTexts).lang or call.language
        known = sorted(consent_texts(), key=lambda text: not text.current)
        found = [text for text in known if text.language == language]
        return Answer({"items": found, "total": len(found)})

    return (
        Endpoint(
            "GET",
            "/consent-texts",
            "consent_texts.read",
            read,
            Words("Los textos que se leen antes de consentir", "The texts that are read before consenting"),
            {200: ConsentTextsSchema()},
            about=lambda _call: room.here,
            query=TextsQuery(),
        ),
        Endpoint(
            "GET",
            "/cases/{case_id}/holders",
            "case.holders",
            held,
            Words("Quién tuvo los datos de la persona", "Who had the person's data"),
            {200: HoldersSchema()},
            about=room.case,
        ),
        Endpoint(
            "POST",
            "/cases/{case_id}/consents",
            "consent.record",
            recorded,
            Words("Registrar un consentimiento", "Record a consent"),
            {201: CasePageSchema()},
            about=room.case,
            body=ConsentSchema(),
            creating=True,
            if_match="optional",
            refuses=("already_closed",),
        ),
        Endpoint(
            "DELETE",
            "/cases/{case_id}/consents/{consent_id}",
            "consent.withdraw",
            withdrawn,
            Words("Retirar un consentimiento", "Withdraw a consent"),
            {200: CasePageSchema()},
            about=room.case,
            if_match="optional",
            refuses=("already_withdrawn",),
        ),
    )


def _held(work: WindowWork, room: Room, call: Call) -> Sequence[Holder]:
    work.audit.note(call.actor, "case.holders", "case", call.args["case_id"], ("referrals",))
    return holders(work, room.published, call.args["case_id"])
