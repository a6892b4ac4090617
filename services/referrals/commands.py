"""What the ``ventanilla`` command does with a hub's database; works while the service runs, and while it does not.

What changes here reaches the windows and notifications by the service's relay.
"""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager

from services.referrals.queries.windows import WindowSeen, windows_of
from services.referrals.use_cases import add_window as windows
from services.referrals.use_cases import change_access
from services.referrals.use_cases import suspend_window as suspending
from services.referrals.use_cases.add_window import AddWindow
from services.referrals.use_cases.change_access import NewUser
from services.referrals.use_cases.door_ports import Door
from services.referrals.use_cases.rebuild_window import rebuild_window
from services.referrals.wiring import Wiring, build
from shared.clock import Clock
from shared.config import Settings
from shared.contracts.access import UserAccess
from shared.errors import Refused
from shared.security.identities import Actor
from shared.security.tokens import NewToken


@contextmanager
def opened(settings: Settings, *, clock: Clock | None = None) -> Iterator[Wiring]:
    """A hub for some commands, without running it."""
    wiring = build(settings, clock=clock)
    try:
        yield wiring
    finally:
        wiring.close()


def add_users(hub: Wiring, users: Sequence[UserAccess]) -> dict[str, str]:
    """New users, each with one token, all or none; gives the tokens' texts by username. They are shown once."""
    by = Actor.system(hub.country.node)
    tokens = {}
    with hub.works.open() as work:
        for user in users:
            change_access.add_user(NewUser(user), by=by, work=work)
            tokens[user.username] = change_access.issue_token(user.username, by=by, work=work, now=hub.clock.now())
    return tokens


def list_users(hub: Wiring) -> Sequence[UserAccess]:
    """All users by name."""
    with hub.works.open() as work:
        return work.users.everyone()


def disable_user(hub: Wiring, username: str) -> UserAccess:
    """Nobody signs in by this name any more; ``not_found`` for nobody."""
    with hub.works.open() as work:
        return change_access.disable_user(username, by=Actor.system(hub.country.node), work=work)


def enable_user(hub: Wiring, username: str) -> UserAccess:
    """Whoever was disabled signs in again; ``not_found`` for nobody."""
    with hub.works.open() as work:
        return change_access.enable_user(username, by=Actor.system(hub.country.node), work=work)


def set_first_password(hub: Wiring, username: str, password_hash: str) -> UserAccess:
    """A password, by its hash, that must be changed at the first sign-in."""
    with hub.works.open() as work:
        return change_access.set_first_password(username, password_hash, by=Actor.system(hub.country.node), work=work)


def set_password(hub: Wiring, username: str, password_hash: str) -> UserAccess:
    """A new password, by its Argon2id hash (``shared.security.passwords``)."""
    with hub.works.open() as work:
        return change_access.set_password(username, password_hash, by=Actor.system(hub.country.node), work=work)


def issue_token(hub: Wiring, username: str, wanted: NewToken | None = None) -> str:
    """A new token's text; it is shown once."""
    by = Actor.system(hub.country.node)
    with hub.works.open() as work:
        return change_access.issue_token(username, wanted, by=by, work=work, now=hub.clock.now())


def revoke_tokens(hub: Wiring, username: str, token: str | None = None) -> UserAccess:
    """Shut one token, or all of a user."""
    with hub.works.open() as work:
        return change_access.revoke_tokens(username, by=Actor.system(hub.country.node), work=work, token=token)


def give_window_back(hub: Wiring, window: str) -> int:
    """Queue all that the hub knows of a window's cases for it (``windows rebuild``); how many cases."""
    with hub.works.open() as work:
        return rebuild_window(window, by=Actor.system(hub.country.node), work=work)


def do_not_wait(hub: Wiring, window: str) -> None:
    """After a restore: go on as if this window held nothing that the hub forgot (``windows do-not-wait``)."""
    if hub.country.window(window) is None:
        raise Refused("invalid", fields={"window": ["No existe esa ventanilla."]})
    with hub.works.open() as work:
        work.recovery.go_on_without(window)
        work.audit.note(Actor.system(hub.country.node), "window.do-not-wait", "window", window)


def add_window(hub: Wiring, request: AddWindow) -> Door:
    """A window in the directory, its keys believed; the directory is published anew where that changed it."""
    with hub.works.open() as work:
        door = windows.add_window(request, by=Actor.system(hub.country.node), work=work, now=hub.clock.now())
    hub.publish()
    return door


def suspend_window(hub: Wiring, window: str) -> Door:
    """Nothing that the window signs is taken from now on."""
    with hub.works.open() as work:
        request = suspending.SuspendWindow(window)
        return suspending.suspend_window(request, by=Actor.system(hub.country.node), work=work, now=hub.clock.now())


def resume_window(hub: Wiring, window: str) -> Door:
    """The window's signature is believed again."""
    with hub.works.open() as work:
        request = suspending.ResumeWindow(window)
        return suspending.resume_window(request, by=Actor.system(hub.country.node), work=work, now=hub.clock.now())


def list_windows(hub: Wiring) -> Sequence[WindowSeen]:
    """The hub's own windows, as its database knows them now."""
    with hub.database.read() as connection:
        return windows_of(connection, hub.tables, hub.in_force.look(connection))
