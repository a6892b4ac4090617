"""How an institution reads a referral now: what the release of personal data is asked with."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime

from services.referrals.domain.case_file import CaseFile
from services.referrals.domain.referral import Referral
from services.referrals.use_cases.ports import Country, Vault
from shared.routing.directory import Institution
from shared.routing.terms import out_of_reach
from shared.security.release import Reading
from shared.spelling import plain, word_keys
from shared.vocabulary.codes import ConsentGround, ConsentPurpose, InstitutionKind, ReferralStatus


def reading_of(
    referral: Referral, case: CaseFile, siblings: Sequence[Referral], country: Country, now: datetime
) -> Reading:
    """What the referral's own institution may be told of, at this moment. ``siblings``: all of the case."""
    institution = country.directory.find(referral.institution)
    consent = case.details.consent
    others = [other for other in siblings if other.id != referral.id and other.open]
    return Reading(
        kind=institution.kind if institution else InstitutionKind.COORDINATION,
        status=referral.status,
        needs=referral.needs,
        disclosure=referral.disclosure,
        consented=may_be_told(case, referral.institution, country, now),
        classes=consent.classes,
        ground=consent.ground if consent.ground is not ConsentGround.CONSENT else None,
        rules=case.fired,
        other_node=_abroad(institution, country),
        crosses=ConsentPurpose.CROSS_BORDER in consent.purposes,
        parallel_open=any(other.institution == referral.institution and other.gives_access for other in others),
        access_ended=referral.access_ended,
        other_open=tuple(sorted({other.institution for other in others} - {referral.institution})),
    )


def may_be_told(case: CaseFile, institution_id: str, country: Country, now: datetime) -> bool:
    """Whether the consent, or the ground in its place, reaches this institution at this moment.

    Asked at sending, at acceptance, at every read and at every forward (domain.md, Consent).
    """
    institution = country.directory.find(institution_id)
    reached = out_of_reach(case.details.consent, institution, country.home) is None
    return reached and case.consented(institution_id, now)


def reading_without_person(referral: Referral) -> Reading:
    """What whoever may never know the person reads: coordinators, and lists of what hides nothing."""
    return Reading(
        kind=InstitutionKind.COORDINATION,
        status=ReferralStatus.REQUESTED,
        needs=referral.needs,
        disclosure=referral.disclosure,
        consented=False,
    )


def search_words(person: Mapping[str, object], reference: str | None, vault: Vault) -> frozenset[str]:
    """Keyed hashes of the words by which an institution may find what it was told: names, paper, its own number."""
    document = person.get("document")
    number = document.get("number") if isinstance(document, Mapping) else None
    names = " ".join(str(person.get(name) or "") for name in ("given_name", "family_name"))
    return hashed([*word_keys(names), *_numbers(number), *_numbers(reference)], vault)


def query_words(text: str, vault: Vault) -> tuple[frozenset[str], ...]:
    """What is searched by, one set of equal spellings for each word; all of them must be found."""
    return tuple(hashed([*word_keys(word), *_numbers(word)], vault) for word in text.split() if plain(word))


def hashed(words: Iterable[str], vault: Vault) -> frozenset[str]:
    """The keyed hash of each word."""
    return frozenset(vault.lookup(f"q:{word}") for word in words)


def _numbers(text: object) -> list[str]:
    packed = plain(str(text or "")).replace(" ", "")
    return [f"#{packed}"] if packed else []


def _abroad(institution: Institution | None, country: Country) -> bool:
    return institution is None or institution.node != country.node
