"""The one policy: who may know that an object exists, and who may do what to it. Default: nobody.

Two tables, read from top to bottom. ``KNOWN`` says by kind of object who may know that one exists (else the
answer is ``not_found``); ``ACTS`` says for each act on what kinds it is done and by whom (else ``forbidden``).
Sources: contracts.md, HTTP; domain.md, A referral's life. The state of an object is not asked here.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from enum import Enum, auto

from shared.errors import Broken, Refused
from shared.security.identities import INSTITUTION_ROLES, WINDOW_ROLES, Actor, Role, Subject


class Tie(Enum):
    """What must join an actor and an object, besides the same node."""

    NODE = auto()
    """Nothing more than the node."""
    HUB = auto()
    """The object belongs to the hub, not to a window."""
    NO_WINDOW = auto()
    """The actor works at no window."""
    WINDOW = auto()
    """The object is of the actor's window."""
    INSTITUTION = auto()
    """The object is of the actor's institution."""
    CASE = auto()
    """The actor's institution has a referral of this case."""
    ACCESS = auto()
    """The actor's institution has an accepted referral of this case that still gives access."""
    OWNER = auto()
    """The object is the actor's own."""


@dataclass(frozen=True)
class Who:
    """Some roles, and what joins them to the object."""

    roles: frozenset[Role]
    tie: Tie


@dataclass(frozen=True)
class Act:
    """On what kinds of objects an act is done and by whom. ``not_author``: never by who made the object."""

    kinds: frozenset[str]
    who: tuple[Who, ...]
    not_author: bool = False


EVERYONE = frozenset(Role) - {Role.SYSTEM}
"""Every role that a person can have."""

ANYONE = Who(EVERYONE, Tie.NODE)
AT_THE_HUB = Who(EVERYONE - WINDOW_ROLES, Tie.HUB)
WITHOUT_WINDOW = Who(EVERYONE - WINDOW_ROLES, Tie.NO_WINDOW)
THE_HUB_ITSELF = Who(EVERYONE, Tie.HUB)
STAFF = Who(WINDOW_ROLES, Tie.WINDOW)
SUPERVISOR = Who(frozenset({Role.SUPERVISOR}), Tie.WINDOW)
DESK = Who(INSTITUTION_ROLES, Tie.INSTITUTION)
DESK_MANAGER = Who(frozenset({Role.MANAGER}), Tie.INSTITUTION)
DESK_OF_CASE = Who(INSTITUTION_ROLES, Tie.CASE)
DESK_WITH_ACCESS = Who(INSTITUTION_ROLES, Tie.ACCESS)
DESKS = Who(INSTITUTION_ROLES, Tie.HUB)
COORDINATOR = Who(frozenset({Role.COORDINATOR}), Tie.HUB)
COORDINATOR_OF_NODE = Who(frozenset({Role.COORDINATOR}), Tie.NODE)
REGIONAL = Who(frozenset({Role.REGIONAL_COORDINATOR}), Tie.HUB)
AUDITOR = Who(frozenset({Role.AUDITOR}), Tie.HUB)
ADMIN = Who(frozenset({Role.ADMIN}), Tie.NODE)
OWNER = Who(EVERYONE, Tie.OWNER)

# Who may know that an object of this kind exists. ``place`` is a window, or with no window the hub itself:
# what is new, listed or counted is asked of the place.
KNOWN: Mapping[str, tuple[Who, ...]] = {
    "place": (STAFF, THE_HUB_ITSELF, WITHOUT_WINDOW),
    "case": (STAFF,),
    "draft": (STAFF,),
    "training": (STAFF,),
    "referral": (DESK, COORDINATOR_OF_NODE),
    "hub_case": (DESK_OF_CASE, COORDINATOR_OF_NODE),
    "service": (ANYONE,),
    "user": (ADMIN,),
    "account": (OWNER,),
    "notification": (OWNER, DESK, COORDINATOR_OF_NODE),
    "subscription": (OWNER,),
    "mailbox": (ANYONE,),
}


def _on(kinds: str, *who: Who, not_author: bool = False) -> Act:
    return Act(frozenset(kinds.split()), who, not_author=not_author)


ACTS: Mapping[str, Act] = {
    # everywhere: one's own account
    "account.read": _on("account", OWNER),
    "account.change": _on("account", OWNER),
    # intake: a window's staff and supervisor, nobody else
    "case.register": _on("place", STAFF),
    "case.search": _on("place", STAFF),
    "case.read": _on("case", STAFF),
    "case.slip": _on("case", STAFF),
    "case.return-sheet": _on("case", STAFF),
    "case.change": _on("case", STAFF),
    "case.close": _on("case", STAFF),
    "consent.record": _on("case", STAFF),
    "consent.withdraw": _on("case", STAFF),
    "referral.ask": _on("case", STAFF),
    "case.approve": _on("case", SUPERVISOR),
    "case.lower-urgency": _on("case", SUPERVISOR),
    "case.lift-block": _on("case", SUPERVISOR),
    "case.merge": _on("case", SUPERVISOR),
    "case.acknowledge": _on("case", SUPERVISOR),
    "case.follow-up": _on("case", STAFF),
    "case.assign": _on("case place", SUPERVISOR),
    "feedback.record": _on("place", STAFF),
    "numbers.read": _on("place", STAFF),
    "case.holders": _on("case", STAFF),
    "consent_texts.read": _on("place", STAFF),
    "todo.list": _on("place", STAFF),
    "visit.record": _on("place", STAFF),
    "duplicates.check": _on("place", STAFF),
    "territory.search": _on("place", STAFF),
    "guidance.read": _on("place", STAFF),
    "draft.list": _on("place", STAFF),
    "draft.save": _on("place draft", STAFF),
    "draft.read": _on("draft", STAFF),
    "draft.delete": _on("draft", STAFF),
    "training.list": _on("place", STAFF),
    "training.record": _on("place", STAFF),
    "training.read": _on("training", STAFF),
    "training.change": _on("training", STAFF),
    "training.attend": _on("training", STAFF),
    "training.close": _on("training", STAFF),
    "training.certificates": _on("training", STAFF),
    "claim.read": _on("place", STAFF),
    "sync.read": _on("place", STAFF),
    # window and hub: the same call on both
    "services.search": _on("place", STAFF, AT_THE_HUB),
    "routing.preview": _on("place", STAFF, DESKS, COORDINATOR),
    "routing.rules": _on("place", STAFF, AT_THE_HUB),
    # referrals: a desk its own, a coordinator all (without the person), nobody else
    "referral.list": _on("place", DESKS, COORDINATOR),
    "referral.read": _on("referral", DESK, COORDINATOR_OF_NODE),
    "referral.receive": _on("referral", DESK),
    "referral.accept": _on("referral", DESK, not_author=True),
    "referral.reject": _on("referral", DESK),
    "referral.start": _on("referral", DESK),
    "referral.hold": _on("referral", DESK),
    "referral.resume": _on("referral", DESK),
    "referral.complete": _on("referral", DESK),
    "referral.fail": _on("referral", DESK),
    "referral.cancel": _on("referral", DESK),
    "referral.forward": _on("referral", DESK),
    "referral.schedule": _on("referral", DESK),
    "referral.comments": _on("referral", DESK),
    "referral.note": _on("referral", DESK),
    "referral.claim": _on("referral", DESK),
    "referral.assign": _on("referral", DESK),
    "referral.reopen": _on("referral", DESK_MANAGER),
    "referral.erasure": _on("referral", DESK, COORDINATOR_OF_NODE),
    "referral.mark-in-error": _on("referral", DESK, COORDINATOR_OF_NODE),
    "referral.change": _on("referral", DESK),
    "referral.request": _on("hub_case", DESK_WITH_ACCESS, COORDINATOR_OF_NODE),
    "hub_case.read": _on("hub_case", DESK_OF_CASE, COORDINATOR_OF_NODE),
    "institutions.list": _on("place", AT_THE_HUB),
    "service.read": _on("service", ANYONE),
    "service.change": _on("service", DESK_MANAGER, COORDINATOR_OF_NODE),
    "reports.read": _on("place", COORDINATOR, REGIONAL, AUDITOR),
    "audit.read": _on("place", AUDITOR),
    "audit.verify": _on("place", AUDITOR),
    "federation.read": _on("place", COORDINATOR, REGIONAL, AUDITOR),
    "user.list": _on("place", ADMIN),
    "user.change": _on("place user", ADMIN),
    # notifications: each user and desk what was meant for them, a coordinator all
    "notification.list": _on("place", THE_HUB_ITSELF),
    "notification.retry": _on("notification", COORDINATOR_OF_NODE),
    "subscription.list": _on("place", THE_HUB_ITSELF),
    "subscription.create": _on("place", THE_HUB_ITSELF),
    "subscription.delete": _on("subscription", OWNER),
    "mailbox.read": _on("mailbox", ANYONE),
}


def check(actor: Actor, act: str, subject: Subject | None) -> None:
    """Let ``actor`` do ``act`` to ``subject``, or refuse.

    ``None`` is an object that does not exist: ``not_found``, as is one that the actor may not know of, so that
    nobody can tell the two apart. ``forbidden`` when it may be known but not this done. An act or a kind that
    no table names is our own mistake: ``Broken``.
    """
    rule = _rule(act)
    if subject is None:
        raise Refused("not_found")
    if subject.kind not in rule.kinds:
        message = f"{act} is not done to a {subject.kind}"
        raise Broken(message)
    if not may_know(actor, subject):
        raise Refused("not_found")
    if not _may_do(actor, rule, subject):
        raise Refused("forbidden")


def may_know(actor: Actor, subject: Subject) -> bool:
    """Whether this actor may know that the object exists."""
    return _any_joined(actor, KNOWN.get(subject.kind, ()), subject)


def allowed(actor: Actor, acts: Iterable[str], subject: Subject) -> tuple[str, ...]:
    """Those of ``acts`` (policy names) that this actor may do to this object, in their order."""
    if not may_know(actor, subject):
        return ()
    rules = ((act, _rule(act)) for act in acts)
    return tuple(act for act, rule in rules if subject.kind in rule.kinds and _may_do(actor, rule, subject))


def _rule(act: str) -> Act:
    rule = ACTS.get(act)
    if rule is None:
        message = f"the policy has no act {act}"
        raise Broken(message)
    return rule


def _may_do(actor: Actor, rule: Act, subject: Subject) -> bool:
    if rule.not_author and subject.author == actor.user:
        return False
    return _any_joined(actor, rule.who, subject)


def _any_joined(actor: Actor, who: tuple[Who, ...], subject: Subject) -> bool:
    if actor.node != subject.node:
        return False
    if actor.role is Role.SYSTEM:
        return actor.window is None or actor.window == subject.window
    return any(actor.role in some.roles and _TIES[some.tie](actor, subject) for some in who)


def _of_window(actor: Actor, subject: Subject) -> bool:
    return actor.window is not None and actor.window == subject.window


def _of_institution(actor: Actor, subject: Subject) -> bool:
    return actor.institution is not None and actor.institution == subject.institution


def _of_case(actor: Actor, subject: Subject) -> bool:
    return actor.institution is not None and actor.institution in subject.institutions


_TIES: Mapping[Tie, Callable[[Actor, Subject], bool]] = {
    Tie.NODE: lambda _actor, _subject: True,
    Tie.HUB: lambda _actor, subject: subject.window is None,
    Tie.NO_WINDOW: lambda actor, _subject: actor.window is None,
    Tie.WINDOW: _of_window,
    Tie.INSTITUTION: _of_institution,
    Tie.CASE: _of_case,
    Tie.ACCESS: lambda actor, subject: subject.open_access and _of_case(actor, subject),
    Tie.OWNER: lambda actor, subject: subject.owner == actor.user,
}
