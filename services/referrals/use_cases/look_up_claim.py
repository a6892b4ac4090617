"""How a case stands, to whoever holds its slip: at the hub itself, or at a window that asks."""

from datetime import datetime

from services.referrals.use_cases.ports import Work
from shared.claims import ClaimStatus
from shared.contracts.addresses import Address
from shared.contracts.claim_answered import ClaimAnswered
from shared.contracts.claim_asked import ClaimAsked


def look_up_claim(code: str, *, work: Work, now: datetime) -> ClaimStatus | None:
    """One of four words; None when nobody has this code. Found or not, the same is done, and it is counted."""
    status = work.claims.status(code)
    work.claims.count(work.country.today(now), known=status is not None)
    return status


def answer_claim(window: str, asked: ClaimAsked, *, work: Work, now: datetime) -> None:
    """Tell a window of the node, whichever it is.

    Twice: the inbox keeps one id from a second effect. Late: the answer is as of now, and says when. In a batch that
    also brings news of the case the answer may be the one before them; asked again it is the new one.
    """
    work.outbox.append(
        ClaimAnswered(asked.ask_id, now, look_up_claim(asked.claim_code, work=work, now=now)),
        to=Address.window(work.country.node, window),
        subject=asked.ask_id,
        version=1,
    )
