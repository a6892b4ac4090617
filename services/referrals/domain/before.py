"""How a case stood before it was changed."""

from dataclasses import dataclass, replace

from services.referrals.domain.case_file import CaseFile
from shared.vocabulary.codes import Need, Urgency


@dataclass(frozen=True)
class Before:
    """What of the version before matters for what follows; of a new case nothing."""

    needs: frozenset[Need] = frozenset()
    urgency: Urgency | None = None
    lowered: str | None = None

    @classmethod
    def of(cls, case: CaseFile | None) -> "Before":
        """A case as it stands, before it is changed."""
        if case is None:
            return cls()
        lowered = case.approvals.urgency
        return cls(frozenset(need.code for need in case.details.needs), case.details.urgency, lowered.id if lowered else None)

    def joined(self, later: "Before") -> "Before":
        """Several versions routed as one: what the first had, and every need that any of them had."""
        return replace(self, needs=self.needs | later.needs)
