"""What a source is told after each batch."""

from services.referrals.use_cases.ports import Work
from shared.contracts.addresses import Address
from shared.contracts.receipt import Receipt, RefusedCase
from shared.contracts.standing import Standing


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
        Receipt(
            through=standing.through, source_epoch=standing.source_epoch, epoch=standing.epoch, refused=refused,
            highest_code=highest,
        ),
        to=source,
        subject="receipt",
        version=standing.through,
        sequenced=False,
    )
