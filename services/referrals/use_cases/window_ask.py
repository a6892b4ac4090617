"""What a window asks of a referral."""

from dataclasses import dataclass

from shared.contracts.referral_asked import Ask


@dataclass(frozen=True)
class AnswerAsk:
    """What a window asks; ``user`` is who at the window."""

    window: str
    ask_id: str
    case_id: str
    referral_id: str
    ask: Ask
    user: str
    reason: str | None = None
    text: str = ""
    institution: str | None = None
    assurance_reason: str = ""
