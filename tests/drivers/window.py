"""A window's staff, in the domain's words."""

from dataclasses import dataclass

from tests.drivers.http import Caller, Json
from tests.drivers.probe import eventually


@dataclass(frozen=True)
class Window:
    """What staff do at one window."""

    name: str
    caller: Caller

    def registers(self, case: Json, *, key: str | None = None) -> Json:
        """A person and their needs; the answer has id, code and delivery."""
        return self.caller.post("/cases", case, {"Idempotency-Key": key} if key else None)

    def sees(self, case_id: str) -> Json:
        return self.caller.get(f"/cases/{case_id}")

    def finds(self, text: str) -> list[Json]:
        return self.caller.post("/cases/search", {"q": text})["items"]

    def changes(self, case_id: str, change: Json) -> Json:
        return self.caller.patch(f"/cases/{case_id}", change, version=self.caller.etag(f"/cases/{case_id}"))

    def withdraws_consent(self, case_id: str) -> None:
        consent = self.sees(case_id)["consents"][-1]["id"]
        self.caller._call("DELETE", f"/cases/{case_id}/consents/{consent}")

    def consents_anew(self, case_id: str, consent: Json) -> Json:
        return self.caller.post(f"/cases/{case_id}/consents", consent)

    def shows_holders(self, case_id: str) -> dict[str, str]:
        """What the person is shown: institution → where it stands with the data."""
        return {one["institution"]: one["state"] for one in self.caller.get(f"/cases/{case_id}/holders")["items"]}

    def sees_holder_become(self, case_id: str, institution: str, state: str, seconds: float = 20) -> None:
        eventually(
            lambda: self.shows_holders(case_id),
            until=lambda seen: seen.get(institution) == state,
            what=f"{self.name} sees {institution} as {state}",
            seconds=seconds,
        )

    def sees_block_of(self, case_id: str, institution: str, seconds: float = 20) -> None:
        eventually(
            lambda: [one["institution"] for one in (self.sees(case_id)["routing"] or {"blocked": []})["blocked"]],
            until=lambda seen: institution in seen,
            what=f"{self.name} sees that {institution} is blocked",
            seconds=seconds,
        )

    def delivery_of(self, case_id: str) -> str:
        return str(self.sees(case_id)["delivery"])

    def is_told_it_was_received(self, case_id: str, seconds: float = 20) -> None:
        eventually(
            lambda: self.delivery_of(case_id),
            until=lambda delivery: delivery == "received",
            what=f"{self.name} is told that the hub received {case_id}",
            seconds=seconds,
        )

    def sees_referral_become(self, case_id: str, institution: str, status: str, seconds: float = 20) -> None:
        eventually(
            lambda: {referral["institution"]: referral["status"] for referral in self.sees(case_id)["referrals"]},
            until=lambda seen: seen.get(institution) == status,
            what=f"{self.name} sees the referral to {institution} as {status}",
            seconds=seconds,
        )

    def prepares_a_slip(self, case_id: str) -> Json:
        return self.caller.get(f"/cases/{case_id}/slip")

    def is_shown_a_slip(self, code: str, seconds: float = 20) -> Json:
        """How the case stands, once the window knows."""
        return eventually(
            lambda: self.caller.get(f"/claims/{code}"),
            until=lambda told: told["status"] is not None,
            what=f"{self.name} hears how the case of a slip stands",
            seconds=seconds,
        )

    def knows_to_be_full(self, service: str, need: str, seconds: float = 20) -> None:
        eventually(
            lambda: {item["id"]: item["full"] for item in self.caller.everything("/services", need=need)},
            until=lambda full: need in full.get(service, {}),
            what=f"{self.name} hears that {service} has no room for {need}",
            seconds=seconds,
        )

    def holds_a_training(self) -> tuple[str, str]:
        """A session with one person on its list: both ids."""
        session = {"held_on": "2026-01-15", "place": "Escuela", "audience": "schools", "topics": ["rights_of_migrants"]}
        training = self.caller.post("/trainings", session)["id"]
        person = {"name": "Persona Inventada", "sex": "female", "consent": True}
        listed = self.caller.post(f"/trainings/{training}/attendance", {"participants": [person]})
        return training, listed["participants"][0]["id"]

    def sync(self) -> Json:
        return self.caller.get("/sync")
