"""What simulated nodes say: real events, of which one text holds everything that was done to the subject."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime

from shared.contracts.case_routed import CaseRouted
from shared.contracts.notification_delivered import NotificationDelivered
from shared.contracts.position import Position
from shared.contracts.receipt import Receipt
from shared.contracts.referral import ReferralState
from shared.contracts.referral_held import ReferralHeld
from shared.contracts.standing import Standing
from shared.contracts.visit_recorded import VisitRecorded
from shared.contracts.window_heartbeat import WindowHeartbeat
from shared.vocabulary.codes import ReferralStatus, Urgency

DAY = date(2026, 11, 23)
NOON = datetime(2026, 11, 23, 12, tzinfo=UTC)
STANDINGS = {"receipt": Receipt, "window.heartbeat": WindowHeartbeat, "position": Position}
CONTENT = {"visit.recorded": "directory_version", "case.routed": "rules_version", "notification.delivered": "recipient"}


@dataclass(frozen=True)
class Said:
    """What came, as far as a simulated node looks at it."""

    content: str = ""
    buckets: tuple[int, ...] = ()


def of_window(subject: str, content: str) -> VisitRecorded:
    return VisitRecorded(visit_id=subject, occurred_on=DAY, topics=(), directory_version=content)


def of_hub(subject: str, content: str) -> CaseRouted:
    return CaseRouted(subject, 1, 1, content, Urgency.URGENT, NOON)


def of_notifications(subject: str, content: str) -> NotificationDelivered:
    return NotificationDelivered(subject, None, "email", content, NOON, 1)


def held(subject: str, version: int, content: str) -> ReferralHeld:
    return ReferralHeld(ReferralState(
        subject, subject, "", "", "la-union", "", ReferralStatus.ACCEPTED, Urgency.URGENT, (), (), NOON, None, None, version,
        institution_ref=content,
    ))


def read(kind: str, _version: int, data: object) -> object:
    """The events without their schemas, which are tested elsewhere: standings, and what was done."""
    assert isinstance(data, dict)
    makes = STANDINGS.get(kind)
    if makes is not None:
        names = {*Standing.__dataclass_fields__, *({"answered_epoch", "digest"} & makes.__dataclass_fields__.keys())}
        return makes(**{name: data[name] for name in names})
    return Said(_content(kind, data), tuple(data.get("buckets", ())))


def _content(kind: str, data: Mapping[str, object]) -> str:
    if kind == "referral.held":
        state = data["referral"]
        assert isinstance(state, dict)
        return str(state["institution_ref"])
    return str(data.get(CONTENT.get(kind, ""), ""))
