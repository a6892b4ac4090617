"""What comes from windows and from notifications, and which act it becomes.

The events that concern cases are gathered while the inbox goes through a batch, and done together at its end, in the same
transaction: so that all that they need is read in a few queries.
"""

import time
from collections.abc import Callable, Mapping
from datetime import datetime
from typing import TypeVar

from services.referrals.domain.case_file import Told
from services.referrals.store.work import HubWork
from services.referrals.use_cases.answer_ask import answer_ask
from services.referrals.use_cases.close_case import CloseCase, close_case
from services.referrals.use_cases.count import count_training, count_visit, note_delivery, take_position
from services.referrals.use_cases.hear_window import HearWindow, hear_window
from services.referrals.use_cases.look_up_claim import answer_claim
from services.referrals.use_cases.receipts import send_receipt
from services.referrals.use_cases.take_account import TakeAccount, take_account
from services.referrals.use_cases.take_back import HearHeld, hear_held
from services.referrals.use_cases.take_case import TakeCase, take_case
from services.referrals.use_cases.window_ask import AnswerAsk
from services.referrals.use_cases.withdraw_consent import WithdrawConsent, withdraw_consent
from shared.contracts.account_changed import AccountChanged
from shared.contracts.addresses import Address
from shared.contracts.case_closed import CaseClosed
from shared.contracts.case_told import CaseTold
from shared.contracts.claim_asked import ClaimAsked
from shared.contracts.consent_withdrawn import ConsentWithdrawn
from shared.contracts.notification_delivered import NotificationDelivered
from shared.contracts.position import Position
from shared.contracts.referral_asked import ReferralAsked
from shared.contracts.referral_held import ReferralHeld
from shared.contracts.standing import Standing
from shared.contracts.training_recorded import TrainingRecorded
from shared.contracts.visit_recorded import VisitRecorded
from shared.contracts.window_heartbeat import WindowHeartbeat
from shared.errors import Broken
from shared.messaging.reading import Received
from shared.routing.decision import Block

E = TypeVar("E")
Reaction = Callable[[Received, HubWork], None]
Act = Callable[[Received, HubWork, datetime], None]


def reactions() -> Mapping[str, Reaction]:
    """The table, by the type that the envelope names."""
    at_once: dict[str, Reaction] = {
        "visit.recorded": lambda one, work: count_visit(one.source.name, _event(one, VisitRecorded), work=work),
        "training.recorded": lambda one, work: count_training(one.source.name, _event(one, TrainingRecorded), work=work),
        "referral.held": lambda one, work: hear_held(HearHeld(one.source.name, _event(one, ReferralHeld).referral), work=work),
        "account.changed": _take_account,
        "claim.asked": _answer_claim,
        "window.heartbeat": _hear,
        "notification.delivered": lambda one, work: note_delivery(_event(one, NotificationDelivered), work=work),
        "notification.failed": lambda one, work: note_delivery(_event(one, NotificationDelivered), work=work),
    }
    return at_once | dict.fromkeys(TOGETHER, gather)


def gather(received: Received, work: HubWork) -> None:
    """Keep an event for ``finish``."""
    work.waiting.append(received)


def report(work: HubWork, source: Address, standing: Standing) -> None:
    """After each batch, once for each source: say how far we have come."""
    send_receipt(source, standing, work=work, now=work.clock.now())


def finish(work: HubWork) -> None:
    """Do what was gathered, in the inbox's order (by case and version). All or nothing, with the batch.

    Positions come last: they lock the stream to whom they are from, and the relay sends nothing into it meanwhile.
    """
    waiting, work.waiting = sorted(work.waiting, key=lambda one: isinstance(one.event, Position)), []
    if not waiting:
        return
    events = [one.event for one in waiting]
    told = [event for event in events if isinstance(event, CaseTold)]
    work.prepare(
        case_ids=[event.case_id for event in events if isinstance(event, CaseTold | CaseClosed | ConsentWithdrawn | ReferralAsked)],
        told=[(event.case_id, event.person_id) for event in told],
        referral_ids=[event.referral_id for event in events if isinstance(event, ReferralAsked)],
        consent_ids=[event.consent_id for event in events if isinstance(event, CaseTold | ConsentWithdrawn)],
    )
    now = work.clock.now()
    for one in waiting:
        TOGETHER[one.envelope.type](one, work, now)
        time.sleep(0)  # a hundred cases are a fifth of a second of computing: let requests run in between


def _take(received: Received, work: HubWork, now: datetime) -> None:
    event = _event(received, CaseTold)
    told = Told(
        case_id=event.case_id, case_code=event.case_code, person_id=event.person_id, consent_id=event.consent_id,
        incarnation=event.incarnation, version=event.version, registered_at=event.registered_at, details=event.details,
        batch=event.batch, blocks=tuple(Block(**vars(block)) for block in event.blocks), claim_code=event.claim_code,
        consented_at=event.consented_at, approvals=event.approvals,
    )
    take_case(TakeCase(received.source.name, told), work=work, now=now)


def _close(received: Received, work: HubWork, now: datetime) -> None:
    event = _event(received, CaseClosed)
    told = (event.incarnation, event.version)
    request = CloseCase(received.source.name, event.case_id, event.reason, event.closed_at, told, event.text)
    close_case(request, work=work, now=now)


def _withdraw(received: Received, work: HubWork, now: datetime) -> None:
    event = _event(received, ConsentWithdrawn)
    told = (event.incarnation, event.version)
    request = WithdrawConsent(received.source.name, event.case_id, event.consent_id, event.withdrawn_at, told)
    withdraw_consent(request, work=work, now=now)


def _answer(received: Received, work: HubWork, now: datetime) -> None:
    event = _event(received, ReferralAsked)
    request = AnswerAsk(
        window=received.source.name, ask_id=event.ask_id, case_id=event.case_id, referral_id=event.referral_id,
        ask=event.ask, user=event.asked_by, reason=event.reason, text=event.text, institution=event.institution,
        assurance_reason=event.assurance_reason,
    )
    answer_ask(request, work=work, now=now)


def _hear(received: Received, work: HubWork) -> None:
    request = HearWindow(received.source, received.envelope.time, _event(received, WindowHeartbeat))
    hear_window(request, work=work, now=work.clock.now())


def _take_account(received: Received, work: HubWork) -> None:
    request = TakeAccount(received.source.name, received.envelope.version, _event(received, AccountChanged))
    take_account(request, work=work)


def _answer_claim(received: Received, work: HubWork) -> None:
    answer_claim(received.source.name, _event(received, ClaimAsked), work=work, now=work.clock.now())


def _settle(received: Received, work: HubWork, now: datetime) -> None:
    position = _event(received, Position)
    take_position(received.source, position, told_at=received.envelope.time, work=work, now=now)


def _event(received: Received, kind: type[E]) -> E:
    if isinstance(received.event, kind):
        return received.event
    message = f"the registry made {type(received.event).__name__} of a {received.envelope.type}"
    raise Broken(message)


TOGETHER: Mapping[str, Act] = {
    "case.registered": _take,
    "case.updated": _take,
    "case.closed": _close,
    "consent.withdrawn": _withdraw,
    "referral.asked": _answer,
    "position": _settle,
}
"""What is done together; each says in its use case what happens twice, late and out of order."""
