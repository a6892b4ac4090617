"""``/consulta``: somebody shows a slip, of whichever window, and is told how their case stands."""

from marshmallow import Schema, fields, validate

from services.intake.use_cases.look_up_claim import ClaimSeen, LookUpClaim, look_up_claim
from services.intake.web.pages.counter import Counter
from shared.errors import Refused
from shared.spoken import parse_code
from shared.texts import said
from shared.web.call import Words
from shared.web.forms import MISSING, TOO_LONG, Form, filled
from shared.web.visit import Entry, Page, Shown, Visit

CLAIM = Entry(
    Words("Consulta", "Ask by slip"),
    Words("Cómo va un caso, con la hoja de la persona.", "How a case stands, by the person's slip."),
    "/consulta",
    "claim.read",
)
NO_CODE = said("No es una clave de consulta. Revise las letras: no lleva 0, O, 1, I, L ni U.")
NOBODYS = said("La central no conoce esa clave. Revísela con la hoja en la mano.")


class ClaimSchema(Schema):
    """The code as it was typed. It is not kept: whose it is stands in the hand of whoever asks."""

    claim = fields.String(
        required=True, validate=validate.Length(max=60, error=TOO_LONG), error_messages={"required": MISSING}
    )


def claim_pages(counter: Counter) -> tuple[Page, ...]:
    """The question is a form and no address: a code opens a case's state."""
    room = counter.room

    def asked(_visit: Visit) -> Shown:
        return _page(counter, Form())

    def answered(visit: Visit) -> Shown:
        form = filled(ClaimSchema(), visit.sent)
        if form.errors:
            return _page(counter, form, status=422)
        try:
            request = LookUpClaim(parse_code(form.value("claim")))
        except ValueError:
            return _page(counter, form.wrong("claim", NO_CODE), status=422)
        try:
            seen = counter.carry_out(
                visit, lambda work: look_up_claim(request, by=visit.actor, work=work, now=room.clock.now())
            )
        except Refused as refusal:
            if refusal.code != "not_found":
                raise
            return _page(counter, form.wrong("claim", NOBODYS), status=422)
        return _page(counter, form, seen)

    return (
        Page("GET", CLAIM.path, CLAIM.act, asked, CLAIM.label, about=counter.here),
        Page("POST", CLAIM.path, CLAIM.act, answered, CLAIM.label, about=counter.here, limit="60/minute"),
    )


def _page(counter: Counter, form: Form, seen: ClaimSeen | None = None, *, status: int = 200) -> Shown:
    return Shown("intake/claim.html", {"form": form, "seen": seen, "online": counter.room.broker_up()}, status)
