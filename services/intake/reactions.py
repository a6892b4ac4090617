"""What comes from the hub, and which act it becomes. One line each; the inbox has seen to what came before."""

from collections.abc import Callable, Mapping
from typing import TypeVar

from services.intake.store.work import WindowWork
from services.intake.use_cases.report import report as report_standing
from services.intake.use_cases.restore_case import restore_case
from services.intake.use_cases.take_access import take_access
from services.intake.use_cases.take_claim_answer import take_claim_answer
from services.intake.use_cases.take_directory import take_directory
from services.intake.use_cases.take_receipt import take_receipt
from services.intake.use_cases.take_referral import take_referral
from services.intake.use_cases.take_routing import take_routing
from services.intake.use_cases.tell_again import queue_again
from shared.clock import Clock
from shared.contracts.access_changed import AccessChanged
from shared.contracts.addresses import Address
from shared.contracts.case_restored import CaseRestored
from shared.contracts.case_routed import CaseRouted
from shared.contracts.claim_answered import ClaimAnswered
from shared.contracts.directory_published import DirectoryPublished
from shared.contracts.receipt import Receipt
from shared.contracts.referral_updated import ReferralUpdated
from shared.contracts.resync_requested import ResyncRequested
from shared.contracts.standing import Standing
from shared.errors import Broken
from shared.messaging.reading import Received

E = TypeVar("E")
Reaction = Callable[[Received, WindowWork], None]


def reactions(clock: Clock) -> Mapping[str, Reaction]:
    """The table, by the type that the envelope names. Twice, late, out of order: see each use case."""
    return {
        "receipt": lambda got, work: take_receipt(
            _event(got, Receipt), told_at=got.envelope.time, work=work, now=clock.now()
        ),
        "referral.updated": lambda got, work: take_referral(
            _event(got, ReferralUpdated), said_in=got.envelope.epoch, work=work, now=clock.now()
        ),
        "case.routed": lambda got, work: take_routing(_event(got, CaseRouted), work=work),
        "directory.published": lambda got, work: take_directory(
            _event(got, DirectoryPublished), at=got.envelope.time, work=work
        ),
        "claim.answered": lambda got, work: take_claim_answer(_event(got, ClaimAnswered), work=work),
        "access.changed": lambda got, work: take_access(_event(got, AccessChanged), work=work),
        "resync.requested": lambda got, work: queue_again(_event(got, ResyncRequested).buckets, work=work),
        "case.restored": lambda got, work: restore_case(_event(got, CaseRestored), work=work, now=clock.now()),
    }


def report(work: WindowWork, _source: Address, standing: Standing) -> None:
    """After each batch: tell the hub how far this window has committed what it sent."""
    report_standing(standing, work=work)


def _event(received: Received, kind: type[E]) -> E:
    if isinstance(received.event, kind):
        return received.event
    message = f"the registry made {type(received.event).__name__} of a {received.envelope.type}"
    raise Broken(message)
