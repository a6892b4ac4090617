"""What an API call gives when all is well: keys, versions, pages, headers."""

import threading

import requests

from shared.observability.metrics import new_registry
from shared.web.api import Api
from shared.web.site import build_site
from tests.integration.web.tiny import PEOPLE, Notes, endpoints, served, tiny


def test_the_same_key_and_body_get_the_first_answer_again(staff):
    first = staff("POST", "/cases", json={"title": "una", "urgent": True}, headers={"Idempotency-Key": "k1"})
    again = staff("POST", "/cases", data=b'{"urgent": true,\n "title": "una"}', headers={"Idempotency-Key": "k1", "Content-Type": "application/json"})
    assert first.status_code == again.status_code == 201
    assert "Idempotent-Replayed" not in first.headers
    assert again.headers["Idempotent-Replayed"] == "true"
    assert first.content == again.content
    assert first.headers["ETag"] == again.headers["ETag"] == '"1"'
    assert first.headers["Location"] == again.headers["Location"]
    assert staff("GET", "/cases").json()["total"] == 1


def test_the_same_key_with_another_body_is_refused(staff):
    staff("POST", "/cases", json={"title": "una"}, headers={"Idempotency-Key": "k1"})
    answer = staff("POST", "/cases", json={"title": "otra"}, headers={"Idempotency-Key": "k1"})
    assert (answer.status_code, answer.json()["code"]) == (422, "key_reused")
    assert staff("GET", "/cases").json()["total"] == 1


def test_a_key_belongs_to_one_user(staff, someone):
    first = staff("POST", "/cases", json={"title": "una"}, headers={"Idempotency-Key": "k1"})
    other = someone("colleague")("POST", "/cases", json={"title": "una"}, headers={"Idempotency-Key": "k1"})
    assert first.json()["id"] != other.json()["id"]


def test_a_refused_call_leaves_its_key_free(staff):
    for _ in range(2):
        answer = staff("POST", "/cases", json={"title": "refuse me"}, headers={"Idempotency-Key": "k1"})
        assert answer.status_code == 409
    assert staff("POST", "/cases", json={"title": "una"}, headers={"Idempotency-Key": "k1"}).status_code == 201


def test_requests_that_come_meanwhile_wait_and_get_the_same_answer(notes, staff, someone):
    notes.slow = True
    answers = []

    def call():
        answers.append(someone("staff")("POST", "/cases", json={"title": "una"}, headers={"Idempotency-Key": "k1"}))

    callers = [threading.Thread(target=call) for _ in range(5)]
    for caller in callers:
        caller.start()
    assert notes.held.wait(10)
    assert answers == []
    notes.hold.set()
    for caller in callers:
        caller.join()
    assert {answer.json()["id"] for answer in answers} == {answers[0].json()["id"]}
    assert sorted(answer.headers.get("Idempotent-Replayed", "") for answer in answers) == ["", "true", "true", "true", "true"]
    assert staff("GET", "/cases").json()["total"] == 1


def test_a_patch_merges_and_raises_the_version(staff):
    note = staff.registers("antes", urgent=True)
    path = f"/cases/{note['id']}"
    tag = staff("GET", path).headers["ETag"]
    changed = staff("PATCH", path, json={"title": "después"}, headers={"If-Match": tag, "Content-Type": "application/merge-patch+json"})
    assert changed.json() | {"id": 0} == {"id": 0, "title": "después", "urgent": True, "state": "open", "version": 2}
    assert changed.headers["ETag"] == '"2"'
    assert staff("PATCH", path, json={"urgent": None}, headers={"If-Match": "*"}).json()["urgent"] is False


def test_an_act_without_body_takes_none_or_an_empty_object(staff):
    for data in (None, b"", b"{}"):
        note = staff.registers()
        headers = {"Content-Type": "application/json"} if data else {}
        assert staff("POST", f"/cases/{note['id']}/close", data=data, headers=headers).status_code == 200
    note = staff.registers()
    assert staff("POST", f"/cases/{note['id']}/close", json={"x": 1}).json()["errors"] == {"x": ["Campo desconocido."]}


def test_a_list_is_followed_to_its_end_by_next(staff):
    made = {staff.registers(f"nota {n}", urgent=n % 2 == 0)["id"] for n in range(7)}
    page = staff("GET", "/cases?page_size=3&q=n&urgent=true").json()
    assert page["total"] == 4
    assert "urgent=true" in page["next"]
    seen, address = [], f"{staff.url}/api/v1/cases?page_size=3"
    while address:
        page = staff.session.get(address, timeout=20).json()
        assert page["total"] == 7
        seen += [item["id"] for item in page["items"]]
        address = page["next"]
    assert len(seen) == 7
    assert set(seen) == made
    assert staff("GET", "/cases?page=1000000").json() == {"items": [], "total": 7, "next": None}


def test_what_an_answer_does_not_declare_is_not_sent(someone):
    assert someone()("GET", "/claims/abc").json() == {"state": "open"}


def test_another_medium_keeps_its_type_and_204_has_no_body(staff, someone):
    note = staff.registers()
    slip = staff("GET", f"/cases/{note['id']}/slip")
    assert slip.headers["Content-Type"] == "text/html; charset=utf-8"
    approved = someone("colleague")("POST", f"/cases/{note['id']}/approve", json={"title": "sí"})
    assert (approved.status_code, approved.content) == (204, b"")
    assert "Content-Type" not in approved.headers


def test_every_answer_is_kept_by_nobody_and_loads_nothing_from_elsewhere(staff):
    for answer in (staff("GET", "/cases"), staff("GET", "/none"), staff.session.get(staff.url + "/", timeout=20)):
        assert answer.headers["Cache-Control"] == "no-store"
        assert answer.headers["Content-Security-Policy"].startswith("default-src 'self'; frame-ancestors 'none'")
        assert answer.headers["X-Content-Type-Options"] == "nosniff"
        assert answer.headers["Referrer-Policy"] == "no-referrer"


def test_long_answers_are_squeezed_for_those_who_take_it(staff):
    for n in range(20):
        staff.registers(f"nota {n}")
    squeezed = staff("GET", "/cases")
    assert squeezed.headers["Content-Encoding"] == "gzip"
    assert int(squeezed.headers["Content-Length"]) < len(squeezed.content) / 2
    plain = staff("GET", "/cases", headers={"Accept-Encoding": "identity"})
    assert "Content-Encoding" not in plain.headers
    assert plain.json() == squeezed.json()


def test_next_uses_the_public_address_where_one_is_set(tmp_path):
    notes = Notes(tmp_path)
    api = Api(title="t", version="1", authenticate=lambda token: PEOPLE.get(token or ""), public_url="https://ventanilla.example/")
    api.add(*endpoints(notes))
    with served(build_site(tiny(notes, api, registry=new_registry()))) as url:
        headers = {"Authorization": "Bearer staff"}
        for title in ("a", "b"):
            requests.post(url + "/api/v1/cases", json={"title": title}, headers=headers, timeout=20)
        page = requests.get(url + "/api/v1/cases?page_size=1", headers=headers, timeout=20).json()
    assert page["next"] == "https://ventanilla.example/api/v1/cases?page_size=1&page=2"
    notes.database.close()
