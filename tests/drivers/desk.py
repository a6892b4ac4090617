"""An officer at an institution's desk, in the domain's words."""

from collections.abc import Callable
from dataclasses import dataclass

from tests.drivers.http import Caller, Json
from tests.drivers.probe import eventually


@dataclass(frozen=True)
class Desk:
    """What an officer of one institution does at the hub."""

    institution: str
    caller: Caller

    def list(self, **filters: str) -> list[Json]:
        return self.caller.everything("/referrals", **filters)

    def has(self, case_id: str) -> bool:
        return any(referral["case_id"] == case_id for referral in self.list())

    def gets(self, case_id: str, seconds: float = 20) -> Json:
        """The referral of this case, once it is on the desk."""
        found = eventually(
            lambda: [referral for referral in self.list() if referral["case_id"] == case_id],
            until=bool,
            what=f"the case {case_id} on the desk of {self.institution}",
            seconds=seconds,
        )
        return found[0]

    def opens(self, referral_id: str) -> Json:
        return self.caller.get(f"/referrals/{referral_id}")

    def receives(self, referral_id: str) -> Json:
        return self._act(referral_id, "receive")

    def accepts(self, referral_id: str) -> Json:
        return self._act(referral_id, "accept")

    def rejects(self, referral_id: str, *, reason: str, text: str) -> Json:
        return self._act(referral_id, "reject", {"reason": reason, "text": text})

    def starts(self, referral_id: str) -> Json:
        return self._act(referral_id, "start")

    def completes(self, referral_id: str, *, outcome: str, service_delivered: bool, need_met: str) -> Json:
        body = {"outcome": outcome, "service_delivered": service_delivered, "need_met": need_met}
        return self._act(referral_id, "complete", body)

    def answers_erasure(self, referral_id: str, answer: str, *, duty: str = "") -> Json:
        return self._act(referral_id, "erasure", {"answer": answer, "duty": duty})

    def sees(self, referral_id: str, what: str, until: Callable[[Json], bool], seconds: float = 20) -> Json:
        """The referral, once it is as the story says."""
        return eventually(lambda: self.opens(referral_id), until=until, what=f"{self.institution}: {what}", seconds=seconds)

    def _act(self, referral_id: str, act: str, body: Json | None = None) -> Json:
        return self.caller.post(f"/referrals/{referral_id}/{act}", body)
