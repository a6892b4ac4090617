"""Guidance, questions, directory, slips, voluntary return and trainings in a real browser, as staff of a window."""


import pytest
from playwright.sync_api import Page

from shared.claims import ClaimStatus
from shared.contracts.claim_answered import ClaimAnswered
from shared.spoken import new_code
from tests.browser.counter_states import (
    child_alone,
    code_on,
    in_every_standing,
    referred,
    walk,
    wants_to_return,
)
from tests.browser.looks import WIDTHS, ZOOMED, all_fit, all_in_english, fits, opened
from tests.browser.states import signs_in
from tests.cast import PLANTED
from tests.integration.intake.world import STAFF, World


@pytest.mark.parametrize("width", WIDTHS)
def test_every_page_in_every_state_fits_and_is_accessible(browser, url, world, width):
    page = opened(browser, width, "es-SV")
    all_fit(page, walk(page, url, world), width, url)
    page.context.close()


def test_every_page_in_every_state_is_whole_in_english(browser, url, world):
    page = opened(browser, 360, "en")
    all_in_english(page, walk(page, url, world), "shared/web", "services/intake/web")
    page.context.close()


def test_the_journey_needs_no_script_and_fits_twice_as_large(browser, url, world):
    page = opened(browser, ZOOMED, "es-SV", java_script_enabled=False)
    for state in walk(page, url, world):
        page.wait_for_load_state()
        fits(page, state, ZOOMED)
        assert page.locator("[data-print]:visible").count() == 0, state
    page.context.close()


def test_pages_of_the_counter_weigh_little(browser, url, world):
    world.hub_publishes()
    sizes = []

    def weighs(request):
        if (size := request.sizes()["responseBodySize"]) > 0:  # what the browser kept weighs nothing
            sizes.append(size)

    page = opened(browser, 360, "es-SV")
    page.on("requestfinished", weighs)
    signs_in(page, url, STAFF)
    sizes.clear()
    page.goto(f"{url}/orientacion", wait_until="networkidle")
    assert sum(sizes) <= 60_000
    for path in ("/orientacion/fundamental_rights", "/pregunta", "/directorio", "/directorio/pddh-denuncias"):
        sizes.clear()
        page.goto(url + path, wait_until="networkidle")
        assert sum(sizes) <= 20_000, path
        assert len(sizes) <= 2, path
    page.context.close()


def sheets(page: Page) -> int:
    """How many sheets of paper a page takes, at the size that its own style says."""
    return page.pdf(prefer_css_page_size=True).count(b"/Type /Page\n")


def test_a_question_is_counted_in_two_clicks_and_its_text_opens(page, url, world):
    page.click("main >> text=Solo una pregunta")
    page.click("text=Sus documentos")
    page.wait_for_selector("text=Contado: solo preguntó.")
    assert page.inner_text("h1") == "Sus documentos"
    (kind, visit), = world.sends()
    assert (kind, [str(topic) for topic in visit.topics], visit.sex) == ("visit.recorded", ["documents"], None)
    assert visit.guidance_version is not None


def test_a_form_sent_twice_counts_one_visit(page, url, world):
    page.goto(f"{url}/pregunta")
    form = page.locator("form:has(.asks)")
    form.evaluate("form => { const topic = document.createElement('input'); topic.name = 'topics'; topic.value = 'documents'; form.append(topic); }")
    sent = page.evaluate("() => new URLSearchParams(new FormData(document.querySelector('form:has(.asks)'))).toString()")
    for _ in range(2):
        answer = page.request.post(f"{url}/pregunta", data=sent, headers={"Content-Type": "application/x-www-form-urlencoded"})
        assert answer.ok
    assert [kind for kind, _ in world.sends()] == ["visit.recorded"]


def test_a_text_is_read_in_the_language_of_the_person_while_the_page_stays_in_that_of_the_staff(page, url):
    page.goto(f"{url}/orientacion/documents")
    page.click(".switch >> text=English")
    assert page.get_attribute("article", "lang") == "en"
    assert "Nobody has reviewed this text yet." in page.inner_text("article")
    assert page.get_attribute("html", "lang") == "es"
    assert page.is_visible("text=Imprimir para la persona")


@pytest.mark.parametrize("language", ["es", "en"])
def test_every_text_prints_large_on_at_most_two_sheets(page, url, language):
    page.goto(f"{url}/orientacion")
    for address in [one.get_attribute("href") for one in page.locator(".cards a").all()]:
        page.goto(f"{url}{address}?idioma={language}")
        page.emulate_media(media="print")
        assert page.evaluate("parseFloat(getComputedStyle(document.querySelector('.aloud section p')).fontSize)") >= 18.6, address  # 14 pt
        assert not page.is_visible(".tools")
        assert not page.is_visible("nav")
        assert sheets(page) <= 2, address


def names(page: Page) -> list[str]:
    return page.locator(".services h3").all_inner_texts()


def test_services_are_found_by_need_and_by_the_place_that_people_name(page, url, world):
    world.hub_publishes(in_every_standing)
    page.goto(f"{url}/directorio")
    page.select_option("#f-necesidad", "shelter")
    page.fill("#f-lugar", "conchagua")
    page.click("main button:has-text('Buscar')")
    assert names(page) == ["Apoyo municipal a personas retornadas"]
    assert "La Unión Sur" in page.inner_text(".services")
    assert "Sin cupo para albergue hasta el 29 nov 2026" in page.inner_text(".services")
    page.fill("#f-lugar", "La Unión")
    page.click("main button:has-text('Buscar')")
    page.click("text=Departamento de La Unión")
    assert len(names(page)) == 2  # that of the south and that of the north
    page.fill("#f-lugar", "xyxyxy")
    page.click("main button:has-text('Buscar')")
    assert "No conocemos ese lugar." in page.inner_text("main")
    assert page.input_value("#f-lugar") == "xyxyxy"


def test_a_service_says_whether_somebody_is_there_now(page, url, world):
    world.hub_publishes()
    page.goto(f"{url}/directorio?q=denuncia+derechos")
    assert "Abierto ahora, hasta las 16:00" in page.inner_text(".services")
    world.clock.forward(hours=10)
    page.reload()
    signs_in(page, url, STAFF)
    page.goto(f"{url}/directorio?q=denuncia+derechos")
    assert "Cerrado; abre el martes 24 nov 2026 a las 08:00" in page.inner_text(".services")


def test_the_leaflet_of_every_service_fits_one_sheet(page, url, world):
    known = []
    world.hub_publishes(lambda directory: known.append(directory) or directory)
    page.emulate_media(media="print")
    for service in known[0].services:
        page.goto(f"{url}/directorio/{service.id}")
        assert sheets(page) == 1, service.id


def test_without_a_directory_the_page_says_what_to_do(page, url):
    page.goto(f"{url}/directorio")
    assert "aún no recibe el directorio" in page.inner_text("main")
    assert page.is_visible("main >> text=Orientación")


def slip_of(world: World, url: str, **changes: object) -> str:
    """The address of a case's slip with three referrals."""
    world.hub_publishes()
    return f"{url}/casos/{referred(world, **changes)['id']}/boleta"


@pytest.mark.parametrize("language", ["es", "en"])
def test_a_slip_with_three_institutions_is_one_sheet_of_a5_with_a_code_that_a_scanner_reads(page, url, world, language):
    page.goto(f"{slip_of(world, url)}?idioma={language}&nombrar=si")
    page.emulate_media(media="print")
    wide = page.evaluate("document.querySelector('.slip svg').getBoundingClientRect().width") / 96 * 25.4
    assert wide * 21 / 29 >= 25  # millimetres, without the quiet zone around it
    assert not page.is_visible(".tools")
    assert b"/MediaBox [0 0 420 " in page.pdf(prefer_css_page_size=True)
    assert sheets(page) == 1


def test_a_slip_says_where_to_go_and_nothing_of_whose_it_is(page, url, world):
    page.goto(slip_of(world, url))
    told = page.inner_text(".slip")
    for word in ("Delegación de La Unión", "25 nov 2026, 9:00", "lunes a viernes: 08:00–16:00", "No necesita abogado.", "Alcaldía de La Unión Sur"):
        assert word in told
    for word in (*PLANTED.values(), "Fiscalía", "Xiomara", "1990"):
        assert word not in page.content()
    page.click("text=todos")
    assert "Fiscalía General de la República" in page.inner_text(".slip")


def test_a_slip_that_was_looked_at_is_not_yet_prepared(page, url, world):
    address = slip_of(world, url)
    case_id = address.split("/")[-2]
    page.goto(address)
    assert "slip-prepared" not in [line["what"] for line in world.sees(case_id)["timeline"]]
    page.add_init_script("window.printed = 0; window.print = () => { window.printed += 1; };")
    page.click("text=Preparar e imprimir")
    page.wait_for_selector("text=quedó anotada como preparada")
    assert [line["what"] for line in world.sees(case_id)["timeline"]].count("slip-prepared") == 1
    assert page.evaluate("window.printed") == 1


def asks(page: Page, url: str, code: str) -> str:
    """What the page answers to a claim code."""
    page.goto(f"{url}/consulta")
    page.fill("#f-claim", code)
    page.click("main button:has-text('Preguntar')")
    return page.inner_text("main")


def test_a_slip_of_this_window_is_answered_at_once_however_its_code_is_typed(page, url, world):
    code = code_on(page, slip_of(world, url))
    for typed in (code.lower(), code.replace(" ", "-"), code.replace(" ", "."), f" {code} "):
        assert "Hay una respuesta" in asks(page, url, typed)
    assert code.split()[0] not in page.url
    assert "Xiomara" not in page.content()


def test_a_slip_of_another_window_waits_for_the_hub_also_without_network(page, url, world):
    code = new_code()
    assert "Se preguntó a la central" in asks(page, url, code)
    assert "ahora no hay red" in page.inner_text("main")
    (kind, asked), = world.sends()
    assert (kind, asked.claim_code) == ("claim.asked", code)
    world.hub_tells(ClaimAnswered(asked.ask_id, world.clock.now(), ClaimStatus.IN_REVIEW))
    page.click("text=Ver si ya llegó la respuesta")
    page.wait_for_selector("text=Una institución lo está revisando")


@pytest.mark.parametrize(("typed", "said"), [("", "Escriba este dato."), ("K7QF", "No es una clave"), ("O" * 12, "No es una clave")])
def test_what_is_no_code_says_what_to_check_and_stays_typed(page, url, typed, said):
    assert said in asks(page, url, typed)
    assert page.input_value("#f-claim") == typed


def return_of(page: Page, url: str, world: World, body: dict[str, object]) -> str:
    """The id of a new case, its voluntary return open before the staff."""
    world.hub_publishes()
    case_id = str(world.registers(body)["id"])
    page.goto(f"{url}/casos/{case_id}/retorno")
    return case_id


def declares(page: Page) -> None:
    page.check("input[value=thumbprint]")
    page.click("text=Anotar la declaración")
    page.wait_for_selector("text=La declaración de voluntariedad quedó anotada.")


def test_a_return_is_guided_before_it_is_declared_and_then_printed_for_the_office_where_the_person_is(page, url, world):
    case_id = return_of(page, url, world, wants_to_return(located_in="MX"))
    assert page.locator("form[action$=declaracion]").count() == 0
    assert "Nunca es la única opción" in page.inner_text(".aloud")
    page.click("text=Ya se la leí")
    declares(page)
    page.click("text=Ver e imprimir la hoja")
    told = page.inner_text("article")
    for word in ("Organización Internacional para las Migraciones, México", "Honduras", PLANTED["family_name"], "Huella".lower()):
        assert word in told
    assert sheets(page) == 1
    seen = world.sees(case_id)
    assert seen["voluntary_return"] == {"guidance_on": "2026-11-23", "declared_on": "2026-11-23", "method": "thumbprint"}
    assert seen["guidance"]["topics"] == ["voluntary_return"]


def test_a_child_alone_does_not_return_without_the_decision_of_the_authority(page, url, world):
    case_id = return_of(page, url, world, child_alone())
    page.click("text=Ya se la leí")
    declares(page)
    assert "Se puede imprimir cuando no falte nada" in page.inner_text("main")
    page.goto(f"{url}/casos/{case_id}/retorno/hoja")
    assert "Todavía faltan pasos" in page.inner_text("main")
    page.fill("#f-decided_by", "Junta de Protección de La Unión")
    page.fill("#f-decided_on", "20/11/2026")
    page.fill("#f-reference", "JP-1")
    page.click("button:has-text('Anotar la decisión')")
    page.click("text=Ver e imprimir la hoja")
    assert "Junta de Protección de La Unión, 20 nov 2026, JP-1" in page.inner_text("article")


def test_whoever_fears_to_return_is_warned_of_and_no_ministry_is_named(page, url, world):
    return_of(page, url, world, wants_to_return(vulnerabilities=["fear_of_return"]))
    assert "teme regresar" in page.inner_text(".notice.bad")
    page.click("text=Ya se la leí")
    declares(page)
    page.click("text=Ver e imprimir la hoja")
    assert "Ministerio" not in page.inner_text("article")
    assert "por decidir con la persona" in page.inner_text("article")


def test_a_date_that_is_none_or_is_to_come_is_said_at_its_field_and_stays_typed(page, url, world):
    return_of(page, url, world, wants_to_return())
    page.click("text=Ya se la leí")
    for typed, said in (("31/2/2026", "Escriba día, mes y año"), ("24/11/2026", "No puede ser una fecha futura."), ("1/11/2026", "anterior a la orientación")):
        page.fill("#f-declared_on", typed)
        page.check("input[value=signed]")
        page.click("text=Anotar la declaración")
        page.wait_for_selector(f".field.wrong:has-text('{said}')")
        assert page.input_value("#f-declared_on") == typed
        assert page.is_checked("input[value=signed]")


def test_what_a_colleague_changed_meanwhile_stays(page, url, world):
    case_id = return_of(page, url, world, wants_to_return())
    assert world.changes(case_id, {"notes": "llama el martes"}, 1).status_code == 200
    page.click("text=Ya se la leí")
    page.wait_for_selector("text=Quedó anotado que se leyó la orientación.")
    assert world.sees(case_id)["notes"] == "llama el martes"


def test_help_is_in_one_place_on_every_page_also_for_whoever_cannot_sign_in(browser, page, url):
    stranger = opened(browser, 360, "es-SV")
    for one, path in ((stranger, "/entrar"), (page, "/directorio"), (page, "/consulta")):
        one.goto(url + path)
        one.click("footer >> text=Ayuda")
        assert one.locator(".stages > li").count() == 6
    stranger.context.close()


def test_a_question_is_counted_and_a_slip_asked_about_with_the_keyboard_alone(page, url, world):
    code = code_on(page, slip_of(world, url))
    page.goto(f"{url}/pregunta")
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")  # past the menu
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.textContent") == "Sus derechos, donde esté"
    page.keyboard.press("Enter")
    page.wait_for_selector("text=Contado: solo preguntó.")
    page.goto(f"{url}/consulta")
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    page.keyboard.press("Tab")
    page.keyboard.type(code)
    page.keyboard.press("Enter")
    page.wait_for_selector("text=Hay una respuesta")
