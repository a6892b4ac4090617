"""What a source is told after each batch, and when it must hear something about itself or about this hub."""

from dataclasses import replace
from datetime import datetime, timedelta

from services.referrals.use_cases.ports import Work
from shared.contracts.addresses import Address
from shared.contracts.receipt import Receipt, RefusedCase
from shared.contracts.standing import Standing

TWICE_FOR = timedelta(minutes=10)
"""How long a window is said to exist twice after its older life was last heard; a living one is heard every minute."""


def answer(source: Address, told: Standing, *, work: Work, now: datetime, agrees: bool | None = None) -> None:
    """Tell ``source`` how we stand, if it has not heard of our present life (this hub was restored, or is new to it).

    A source that exists twice is answered each time, so that both of it hear; and a digest, by whether it ``agrees``.
    """
    standing = _towards(source, work.streams.standing(source), work=work, now=now)
    if not told.has_heard_of(standing.epoch) or standing.forked_since is not None or agrees is not None:
        _send(source, standing, work=work, agrees=agrees)


def send_receipt(source: Address, standing: Standing, *, work: Work, now: datetime) -> None:
    """How far we have committed what it sent; to a window also every refusal that stands and its highest number.

    It is never sent again and gets no receipt itself: the next one says it all.
    """
    _send(source, _towards(source, standing, work=work, now=now), work=work)


def _towards(source: Address, standing: Standing, *, work: Work, now: datetime) -> Standing:
    """With what only a hub knows of its windows: that an older life of one still speaks."""
    older = work.standings.older_life(source.name) if source.is_window else None
    if standing.forked_since is not None or older is None or now - older > TWICE_FOR:
        return standing
    return replace(standing, forked_since=older)


def _send(source: Address, standing: Standing, *, work: Work, agrees: bool | None = None) -> None:
    refused: tuple[RefusedCase, ...] = ()
    highest = 0
    if source.is_window:
        standing_refusals = work.standings.refusals_of(source.name)
        refused = tuple(RefusedCase(case, dict(errors)) for case, errors in standing_refusals.items())
        highest = work.standings.highest_code(source.name)
    work.outbox.append(
        Receipt(**vars(standing), refused=refused, highest_code=highest, digest_agrees=agrees),
        to=source,
        subject="receipt",
        version=standing.through,
        sequenced=False,
    )
