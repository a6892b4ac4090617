"""The hub answers how the case of another window's slip stands."""

from services.intake.use_cases.ports import Work
from shared.contracts.claim_answered import ClaimAnswered


def take_claim_answer(told: ClaimAnswered, *, work: Work) -> None:
    """Keep the answer for whoever asks again. Twice, or to a question that was put anew since: nothing."""
    work.claims.answer(told.ask_id, told.status, at=told.at)
