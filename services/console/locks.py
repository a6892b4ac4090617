"""The lock of a window's key store: ``ventanilla keys protect|recovery|recover|unprotect``, and a way in for commands."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from services.console.options import ConfigFile
from services.console.which import Service, opened, service_of
from shared.config import Settings, load_settings
from shared.errors import ConfigError, Refused
from shared.security.keys import STORE_FILE
from shared.security.passwords import Passwords, at_once
from shared.security.protecting import Staff, is_protected, left_in_plain
from shared.security.protecting import protect as lock
from shared.security.protecting import recover as recover_with
from shared.security.protecting import unprotect as take_lock_off
from shared.security.store_file import new_recovery_key, read_recovery_key, read_store, write_recovery_key

if TYPE_CHECKING:
    from services.intake.wiring import Wiring as Window

PasswordFile = Annotated[
    Path | None, typer.Option(help="The password is read from here; left out: it is asked for.", dir_okay=False)
]
StaffName = Annotated[
    str | None, typer.Option("--staff", help="Whose password opens the window's keys, where they are locked (staff@la-union).")
]


def protect(
    config: ConfigFile,
    recovery: Annotated[
        Path | None, typer.Option(help="The public part of the coordination's key (ventanilla keys recovery).", dir_okay=False)
    ] = None,
    staff: Annotated[str | None, typer.Option(help="Who opens it first; everybody else at their next sign-in.")] = None,
    password_file: PasswordFile = None,
) -> None:
    """Lock a window's keys: a stolen PC opens nothing. Stop the service before, start it after; repeat it if it was cut off.

    What is locked: the key of all personal data, and the one that opens what the hub sends. They are there while
    somebody is signed in. The key that signs stays readable, because a locked window still sends what is sealed.
    """
    settings = _window(config)
    first = _member(settings, staff, password_file) if staff is not None else None
    key = read_recovery_key(recovery) if recovery is not None else None
    before = is_protected(settings.key_store)
    lock(settings.key_store, recovery=key, first=first)
    print("Its keys were locked already; nothing is left in plain." if before else "The window's keys are locked.")
    if not before and key is None:
        print("Nobody but its staff opens them: with a recovery key the coordination could, too.")
    print("A flash disk may still hold the old bytes: encrypt the whole disk as well (docs/runbooks/a-window-pc-was-stolen.md).")


def recovery(
    into: Annotated[Path, typer.Option(help="A folder on a stick that the coordination keeps.", file_okay=False)],
) -> None:
    """Make the coordination's recovery key: recovery.key stays offline, recovery.pub goes to the windows."""
    private = into / "recovery.key"
    if private.exists():
        message = f"{private} exists: it may be the only way into windows that were protected for it."
        raise ConfigError(message)
    into.mkdir(parents=True, exist_ok=True, mode=0o700)
    key = new_recovery_key()
    write_recovery_key(private, key)
    write_recovery_key(into / "recovery.pub", key.public_part())
    print(f"{key.kid}\nKeep offline, twice: {private}\nFor `ventanilla keys protect --recovery`: {into / 'recovery.pub'}")


def recover(
    store: Annotated[Path, typer.Option(help="The window's store.json, or a copy that was brought here.", dir_okay=False)],
    recovery_key: Annotated[Path, typer.Option(help="The coordination's recovery.key.", dir_okay=False)],
    staff: Annotated[str, typer.Option(help="Who shall come in (staff@la-union).")],
) -> None:
    """Let a member of staff in who cannot: print a code that opens the window once, typed beside their password.

    A copy is brought back to the window's key folder afterwards; the recovery key never has to go there.
    """
    code = recover_with(store, read_recovery_key(recovery_key), staff)
    print(f"Code for {staff}, good once: {code}")


def unprotect(
    config: ConfigFile,
    staff: Annotated[str | None, typer.Option(help="By whose password.")] = None,
    password_file: PasswordFile = None,
    recovery_key: Annotated[Path | None, typer.Option(help="Or by the coordination's recovery.key.", dir_okay=False)] = None,
) -> None:
    """Put a window's keys back into plain files: whoever has the disk has them then. Restart the service after."""
    settings = _window(config)
    if (staff is None) == (recovery_key is None):
        message = "Say how it opens: either --staff or --recovery-key."
        raise ConfigError(message)
    if not is_protected(settings.key_store):
        print("Its keys lie in plain files already.")
        return
    way_in = read_recovery_key(recovery_key) if recovery_key is not None else Staff(str(staff), _password(str(staff), password_file))
    take_lock_off(settings.key_store, way_in)
    print("The window's keys lie in plain files now.")


def how_keys_lie(settings: Settings) -> str:
    """For ``doctor``; ``ConfigError`` when a lock was begun and not finished."""
    left = left_in_plain(settings.key_store)
    if left:
        message = f"plain keys are left beside the locked ones ({', '.join(file.name for file in left)}): run ventanilla keys protect again"
        raise ConfigError(message)
    if is_protected(settings.key_store):
        store = read_store(settings.key_store / STORE_FILE)
        going = [name for name, wrap in store.staff.items() if wrap.going]
        also = ", and a recovery key" if store.recovery else ""
        last = f"; {going[0]} should not any more, but is the only way in: let somebody else sign in" if going else ""
        return f"locked; {len(store.staff) - len(going)} of its staff open them{also}{last}"
    if service_of(settings) is Service.INTAKE:
        return "in plain files: whoever takes this disk reads everything (ventanilla keys protect)"
    return "in plain files, as a service needs that starts alone"


@contextmanager
def unlocked(settings: Settings, staff: str | None, password_file: Path | None) -> Iterator["Window"]:
    """A window for a command that reads or writes personal data: opened by somebody's password where it is locked."""
    from services.intake.commands import opened as opened_window

    with opened_window(settings) as window:
        let_in(window, settings, staff, password_file)
        yield window


def let_in(window: "Window", settings: Settings, staff: str | None, password_file: Path | None) -> None:
    """Open a window's keys for this process; ``Refused`` when nobody is named, or their password does not open it."""
    if window.keys.is_open:
        return
    if staff is None:
        raise Refused("locked", fields={"--staff": ["Diga de quién es la contraseña que la abre."]})
    member = _member(settings, staff, password_file)
    window.presence.signed_in(member.username, member.password)


def _window(config: Path) -> Settings:
    settings = load_settings(config)
    if service_of(settings) is not Service.INTAKE:
        message = "Only a window's keys are locked: hub and notifications must start with nobody beside them."
        raise ConfigError(message)
    return settings


def _member(settings: Settings, username: str, password_file: Path | None) -> Staff:
    """Somebody who may sign in here, with the password that they sign in with."""
    from services.intake.store.tables import window_tables
    from shared.security.users import Users

    with opened(settings) as database, database.read() as connection:
        user = Users(connection, window_tables().access).get(username)
    if user is None or not user.active or user.window != settings.window or user.password_hash is None:
        message = f"{username} is no member of this window's staff who signs in with a password."
        raise ConfigError(message)
    password = _password(username, password_file)
    if not Passwords(at_once).fits(user.password_hash, password):
        message = f"That is not the password of {username}."
        raise ConfigError(message)
    return Staff(username, password)


def _password(username: str, file: Path | None) -> str:
    if file is None:
        return str(typer.prompt(f"Password of {username}", hide_input=True))
    try:
        return file.read_text(encoding="utf-8").rstrip("\n")
    except OSError as error:
        message = f"{file} cannot be read: {error.strerror}."
        raise ConfigError(message) from error
