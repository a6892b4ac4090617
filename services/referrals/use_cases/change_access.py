"""Users and tokens: changed here, told to whoever lets them in."""

from dataclasses import dataclass
from datetime import datetime

from services.referrals.use_cases.ports import Work
from shared.contracts.access import UserAccess
from shared.contracts.access_changed import AccessChanged
from shared.contracts.addresses import Address
from shared.errors import Refused
from shared.security.identities import Actor
from shared.security.tokens import NewToken
from shared.texts import said

NOT_YOURSELF = said("No puede deshabilitarse a sí mismo: pídalo a otra persona.")
NOT_YOUR_OWN_ROLE = said("No puede cambiar su propia función: pídalo a otra persona.")
NO_INSTITUTION = said("No existe esa institución.")
NO_WINDOW = said("No existe esa ventanilla.")


@dataclass(frozen=True)
class NewUser:
    """Somebody who shall be able to sign in; ``version`` of ``access`` does not matter."""

    access: UserAccess


def add_user(request: NewUser, *, by: Actor, work: Work) -> UserAccess:
    """A new user; refuses a name that is taken, a role out of its place, and a place that does not exist."""
    _check_place(work, request.access)
    made = work.users.add(request.access)
    _noted(work, made, by, "add")
    return made


def disable_user(username: str, *, by: Actor, work: Work) -> UserAccess:
    """Nobody signs in by this name any more, anywhere; nobody does so to themselves."""
    if username == by.user:
        raise Refused("invalid", fields={"username": [NOT_YOURSELF]})
    return _noted(work, work.users.disable(username), by, "disable")


def enable_user(username: str, *, by: Actor, work: Work) -> UserAccess:
    """Whoever was disabled signs in again as before."""
    return _noted(work, work.users.enable(username), by, "enable")


def move_user(moved: UserAccess, *, by: Actor, work: Work) -> UserAccess:
    """Another role, place, address or language; sessions end where the role or place is another.

    The window that they leave is told too: there they are nobody's staff any more. Nobody changes their own role,
    so that no node is left without an administrator by a slip.
    """
    before = work.users.get(moved.username)
    if before is None:
        raise Refused("not_found")
    if moved.username == by.user and moved.role != before.role:
        raise Refused("invalid", fields={"role": [NOT_YOUR_OWN_ROLE]})
    _check_place(work, moved)
    after = _noted(work, work.users.move(moved), by, "move")
    if before.window is not None and before.window != after.window:
        _say(work, after, Address.window(work.country.node, before.window))
    return after


def set_password(username: str, password_hash: str, *, by: Actor, work: Work) -> UserAccess:
    """A new password, by its Argon2id hash."""
    return _noted(work, work.users.set_password(username, password_hash), by, "set-password")


def set_first_password(username: str, password_hash: str, *, by: Actor, work: Work) -> UserAccess:
    """A password that opens nothing but the page where another is chosen."""
    return _noted(work, work.users.set_first_password(username, password_hash), by, "set-first-password")


def set_language(username: str, language: str, *, by: Actor, work: Work) -> UserAccess:
    """The language of a user's pages and notices."""
    return _noted(work, work.users.set_language(username, language), by, "set-language")


def sign_out_everywhere(username: str, *, by: Actor, work: Work) -> UserAccess:
    """End every session of a user, at every service as soon as it hears."""
    return _noted(work, work.users.sign_out(username), by, "sign-out")


def reset_second_step(username: str, *, by: Actor, work: Work) -> UserAccess:
    """The user has no second step any more: whoever lost their telephone enrols anew. Their sessions end."""
    user = work.users.sign_out(username)
    work.second_steps.reset(username)
    return _noted(work, user, by, "reset-second-step")


def issue_token(username: str, wanted: NewToken | None = None, *, by: Actor, work: Work, now: datetime) -> str:
    """A new token; its text is given here and never again."""
    token = work.users.issue(username, wanted, now=now)
    user = work.users.get(username)
    if user is None:
        raise Refused("not_found")
    _noted(work, user, by, "issue-token")
    return token


def revoke_tokens(username: str, *, by: Actor, work: Work, token: str | None = None) -> UserAccess:
    """Shut one token, or all of a user."""
    return _noted(work, work.users.revoke(username, token), by, "revoke-token")


def revoke_listed_token(username: str, token_id: str, *, by: Actor, work: Work) -> UserAccess:
    """Shut the token that a list of the user's names so."""
    return _noted(work, work.users.revoke_listed(username, token_id), by, "revoke-token")


def tell(username: str, *, by: Actor, work: Work) -> None:
    """Note and tell a user as they are now: changed by their own act at their window."""
    user = work.users.get(username)
    if user is not None:
        _noted(work, user, by, "change-own")


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
    _say(work, user, Address.notifications(node))
    if user.window is not None:
        _say(work, user, Address.window(node, user.window))


def _say(work: Work, user: UserAccess, to: Address) -> None:
    work.outbox.append(AccessChanged((user,)), to=to, subject=user.username, version=user.version)


def _check_place(work: Work, user: UserAccess) -> None:
    if user.institution is not None and work.country.directory.find(user.institution) is None:
        raise Refused("invalid", fields={"institution": [NO_INSTITUTION]})
    if user.window is not None and work.country.window(user.window) is None:
        raise Refused("invalid", fields={"window": [NO_WINDOW]})
