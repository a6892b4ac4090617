"""What a case's page says of its codes, in Spanish; other languages stand in the catalogues."""

from collections.abc import Mapping
from typing import Final

from services.intake.domain.case import CaseStatus, Delivery
from shared.texts import said
from shared.vocabulary.codes import ReferralStatus

HAPPENED: Final[Mapping[str, str]] = {
    "registered": said("Se registró el caso"),
    "changed": said("Se cambió el caso"),
    "closed": said("Se cerró el caso"),
    "restored": said("La central devolvió el caso a esta ventanilla"),
    "renumbered": said("Cambió su código, que otro caso ya tenía: dé a la persona una hoja nueva"),
    "consent-granted": said("Se registró un consentimiento"),
    "consent-refused": said("Se registró que no consiente"),
    "consent-withdrawn": said("Se retiró el consentimiento"),
    "asked-cancel": said("Se pidió anular una referencia"),
    "asked-comment": said("Se escribió a una institución"),
    "asked-re-refer": said("Se pidió referir de nuevo"),
    "asked-mark-in-error": said("Se pidió marcar una referencia como ingresada por error"),
    "ground-approved": said("Supervisión aprobó el fundamento"),
    "block-lifted": said("Supervisión levantó un bloqueo"),
    "block-acknowledged": said("Supervisión vio lo que un bloqueo retiró"),
    "urgency-lowered": said("Supervisión bajó la urgencia"),
    "merged": said("Se unió a la persona de otro caso"),
    "unmerged": said("Se separó de la persona del otro caso"),
    "assigned": said("Cambió quién lleva el caso"),
    "follow-up-set": said("Se puso un seguimiento"),
    "follow-up-done": said("Se hizo un seguimiento"),
    "looked": said("Se vieron las respuestas"),
    "slip-prepared": said("Se preparó la hoja de referencia"),
    "sent": said("Salió hacia la central"),
    "received-by-hub": said("La central lo recibió"),
    "refused-by-hub": said("La central lo rechazó"),
    "referral-requested": said("La central solicitó la referencia"),
    "referral-received": said("La institución la abrió"),
    "referral-accepted": said("La institución la aceptó"),
    "referral-rejected": said("La institución la declinó"),
    "referral-in-progress": said("La institución comenzó a atender"),
    "referral-on-hold": said("La institución la puso en espera"),
    "referral-completed": said("La institución la completó"),
    "referral-failed": said("La institución no lo logró"),
    "referral-cancelled": said("La referencia se anuló"),
    "referral-entered-in-error": said("Se marcó como ingresada por error"),
    "referral-forwarded": said("La institución la trasladó a otra"),
    "referral-scheduled": said("La institución dio una cita"),
    "referral-commented": said("Mensaje"),
    "referral-overdue": said("Pasó el plazo sin respuesta"),
    "referral-stop-requested": said("Se pidió a la institución que pare"),
    "referral-reopened": said("La institución la reabrió"),
    "referral-changed": said("Cambió la referencia"),
    "referral-consent-withdrawn": said("La institución supo que se retiró el consentimiento"),
    "referral-consent-lapsed": said("Venció el consentimiento: la institución ya no ve los datos"),
    "referral-erasure-asked": said("Se pidió a la institución borrar los datos"),
    "referral-erasure-answered": said("La institución contestó sobre el borrado"),
}
"""Each thing that can happen to a case (its log) or to a referral (its history)."""
SOMETHING: Final = said("Algo cambió")
"""What a newer hub may tell that this window has no word for."""

STATES: Final[Mapping[ReferralStatus, tuple[str, str]]] = {
    ReferralStatus.REQUESTED: ("note", said("Solicitada: la institución todavía no la abre.")),
    ReferralStatus.RECEIVED: ("note", said("La institución la abrió y todavía no contesta.")),
    ReferralStatus.ACCEPTED: ("good", said("La institución la aceptó.")),
    ReferralStatus.IN_PROGRESS: ("good", said("La institución está atendiendo.")),
    ReferralStatus.ON_HOLD: ("note", said("La institución la tiene en espera.")),
    ReferralStatus.COMPLETED: ("good", said("La institución terminó.")),
    ReferralStatus.REJECTED: ("bad", said("La institución la declinó. Decida con la persona qué sigue.")),
    ReferralStatus.FAILED: ("bad", said("La institución no lo logró. Decida con la persona qué sigue.")),
    ReferralStatus.CANCELLED: ("note", said("Se anuló.")),
    ReferralStatus.ENTERED_IN_ERROR: ("note", said("Se ingresó por error y ya no cuenta.")),
}
"""How it looks and what it means to the window."""

DELIVERIES: Final[Mapping[Delivery, tuple[str, str]]] = {
    Delivery.QUEUED: ("note", said("Espera la red")),
    Delivery.SENT: ("note", said("Enviado, sin confirmar")),
    Delivery.RECEIVED: ("good", said("Recibido por la central")),
    Delivery.REFUSED: ("bad", said("La central lo rechazó")),
    Delivery.WITHHELD: ("note", said("No sale de la ventanilla")),
    Delivery.AWAITING_SUPERVISOR: ("note", said("Espera a supervisión")),
}
"""The badge of each place on the way to the hub."""
DELIVERED: Final[Mapping[Delivery, str]] = {
    Delivery.QUEUED: said("Está guardado aquí y saldrá solo cuando haya conexión con la central."),
    Delivery.SENT: said("Salió de la ventanilla; la central todavía no confirma que lo recibió."),
    Delivery.RECEIVED: said("La central lo tiene."),
    Delivery.REFUSED: said("La central no lo tomó como está. Corríjalo: se enviará de nuevo solo."),
    Delivery.WITHHELD: said("Sin consentimiento vigente nada sale de la ventanilla. La persona puede consentir cuando quiera."),
    Delivery.AWAITING_SUPERVISOR: said("Nada sale hasta que supervisión apruebe el fundamento."),
}
"""What it means and what to do."""

STATUSES: Final[Mapping[CaseStatus, tuple[str, str]]] = {
    CaseStatus.OPEN: ("good", said("Abierto")),
    CaseStatus.CLOSED: ("note", said("Cerrado")),
    CaseStatus.ANONYMISED: ("note", said("Anonimizado")),
}

FIELDS: Final[Mapping[str, str]] = {
    "person": said("datos de la persona"),
    "needs": said("necesidades"),
    "consent": said("consentimiento"),
    "vulnerabilities": said("preguntas de riesgo"),
    "situation": said("situación"),
    "urgency": said("urgencia"),
    "notes": said("notas"),
    "occurred_on": said("fecha de la entrevista"),
    "voluntary_return": said("retorno voluntario"),
    "best_interests": said("interés superior"),
    "emergency_call": said("llamada a emergencias"),
    "returned": said("retorno"),
    "return": said("retorno"),
    "guidance": said("orientación"),
    "located_in": said("dónde está"),
    "entry_date": said("fecha de entrada"),
    "household_id": said("familia"),
    "paper_code": said("código del papel"),
}
"""Parts of a case, as they are named when somebody changed them or the hub refuses them."""
OTHER_FIELD: Final = said("otro dato")

NOBODY: Final[Mapping[str, str]] = {
    "routing": said("las reglas"),
    "window": said("la ventanilla"),
    "hub": said("la central"),
}
"""Names that are no person's."""

URGENCIES: Final = {"emergency": "bad", "urgent": "note", "routine": "good"}
"""How each urgency looks."""
