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

    def sync(self) -> Json:
        return self.caller.get("/sync")
