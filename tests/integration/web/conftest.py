import pytest
import requests

from tests.integration.web.tiny import Notes, served, tiny_site


@pytest.fixture
def notes(tmp_path):
    made = Notes(tmp_path)
    yield made
    made.database.close()


@pytest.fixture
def url(notes):
    with served(tiny_site(notes, broken=True)) as address:
        yield address


class Caller:
    """Somebody at the API, by name of the cast."""

    def __init__(self, url, name=None):
        self.url = url
        self.session = requests.Session()
        if name:
            self.session.headers["Authorization"] = f"Bearer {name}"

    def __call__(self, method, path, **options):
        return self.session.request(method, self.url + "/api/v1" + path, timeout=20, **options)

    def registers(self, title="una nota", **more):
        answer = self("POST", "/cases", json={"title": title, **more})
        assert answer.status_code == 201, answer.text
        return answer.json()


@pytest.fixture
def staff(url):
    return Caller(url, "staff")


@pytest.fixture
def someone(url):
    return lambda name=None: Caller(url, name)
