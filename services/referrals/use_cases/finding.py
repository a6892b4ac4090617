"""By which words an institution finds a referral: those of what it was told, and no other."""

from datetime import datetime

from services.referrals.domain.case_file import CaseFile
from services.referrals.domain.referral import Referral
from services.referrals.use_cases.ports import Work
from services.referrals.use_cases.reading import reading_of, search_words
from shared.security.release import released


def make_searchable(work: Work, case: CaseFile, referral: Referral, now: datetime) -> None:
    """Keep keyed hashes of the words that this institution knows now; none when it knows nobody."""
    reading = reading_of(referral, case, work.referrals.of_case(case.id), work.country, now)
    person = released(case.details, reading, code=case.code) if referral.gives_access else {}
    work.referrals.searchable(referral.id, search_words(person, referral.institution_ref, work.vault))
