"""What every service shows besides its API: first page, health, figures, static files."""

import ast
import gzip
import io
import json
import re
from pathlib import Path

import pytest
import requests
from babel.messages.extract import extract
from babel.messages.pofile import read_po
from prometheus_client.parser import text_string_to_metric_families

from shared.observability import logs
from shared.observability.health import Check
from shared.observability.metrics import new_registry
from tests.integration.web.tiny import Notes, served, tiny_site

ROOT = Path(__file__).parents[3]
WEB = ROOT / "shared" / "web"


@pytest.fixture
def log():
    stream = io.StringIO()
    logs.configure(level="DEBUG", stream=stream)
    return stream


def get(url, path, **options):
    return requests.get(url + path, timeout=20, **options)


def test_the_service_lives_whatever_it_lacks(tmp_path):
    notes = Notes(tmp_path)

    def fails():
        message = "María López"
        raise OSError(message)

    checks = [Check("database", lambda: None), Check("broker", lambda: "no responde"), Check("directory", fails)]
    with served(tiny_site(notes, checks=checks)) as url:
        assert get(url, "/healthz").json() == {"status": "alive"}
        ready = get(url, "/readyz")
        first = get(url, "/estado")
    assert ready.status_code == 503
    assert ready.json()["checks"] == {"database": "ok", "broker": "no responde", "directory": "la comprobación falló (OSError)"}
    assert "Algo necesario no responde." in first.text
    assert "no responde" in first.text
    assert "María" not in ready.text + first.text
    notes.database.close()


def test_it_is_ready_when_nothing_is_missing(url):
    assert get(url, "/readyz").status_code == 200
    assert get(url, "/readyz").json()["status"] == "ready"


def test_a_service_says_what_it_is_and_how_it_stands_in_both_languages(url):
    spanish, english = get(url, "/estado"), get(url, "/estado", headers={"Accept-Language": "en"})
    assert '<html lang="es">' in spanish.text
    for words in ("Ventanilla de La Unión", "Estado", "Central", "Responde", "/api/docs"):
        assert words in spanish.text
    for words in ("La Unión window", "State", "Hub", "Answers", "API documentation"):
        assert words in english.text
    assert "Por enviar" not in spanish.text  # what was done here is counted for those who are signed in
    assert '<html lang="en">' in get(url, "/?lang=en").text
    assert "Servicio de prueba." in get(url, "/").text
    assert "<script" not in spanish.text
    assert "style=" not in spanish.text


def test_static_files_may_be_kept_for_good_under_a_name_of_their_content(url):
    address = re.search(r'href="(/static/ui\.[0-9a-f]{12}\.css)"', get(url, "/").text)[1]
    style = get(url, address)
    assert style.headers["Cache-Control"] == "public, max-age=31536000, immutable"
    assert style.headers["Content-Encoding"] == "gzip"
    assert style.headers["Content-Type"].startswith("text/css")
    assert style.content == (WEB / "static" / "ui.css").read_bytes()
    assert get(url, address, headers={"Accept-Encoding": "identity"}).content == style.content
    assert get(url, "/static/ui.css").status_code == 404
    assert get(url, "/static/..%2fsite.py").status_code == 404


def test_a_first_visit_is_small(url):
    page = get(url, "/")
    assert len(gzip.compress(page.content)) < 20_000
    assert len(gzip.compress((WEB / "static" / "ui.css").read_bytes())) < 15_000


@pytest.mark.parametrize("room", ["shared", "services/intake", "services/referrals", "services/notifications"])
def test_no_text_of_a_page_lacks_its_english_and_none_is_left_over(room):
    web = ROOT / room / "web"
    own, known = catalogue(web), catalogue(WEB)
    used = texts_of(web / "templates", "jinja2.ext:babel_extract", "*.html") | texts_of(ROOT / room, "python", "*.py")
    assert used
    assert used <= set(own) | set(known)
    assert set(own) <= used
    assert all(all(message.string) and not message.fuzzy for message in own.values())


def catalogue(web):
    found = {}
    for path in sorted((web / "locale" / "en").glob("*.po")):
        with path.open("rb") as file:
            found |= {message.id: message for message in read_po(file, locale="en") if message.id}
    return found


def texts_of(folder, method, names):
    """Texts in templates, and those that Python marks by ``said``."""
    used = set()
    for path in folder.rglob(names):
        with path.open("rb") as file:
            keywords = {"said": None} if method == "python" else {"_": None, "gettext": None, "ngettext": (1, 2)}
            used |= {text for _line, text, _comments, _context in extract(method, file, keywords=keywords)}
    return used


def test_figures_hold_routes_and_codes_but_nothing_that_was_typed(tmp_path):
    notes = Notes(tmp_path)
    registry = new_registry()
    with served(tiny_site(notes, registry=registry, broken=True)) as url:
        staff = {"Authorization": "Bearer staff"}
        made = requests.post(url + "/api/v1/cases", json={"title": "Guadalupe Xochitl"}, headers=staff, timeout=20).json()
        requests.get(url + f"/api/v1/cases/{made['id']}?nombre=Guadalupe", headers=staff, timeout=20)
        requests.get(url + "/api/v1/cases?q=Guadalupe", headers=staff, timeout=20)
        requests.get(url + "/Guadalupe/01234567-8", timeout=20)
        requests.request("GUADALUPE", url + "/", timeout=20)
        requests.get(url + "/api/v1/boom", headers=staff, timeout=20)
        text = get(url, "/metrics").text
    for private in ("Guadalupe", "GUADALUPE", "Xochitl", "01234567", made["id"], "staff", "la-union", "López"):
        assert private not in text
    labels = {(name, value) for family in text_string_to_metric_families(text) for sample in family.samples for name, value in sample.labels.items()}
    assert {name for name, _ in labels} == {"verb", "route", "http_status", "le"}
    assert ("route", "/api/v1/cases/<id>") in labels
    assert ("route", "-") in labels
    assert ("http_status", "500") in labels
    notes.database.close()


def test_logs_of_a_call_hold_neither_its_query_nor_its_ids_nor_what_was_typed(log, url):
    staff = {"Authorization": "Bearer staff"}
    made = requests.post(url + "/api/v1/cases?x=Guadalupe", json={"title": "Guadalupe"}, headers=staff, timeout=20)
    assert made.status_code == 422
    requests.get(url + "/api/v1/claims/ABC-DEF?q=Guadalupe", timeout=20)
    requests.get(url + "/Guadalupe?q=Guadalupe", timeout=20)
    requests.get(url + "/api/v1/boom", headers=staff, timeout=20)
    lines = [json.loads(line) for line in log.getvalue().splitlines()]
    ours = [line for line in lines if line["event"].startswith("http.")]
    assert [(line["event"], line["route"]) for line in ours] == [
        ("http.answered", "/api/v1/cases"),
        ("http.answered", "/api/v1/claims/<code>"),
        ("http.answered", "-"),
        ("http.fault", "/api/v1/boom"),
        ("http.answered", "/api/v1/boom"),
    ]
    fault = ours[3]
    assert (fault["error"], fault["level"]) == ("RuntimeError", "error")
    assert any("tiny.py" in place and place.endswith(" boom") for place in fault["places"])
    for private in ("Guadalupe", "ABC-DEF", "López", "Bearer"):
        assert private not in json.dumps(ours, ensure_ascii=False)


def test_only_the_rim_of_nameko_knows_nameko():
    for path in WEB.glob("*.py"):
        names = {
            name.split(".")[0]
            for node in ast.walk(ast.parse(path.read_text()))
            for name in ([alias.name for alias in node.names] if isinstance(node, ast.Import) else [node.module or ""] if isinstance(node, ast.ImportFrom) else [])
        }
        assert path.name == "nameko.py" or not names & {"nameko", "eventlet", "kombu"}
