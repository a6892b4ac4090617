"""What a source is told after each batch, and when it does not know of this hub's present life."""

from services.referrals.use_cases.ports import Work
from shared.contracts.addresses import Address
from shared.contracts.receipt import Receipt, RefusedCase
from shared.contracts.standing import Standing


def answer(source: Address, told: Standing, *, work: Work) -> None:
    """Tell ``source`` how we stand, if it has not heard of our present life: this hub was restored, or is new to it."""
    if not told.has_heard_of(work.streams.epoch):
        send_receipt(source, work.streams.standing(source), work=work)


def send_receipt(source: Address, standing: Standing, *, work: Work) -> None:
    """How far we have committed what it sent; to a window also every refusal that stands and its highest number.

    It is never sent again and gets no receipt itself: the next one says it all.
    """
    refused: tuple[RefusedCase, ...] = ()
    highest = 0
    if source.is_window:
        standing_refusals = work.standings.refusals_of(source.name)
        refused = tuple(RefusedCase(case, dict(errors)) for case, errors in standing_refusals.items())
        highest = work.standings.highest_code(source.name)
    work.outbox.append(
        Receipt(**vars(standing), refused=refused, highest_code=highest),
        to=source,
        subject="receipt",
        version=standing.through,
        sequenced=False,
    )
