"""A window with cases in every state, and every page of following a case up, in each state that it has."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from playwright.sync_api import Page

from shared.contracts.case_routed import BlockedInstitution, CaseRouted, RoutingNote
from shared.contracts.receipt import RefusedCase
from shared.contracts.referral import Appointment, HistoryEntry, ReferralState
from shared.vocabulary.codes import Need, ReferralStatus, Urgency
from tests.browser.states import signs_in
from tests.cast import returned_woman
from tests.integration.intake.world import MONDAY, STAFF, SUPERVISOR, World

LATER = MONDAY + timedelta(hours=1)


@dataclass
class Village:
    """The cases of a window, by what is the matter with them."""

    answered: dict[str, Any]
    refused: dict[str, Any]
    withheld: dict[str, Any]
    waiting: dict[str, Any]
    closed: dict[str, Any]
    queued: dict[str, Any]
    blocked: dict[str, Any]
    twin: dict[str, Any]
    declined: ReferralState
    accepted: ReferralState


def somebody(given_name: str, family_name: str, **changes: Any) -> dict[str, Any]:
    body = returned_woman(**changes)
    person = {**body["person"], "given_name": given_name, "family_name": family_name, "birth_date": "1988-03-12"}
    del person["document"]
    return {**body, "person": person}


def answers_of(world: World, case: dict[str, Any]) -> tuple[ReferralState, ReferralState]:
    """The Ombudsman declines, the Foreign Ministry accepts, gives an appointment and writes, the mayor's office is silent."""
    declined = world.referral(
        case, status=ReferralStatus.REJECTED, version=3, suggested_institution="conapina",
        history=(
            HistoryEntry(MONDAY, "requested", "routing"),
            HistoryEntry(MONDAY + timedelta(minutes=20), "received", "officer@pddh"),
            HistoryEntry(LATER, "rejected", "officer@pddh", "not-competent", "Le corresponde a la niñez: vea con CONAPINA."),
        ),
    )
    accepted = world.referral(
        case, institution="rree", status=ReferralStatus.ACCEPTED, version=5, needs=(Need.RECOVERY_OF_BELONGINGS,),
        urgency=Urgency.ROUTINE, responsible="officer@rree", accepted_at=LATER,
        appointment=Appointment(MONDAY + timedelta(hours=3), "Cancillería, ventanilla 3", ("DUI", "Pasaporte")),
        history=(
            HistoryEntry(MONDAY, "requested", "routing"),
            HistoryEntry(LATER, "accepted", "officer@rree"),
            HistoryEntry(LATER + timedelta(minutes=5), "scheduled", "officer@rree"),
            HistoryEntry(LATER + timedelta(minutes=9), "commented", STAFF, text="¿Puede venir acompañada?"),
            HistoryEntry(LATER + timedelta(minutes=30), "commented", "officer@rree", text="Sí, por supuesto."),
        ),
    )
    silent = world.referral(
        case, institution="alcaldia-la-union", needs=(Need.DOCUMENTATION,), urgency=Urgency.ROUTINE, version=1,
        ack_due_at=MONDAY + timedelta(minutes=45),
    )
    for state in (declined, accepted, silent):
        world.hub_tells_referral(state)
    return declined, accepted


def village(world: World) -> Village:
    """Everybody who came today, and what became of it in two hours."""
    world.hub_publishes()
    answered = world.registers(somebody("Marta", "Reyes", urgency="urgent"))
    refused = world.registers(somebody("José", "Argueta"))
    closed = world.registers(somebody("Lidia", "Chávez"))
    blocked = world.registers(
        somebody("Elmer", "Ventura", vulnerabilities=["fear_of_return"], consent={"status": "granted", "recipients": ["pddh", "rree"]})
    )
    world.sends()
    world.hub_receipts(refused=[RefusedCase(refused["id"], {"person.phone": ["El teléfono no existe."]})])
    declined, accepted = answers_of(world, answered)
    block = BlockedInstitution("rree", "R1b", "Teme regresar: no debe saberlo la cancillería.", "Fears return: must not know.")
    note = RoutingNote("declaration_missing", "Falta la declaración de voluntariedad.", "The declaration is missing.")
    world.hub_tells(
        CaseRouted(blocked["id"], 1, 1, "sv-1", Urgency.URGENT, MONDAY, blocked=(block,), notes=(note,)), version=1
    )
    world.call("POST", f"/cases/{closed['id']}/close", {"reason": "settled", "text": "Ya tiene su partida."})
    withheld = world.registers(somebody("Ana", "Molina", consent={"status": "refused"}))
    waiting = world.registers(
        somebody("Rosa", "Guevara", consent={"status": "refused", "ground": "vital_interest", "ground_text": "Inconsciente."})
    )
    queued = world.registers(somebody("Xiomara Guadalupe", "Quintanillazeledón"))
    twin = world.registers(somebody("Ziomara Guadalupe", "Quintanilla Zeledon"))
    world.clock.at = MONDAY + timedelta(hours=2)
    return Village(answered, refused, withheld, waiting, closed, queued, blocked, twin, declined, accepted)


def case_page(page: Page, url: str, here: Village) -> Iterator[str]:
    """One case in each state, by staff."""
    signs_in(page, url, STAFF)
    for name, case in vars(here).items():
        if isinstance(case, dict):
            page.goto(f"{url}/casos/{case['id']}")
            yield f"case, {name}"


def acts(page: Page, url: str, here: Village) -> Iterator[str]:
    """What staff do to a case, wrong first, then right."""
    signs_in(page, url, STAFF)
    case, declined, accepted = (f"{url}/casos/{here.answered['id']}", here.declined.id, here.accepted.id)
    for path in (f"referencias/{accepted}/mensaje", f"referencias/{declined}/referir", f"referencias/{accepted}/anular",
                 f"referencias/{accepted}/error", "consentimiento/retirar", "seguimiento", "cerrar"):
        page.goto(f"{case}/{path}")
        yield f"form, {path.rpartition('/')[2]}"
    for path in (f"referencias/{accepted}/mensaje", f"referencias/{accepted}/anular", "seguimiento", "cerrar"):
        page.goto(f"{case}/{path}")
        page.click("main form .button")
        yield f"empty form, {path.rpartition('/')[2]}"
    page.goto(f"{case}/referencias/{accepted}/mensaje")
    page.fill("#f-text", "¿A qué hora abren?")
    page.click("main form .button")
    yield "a message on its way"
    page.goto(f"{case}/referencias/{declined}/referir")
    page.click("main form .button")
    yield "referred again"
    page.goto(f"{case}/seguimiento")
    page.fill("#f-due_on", "23/11/2026")
    page.fill("#f-text", "Llamar a la hermana")
    page.click("main form .button")
    yield "a follow-up is due"
    page.click("main .plain form button")
    yield "a follow-up is done"


def lists(page: Page, url: str, here: Village) -> Iterator[str]:
    """The first page, a search and what waits."""
    signs_in(page, url, STAFF)
    yield "today, full"
    page.goto(f"{url}/buscar")
    yield "search, the latest"
    page.fill("#f-q", "argeta")
    page.click("main form .button")
    yield "search, one found"
    page.fill("#f-q", "nadie")
    page.click("main form .button")
    yield "search, nobody found"
    page.goto(f"{url}/casos/{here.queued['id']}/seguimiento")
    page.fill("#f-due_on", "24.11.2026")
    page.fill("#f-text", "Ver si tiene su partida")
    page.click("main form .button")
    page.goto(f"{url}/pendientes")
    yield "waiting, full"
    page.goto(f"{url}/pendientes?que=renew_consent")
    yield "waiting, nothing of this kind"
    page.click("button[name=hide]")
    page.goto(f"{url}/hoy")
    yield "today, initials only"


def supervision(page: Page, url: str, here: Village) -> Iterator[str]:
    """What a supervisor does: wrong first, then right."""
    signs_in(page, url, SUPERVISOR)
    at = lambda case: f"{url}/casos/{case['id']}"
    page.goto(at(here.waiting))
    yield "supervisor's case"
    page.goto(f"{at(here.waiting)}/aprobar")
    page.click("main form .button")
    yield "approve, empty"
    page.fill("#f-paper", "Acta 7/2026")
    page.click("main form .button")
    yield "approved"
    page.goto(f"{at(here.blocked)}/levantar")
    page.click("main form .button")
    yield "lift, empty"
    page.check("input[value=rree]")
    page.fill("#f-witness", "Rosa Pérez, enfermera")
    page.fill("#f-paper", "Hoja 3")
    page.click("main form .button")
    yield "lifted"
    page.goto(f"{at(here.answered)}/urgencia")
    page.click("main form .button")
    yield "lower, empty"
    page.check("input[value=routine]")
    page.fill("#f-reason", "Ya está en casa.")
    page.click("main form .button")
    yield "lowered"
    page.goto(f"{at(here.queued)}/unir")
    yield "merge, side by side"
    page.fill("#f-other_code", "SV-LUN-999999-X")
    page.fill("#f-reason", "Lo dijo ella.")
    page.click("main form .button")
    yield "merge, no such code"
    page.fill("#f-other_code", "")
    page.check(f"input[value='{here.twin['id']}']")
    page.click("main form .button")
    yield "merged"
    page.goto(f"{at(here.queued)}/separar")
    yield "part"
    page.fill("#f-reason", "Son primas.")
    page.click("main form .button")
    yield "parted"
    page.goto(f"{at(here.queued)}/asignar")
    yield "give"
    page.check(f"input[value='{SUPERVISOR}']")
    page.click("main form .button")
    yield "given"
    page.goto(f"{url}/equipo")
    yield "team"
    page.click("main form .button")
    yield "team, empty"
    page.select_option("#f-of", STAFF)
    page.select_option("#f-to", SUPERVISOR)
    page.click("main form .button")
    yield "team, handed over"
    page.goto(f"{at(here.queued)}/cerrar")
    page.check("input[value=settled]")
    page.click("main form .button")
    yield "three questions"
    page.check("input[name=explained][value=yes]")
    page.check("input[name=come_back][value=partly]")
    page.click("main form .button")
    yield "answers counted"
    page.goto(f"{url}/numeros")
    yield "numbers"


def locked(page: Page, url: str, here: Village) -> Iterator[str]:
    """Away from the desk for a moment."""
    signs_in(page, url, STAFF)
    page.goto(f"{url}/casos/{here.queued['id']}")
    page.click("#lock button")
    yield "locked"
