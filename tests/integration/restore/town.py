"""A hub, a window and notifications as an operator sets them up: settings files, keys, databases; the console is real.

Messages travel over the embedded broker, but only when a test says so: ``town.talks()``.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from importlib import import_module
from pathlib import Path
from typing import Any

import yaml
from sqlalchemy import select

from services.console.which import service_of
from services.referrals.commands import add_users
from shared.config import load_settings
from shared.contracts.access import UserAccess
from shared.contracts.addresses import Address
from shared.messaging import topology
from shared.messaging.broker import Broker
from shared.messaging.feed import raw_message
from shared.messaging.ports import RawMessage
from shared.security.keys import generate
from tests.drivers.console import done
from tests.integration.referrals.world import Client

HUB, NOTIFICATIONS, LA_UNION = Address.hub("sv"), Address.notifications("sv"), Address.window("sv", "la-union")
MOST_ROUNDS = 40
STAFF, SUPERVISOR, OFFICER, COORDINATOR = "staff@la-union", "supervisor@la-union", "officer@pddh", "coordinator@sv"
USERS = [
    UserAccess(STAFF, "staff", "sv", 1, window="la-union"), UserAccess(SUPERVISOR, "supervisor", "sv", 1, window="la-union"),
    *(UserAccess(f"officer@{place}", "officer", "sv", 1, institution=place, email=f"{place}@example.org")
      for place in ("pddh", "rree", "alcaldia-la-union", "conapina")),
    UserAccess(COORDINATOR, "coordinator", "sv", 1),
]


class TurnedClock:
    """The real time, and what a test adds to it."""

    def __init__(self) -> None:
        self.ahead = timedelta()

    def now(self) -> datetime:
        return datetime.now(UTC) + self.ahead


@dataclass
class Place:
    """One service: its settings file, and its wiring while it runs."""

    address: Address
    file: Path
    clock: TurnedClock
    running: Any = None

    @property
    def config(self) -> tuple[str, str]:
        return "--config", str(self.file)

    def starts(self) -> None:
        settings = load_settings(self.file, {})
        module = import_module(f"services.{service_of(settings)}.wiring")
        self.running = module.build(settings, clock=self.clock)
        topology.declare(Broker("memory://"), "sv", ["la-union"])

    def stops(self) -> None:
        if self.running is not None:
            self.running.messaging.relay.close()
            self.running.close()
            self.running = None

    def sends(self) -> int:
        return int(self.running.messaging.relay.turn())

    def fetches(self) -> list[RawMessage]:
        """Takes all that waits for it out of the broker."""
        found = []
        with Broker("memory://").connection() as connection:
            channel = connection.channel()
            while (message := channel.basic_get(topology.queue_of(self.address))) is not None:
                found.append(raw_message(message))
                message.ack()
        return found

    def hears(self) -> int:
        found = self.fetches()
        if found:
            self.running.inbox.take(found)
        return len(found)

    def reports(self) -> None:
        """As its timer does every minute; a hub never does."""
        if self.address != HUB:
            self.running.report()

    def turns(self) -> None:
        """As its timers do every second."""
        for name in ("tell_again", "recover", "give_back"):
            if hasattr(self.running, name):
                getattr(self.running, name)()

    def table(self, name: str) -> list[dict[str, Any]]:
        tables = self.running.tables
        with self.running.database.read() as connection:
            return [dict(row) for row in connection.execute(select(getattr(tables, name))).mappings()]


class Town:
    """All three, with their users."""

    def __init__(self, folder: Path, urls: Callable[[str], str], key_urls: Callable[[str], str | None] = lambda _: None) -> None:
        self.folder, self.clock = folder, TurnedClock()
        self.keys = folder / "keys"
        generate(self.keys, [HUB, NOTIFICATIONS, LA_UNION], now=self.clock.now())
        self.hub = self._place(HUB, urls, key_urls)
        self.window = self._place(LA_UNION, urls, lambda _: None)
        self.notifications = self._place(NOTIFICATIONS, urls, lambda _: None)
        self.places = [self.hub, self.window, self.notifications]
        for place in self.places:
            done("migrate", *place.config)
            place.starts()
        self.tokens = add_users(self.hub.running, USERS)
        self.hub.running.publish()
        self.talks()

    def _place(self, address: Address, urls: Callable[[str], str], key_urls: Callable[[str], str | None]) -> Place:
        given: dict[str, object] = {
            "NODE": "sv", "DATABASE_URL": urls(address.name), "KEY_STORE": str(self.keys / address.key),
            "AMQP_URI": "memory://", "TOPOLOGY": "declare", "SMTP_URL": "smtp://127.0.0.1:1",
        }
        if address.is_window:
            given["WINDOW"] = address.name
        if key_urls(address.name):
            given["KEY_STORE_URL"] = key_urls(address.name)
        file = self.folder / f"{address.key}.yml"
        file.write_text(yaml.safe_dump(given))
        return Place(address, file, self.clock)

    def talks(self, *places: Place) -> None:
        """A minute passes, heartbeats and all; then everything travels until nothing moves."""
        self.clock.ahead += timedelta(seconds=61)
        up = [place for place in places or self.places if place.running is not None]
        for place in up:
            place.reports()
        for _ in range(MOST_ROUNDS):
            moved = sum(place.sends() for place in up) + sum(place.hears() for place in up)
            for place in up:
                place.turns()
            moved += sum(place.sends() for place in up)
            if not moved:
                return
        message = "it never comes to rest"
        raise AssertionError(message)

    def is_down(self, place: Place) -> None:
        """Its process has ended, and what the broker still holds for others stays."""
        place.stops()

    def at_window(self, user: str = STAFF) -> Client:
        from werkzeug.test import Client as Browser
        from werkzeug.test import TestResponse

        return Client(Browser(self.window.running.site, TestResponse), self.tokens[user])  # type: ignore[arg-type]

    def at_hub(self, user: str = OFFICER) -> Client:
        return Client(self.hub.running.site.test_client(), self.tokens[user])

    # what people do

    def registers(self, case: dict[str, Any]) -> dict[str, Any]:
        answer = self.at_window().post("/cases", case)
        assert answer.status_code == 201, answer.text
        return dict(answer.get_json())

    def sees(self, case_id: str) -> dict[str, Any]:
        answer = self.at_window().get(f"/cases/{case_id}")
        assert answer.status_code == 200, answer.text
        return dict(answer.get_json())

    def withdraws(self, case_id: str) -> None:
        consent = self.sees(case_id)["consents"][-1]["id"]
        client = self.at_window()
        answer = client.client.delete(f"/api/v1/cases/{case_id}/consents/{consent}", headers=client._headers({}))
        assert answer.status_code == 200, answer.text

    def changes(self, case_id: str, patch: dict[str, Any]) -> None:
        version = self.sees(case_id)["version"]
        answer = self.at_window().patch(f"/cases/{case_id}", patch, If_Match=f'"{version}"')
        assert answer.status_code == 200, answer.text

    def referral(self, case_id: str, institution: str = "pddh") -> dict[str, Any]:
        items = self.at_hub(COORDINATOR).get("/referrals", page_size=200).get_json()["items"]
        (found,) = [one for one in items if (one["case_id"], one["institution"]) == (case_id, institution)]
        return self.opens(found["id"], institution)

    def opens(self, referral_id: str, institution: str = "pddh") -> dict[str, Any]:
        return dict(self.at_hub(f"officer@{institution}").get(f"/referrals/{referral_id}").get_json())

    def acts(self, referral_id: str, *names: str, institution: str = "pddh") -> dict[str, Any]:
        return self.at_hub(f"officer@{institution}").acts(referral_id, *names)

    # what operators do

    def backs_up(self, place: Place, name: str) -> tuple[Path, Path]:
        data, keys = self.folder / name / "data", self.folder / name / "keys"
        done("backup", *place.config, "--into", str(data), "--keys-into", str(keys))
        return data, keys

    def restores(self, place: Place, data: Path, keys: Path | None = None) -> str:
        place.stops()
        more = ("--keys-from", str(keys)) if keys else ()
        said = done("restore", *place.config, "--from", str(data), *more)
        if place is self.hub:
            done("windows", "do-not-wait", "la-hachadura", *place.config)  # it was never opened
        place.starts()
        return said

    def agree(self) -> None:
        """What the window sees of every referral is what the hub has (invariant 15), and no need is open twice (14)."""
        seen = {}
        for case in self.window.table("cases"):
            for one in self.sees(case["id"])["referrals"]:
                seen[one["id"]] = (one["status"], one["version"], sorted(one["needs"]))
        items = self.at_hub(COORDINATOR).get("/referrals", page_size=200).get_json()["items"]
        rows = {row["id"]: (row["status"], row["version"], sorted(row["needs"].split())) for row in self.hub.table("referrals")}
        assert {one["id"] for one in items} == set(rows)
        assert seen == rows
        still_open = [
            (row["person_id"], row["institution"], need)
            for row in self.hub.table("referrals")
            if row["status"] in {"requested", "received", "accepted", "in-progress", "on-hold"}
            for need in row["needs"].split()
        ]
        assert len(still_open) == len(set(still_open))
        held = {(row["person_id"], row["institution"], row["need"]) for row in self.hub.table("open_needs")}
        assert held == set(still_open)

    def close(self) -> None:
        for place in self.places:
            place.stops()


