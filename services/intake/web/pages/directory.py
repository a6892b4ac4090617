"""``/directorio``: who helps with what, near here, and whether somebody is there now."""

from dataclasses import replace
from typing import Any
from urllib.parse import urlencode

from marshmallow import Schema, fields, post_load, validate

from services.intake.queries.named_places import written
from services.intake.queries.services import Looked, LookedFor, service_now, services_for
from services.intake.queries.world import InForce
from services.intake.web.pages.counter import Counter
from shared.errors import Refused
from shared.security.identities import Subject
from shared.texts import said
from shared.vocabulary.codes import Need
from shared.vocabulary.labels import labels
from shared.web.call import Words
from shared.web.forms import NOT_OFFERED, TOO_LONG, Form, filled
from shared.web.languages import LANGUAGES
from shared.web.paging import Page as Part
from shared.web.visit import Entry, Page, Shown, Visit

DIRECTORY = Entry(
    Words("Directorio", "Directory"),
    Words("Servicios por necesidad y lugar.", "Services by need and place."),
    "/directorio",
    "services.search",
)
SHOWN = 20
"""Services to a page: what a telephone loads in a breath."""
NO_SUCH_PLACE = said("No conocemos ese lugar. Escriba un municipio, un distrito o un departamento.")


class LookSchema(Schema):
    """What is looked for; the names stand in the address."""

    necesidad = fields.Enum(Need, by_value=True, load_default=None, error_messages={"unknown": NOT_OFFERED})
    lugar = fields.String(load_default="", validate=validate.Length(max=100, error=TOO_LONG))
    q = fields.String(load_default="", validate=validate.Length(max=200, error=TOO_LONG))

    @post_load
    def _make(self, data: dict[str, Any], **_kwargs: object) -> LookedFor:
        return LookedFor(data["necesidad"], data["lugar"], data["q"])


def directory_pages(counter: Counter) -> tuple[Page, ...]:
    """The search, and one service to be read and printed."""

    def listed(visit: Visit) -> Shown:
        form, known = filled(LookSchema(), visit.asked), in_force(counter)
        if known is None:
            return Shown("intake/no_directory.html")
        looked = Looked() if form.errors else _looked(counter, known, form)
        if looked.unknown_place:
            form = form.wrong("lugar", NO_SUCH_PLACE)
        return Shown("intake/directory.html", _listed(visit, form, looked, known), 422 if form.errors else 200)

    def one(visit: Visit) -> Shown:
        known = in_force(counter)
        if known is None:
            raise Refused("no_directory")
        room = counter.room
        seen = service_now(known, visit.args["service_id"], place=room.place, now=room.clock.now())
        wanted = visit.asked.get("idioma")
        return Shown("intake/service.html", {"seen": seen, "spoken": wanted if wanted in LANGUAGES else visit.language})

    def subject(visit: Visit) -> Subject | None:
        known = in_force(counter)
        exists = known is None or known.directory.service(visit.args["service_id"]) is not None
        return counter.here(visit) if exists else None

    path = f"{DIRECTORY.path}/{{service_id}}"
    return (
        Page("GET", DIRECTORY.path, DIRECTORY.act, listed, DIRECTORY.label, about=counter.here),
        Page("GET", path, DIRECTORY.act, one, Words("Un servicio", "One service"), about=subject),
    )


def in_force(counter: Counter) -> InForce | None:
    """The directory that the hub published last; None before the first."""
    with counter.room.database.read() as connection:
        return counter.room.published.in_force(connection)


def _looked(counter: Counter, known: InForce, form: Form) -> Looked:
    room = counter.room
    return services_for(known, form.made(LookedFor), place=room.place, now=room.clock.now())


def _listed(visit: Visit, form: Form, looked: Looked, known: InForce) -> dict[str, object]:
    asked = {name: form.value(name) for name in ("necesidad", "lugar", "q") if form.value(name)}
    part = Part.named(visit.asked.get("page", ""), SHOWN)
    places = [(written(area), urlencode(asked | {"lugar": written(area)})) for area in looked.choices]
    return {
        "form": form,
        "looked": replace(looked, services=looked.services[part.offset : part.offset + part.size]),
        "total": len(looked.services),
        "page": part,
        "query": urlencode(asked),
        "places": places,
        "needs": list(labels("need", visit.language).items()),
        "known": known,
    }
