"""Consents: recorded and taken back."""

from services.intake.use_cases.record_consent import RecordConsent, record_consent
from services.intake.use_cases.withdraw_consent import WithdrawConsent, withdraw_consent
from services.intake.web.api.v1.answers import CasePageSchema
from services.intake.web.api.v1.cases import paged, paged_after
from services.intake.web.api.v1.room import Room
from shared.contracts.case import ConsentSchema
from shared.persistence.perform import Rendered
from shared.routing.case import Consent
from shared.web.call import Call, Endpoint, Words


def consent_endpoints(room: Room) -> tuple[Endpoint, ...]:
    """Both give the case back as it stands then."""

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

    return (
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
