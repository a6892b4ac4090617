"""What routing would decide about a case that nobody has registered; nothing is kept."""

from services.referrals.use_cases.ports import Country
from shared.errors import Refused
from shared.routing.case import CaseDetails
from shared.routing.decide import decide


def preview(details: CaseDetails, country: Country, window: str | None) -> dict[str, object]:
    """The referrals, blocks and notes; ``window`` left out is the node's first. ``invalid`` for an unknown one."""
    place = country.window(window) if window else country.windows[0]
    if place is None:
        raise Refused("invalid", fields={"window": ["No existe esa ventanilla."]})
    decision = decide(
        details, node=country.node, window=place.id, rules=country.rules, directory=country.directory, peers=country.peers
    )
    return {
        "referrals": [
            {
                "institution": one.institution,
                "needs": [need.value for need in one.needs],
                "urgency": one.urgency,
                "reasons": [vars(reason) for reason in one.reasons],
            }
            for one in decision.referrals
        ],
        "blocked": [vars(block) for block in decision.blocked],
        "notes": [vars(note) for note in decision.notes],
        "urgency": decision.urgency,
        "rules_version": decision.rules_version,
    }
