"""Cases in few words, and the node's own rules and directory."""

from collections.abc import Collection, Iterable
from datetime import date
from functools import cache
from pathlib import Path

from shared.routing.case import (
    Address,
    Against,
    BestInterests,
    CaseDetails,
    CaseNeed,
    Consent,
    Guardian,
    Person,
    VoluntaryReturn,
)
from shared.routing.decide import decide
from shared.routing.decision import Block, Decision, LiftedBlock
from shared.routing.directory import Directory
from shared.routing.loading import load_directory, load_rules
from shared.routing.rules import RuleSet
from shared.vocabulary.codes import (
    Answer,
    ConsentMethod,
    ConsentPurpose,
    ConsentStatus,
    Need,
    Sex,
    Situation,
    Urgency,
    Vulnerability,
)

DATA = Path(__file__).parents[3] / "services" / "referrals" / "data"
WINDOWS = {"sv": "la-union", "gt": "tecun-uman", "mx": "tapachula"}
DAY = date(2026, 11, 20)
CONCHAGUA = Address("SV", "SV-UN", "Conchagua")
PAPERS = VoluntaryReturn(date(2026, 11, 1), date(2026, 11, 2), ConsentMethod.SIGNED)
BEST_INTERESTS = BestInterests("CONAPINA", date(2026, 11, 1), "12/2026")
GUARDIAN = Guardian("Ana", "madre")
EVERY_PURPOSE = tuple(ConsentPurpose)


@cache
def rules(node: str = "sv") -> RuleSet:
    return load_rules(DATA / "rules" / f"{node}.yml")


@cache
def directory(node: str = "sv") -> Directory:
    return load_directory(DATA / "directory", node)


def case(
    *needs: str | CaseNeed,
    answers: Iterable[str] = (),
    age: int = 30,
    nationality: str = "SV",
    other_nationalities: tuple[str, ...] = (),
    origin: Address | None = CONCHAGUA,
    residence: Address | None = None,
    situation: str = "returnee",
    located_in: str | None = None,
    recipients: tuple[str, ...] = (),
    consent: Consent | None = None,
    guardian: Guardian | None = None,
    urgency: str = "routine",
    voluntary_return: VoluntaryReturn | None = None,
    best_interests: BestInterests | None = None,
    entry_date: date | None = None,
) -> CaseDetails:
    told = consent or Consent(
        ConsentStatus.GRANTED, purposes=EVERY_PURPOSE, recipients=recipients, guardian=guardian
    )
    return CaseDetails(
        person=Person(
            given_name="Persona",
            family_name="De Prueba",
            sex=Sex.FEMALE,
            nationality=nationality,
            other_nationalities=other_nationalities,
            estimated_age=age,
            origin=origin,
            residence=residence,
        ),
        situation=Situation(situation),
        needs=tuple(one if isinstance(one, CaseNeed) else CaseNeed(Need(one)) for one in needs),
        consent=told,
        occurred_on=DAY,
        located_in=located_in,
        vulnerabilities={Vulnerability(one): Answer.YES for one in answers},
        urgency=Urgency(urgency),
        voluntary_return=voluntary_return,
        best_interests=best_interests,
        entry_date=entry_date,
    )


def complaint(need: str, *, country: str | None = None, institution: str | None = None) -> CaseNeed:
    return CaseNeed(Need(need), against=Against(country, institution))


def routed(
    details: CaseDetails,
    *,
    node: str = "sv",
    window: str | None = None,
    peers: Collection[str] = frozenset(),
    standing: Iterable[Block] = (),
    lifted: Iterable[LiftedBlock] = (),
    ground_approved: bool = False,
) -> Decision:
    return decide(
        details,
        node=node,
        window=window or WINDOWS[node],
        rules=rules(node),
        directory=directory(node),
        standing_blocks=standing,
        lifted=lifted,
        peers=peers,
        ground_approved=ground_approved,
    )


def who(decision: Decision) -> dict[str, set[str]]:
    """Institution → needs, in plain words."""
    return {referral.institution: {need.value for need in referral.needs} for referral in decision.referrals}


def blocked(decision: Decision, rule: str | None = None) -> set[str]:
    return {block.institution for block in decision.blocked if rule in {None, block.rule}}


def notes(decision: Decision) -> set[str]:
    return {note.code for note in decision.notes}


def code_only(decision: Decision) -> set[str]:
    return {referral.institution for referral in decision.referrals if referral.disclosure.value == "code_only"}
