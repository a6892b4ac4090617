"""One of each event, as its producer would write it. People here are made up."""

from datetime import UTC, date, datetime

from shared.claims import ClaimStatus
from shared.contracts.access import TokenAccess, UserAccess
from shared.contracts.access_changed import AccessChanged
from shared.contracts.account_changed import AccountChanged
from shared.contracts.case_closed import CaseClosed
from shared.contracts.case_registered import CaseRegistered
from shared.contracts.case_restored import CaseRestored
from shared.contracts.case_routed import BlockedInstitution, CaseRouted, RoutingNote
from shared.contracts.case_updated import CaseUpdated
from shared.contracts.claim_answered import ClaimAnswered
from shared.contracts.claim_asked import ClaimAsked
from shared.contracts.consent_withdrawn import ConsentWithdrawn
from shared.contracts.directory_published import DirectoryPublished
from shared.contracts.notification_delivered import NotificationDelivered
from shared.contracts.notification_failed import NotificationFailed
from shared.contracts.position import Position
from shared.contracts.receipt import Receipt, RefusedCase
from shared.contracts.referral import (
    Appointment,
    Erasure,
    HistoryEntry,
    Notice,
    PersonContact,
    Reason,
    ReferralState,
)
from shared.contracts.referral_asked import Ask, ReferralAsked
from shared.contracts.referral_updated import ReferralUpdated
from shared.contracts.resync_requested import ResyncRequested
from shared.contracts.training_recorded import TrainingRecorded
from shared.contracts.visit_recorded import VisitRecorded
from shared.contracts.window_heartbeat import WindowHeartbeat
from shared.routing.approval import Approvals, GroundApproval, Lift, LoweredUrgency, Merge
from shared.routing.case import (
    Address,
    Against,
    BestInterests,
    CaseDetails,
    CaseNeed,
    Consent,
    Document,
    EmergencyCall,
    Guardian,
    GuidanceGiven,
    LastSeen,
    Person,
    Relative,
    Return,
    SafeContact,
    TrustedContact,
    VoluntaryReturn,
)
from shared.vocabulary.codes import (
    AgeBand,
    Answer,
    CloseReason,
    ConsentGivenBy,
    ConsentGround,
    ConsentMethod,
    ConsentPurpose,
    ConsentStatus,
    DocumentType,
    ErasureAnswer,
    GuidanceTopic,
    Need,
    ReferralStatus,
    Sex,
    Situation,
    TrainingAudience,
    TrainingTopic,
    Urgency,
    Vulnerability,
)

NOON = datetime(2026, 11, 23, 12, 0, tzinfo=UTC)
CASE = "01936d00-0000-7000-8000-000000000001"
PERSON = "01936d00-0000-7000-8000-000000000002"
CONSENT = "01936d00-0000-7000-8000-000000000003"
REFERRAL = "01936d00-0000-7000-8000-000000000004"
EPOCH = "01936d00-0000-7000-8000-00000000000e"

DETAILS = CaseDetails(
    person=Person(
        given_name="María",
        family_name="Ejemplo",
        sex=Sex.FEMALE,
        nationality="SV",
        birth_date=date(2012, 5, 1),
        other_nationalities=("HN",),
        document=Document(DocumentType.BIRTH_CERTIFICATE, "123", "SV"),
        phone="+50370000000",
        safe_to_contact=True,
        contact=SafeContact(
            "08:00-17:00",
            "sms",
            "Tiene una respuesta en la ventanilla",
            TrustedContact("Ana Ejemplo", "+50370000001"),
        ),
        origin=Address("SV", "SV-UN", "Conchagua"),
        residence=Address("SV", "SV-UN", "La Unión"),
    ),
    situation=Situation.RETURNEE,
    needs=(
        CaseNeed(Need.CHILD_PROTECTION, "Viaja sola"),
        CaseNeed(Need.RIGHTS_VIOLATION, against=Against("MX", None, "Le quitaron sus cosas")),
        CaseNeed(
            Need.FAMILY_TRACING,
            about=Relative(
                "madre",
                "Ana",
                "Ejemplo",
                estimated_age=40,
                sex=Sex.FEMALE,
                last_seen=LastSeen("MX", "Tapachula", date(2026, 11, 1)),
                notes="Blusa roja",
            ),
        ),
    ),
    consent=Consent(
        ConsentStatus.GRANTED,
        (ConsentPurpose.REFERRAL, ConsentPurpose.CONTACT),
        recipients=("pddh",),
        classes=("name", "health"),
        countries=("SV",),
        given_by=ConsentGivenBy.GUARDIAN,
        guardian=Guardian("Rosa Ejemplo", "abuela", "+50370000002"),
        method=ConsentMethod.WITNESSED_VERBAL,
        option_version="3f2a",
        expires_on=date(2027, 1, 1),
        assent=True,
        assent_words="Quiero ver a mi mamá",
        caregiver_not_informed="No se sabe dónde está la madre",
    ),
    occurred_on=date(2026, 11, 23),
    household_id="01936d00-0000-7000-8000-000000000009",
    paper_code="P-17",
    located_in="SV",
    returned=Return("MX", date(2026, 11, 22)),
    entry_date=date(2026, 11, 22),
    vulnerabilities={Vulnerability.SEPARATED_CHILD: Answer.YES, Vulnerability.DISABILITY: Answer.DECLINED},
    urgency=Urgency.URGENT,
    best_interests=BestInterests("Junta de Protección", date(2026, 11, 23), "JP-1"),
    voluntary_return=VoluntaryReturn(date(2026, 11, 23), date(2026, 11, 23), ConsentMethod.SIGNED),
    emergency_call=EmergencyCall(made=True, at=NOON, service="911"),
    guidance=GuidanceGiven((GuidanceTopic.CHILDRENS_RIGHTS,), "78424e9a445b"),
    notes="Persona inventada",
)
_SIGNED = {"by": "supervisor@la-union", "at": NOON, "paper": "Acta 7/2026"}
APPROVALS = Approvals(
    grounds=(
        GroundApproval(
            id="01936d00-0000-7000-8000-00000000000a",
            **_SIGNED,
            consent_id=CONSENT,
            asked_by="staff@la-union",
            ground=ConsentGround.LEGAL_DUTY,
            review_on=date(2026, 11, 30),
            lapses_on=date(2026, 12, 3),
        ),
    ),
    lifts=(
        Lift(
            id="01936d00-0000-7000-8000-00000000000b",
            **_SIGNED,
            consent_id=CONSENT,
            asked_by="staff@la-union",
            institution="rree",
            rule="R1b",
            witness="Rosa Ejemplo, trabajadora social",
        ),
    ),
    urgencies=(
        LoweredUrgency(
            id="01936d00-0000-7000-8000-00000000000c", **_SIGNED, was=Urgency.EMERGENCY, now=Urgency.URGENT
        ),
    ),
    merges=(
        Merge(
            id="01936d00-0000-7000-8000-00000000000d",
            **_SIGNED,
            person_id=PERSON,
            before="01936d00-0000-7000-8000-00000000000f",
        ),
    ),
)
_TOLD = {
    "case_id": CASE,
    "case_code": "SV-LUN-000001-T",
    "person_id": PERSON,
    "consent_id": CONSENT,
    "incarnation": 1,
    "version": 1,
    "registered_at": NOON,
    "details": DETAILS,
    "consented_at": NOON,
    "approvals": APPROVALS,
}
_REASON = Reason("R2", "Niña sola.", "A child alone.")
STATE = ReferralState(
    id=REFERRAL,
    case_id=CASE,
    case_code="SV-LUN-000001-T",
    person_id=PERSON,
    window="la-union",
    institution="conapina",
    status=ReferralStatus.ACCEPTED,
    urgency=Urgency.EMERGENCY,
    needs=(Need.CHILD_PROTECTION,),
    reasons=(_REASON,),
    created_at=NOON,
    ack_due_at=None,
    due_at=NOON,
    version=3,
    appointment=Appointment(NOON, "Oficina central", ("Partida de nacimiento",)),
    institution_ref="EXP-9",
    responsible="officer@conapina",
    accepted_at=NOON,
    stop_due_at=NOON,
    erasure=Erasure(NOON, ErasureAnswer.RESTRICTED, NOON, "officer@conapina", "Ley Crecer Juntos: expediente de protección"),
    history=(HistoryEntry(NOON, "requested", "routing"), HistoryEntry(NOON, "accepted", "officer@conapina")),
)
_CHANGE = {
    "referral_id": REFERRAL,
    "case_id": CASE,
    "window": "la-union",
    "institution": "conapina",
    "urgency": Urgency.EMERGENCY,
    "at": NOON,
}
_SENT = {
    "notification_id": "01936d00-0000-7000-8000-000000000005",
    "referral_id": REFERRAL,
    "channel": "email",
    "recipient": "officer@conapina",
    "at": NOON,
    "attempts": 1,
}

EXAMPLES: dict[str, object] = {
    "access.changed.v1": AccessChanged(
        (
            UserAccess(
                "officer@pddh",
                "officer",
                "sv",
                2,
                institution="pddh",
                email="officer@pddh.example",
                sign_outs=1,
                tokens=(TokenAccess("ab" * 32, NOON, scope="read", name="informes"),),
            ),
        )
    ),
    "account.changed.v1": AccountChanged(
        "staff@la-union", password_hash="$argon2id$x", language="en", tokens=(TokenAccess("cd" * 32, NOON, revoked=True),)
    ),
    "case.closed.v1": CaseClosed(CASE, 1, 3, CloseReason.SETTLED, NOON, "Resuelto"),
    "case.registered.v1": CaseRegistered(**_TOLD, batch="la-union-2015", claim_code="K7QF-2MXP-9TRY"),
    "case.restored.v1": CaseRestored(**_TOLD),
    "case.routed.v1": CaseRouted(
        CASE,
        1,
        1,
        "sv-1",
        Urgency.EMERGENCY,
        NOON,
        (BlockedInstitution("rree", "R1", "Bloqueada.", "Blocked."),),
        (
            RoutingNote(
                "declaration_missing", "Falta la declaración.", "Declaration missing.", "voluntary_return"
            ),
        ),
    ),
    "case.updated.v1": CaseUpdated(**{**_TOLD, "version": 2}),
    "claim.answered.v1": ClaimAnswered("01936d00-0000-7000-8000-00000000000a", NOON, ClaimStatus.ANSWERED),
    "claim.asked.v1": ClaimAsked("01936d00-0000-7000-8000-00000000000a", "K7QF-2MXP-9TRY"),
    "consent.withdrawn.v1": ConsentWithdrawn(CASE, CONSENT, 1, 4, NOON),
    "directory.published.v1": DirectoryPublished(
        "sv-1.1+sv-2+7",
        {
            "node": "sv",
            "version": "sv-1.1",
            "institutions": [
                {"id": "pddh", "kind": "ombudsman", "node": "sv", "country": "SV", "es": "Procuraduría", "en": "Ombudsman"}
            ],
            "windows": [],
            "locations": [
                {
                    "id": "pddh-central", "institution": "pddh", "name": {"es": "Oficina central", "en": "Central office"},
                    "location_type": "physical", "country": "SV", "zone": "America/El_Salvador", "holidays": "SV",
                }
            ],
            "services": [
                {
                    "id": "pddh-denuncias", "institution": "pddh", "name": {"es": "Denuncias", "en": "Complaints"},
                    "description": {"es": "Recibe denuncias.", "en": "Takes complaints."}, "needs": ["rights_violation"],
                    "status": "active", "languages": ["es"], "version": 2, "assured_date": "2026-11-23",
                    "assured_until": "2027-05-31",
                    "places": [
                        {
                            "location": "pddh-central",
                            "schedules": [{"freq": "WEEKLY", "byday": ["MO", "TU"], "opens_at": "08:00", "closes_at": "16:00"}],
                        }
                    ],
                }
            ],
            "full": [{"institution": "pddh", "need": "rights_violation", "until": "2026-11-30T12:00:00+00:00"}],
        },
        {"rules": []},
    ),
    "notification.delivered.v1": NotificationDelivered(**_SENT),
    "notification.failed.v1": NotificationFailed(**_SENT, reason="550"),
    "position.v1": Position(7, EPOCH, EPOCH),
    "receipt.v1": Receipt(
        7, EPOCH, EPOCH, (RefusedCase(CASE, {"person.document.number": ["No es correcto."]}),), 12
    ),
    "referral.asked.v1": ReferralAsked(
        "01936d00-0000-7000-8000-000000000006",
        CASE,
        REFERRAL,
        Ask.CANCEL,
        "staff@la-union",
        NOON,
        "person-request",
        "Ya no lo necesita",
        None,
    ),
    "referral.updated.v1": ReferralUpdated(
        "accepted",
        **_CHANGE,
        referral=STATE,
        notice=Notice(
            ("window", "person"),
            "officer@conapina",
            None,
            PersonContact("+50370000000", "es", "sms", "08:00-17:00", "Tiene una respuesta"),
            silences=True,
        ),
    ),
    "resync.requested.v1": ResyncRequested((1, 2)),
    "training.recorded.v1": TrainingRecorded(
        "01936d00-0000-7000-8000-000000000007",
        date(2026, 11, 20),
        TrainingAudience.SCHOOLS,
        (TrainingTopic.RIGHTS_OF_MIGRANTS,),
        12,
        9,
        version=2,
    ),
    "visit.recorded.v1": VisitRecorded(
        "01936d00-0000-7000-8000-000000000008",
        date(2026, 11, 23),
        (GuidanceTopic.DOCUMENTS,),
        "sv-1",
        Situation.PROSPECTIVE,
        Sex.MALE,
        AgeBand.FROM_18,
        "78424e9a445b",
    ),
    "window.heartbeat.v1": WindowHeartbeat(7, EPOCH, EPOCH, "sv-1", 3, 2),
}
