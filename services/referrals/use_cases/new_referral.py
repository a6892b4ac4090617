"""What every way of making a referral has in common: who may have one, when it is due, how it is told."""

from collections.abc import Sequence
from datetime import datetime

from services.referrals.domain.case_file import CaseFile
from services.referrals.domain.deadlines import Due, due
from services.referrals.domain.referral import Origin, Referral, first_entry
from services.referrals.use_cases.ports import Work
from services.referrals.use_cases.reading import may_be_told
from services.referrals.use_cases.telling import tell
from shared.directory.entries import refuse_expired
from shared.errors import Refused
from shared.ids import new_id
from shared.routing.decision import RoutedReferral
from shared.routing.directory import Institution
from shared.routing.rules import Disclosure
from shared.security.identities import Actor
from shared.vocabulary.codes import Need, Urgency


def make(
    work: Work,
    case: CaseFile,
    asked: RoutedReferral,
    *,
    now: datetime,
    author: str,
    origin: Origin,
    replaces: Referral | None = None,
    by_window: bool = True,
    text: str | None = None,
    ask_id: str | None = None,
) -> Referral:
    """Make a referral and say so. The clock of a need that was passed on keeps running: its answer stays due then."""
    deadline = due_for(work, asked.institution, asked.urgency, now)
    referral = Referral(
        id=new_id(), case_id=case.id, case_code=case.code, person_id=case.person_id, window=case.window,
        institution=asked.institution, urgency=asked.urgency, needs=asked.needs, reasons=asked.reasons, author=author,
        origin=origin, created_at=now, ack_due_at=deadline.acknowledge,
        due_at=min(deadline.answer, replaces.due_at) if replaces else deadline.answer,
        disclosure=asked.disclosure, batch=case.batch, replaces=replaces.id if replaces else None,
        hops=replaces.hops + 1 if replaces else 0,
    )
    work.referrals.add(referral)
    tell(work, case, referral, first_entry(referral, text), now=now, by_window=by_window, ask_id=ask_id)
    return referral


def said(text: str, assurance_reason: str) -> str | None:
    """What the first entry of a referral by hand says: the words for the institution, and why it is asked all the same."""
    reason = f"Dato del servicio vencido: {assurance_reason.strip()}" if assurance_reason.strip() else ""
    return "\n".join(part for part in (text, reason) if part) or None


def due_for(work: Work, institution_id: str, urgency: Urgency, now: datetime) -> Due:
    """Both deadlines of a referral that is made now."""
    institution = work.country.directory.find(institution_id)
    if institution is None:
        raise Refused("institution_unavailable")
    return due(now, urgency, work.country.spans, work.country.calendar_of(institution))


def by_hand(
    work: Work,
    case: CaseFile,
    institution_id: str,
    needs: Sequence[Need],
    urgency: Urgency,
    now: datetime,
    *,
    assurance_reason: str,
    asker: Actor | None = None,
) -> RoutedReferral:
    """What a person asks of an institution beyond routing, if that institution may have it at all.

    Every reason why it may not (unknown, inactive, of another node, blocked, no consent, the case closed) is the
    same refusal: who asks must not learn which. Where its directory entry for a need is past its assurance date, a
    reason must be given (``not_assured``). Then a need that is open there already is refused with its id; an
    ``asker`` of another institution may not know what is open elsewhere, and hears what is said of every other reason.
    What routing would not have said stays limited to code and need wherever the case has a block or a limit.
    """
    institution = work.country.directory.find(institution_id)
    unavailable = Refused("institution_unavailable", fields={"institution": ["No se puede referir a esa institución."]})
    if institution is None or not _may_have(work, case, institution, now):
        raise unavailable
    assurance = work.directory.in_force().assurance(institution.id, needs, work.country.today(now))
    refuse_expired(assurance, assurance_reason)
    for need in needs:
        standing = work.referrals.open_at(case.person_id, institution.id, need)
        if standing is not None:
            stranger = asker is not None and asker.institution not in {None, institution.id}
            raise unavailable if stranger else Refused("open_referral", extra={"referral_id": standing})
    return RoutedReferral(institution.id, tuple(dict.fromkeys(needs)), urgency, (), _disclosure(work, case, institution))


def _may_have(work: Work, case: CaseFile, institution: Institution, now: datetime) -> bool:
    ours = institution.active and institution.node == work.country.node
    return ours and not case.shut and may_be_told(case, institution.id, work.country, now)


def _disclosure(work: Work, case: CaseFile, institution: Institution) -> Disclosure:
    known = work.referrals.of_case(case.id)
    if any(one.institution == institution.id and one.origin is Origin.ROUTING and one.disclosure is Disclosure.FULL for one in known):
        return Disclosure.FULL
    limited = bool(case.blocks) or any(one.disclosure is Disclosure.CODE_ONLY for one in known)
    always = institution.kind in work.country.rules.always_code_only
    return Disclosure.CODE_ONLY if limited or always else Disclosure.FULL
