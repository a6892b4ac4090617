"""What routing would decide about a case that nobody has registered; nothing is kept."""

from datetime import datetime

from services.referrals.use_cases.ports import Country
from shared.errors import Refused
from shared.routing.capacity import Room
from shared.routing.case import CaseDetails
from shared.routing.decide import decide
from shared.routing.directory import Directory


def preview(
    details: CaseDetails, country: Country, directory: Directory, window: str | None, *, now: datetime
) -> dict[str, object]:
    """The referrals, blocks and notes; ``window`` left out is the node's first. ``invalid`` for an unknown one.

    Each referral says whether somebody stands by the institution's entries for these needs; who is full is a note.
    """
    place = country.window(window) if window else country.windows[0]
    if place is None:
        raise Refused("invalid", fields={"window": ["No existe esa ventanilla."]})
    decision = decide(
        details, node=country.node, window=place.id, rules=country.rules, directory=directory, peers=country.peers,
        room=Room(directory.full_at(now)),
    )
    return {
        "referrals": [
            {
                "institution": one.institution,
                "needs": [need.value for need in one.needs],
                "urgency": one.urgency,
                "reasons": [vars(reason) for reason in one.reasons],
                "assurance": directory.assurance(one.institution, one.needs, country.today(now)),
            }
            for one in decision.referrals
        ],
        "blocked": [vars(block) for block in decision.blocked],
        "notes": [vars(note) for note in decision.notes],
        "urgency": decision.urgency,
        "rules_version": decision.rules_version,
    }
