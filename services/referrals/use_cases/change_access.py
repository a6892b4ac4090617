"""Users and tokens: changed here, told to whoever lets them in."""

from dataclasses import dataclass
from datetime import datetime

from services.referrals.use_cases.ports import Work
from shared.contracts.access import UserAccess
from shared.contracts.access_changed import AccessChanged
from shared.contracts.addresses import Address
from shared.errors import Refused
from shared.security.identities import Actor


@dataclass(frozen=True)
class NewUser:
    """Somebody who shall be able to sign in; ``version`` of ``access`` does not matter."""

    access: UserAccess


def add_user(request: NewUser, *, by: Actor, work: Work) -> UserAccess:
    """A new user; refuses a name that is taken, a role out of its place, and a place that does not exist."""
    user = request.access
    if user.institution is not None and work.country.directory.find(user.institution) is None:
        raise Refused("invalid", fields={"institution": ["No existe esa institución."]})
    if user.window is not None and work.country.window(user.window) is None:
        raise Refused("invalid", fields={"window": ["No existe esa ventanilla."]})
    made = work.users.add(user)
    _noted(work, made, by, "add")
    return made


def disable_user(username: str, *, by: Actor, work: Work) -> UserAccess:
    """Nobody signs in by this name any more, anywhere."""
    return _noted(work, work.users.disable(username), by, "disable")


def set_password(username: str, password_hash: str, *, by: Actor, work: Work) -> UserAccess:
    """A new password, by its Argon2id hash."""
    return _noted(work, work.users.set_password(username, password_hash), by, "set-password")


def issue_token(username: str, *, by: Actor, work: Work, now: datetime, expires_at: datetime | None = None) -> str:
    """A new token; its text is given here and never again."""
    token = work.users.issue(username, now=now, expires_at=expires_at)
    user = work.users.get(username)
    if user is None:
        raise Refused("not_found")
    _noted(work, user, by, "issue-token")
    return token


def revoke_tokens(username: str, *, by: Actor, work: Work, token: str | None = None) -> UserAccess:
    """Shut one token, or all of a user."""
    return _noted(work, work.users.revoke(username, token), by, "revoke-token")


def tell_everyone_again(*, work: Work) -> None:
    """All users to whom they concern: for a window that is new or was rebuilt."""
    for user in work.users.everyone():
        _tell(work, user)


def _noted(work: Work, user: UserAccess, by: Actor, act: str) -> UserAccess:
    work.audit.note(by, f"user.{act}", "user", user.username)
    work.supervisors.keep(user)
    _tell(work, user)
    return user


def _tell(work: Work, user: UserAccess) -> None:
    """A window must know its own staff, notifications everybody."""
    node = work.country.node
    destinations = [Address.notifications(node)]
    if user.window is not None:
        destinations.append(Address.window(node, user.window))
    for to in destinations:
        work.outbox.append(AccessChanged((user,)), to=to, subject=user.username, version=user.version)
