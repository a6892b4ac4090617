"""Trainings at a window's page: written down, attended by numbers or by a list, closed, certified."""


import pytest
from playwright.sync_api import Page

from tests.browser.counter_states import writes_row, writes_session
from tests.browser.looks import opened
from tests.browser.states import signs_in
from tests.integration.intake.world import SUPERVISOR, World


def kept(world: World, page: Page) -> dict[str, object]:
    """The session that the page is about, as the API gives it."""
    training_id = page.url.split("/capacitaciones/")[1].split("/")[0]
    return dict(world.call("GET", f"/trainings/{training_id}").get_json())


def told(world: World) -> list[tuple[int, int, int]]:
    return [(event.women, event.men, event.others) for kind, event in world.sends() if kind == "training.recorded"]


def test_a_session_in_numbers_is_written_down_counted_and_closed(page, url, world):
    writes_session(page, url)
    assert "La capacitación quedó anotada." in page.inner_text("main")
    page.click("summary")
    page.fill("#f-women", "12")
    page.fill("#f-men", "9")
    page.click("text=Guardar las cantidades")
    assert "mujeres 12, hombres 9, otras personas 0" in page.inner_text("main")
    assert told(world) == []
    page.click("text=Cerrar la capacitación")
    page.wait_for_selector("text=La capacitación está cerrada")
    assert told(world) == [(12, 9, 0)]
    session = kept(world, page)
    assert (session["held_on"], session["trainers"]) == ("2026-11-20", ["Delegada de Prueba", "Docente de Prueba"])


def test_a_list_keeps_names_with_consent_alone_and_certifies_each_on_a_sheet(page, url, world):
    writes_session(page, url)
    address = page.url
    page.click("text=Hacer la lista")
    writes_row(page, 0, "Beatriz Inventada", "female")
    writes_row(page, 1, "Carlos Ficticio", "male", consents=False)
    writes_row(page, 2, "Diana Deprueba", "female")
    page.uncheck("input[name=came-2]")
    writes_row(page, 3, "Elsa Ejemplo", "female")
    page.click("text=Guardar la lista")
    assert [one["name"] for one in kept(world, page)["participants"]] == ["Beatriz Inventada", None, "Diana Deprueba", "Elsa Ejemplo"]
    page.click("text=Cerrar la capacitación")
    assert told(world) == [(2, 1, 0)]
    page.click("text=Ver e imprimir los certificados")
    assert page.locator(".certificate .name").all_inner_texts() == ["Beatriz Inventada", "Elsa Ejemplo"]
    paper = page.pdf(prefer_css_page_size=True)
    assert paper.count(b"/Type /Page\n") == 2
    assert b"/MediaBox [0 0 841" in paper  # A4, lying

    # somebody changes their mind: the tick goes, and the name with it
    page.goto(f"{address}/lista")
    page.uncheck("input[name=consent-0]")
    page.click("text=Guardar la lista")
    assert [one["name"] for one in kept(world, page)["participants"]] == [None, None, "Diana Deprueba", "Elsa Ejemplo"]
    assert told(world) == [(2, 1, 0)]


def test_a_row_is_taken_off_the_list(page, url, world):
    writes_session(page, url)
    page.click("text=Hacer la lista")
    writes_row(page, 0, "Beatriz Inventada", "female")
    writes_row(page, 1, "Carlos Ficticio", "male")
    page.click("text=Guardar la lista")
    page.click("text=Ver y llenar la lista")
    page.check("input[name=remove-0]")
    page.click("text=Guardar la lista")
    assert [one["name"] for one in kept(world, page)["participants"]] == ["Carlos Ficticio"]


def test_what_is_wrong_in_a_list_is_said_at_its_row_and_all_that_was_typed_stays(page, url):
    writes_session(page, url)
    page.click("text=Hacer la lista")
    writes_row(page, 1, "Carlos Ficticio", "male")
    page.check("input[name=consent-3]")
    page.select_option("#f-sex-3", "female")
    page.click("text=Guardar la lista")
    page.click("text=Fila 4: Escriba el nombre de quien lo autorizó.")
    assert page.evaluate("document.activeElement.id") == "f-name-3"
    assert page.input_value("#f-name-1") == "Carlos Ficticio"
    assert page.is_checked("input[name=consent-3]")
    assert page.title().startswith("Error:")


def test_two_who_fill_in_one_list_lose_nothing(browser, page, url, world):
    writes_session(page, url)
    page.click("text=Hacer la lista")
    colleague = opened(browser, 1366, "es-SV")
    signs_in(colleague, url, SUPERVISOR)
    colleague.goto(page.url)
    writes_row(colleague, 0, "Beatriz Inventada", "female")
    colleague.click("text=Guardar la lista")
    writes_row(page, 0, "Carlos Ficticio", "male")
    page.click("text=Guardar la lista")
    assert "Otra persona la cambió mientras tanto." in page.inner_text("main")
    assert page.input_value("#f-name-0") == "Carlos Ficticio"
    assert [one["name"] for one in kept(world, page)["participants"]] == ["Beatriz Inventada"]
    colleague.context.close()


def test_a_new_session_sent_twice_is_one(page, url, world):
    page.goto(f"{url}/capacitaciones/nueva")
    sent = page.evaluate("() => new URLSearchParams(new FormData(document.querySelector('main form'))).toString()")
    sent += "&place=Escuela&audience=schools&topics=municipal_services"
    for _ in range(2):
        assert page.request.post(f"{url}/capacitaciones/nueva", data=sent, headers={"Content-Type": "application/x-www-form-urlencoded"}).ok
    assert world.call("GET", "/trainings").get_json()["total"] == 1


@pytest.mark.parametrize(("on", "said"), [("30/11/2026", "Se cierra después de darla."), ("20/11/2026", "Primero anote quiénes vinieron.")])
def test_what_cannot_be_closed_yet_says_why(page, url, on, said):
    writes_session(page, url, on)
    assert said in page.inner_text("main")
    assert page.locator("form[action$=cerrar]").count() == 0


def test_sessions_are_found_by_audience_and_topic(page, url):
    writes_session(page, url)
    page.goto(f"{url}/capacitaciones")
    page.select_option("#f-publico", "schools")
    page.click("main >> text=Buscar")
    assert "Centro Escolar de Prueba" in page.inner_text("table")
    page.select_option("#f-tema", "rights_of_migrants")
    page.click("main >> text=Buscar")
    assert "No hay capacitaciones así." in page.inner_text("main")
