"""``/casos/{id}/boleta``: the referral slip, to be looked at, printed on A5 and given to the person."""

from urllib.parse import urlencode

from werkzeug.datastructures import MultiDict

from services.intake.queries.slip import SlipAsked
from services.intake.queries.slip_print import printed
from services.intake.queries.world import near
from services.intake.store.work import WindowWork
from services.intake.web.api.v1.slips import prepared, previewed
from services.intake.web.pages.counter import Counter
from shared.directory.finding import Area
from shared.security.sessions import Notice
from shared.texts import said
from shared.web.call import Words
from shared.web.languages import LANGUAGES
from shared.web.visit import Goes, Page, Shown, Visit

NAMING = {"": None, "no": True, "si": False}
"""What the address says about institutions: as the rules for slips have it, none named, all named."""
READY = said("La hoja está lista y quedó anotada como preparada. Imprímala y entréguela a la persona.")


def slip_pages(counter: Counter) -> tuple[Page, ...]:
    """Looking at it changes nothing; preparing it for the printer is noted in the case."""
    room = counter.room

    def looked_at(visit: Visit) -> Shown:
        asked = _asked(visit, visit.asked)
        return counter.carry_out(visit, lambda work: _shown(counter, visit, asked, work))

    def made_ready(visit: Visit) -> Goes:
        asked = _asked(visit, visit.sent)
        counter.carry_out(visit, lambda work: prepared(work, room, visit.actor, asked))
        return Goes(f"{visit.path}?{_query(visit.sent)}&lista=si", Notice("good", READY))

    path, title = "/casos/{case_id}/boleta", Words("Hoja de referencia", "Referral slip")
    return (
        Page("GET", path, "case.slip", looked_at, title, about=counter.case),
        Page("POST", path, "case.slip", made_ready, title, about=counter.case),
    )


def _asked(visit: Visit, told: MultiDict[str, str]) -> SlipAsked:
    language = told.get("idioma")
    naming = NAMING.get(told.get("nombrar", ""))
    return SlipAsked(visit.args["case_id"], language if language in LANGUAGES else None, naming)


def _query(told: MultiDict[str, str]) -> str:
    kept = {"idioma": told.get("idioma", ""), "nombrar": told.get("nombrar", "")}
    return urlencode({name: value for name, value in kept.items() if value})


def _shown(counter: Counter, visit: Visit, asked: SlipAsked, work: WindowWork) -> Shown:
    room, naming = counter.room, visit.asked.get("nombrar", "")
    slip, known = previewed(work, room, visit.actor, asked), room.published.in_force(work.connection)
    here = near(known.directory, room.place) if known else Area(room.place.country)
    return Shown(
        "intake/slip.html",
        {
            "slip": slip,
            "referrals": printed(slip, here),
            "path": visit.path,
            "case_path": f"/casos/{visit.args['case_id']}",
            "naming": naming if naming in NAMING else "",
            "ready": "lista" in visit.asked,
        },
    )
