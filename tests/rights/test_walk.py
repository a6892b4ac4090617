"""Every route of every service, API and pages, asked by everybody, of one's own object and of somebody else's.

What is expected stands in ``table-SERVICE.txt``, a row for each route: a route without a row fails, and so does a row
without a route. ``yes`` is whatever comes after the policy (a refusal of the body included); ``in`` leads to the
sign-in; 403 may know but not do, 404 may not even know. An API call is stopped behind the policy by a body without a
length, so that nothing is done.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path

import pytest
from sqlalchemy import Engine, event
from werkzeug.test import TestResponse

from shared.ids import new_id
from tests.drivers.person import Person
from tests.rights.houses import HOUSES, NOBODYS_CODE, House

HERE = Path(__file__).parent
ARGUMENT = re.compile(r"<(\w+)>")
NOT_FOR_USERS = {"static", "openapi", "health", "ready", "metrics"}


@dataclass(frozen=True)
class Row:
    """One line of a table: a route, whose object it is asked of, and the answer to everybody in the columns' order."""

    method: str
    path: str
    whose: str
    answers: tuple[str, ...]


def table(service: str) -> tuple[list[str], list[Row]]:
    lines = (HERE / f"table-{service}.txt").read_text(encoding="utf-8").splitlines()
    words = [line.split() for line in lines if line.strip() and not line.startswith("#")]
    (_, _, _, *users), *rows = words
    return users, [Row(method, path, whose, tuple(answers)) for method, path, whose, *answers in rows]


def routes(house: House) -> Iterator[tuple[str, str]]:
    for rule in house.site.url_map.iter_rules():
        if rule.endpoint not in NOT_FOR_USERS:
            for method in set(rule.methods or ()) - {"HEAD"}:
                yield method, rule.rule


class Walker:
    """Asks as each user; sessions are opened once and again where a page ended them."""

    def __init__(self, house: House) -> None:
        self.house = house
        self._people: dict[str, Person] = {}

    def answer(self, method: str, path: str, whose: str, user: str) -> str:
        named = self.house.named.get(whose, {})
        address = ARGUMENT.sub(lambda found: named[found[1]], path)
        return self._api(method, address, user) if path.startswith("/api/v1") else self._page(method, address, user)

    def _api(self, method: str, address: str, user: str) -> str:
        headers = {"Authorization": f"Bearer {self.house.tokens[user]}"} if user != "nobody" else {}
        client = Person(self.house.site).client
        environ = {"HTTP_TRANSFER_ENCODING": "chunked", "REMOTE_ADDR": "127.0.0.1"}
        return _word(client.open(address, method=method, headers=headers, environ_base=environ))

    def _page(self, method: str, address: str, user: str) -> str:
        person = self._person(user)
        data = None
        if method == "POST":
            person.visits("/estado")
            data = {"csrf_token": person._form("/idioma")["csrf_token"]}
        answer = person.client.open(address, method=method, data=data, headers={"Accept": "text/html"})
        if answer.status_code == 303 and answer.headers["Location"].startswith("/entrar") and address not in {"/salir", "/entrar"}:
            return "in"
        return _word(answer)

    def _person(self, user: str) -> Person:
        person = self._people.setdefault(user, Person(self.house.site))
        if user != "nobody" and not person.is_in:
            person.signs_in(user)
        return person


def _word(answer: TestResponse) -> str:
    assert answer.status_code < 500, answer.text
    return str(answer.status_code) if answer.status_code in {401, 403, 404} else "yes"


@pytest.fixture(params=HOUSES)
def house(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[House]:
    opened = HOUSES[request.param](tmp_path)
    yield opened
    opened.close()


def test_every_route_answers_everybody_as_the_table_says(house: House) -> None:
    users, rows = table(house.name)
    assert {(row.method, row.path) for row in rows} == set(routes(house)), "a route without a row, or a row without a route"
    walker = Walker(house)
    wrong = [
        f"{row.method} {row.path} {row.whose} as {user}: {found}, not {expected}"
        for row in rows
        for user, expected in zip(users, row.answers, strict=True)
        if (found := walker.answer(row.method, row.path, row.whose, user)) != expected
    ]
    assert wrong == []


@pytest.mark.parametrize("service", HOUSES)
def test_no_page_opens_to_a_token_and_no_call_to_a_session(service: str, tmp_path: Path) -> None:
    opened = HOUSES[service](tmp_path)
    user = "staff@la-union" if service == "intake" else "coordinator@sv"
    person = Person(opened.site)
    if service != "notifications":
        person.signs_in(user)
    for method, path in sorted(set(routes(opened))):
        address = ARGUMENT.sub("x", path)
        if path.startswith("/api/v1"):
            answer = person.client.open(address, method=method, environ_base={"HTTP_TRANSFER_ENCODING": "chunked"})
            open_to_all = any(row.answers[0] == "yes" for row in table(service)[1] if (row.method, row.path) == (method, path))
            assert answer.status_code == (411 if open_to_all else 401), (method, path)
        elif method == "GET":
            bearer = {"Authorization": f"Bearer {opened.tokens[user]}", "Accept": "text/html"}
            answers = [Person(opened.site).client.get(address, headers=headers) for headers in (bearer, {"Accept": "text/html"})]
            assert answers[0].status_code == answers[1].status_code, path
    opened.close()


def test_what_one_may_not_know_of_takes_the_same_work_as_what_is_not_there(house: House) -> None:
    """A 404 that asks the database more for a thing that exists tells by its time that it does."""
    users, rows = table(house.name)
    nowhere = {"id": new_id(), "user": "0" * 24, "case_id": new_id(), "code": NOBODYS_CODE}
    named = {**house.named, "nowhere": {**house.named["own"], **nowhere}}
    walker, asked, compared = Walker(replace(house, named=named)), list[str](), 0

    def work_of(row: Row, whose: str, user: str) -> list[str]:
        walker.answer(row.method, row.path, whose, user)  # what is done once an hour, such as noting a token's use
        asked.clear()
        assert walker.answer(row.method, row.path, whose, user) == "404", (row, user)
        return list(asked)

    def notes(_connection: object, _cursor: object, statement: str, *_more: object) -> None:
        asked.append(statement)

    event.listen(Engine, "before_cursor_execute", notes)
    try:
        for row in rows:
            for user, expected in zip(users, row.answers, strict=True):
                if expected == "404" and set(ARGUMENT.findall(row.path)) & set(nowhere):
                    assert work_of(row, row.whose, user) == work_of(row, "nowhere", user), (row.method, row.path, row.whose, user)
                    compared += 1
    finally:
        event.remove(Engine, "before_cursor_execute", notes)
    assert compared > 20
