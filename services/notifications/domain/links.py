"""Where a message sends its reader: a page that asks them to sign in. An id is all that an address gives away."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from services.notifications.domain.telling import Notice


@dataclass(frozen=True)
class Links:
    """``desk`` is where people reach the hub (PUBLIC_URL), ``windows`` where each window's staff reach theirs."""

    desk: str
    windows: Mapping[str, str] = field(default_factory=dict)

    def to(self, notice: Notice) -> str:
        """The page of the referral (at a window: of its case); of a summary the desk's list."""
        window = self.windows.get(notice.window or "") if notice.audience == "window" else None
        if window is not None:
            return f"{window}/cases/{notice.case_id}"
        if notice.referral_id is None:
            return f"{self.desk}/referrals"
        return f"{self.desk}/referrals/{notice.referral_id}"


def reference(notice: Notice) -> str:
    """The id that a message names: the referral's, or the summary's (a batch may be called after its file)."""
    return notice.referral_id or notice.event_id
