"""Two cases are found to be one person's, or not to be after all. A step of ``take_case``."""

from collections.abc import Iterator
from datetime import datetime

from services.referrals.domain.case_file import CaseFile
from services.referrals.domain.referral import Referral
from services.referrals.domain.transitions import ROUTING
from services.referrals.use_cases.ports import Work
from services.referrals.use_cases.telling import tell
from shared.vocabulary.codes import Need


def move_person(work: Work, case: CaseFile, person_id: str, *, now: datetime) -> None:
    """The case, its referrals and what they hold open are another person's, sealed under that person's key.

    Where both persons have a need open at one institution, the referral that nobody has taken on gives way, else the
    later one: it loses the need; with none left it is cancelled as a duplicate, or asked to stop. Undone, the case
    goes back with what it has then: what gave way stays so.
    """
    for referral in work.referrals.of_case(case.id):
        for other, need in list(_rivals(work, referral, person_id)):
            _give_way(work, max(referral, other, key=_rank), need, now)
        work.referrals.move(referral, person_id)
    work.cases.move(case, person_id)


def _rivals(work: Work, referral: Referral, person_id: str) -> Iterator[tuple[Referral, Need]]:
    """The open referrals of that person that ask the same institution for the same."""
    for need in referral.needs if referral.holds_needs else ():
        standing = work.referrals.open_at(person_id, referral.institution, need)
        other = work.referrals.get(standing) if standing else None
        if other is not None and other.id != referral.id:
            yield other, need


def _rank(referral: Referral) -> tuple[bool, datetime, str]:
    return referral.untouched, referral.created_at, referral.id


def _give_way(work: Work, referral: Referral, need: Need, now: datetime) -> None:
    case = work.cases.get(referral.case_id)
    if case is None or not referral.holds_needs:
        return
    if referral.needs == (need,):
        entry = referral.give_way(ROUTING, now)
    else:
        entry = referral.drop_needs(ROUTING, now, [need])
    if entry is not None:
        tell(work, case, referral, entry, now=now, by_window=True)
