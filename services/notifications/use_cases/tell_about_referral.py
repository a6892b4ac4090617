"""A referral changed: whoever is to know gets a row in the ledger, from which the channels deliver."""

from dataclasses import dataclass
from datetime import datetime

from services.notifications.domain.sayings import Sayings
from services.notifications.domain.summaries import begun
from services.notifications.domain.telling import Memory, Occurrence, notices, remembered
from services.notifications.use_cases.ports import Work
from shared.ids import new_id


@dataclass(frozen=True)
class TellAboutReferral:
    """One change as the hub told it."""

    occurrence: Occurrence


def tell_about_referral(request: TellAboutReferral, *, work: Work, sayings: Sayings, now: datetime) -> None:
    """Enter into the ledger who is told of this change, and who is not and why.

    Twice: the ledger's key (event, recipient, channel) lets nothing in a second time, whatever the inbox forgot.
    Late or out of order: who knows something later of this referral is not told of what came before it, and
    what asks for an answer that was already given is not asked; both are recorded as ``superseded``.
    Half way: rows, memory and inbox are one transaction. A referral that is cancelled or entered in error
    withdraws what was asked for it and not yet sent; a consent taken back all that was not yet sent. Nothing is
    sent here.
    """
    occurrence = request.occurrence
    saying = sayings.of(occurrence.change)
    if occurrence.silences:
        work.ledger.silence(occurrence.referral_id, below=occurrence.version)
    if saying.withdraws:
        work.ledger.withdraw(occurrence.referral_id, below=occurrence.version)
    if occurrence.batch is not None and saying.summed:
        # told by summarise_batch
        work.referrals.keep(occurrence.referral_id, remembered(Memory(), occurrence, sayings))
        work.summaries.join(begun(new_id(), occurrence, batch=occurrence.batch, now=now))
        return
    memory = work.referrals.recall(occurrence.referral_id)
    made = notices(
        occurrence, readers=work.readers.all(), memory=memory, choices=work.choices.all(), sayings=sayings
    )
    work.referrals.keep(occurrence.referral_id, remembered(memory, occurrence, sayings, made))
    work.ledger.add(made, now=now)
