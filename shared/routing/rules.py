"""What a rule may say: a small closed vocabulary, so that a lawyer changes rules without touching Python.

A rule is *when* → *then*. ``when`` lists alternatives; each alternative names needs or answers and the words
that must hold. ``then`` lists effects. ``services/referrals/data/README.md`` explains every word.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from shared.vocabulary.codes import ConsentGround, InstitutionKind, Need, Urgency, Vulnerability


class Word(StrEnum):
    """What can be true of a case (domain.md, *Words of rules*)."""

    NATIONAL = "national"
    ABROAD = "abroad"
    AT_HOME = "at_home"
    IN_TRANSIT = "in_transit"
    CHILD = "child"
    ADULT = "adult"
    CHILD_ALONE = "child_alone"
    WITH_GUARDIAN = "with_guardian"
    PAPERS_COMPLETE = "papers_complete"
    BEST_INTERESTS = "best_interests"
    RECIPIENTS_NAMED = "recipients_named"
    OTHER_GROUND = "other_ground"
    COMPLAINT_OUT_OF_REACH = "complaint_out_of_reach"
    INSTITUTION_COMPLAINED_OF = "institution_complained_of"
    ONLY_INFORMATION = "only_information"
    EMERGENCY_CALLED = "emergency_called"
    ENTRY_DATE_KNOWN = "entry_date_known"


class Who(StrEnum):
    """Which institutions an effect speaks of; a bare kind is the node's own."""

    OMBUDSMAN = InstitutionKind.OMBUDSMAN.value
    FOREIGN_MINISTRY = InstitutionKind.FOREIGN_MINISTRY.value
    MUNICIPALITY = InstitutionKind.MUNICIPALITY.value
    CHILD_AUTHORITY = InstitutionKind.CHILD_AUTHORITY.value
    PROSECUTOR = InstitutionKind.PROSECUTOR.value
    REFUGEE_AUTHORITY = InstitutionKind.REFUGEE_AUTHORITY.value
    MIGRATION_AUTHORITY = InstitutionKind.MIGRATION_AUTHORITY.value
    RESCUE = InstitutionKind.RESCUE.value
    IOM = InstitutionKind.IOM.value
    HEALTH = InstitutionKind.HEALTH.value
    EDUCATION = InstitutionKind.EDUCATION.value
    CIVIL_SOCIETY = InstitutionKind.CIVIL_SOCIETY.value
    COORDINATION = InstitutionKind.COORDINATION.value
    EVERYONE = "everyone"
    EVERY_FOREIGN_MINISTRY = "every_foreign_ministry"
    EVERY_MUNICIPALITY = "every_municipality"
    INSTITUTIONS_OF_NATIONALITY = "institutions_of_nationality"
    MUNICIPALITY_OF_RESIDENCE = "municipality_of_residence"
    MUNICIPALITY_OF_ORIGIN = "municipality_of_origin"
    MUNICIPALITY_OF_WINDOW = "municipality_of_window"
    IOM_WHERE_THE_PERSON_IS = "iom_where_the_person_is"
    CHOSEN_RECIPIENTS = "chosen_recipients"
    CONSULATE_ASKED_FOR = "consulate_asked_for"
    INSTITUTION_COMPLAINED_OF = "institution_complained_of"
    OMBUDSMAN_COMPLAINED_OF = "ombudsman_complained_of"


class EffectKind(StrEnum):
    """What a rule can do."""

    BLOCK = "block"
    ADD = "add"
    CONFINE = "confine"
    GATHER = "gather"
    CODE_ONLY = "code_only"
    WITHHOLD = "withhold"
    NOTE = "note"


class Disclosure(StrEnum):
    """What a referral may ever reveal: by class after acceptance, or code and need only, also then."""

    FULL = "full"
    CODE_ONLY = "code_only"


@dataclass(frozen=True)
class Text:
    """One sentence for people, in both languages."""

    es: str
    en: str


@dataclass(frozen=True)
class Condition:
    """All that must hold at once. ``any_fired`` and ``silent`` name rules and stand in effects only."""

    words: Mapping[Word, bool] = field(default_factory=dict)
    any_fired: tuple[str, ...] = ()
    silent: tuple[str, ...] = ()


@dataclass(frozen=True)
class Alternative:
    """One way for a rule to fire: one of ``needs``, one of ``answers`` (where given), and the condition.

    The needs that made it fire are those the rule serves. ``uncovered``: every need that no other rule serves.
    """

    condition: Condition = field(default_factory=Condition)
    needs: tuple[Need, ...] = ()
    answers: tuple[Vulnerability, ...] = ()
    uncovered: bool = False


@dataclass(frozen=True)
class Effect:
    """One thing a rule does, under its own condition.

    ``block`` who must not know, ``liftable`` where a witnessed and co-signed consent may lift it · ``add`` who gets the needs, ``otherwise`` when nobody is seeded ·
    ``confine`` who to ``needs``, the rest to the ombudsman · ``gather`` what other rules add (but ``but_rules``) to who ·
    ``code_only`` who (but ``but_who``) never learns more than code and need ·
    ``withhold`` ``needs`` from everybody and say the note · ``note`` only say it.
    """

    kind: EffectKind
    who: tuple[Who, ...] = ()
    needs: tuple[Need, ...] = ()
    condition: Condition = field(default_factory=Condition)
    otherwise: tuple[Who, ...] = ()
    disclosure: Disclosure = Disclosure.FULL
    but_rules: tuple[str, ...] = ()
    but_who: tuple[Who, ...] = ()
    note: str | None = None
    reason: Text | None = None
    liftable: bool = False


@dataclass(frozen=True)
class Rule:
    """One rule of domain.md. ``brings`` is the need of whoever is added by an answer alone."""

    id: str
    when: tuple[Alternative, ...]
    then: tuple[Effect, ...]
    reason: Text
    ground: str
    urgency: Urgency | None = None
    urgency_if: Mapping[Vulnerability, Urgency] = field(default_factory=dict)
    brings: Need | None = None


@dataclass(frozen=True)
class Review:
    """How soon an approved ground is looked at again, and how many days later it ends if nobody has; ``ground``: why so."""

    after_days: int
    grace_days: int
    ground: str


@dataclass(frozen=True)
class RuleSet:
    """A node's rules. ``fallback`` is who takes what a block leaves without anybody, in that order.

    ``always_code_only`` are kinds that never learn who it is. ``serves`` tells which rules a ground other than
    consent carries (domain.md, Consent), ``reviews`` how soon each is looked at again. ``notes`` holds the sentence of
    every note code.
    """

    node: str
    version: str
    rules: tuple[Rule, ...]
    fallback: tuple[Who, ...]
    fallback_reason: Text
    always_code_only: tuple[InstitutionKind, ...]
    serves: Mapping[ConsentGround, tuple[str, ...]]
    notes: Mapping[str, Text]
    protection_clock_days: int | None = None
    reviews: Mapping[ConsentGround, Review] = field(default_factory=dict)

    def may_be_lifted(self, rule_id: str) -> bool:
        """Whether a consent may lift the blocks of this rule at all."""
        rule = self.rule(rule_id)
        return rule is not None and any(effect.kind is EffectKind.BLOCK and effect.liftable for effect in rule.then)

    def rule(self, rule_id: str) -> Rule | None:
        """A rule by its id."""
        return next((rule for rule in self.rules if rule.id == rule_id), None)
