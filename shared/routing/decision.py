"""What routing decides about one version of a case."""

import re
from dataclasses import dataclass
from functools import lru_cache

from shared.routing.rules import Disclosure
from shared.vocabulary.codes import Need, Urgency


@dataclass(frozen=True)
class Reason:
    """Why an institution is asked: the rule, and its sentence in both languages."""

    rule: str
    es: str
    en: str


@dataclass(frozen=True)
class RoutedReferral:
    """One institution with all the needs that it is asked to serve; ``institution`` is an id."""

    institution: str
    needs: tuple[Need, ...]
    urgency: Urgency
    reasons: tuple[Reason, ...]
    disclosure: Disclosure = Disclosure.FULL


@dataclass(frozen=True)
class Block:
    """An institution that must not know of this case, and the rule that says so."""

    institution: str
    rule: str
    es: str
    en: str


@dataclass(frozen=True)
class LiftedBlock:
    """A block that a specific, witnessed and co-signed consent lifted (R1)."""

    institution: str
    rule: str


@dataclass(frozen=True)
class Note:
    """Something that was not routed, or must be known beside it. ``code`` is a key of the rule file's ``notes``."""

    code: str
    es: str
    en: str
    need: Need | None = None
    institution: str | None = None


@dataclass(frozen=True)
class Decision:
    """Everything that follows from a case, its rules and the directory. ``fired`` lists every rule that fired.

    ``lifted`` are blocks that a consent lifts: they bind again when it ends.
    """

    referrals: tuple[RoutedReferral, ...]
    blocked: tuple[Block, ...]
    notes: tuple[Note, ...]
    urgency: Urgency
    rules_version: str
    fired: tuple[str, ...]
    lifted: tuple[Block, ...] = ()


URGENCIES = (Urgency.EMERGENCY, Urgency.URGENT, Urgency.ROUTINE)
"""The most pressing first."""
_RULE_ID = re.compile(r"([A-Za-z]*)([0-9]*)(.*)")


def highest(*urgencies: Urgency) -> Urgency:
    """The most pressing of some urgencies."""
    return min(urgencies, key=URGENCIES.index)


@lru_cache(maxsize=256)
def rule_order(rule_id: str) -> tuple[str, int, str]:
    """Sorts rules as people read them: R1, R1b, R2, …, R10."""
    match = _RULE_ID.fullmatch(rule_id)
    letters, number, rest = match.groups() if match else (rule_id, "", "")
    return letters, int(number or 0), rest
