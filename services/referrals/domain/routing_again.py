"""What a new version of a case does to the referrals it already has (domain.md, "routed again").

What is compared is what routing asked of whom *before* and what it asks *now*; so an answer that was rejected,
handed on or finished is not asked again by a change elsewhere in the case.
"""

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, replace

from services.referrals.domain.referral import Origin, Referral
from shared.routing.decision import RoutedReferral
from shared.vocabulary.codes import Need

Asked = Mapping[str, frozenset[Need]]
"""Which needs routing asks of which institution."""


@dataclass(frozen=True)
class Plan:
    """What is to be done, in this order. ``elsewhere``: needs that this person has open there already."""

    blocked: tuple[Referral, ...] = ()
    uncovered: tuple[Referral, ...] = ()
    dropped: tuple[tuple[Referral, tuple[Need, ...]], ...] = ()
    joined: tuple[tuple[Referral, RoutedReferral], ...] = ()
    created: tuple[RoutedReferral, ...] = ()
    elsewhere: tuple[tuple[str, Need], ...] = ()


def asked(wanted: Sequence[RoutedReferral]) -> dict[str, frozenset[Need]]:
    """The bare pairs of a decision."""
    return {item.institution: frozenset(item.needs) for item in wanted}


def plan(
    referrals: Sequence[Referral],
    *,
    before: Asked,
    wanted: Sequence[RoutedReferral],
    removed: Collection[Need],
    blocked: Collection[str],
    covered: Callable[[str], bool],
    taken: Callable[[str, Need], bool],
) -> Plan:
    """Compare a new decision with the one before.

    ``removed`` are needs that the case itself no longer has (they leave by-hand referrals too), ``blocked``
    every institution that must not know, ``covered`` whether consent reaches one, ``taken`` whether this person
    has that need open there.
    """
    standing = [referral for referral in referrals if referral.open]
    shut = [item for item in standing if item.institution in blocked]
    uncovered = [item for item in standing if item not in shut and not covered(item.institution)]
    kept = [item for item in standing if item not in shut and item not in uncovered]
    now = asked(wanted)
    dropped = [(item, gone) for item in kept if (gone := _gone(item, before, now, removed))]
    leaving = [item for item, gone in dropped if set(gone) == set(item.needs)]
    joinable = {item.institution: item for item in kept if item.untouched and item not in leaving}
    joined, created, elsewhere = [], [], []
    for item in wanted:
        fresh = [need for need in item.needs if need not in before.get(item.institution, frozenset())]
        elsewhere += [(item.institution, need) for need in fresh if taken(item.institution, need)]
        new = tuple(need for need in fresh if not taken(item.institution, need))
        if not new:
            continue
        part = replace(item, needs=new)
        if item.institution in joinable:
            joined.append((joinable[item.institution], part))
        else:
            created.append(part)
    return Plan(tuple(shut), tuple(uncovered), tuple(dropped), tuple(joined), tuple(created), tuple(elsewhere))


def _gone(referral: Referral, before: Asked, now: Asked, removed: Collection[Need]) -> tuple[Need, ...]:
    """Which needs leave this referral."""
    place = referral.institution
    lost = before.get(place, frozenset()) - now.get(place, frozenset())
    leaves = lost if referral.origin is Origin.ROUTING else frozenset(removed)
    return tuple(need for need in referral.needs if need in leaves)
