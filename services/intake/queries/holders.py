"""Who had a person's data, and what they answered when they were asked to erase them: the list that a person is shown."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from services.intake.queries.world import Published
from services.intake.store.work import WindowWork
from shared.contracts.referral import ReferralState
from shared.vocabulary.codes import ReferralStatus

WORKED_ON = frozenset({ReferralStatus.ACCEPTED, ReferralStatus.IN_PROGRESS, ReferralStatus.ON_HOLD})


class Holding(StrEnum):
    """Where an institution stands with the data: the last three are its own answers."""

    HOLDS = "holds"
    STOPPED = "stopped"
    HELD = "held"
    ASKED = "asked"
    ERASED = "erased"
    RESTRICTED = "restricted"
    UNREACHABLE = "unreachable"


SAID: Mapping[Holding, tuple[str, str]] = {
    Holding.HOLDS: ("Tiene sus datos y atiende su caso.", "Has your data and works on your case."),
    Holding.STOPPED: ("Tiene sus datos; se le pidió parar.", "Has your data; it was asked to stop."),
    Holding.HELD: ("Tuvo sus datos; ya terminó con su caso.", "Had your data; it is done with your case."),
    Holding.ASKED: ("Se le pidió borrar sus datos; todavía no contesta.", "Was asked to erase your data; no answer yet."),
    Holding.ERASED: ("Contestó que borró sus datos.", "Answered that it erased your data."),
    Holding.RESTRICTED: ("Contestó que una ley le obliga a conservarlos.", "Answered that a law obliges it to keep them."),
    Holding.UNREACHABLE: ("No se pudo localizar a la institución.", "The institution could not be reached."),
}
"""What the person is told of each, in Spanish and English."""


@dataclass(frozen=True)
class Holder:
    """One institution that has known the person since ``since``; ``duty`` is why it keeps the data, in its own words."""

    institution: str
    name_es: str
    name_en: str
    since: datetime
    state: Holding
    es: str
    en: str
    asked_at: datetime | None
    answered_at: datetime | None
    duty: str


def holders(work: WindowWork, published: Published, case_id: str) -> Sequence[Holder]:
    """Every institution that ever accepted a referral of this case, as the hub last told; the first one first."""
    by_institution: dict[str, list[ReferralState]] = {}
    for state in work.referrals.of_case(case_id):
        if state.accepted_at is not None:
            by_institution.setdefault(state.institution, []).append(state)
    found = [_holder(work, published, one, states) for one, states in by_institution.items()]
    return sorted(found, key=lambda holder: (holder.since, holder.institution))


def _holder(work: WindowWork, published: Published, institution: str, states: Sequence[ReferralState]) -> Holder:
    in_force = published.in_force(work.connection)
    known = in_force.directory.find(institution) if in_force else None
    erasures = [state.erasure for state in states if state.erasure is not None]
    erasure = max(erasures, key=lambda one: one.asked_at, default=None)
    if erasure is not None:
        state = Holding(erasure.answer.value) if erasure.answer else Holding.ASKED
    else:
        state = _without_erasure([one for one in states if one.status in WORKED_ON])
    es, en = SAID[state]
    return Holder(
        institution=institution,
        name_es=known.es if known else institution,
        name_en=known.en if known else institution,
        since=min(one.accepted_at for one in states if one.accepted_at is not None),
        state=state,
        es=es,
        en=en,
        asked_at=erasure.asked_at if erasure else None,
        answered_at=erasure.answered_at if erasure else None,
        duty=erasure.duty if erasure else "",
    )


def _without_erasure(open_still: Sequence[ReferralState]) -> Holding:
    if not open_still:
        return Holding.HELD
    return Holding.STOPPED if all(one.stop_requested for one in open_still) else Holding.HOLDS
