"""A window's supervisor, in the domain's words."""

from dataclasses import dataclass

from tests.drivers.http import Caller, Json
from tests.drivers.probe import eventually


@dataclass(frozen=True)
class Supervisor:
    """What only a supervisor of one window does."""

    name: str
    caller: Caller

    def approves(self, case_id: str, *, paper: str) -> Json:
        return self.caller.post(f"/cases/{case_id}/approve", {"paper": paper})

    def lifts(self, case_id: str, institution: str, *, witness: str, paper: str) -> Json:
        body = {"institution": institution, "witness": witness, "paper": paper}
        return self.caller.post(f"/cases/{case_id}/lift-block", body)

    def is_asked_to(self, task: str, case_id: str, seconds: float = 20) -> Json:
        """What waits for them in a case, once it does."""
        return eventually(
            lambda: [one for one in self.caller.everything("/todos") if (one["case_id"], one["task"]) == (case_id, task)],
            until=bool,
            what=f"{task} waits for the supervisor of {self.name}",
            seconds=seconds,
        )[0]

    def has_looked(self, case_id: str) -> Json:
        return self.caller.post(f"/cases/{case_id}/acknowledge")
