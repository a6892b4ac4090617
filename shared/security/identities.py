"""Who acts, and what they act on, as far as the policy must know."""

from dataclasses import dataclass
from enum import StrEnum


class Role(StrEnum):
    """What a user is to the network; one user has one."""

    STAFF = "staff"
    SUPERVISOR = "supervisor"
    OFFICER = "officer"
    DEPUTY = "deputy"
    MANAGER = "manager"
    COORDINATOR = "coordinator"
    REGIONAL_COORDINATOR = "regional_coordinator"
    AUDITOR = "auditor"
    ADMIN = "admin"
    SYSTEM = "system"


class Scope(StrEnum):
    """What an API token opens: all that its owner may do, or only to read and search."""

    FULL = "full"
    READ = "read"


WINDOW_ROLES = frozenset({Role.STAFF, Role.SUPERVISOR})
INSTITUTION_ROLES = frozenset({Role.OFFICER, Role.DEPUTY, Role.MANAGER})


@dataclass(frozen=True)
class Actor:
    """Somebody who was authenticated: a person, or the node itself (``system``). ``scope`` is their token's."""

    user: str
    role: Role
    node: str
    window: str | None = None
    institution: str | None = None
    scope: Scope = Scope.FULL

    @classmethod
    def system(cls, node: str, window: str | None = None) -> "Actor":
        """The node acting by itself: timers, events, imports."""
        return cls(user="system", role=Role.SYSTEM, node=node, window=window)


@dataclass(frozen=True)
class Subject:
    """What an act is about: where it belongs, and the few facts that decide who may know it exists.

    A new object is described by where it will belong. ``author`` is the user who made it (a referral by hand:
    the officer or coordinator). ``owner`` is set on what belongs to one user alone (a draft, a subscription).
    ``institutions`` are those with an open referral for it (a case at the hub). ``open_access`` says that the
    actor's institution has an accepted referral which still gives access; ``escalated`` that the referral is.
    """

    kind: str
    node: str
    window: str | None = None
    institution: str | None = None
    author: str | None = None
    owner: str | None = None
    institutions: frozenset[str] = frozenset()
    open_access: bool = False
    escalated: bool = False
