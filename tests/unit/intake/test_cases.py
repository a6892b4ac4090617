"""A case's life, its consents, and what may leave, without any database."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.intake.domain.case import Case, CaseStatus, Delivery, delivery_of
from services.intake.domain.consent import ConsentRecord, Hold
from shared.errors import Refused
from shared.routing.case import CaseDetails, CaseNeed, Consent, Person
from shared.vocabulary.codes import (
    CloseReason,
    ConsentGround,
    ConsentPurpose,
    ConsentStatus,
    Need,
    Sex,
    Situation,
)

NOW = datetime(2026, 11, 23, 15, tzinfo=UTC)
TODAY = date(2026, 11, 23)
GRANTED = Consent(ConsentStatus.GRANTED)
REFUSED = Consent(ConsentStatus.REFUSED)


def case_under(consent: Consent) -> Case:
    person = Person("Ana", "Reyes", Sex.FEMALE, "SV", birth_date=date(1990, 5, 1))
    details = CaseDetails(person, Situation.RETURNEE, (CaseNeed(Need.HEALTH),), consent, TODAY)
    consents = (ConsentRecord("k1", consent, NOW, "ana"),)
    return Case("c1", "SV-LUN-000001-Z", 1, "p1", 1, 1, 1, NOW, "ana", details, consents).judged_on(TODAY)


@pytest.mark.parametrize(
    ("consent", "hold"),
    [
        (GRANTED, None),
        (REFUSED, Hold.WITHHELD),
        (Consent(ConsentStatus.GRANTED, purposes=(ConsentPurpose.STATISTICS,)), Hold.WITHHELD),
        (Consent(ConsentStatus.GRANTED, expires_on=TODAY), None),
        (Consent(ConsentStatus.GRANTED, expires_on=TODAY - timedelta(days=1)), Hold.WITHHELD),
        (Consent(ConsentStatus.REFUSED, ground=ConsentGround.LEGAL_DUTY), Hold.AWAITING_SUPERVISOR),
        (Consent(ConsentStatus.GRANTED, ground=ConsentGround.VITAL_INTEREST), Hold.AWAITING_SUPERVISOR),
    ],
)
def test_a_consent_decides_whether_a_case_leaves(consent: Consent, hold: Hold | None):
    assert case_under(consent).hold is hold


def test_a_consent_without_an_end_holds_for_ninety_days():
    case = case_under(GRANTED)
    assert case.judged_on(TODAY + timedelta(days=90)).hold is None
    assert case.judged_on(TODAY + timedelta(days=91)).hold is Hold.WITHHELD


def test_a_withdrawn_consent_stays_withdrawn_under_every_ground():
    case = case_under(replace(GRANTED, ground=ConsentGround.LEGAL_DUTY))
    after = case.with_withdrawal("k1", by="ana", at=NOW, incarnation=1)
    assert after.judged_on(TODAY).hold is Hold.WITHHELD
    with pytest.raises(Refused, match="already_withdrawn"):
        after.with_withdrawal("k1", by="ana", at=NOW, incarnation=1)


def test_a_new_consent_after_a_withdrawal_opens_the_case_again():
    after = case_under(GRANTED).with_withdrawal("k1", by="ana", at=NOW, incarnation=1)
    again = after.with_consent("k2", GRANTED, by="ana", at=NOW, incarnation=1).judged_on(TODAY)
    assert (again.hold, again.consent.id, again.version) == (None, "k2", 3)
    assert again.consent_of("k1").withdrawn_at == NOW


def test_a_closed_case_admits_nothing_but_a_withdrawal():
    closed = case_under(GRANTED).closed(CloseReason.SETTLED, "", by="ana", at=NOW, incarnation=1)
    assert closed.status is CaseStatus.CLOSED
    for act in (
        lambda: closed.changed(replace(closed.details, notes="x"), incarnation=1),
        lambda: closed.closed(CloseReason.OTHER, "", by="ana", at=NOW, incarnation=1),
        lambda: closed.with_consent("k2", GRANTED, by="ana", at=NOW, incarnation=1),
    ):
        with pytest.raises(Refused, match="already_closed"):
            act()
    assert closed.with_withdrawal("k1", by="ana", at=NOW, incarnation=1).version == 3


ACTS = ["change", "close", "refuse", "grant", "withdraw"]


@given(st.lists(st.sampled_from(ACTS), max_size=12))
def test_versions_only_rise_and_no_withdrawal_is_ever_undone(acts: list[str]):
    case, withdrawn = case_under(GRANTED), set()
    for place, act in enumerate(acts):
        before = case
        try:
            if act == "change":
                case = case.changed(replace(case.details, notes=str(place)), incarnation=1)
            elif act == "close":
                case = case.closed(CloseReason.OTHER, "", by="ana", at=NOW, incarnation=1)
            elif act == "withdraw":
                case = case.with_withdrawal(case.consent.id, by="ana", at=NOW, incarnation=1)
            else:
                consent = GRANTED if act == "grant" else REFUSED
                case = case.with_consent(f"k{place}", consent, by="ana", at=NOW, incarnation=1)
        except Refused:
            assert case is before
            continue
        assert case.version == before.version + 1
        withdrawn |= {record.id for record in case.consents if record.withdrawn_at}
        assert all(case.consent_of(one).withdrawn_at for one in withdrawn)
        assert case.details.consent == case.consent.consent


@pytest.mark.parametrize(
    ("hold", "refused", "outbox", "shown"),
    [
        (Hold.WITHHELD, True, "received", Delivery.WITHHELD),
        (Hold.AWAITING_SUPERVISOR, False, "queued", Delivery.AWAITING_SUPERVISOR),
        (None, True, "received", Delivery.REFUSED),
        (None, False, "queued", Delivery.QUEUED),
        (None, False, "sent", Delivery.SENT),
        (None, False, "received", Delivery.RECEIVED),
    ],
)
def test_delivery_shows_the_hold_first_then_a_refusal(hold: Hold | None, refused: bool, outbox: str, shown: Delivery):
    assert delivery_of(hold=hold, refused=refused, outbox=outbox) is shown
