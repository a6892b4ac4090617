"""The API and the pages, asked by those who may and those who may not."""

import json

import pytest

from tests.integration.notifications.world import REFERRAL, TOKENS, user


@pytest.fixture
def ask(world):
    client = world.wiring.site.test_client()

    def ask(method: str, path: str, who: str | None = None, body: object = None, **headers: str):
        if who is not None:
            headers["Authorization"] = f"Bearer {TOKENS[who]}"
        return client.open(f"/api/v1{path}", method=method, headers=headers, json=body)

    return ask


@pytest.fixture
def failed(world) -> str:
    """A letter to pddh's officer that was given up; its id."""
    world.sink.recipient_answer = "550 nobody here"
    world.hears(world.change("requested", "institution", by="colleague@pddh"))
    world.delivers()
    world.sink.recipient_answer = "250 OK"
    return str(world.row("officer@pddh")["id"])


def test_a_coordinator_sees_the_whole_ledger_and_what_became_of_it(world, ask, failed) -> None:
    world.hears(world.change("accepted", "window", version=2))
    answer = ask("GET", "/notifications", "coordinator@sv").json
    assert answer["total"] == 4
    found = {item["recipient"]: item for item in answer["items"]}
    assert (found["officer@pddh"]["status"], found["officer@pddh"]["fault"]) == ("failed", "address_refused")
    assert (found["colleague@pddh"]["status"], found["colleague@pddh"]["reason"]) == ("suppressed", "author")
    assert "@pddh.example" not in json.dumps(answer)


def test_the_ledger_can_be_asked_by_referral_status_and_channel(world, ask, failed) -> None:
    world.hears(world.change("accepted", "window", version=2))
    asked = f"/notifications?referral_id={REFERRAL}&status=failed&channel=email"
    assert [item["id"] for item in ask("GET", asked, "coordinator@sv").json["items"]] == [failed]
    assert ask("GET", "/notifications?referral_id=another", "coordinator@sv").json["total"] == 0
    assert ask("GET", "/notifications?status=lost", "coordinator@sv").status_code == 422


def test_a_desk_sees_what_was_meant_for_its_institution_and_staff_their_own(world, ask, failed) -> None:
    world.hears(world.change("accepted", "window", version=2))
    seen = {who: {item["recipient"] for item in ask("GET", "/notifications", who).json["items"]} for who in (
        "officer@pddh", "officer@rree", "staff@la-union"
    )}
    assert seen == {
        "officer@pddh": {"officer@pddh", "colleague@pddh"}, "officer@rree": set(), "staff@la-union": {"staff@la-union"}
    }


def test_a_coordinator_sends_again_what_had_failed(world, ask, failed) -> None:
    answer = ask("POST", f"/notifications/{failed}/retry", "coordinator@sv")
    assert (answer.status_code, answer.json["status"], answer.json["attempts"]) == (200, "pending", 0)
    world.delivers()
    assert len(world.sink.wait_for(1)) == 1
    again = ask("POST", f"/notifications/{failed}/retry", "coordinator@sv")
    assert (again.status_code, again.json["code"], again.json["state"]) == (409, "wrong_state", "sent")


@pytest.mark.parametrize(
    ("who", "status"), [(None, 401), ("officer@rree", 404), ("staff@la-union", 404), ("officer@pddh", 403), ("colleague@pddh", 403)]
)
def test_nobody_else_sends_again(world, ask, failed, who, status) -> None:
    assert ask("POST", f"/notifications/{failed}/retry", who).status_code == status
    assert world.outcomes()["officer@pddh"] == ("failed", "address_refused")


def test_a_coordinator_of_another_node_is_nobody_here(world, ask, failed) -> None:
    world.hears(world.access(user("coordinator@gt", "coordinator", node="gt")))
    assert ask("POST", f"/notifications/{failed}/retry", "coordinator@gt").status_code == 404


def test_a_token_that_was_revoked_or_belongs_to_nobody_opens_nothing(world, ask) -> None:
    world.hears(world.access(user("coordinator@sv", "coordinator", version=2, active=False)))
    assert ask("GET", "/notifications", "coordinator@sv").status_code == 401


def test_a_user_chooses_what_to_hear_and_takes_it_back(world, ask) -> None:
    made = ask("POST", "/subscriptions", "officer@pddh", {"channel": "email", "messages": ["action_needed"]})
    assert made.status_code == 201
    assert ask("GET", "/subscriptions", "officer@pddh").json["items"] == [made.json]
    assert ask("GET", "/subscriptions", "colleague@pddh").json["items"] == []
    world.hears(world.change("requested", "institution", version=1))
    assert world.outcomes() == {"officer@pddh": ("suppressed", "unsubscribed"), "colleague@pddh": ("pending", None)}
    where = f"/subscriptions/{made.json['id']}"
    assert ask("DELETE", where, "colleague@pddh").status_code == 404
    assert ask("DELETE", where, "officer@pddh").status_code == 204
    assert ask("DELETE", where, "officer@pddh").status_code == 404
    world.hears(world.change("commented", "institution", version=2))
    assert world.rows()[-1]["status"] == "pending"


def test_a_second_choice_for_a_channel_is_refused_and_the_same_call_is_done_once(world, ask) -> None:
    body = {"channel": "email", "messages": []}
    first = ask("POST", "/subscriptions", "officer@pddh", body, **{"Idempotency-Key": "k1"})
    again = ask("POST", "/subscriptions", "officer@pddh", body, **{"Idempotency-Key": "k1"})
    assert (again.json, again.headers["Idempotent-Replayed"]) == (first.json, "true")
    assert ask("POST", "/subscriptions", "officer@pddh", body).status_code == 409


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({"channel": "pigeon", "messages": []}, "channel"),
        ({"channel": "email"}, "messages"),
        ({"channel": "email", "messages": ["new_referral", "gossip"]}, "messages.1"),
        ({"channel": "email", "messages": [], "more": 1}, "more"),
    ],
)
def test_a_wrong_choice_is_refused_and_the_field_named(ask, body, field) -> None:
    answer = ask("POST", "/subscriptions", "officer@pddh", body)
    assert (answer.status_code, set(answer.json["errors"])) == (422, {field})


def test_the_mailbox_of_the_demo_shows_mails_newest_first_and_needs_no_user(world, ask) -> None:
    world.settings.mailbox.mkdir()
    mail = {"id": "1", "to": "officer@pddh.example", "subject": "<b>Uno</b>", "text": "Uno", "html": "<p>", "headers": {}, "at": "2026"}
    lines = [json.dumps(mail | {"id": str(number)}) for number in range(3)]
    (world.settings.mailbox / "mails.jsonl").write_text("\n".join([*lines, '{"id": "half']))
    answer = ask("GET", "/mailbox?page_size=2").json
    assert ([item["id"] for item in answer["items"]], answer["total"]) == (["2", "1"], 3)
    assert "page=2" in answer["next"]
    page = world.wiring.site.test_client().get("/mailbox?lang=en")
    assert "The demo&#39;s mail" in page.text or "The demo's mail" in page.text
    assert "&lt;b&gt;Uno" in page.text


def test_there_is_no_mailbox_but_in_the_demo(world) -> None:
    from dataclasses import replace

    from services.notifications.wiring import build

    real = build(replace(world.settings, mailbox=None), clock=world.clock)
    try:
        client = real.site.test_client()
        assert client.get("/mailbox").status_code == 404
        assert client.get("/api/v1/mailbox").status_code == 404
        assert "/mailbox" not in client.get("/api/openapi.json").text
    finally:
        real.close()


def test_the_first_page_and_the_figures_count_without_naming_anybody(world, failed) -> None:
    client = world.wiring.site.test_client()
    assert "No se pudieron entregar" not in client.get("/estado").text  # numbers are for those who are in
    figures = client.get("/metrics").text
    assert 'ventanilla_notifications{became="failed"} 1.0' in figures
    assert client.get("/readyz").json["status"] == "ready"
    for text in (client.get("/estado").text, figures):
        assert "officer" not in text
