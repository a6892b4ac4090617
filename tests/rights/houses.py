"""The three services with everybody who might knock, and an object of each kind: one's own and somebody else's."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Protocol

from flask import Flask
from sqlalchemy import insert

from services.notifications.store.tables import choices
from shared.contracts.access import TokenAccess, UserAccess
from shared.security.page_secrets import PageSecrets
from shared.security.tokens import token_hash
from shared.spoken import new_code
from tests.cast import returned_woman
from tests.drivers.person import password_hash
from tests.integration.intake.world import World as Window
from tests.integration.notifications.world import World as Notifications
from tests.integration.referrals.world import World as Hub
from tests.unit.routing.given import case

NOW = datetime(2026, 11, 23, tzinfo=UTC)


@dataclass(frozen=True)
class House:
    """One service: its site, a token for everybody, and what each argument of an address names, by whose it is."""

    name: str
    site: Flask
    tokens: Mapping[str, str]
    named: Mapping[str, Mapping[str, str]]
    close: Callable[[], None]


class Opens(Protocol):
    def __call__(self, folder: Path) -> House: ...


def token(username: str) -> str:
    return f"vtn_{username.replace('@', '-').replace('.', '-'):_<43}"


def known(username: str, role: str, version: int = 50, **place: str) -> UserAccess:
    held = TokenAccess(token_hash(token(username)), NOW)
    return UserAccess(username, role, "sv", version, password_hash=password_hash(), tokens=(held,), **place)


OFFICERS = [known(f"{role}@pddh", role, institution="pddh") for role in ("officer", "deputy", "manager")]
OTHERS = [known("officer@rree", "officer", institution="rree")]
OF_THE_NODE = [known(f"{role}@sv", role) for role in ("coordinator", "regional_coordinator", "auditor", "admin")]
STAFF = [known(f"{role}@la-union", role, window="la-union") for role in ("staff", "supervisor")]
ELSEWHERE = [known("staff@la-hachadura", "staff", window="la-hachadura")]
EVERYBODY = [*OFFICERS, *OTHERS, *OF_THE_NODE, *STAFF, *ELSEWHERE]
NOBODYS_CODE = new_code()
TOKENS = {user.username: token(user.username) for user in EVERYBODY}


def intake(folder: Path) -> House:
    """A window with a case of its own; whatever else an address names is not there."""
    world = Window(folder)
    world.hub_publishes()
    with world.window.works.open() as work:
        for user in EVERYBODY:
            work.access.keep(user)

    def staff(method: str, path: str, body: object = None) -> dict[str, Any]:
        answer = world.call(method, path, body, by=None, Authorization=f"Bearer {token('staff@la-union')}")
        return dict(answer.get_json())

    case = staff("POST", "/cases", returned_woman())
    case_id, referral = case["id"], world.referral(case)
    world.hub_tells_referral(referral)
    staff("PUT", "/drafts/of-ours", {"content": {"x": 1}})
    session = {"held_on": "2026-11-20", "place": "Escuela", "audience": "schools", "topics": ["rights_of_migrants"]}
    own = {
        "case_id": case_id, "draft_id": "of-ours", "consent_id": staff("GET", f"/cases/{case_id}")["consents"][0]["id"],
        "referral_id": referral.id, "training_id": staff("POST", "/trainings", session)["id"], "participant_id": "p",
        "step": "persona", "group_id": "g", "topic": "documents", "service_id": "pddh-denuncias",
        "code": staff("GET", f"/cases/{case_id}/slip")["claim"]["code"],
    }
    foreign = {**dict.fromkeys(own, "of-nobody"), "code": NOBODYS_CODE}
    return House("intake", world.window.site, TOKENS, {"own": own, "foreign": foreign}, world.close)


def referrals(folder: Path) -> House:
    """A hub with a referral of pddh, another of a town hall alone, and a user to be managed."""
    world = Hub(folder, second_factor="optional")
    world.registers(case("legal_aid"))
    own = world.referral_at("pddh")
    world.registers(case("livelihood"))
    foreign = world.referral_at("alcaldia-la-union")
    with world.hub.works.open() as work:
        for user in EVERYBODY:
            work.users.keep(user)
    return House(
        "referrals", world.hub.site, TOKENS,
        {
            "own": {"id": own["id"], "user": address_of(world, "officer@dgme")},
            "foreign": {"id": foreign["id"], "user": "0" * 24, "code": NOBODYS_CODE},
            "own-service": {"id": "pddh-denuncias"},
            "foreign-service": {"id": "rree-documentos"},
            "no-service": {"id": "pddh-nothing"},
            "own-case": {"id": own["case_id"]},
            "foreign-case": {"id": foreign["case_id"]},
        },
        world.close,
    )


def address_of(world: Hub, username: str) -> str:
    return PageSecrets.load(world.settings.key_store).tag("user", username)[:24]


def notifications(folder: Path) -> House:
    """Notifications with a notice to officer@pddh, and a choice of officer@pddh's."""
    world = Notifications(folder, f"sqlite:///{folder / 'notifications.sqlite'}")
    world.hears(world.access(*EVERYBODY))
    world.hears(world.change("requested", "institution"))
    notice = next(row["id"] for row in world.rows() if row["recipient"] == "officer@pddh")
    choice = "0192f000-0000-7000-8000-0000000000ff"
    with world.wiring.database.write() as connection:
        row = {"id": choice, "username": "officer@pddh", "channel": "email", "created_at": NOW}
        connection.execute(insert(choices).values(row))
    return House(
        "notifications", world.wiring.site, TOKENS,
        {"own": {"id": notice}, "foreign": {"id": "of-nobody"}, "own-choice": {"id": choice}}, world.close,
    )


HOUSES: Mapping[str, Opens] = {"intake": intake, "referrals": referrals, "notifications": notifications}
