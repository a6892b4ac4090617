"""``ventanilla users`` and ``ventanilla tokens``: who may sign in, and by what."""

import secrets
from typing import Annotated

import typer

from services.console.accounts import accounts_of
from services.console.options import ConfigFile
from shared.config import load_settings
from shared.contracts.access import UserAccess
from shared.errors import Refused
from shared.security.identities import Role, Scope
from shared.security.passwords import Passwords, at_once
from shared.security.tokens import NewToken

users = typer.Typer(no_args_is_help=True, help="The users of a country (settings of its hub), or of one window alone.")
tokens = typer.Typer(no_args_is_help=True, help="The API tokens of users.")

MustChange = Annotated[bool, typer.Option("--must-change", help="It opens only the page where another is chosen.")]
Name = Annotated[str, typer.Argument(help="The user (officer@pddh).")]


@users.command("add")
def add(
    name: Name,
    config: ConfigFile,
    role: Annotated[str, typer.Option(help=f"{', '.join(role for role in Role if role is not Role.SYSTEM)}.")],
    window: Annotated[str | None, typer.Option(help="The window of staff or supervisor.")] = None,
    institution: Annotated[str | None, typer.Option(help="The institution of officer, deputy or manager.")] = None,
    email: Annotated[str | None, typer.Option(help="Where notices go.")] = None,
    language: Annotated[str, typer.Option(help="es or en.")] = "es",
) -> None:
    """Add a user and print their first API token, which is shown once."""
    settings = load_settings(config)
    user = UserAccess(
        username=name, role=role, node=settings.node, version=1, window=window, institution=institution, email=email,
        language=language,
    )
    with accounts_of(settings) as accounts:
        print(accounts.add([user])[name])


@users.command("list")
def list_users(config: ConfigFile) -> None:
    """List the users."""
    with accounts_of(load_settings(config)) as accounts:
        for user in accounts.everyone():
            place = user.window or user.institution or user.node
            held = sum(not token.revoked for token in user.tokens)
            print(f"{user.username:34} {user.role:20} {place:26} {'active' if user.active else 'disabled':9} {held} tokens")


@users.command("disable")
def disable(name: Name, config: ConfigFile) -> None:
    """Let nobody sign in by this name any more; nothing they did is undone."""
    with accounts_of(load_settings(config)) as accounts:
        accounts.disable(name)


@users.command("enable")
def enable(name: Name, config: ConfigFile) -> None:
    """Let a disabled user sign in again."""
    with accounts_of(load_settings(config)) as accounts:
        accounts.enable(name)


@users.command("reset-password")
def reset_password(name: Name, config: ConfigFile, *, must_change: MustChange = False) -> None:
    """Set a new random password and print it, once. Their open sessions end."""
    password = secrets.token_urlsafe(12)
    hashed = Passwords(at_once).hashed(password)
    with accounts_of(load_settings(config)) as accounts:
        if must_change:
            accounts.set_first_password(name, hashed)
        else:
            accounts.set_password(name, hashed)
    print(password)


@tokens.command("issue")
def issue(
    name: Name,
    config: ConfigFile,
    scope: Annotated[Scope, typer.Option(help="All that the user may do, or only to read and search.")] = Scope.FULL,
    expires_in_days: Annotated[int | None, typer.Option(help="Left out: it opens until it is revoked.", min=1)] = None,
    label: Annotated[str, typer.Option("--name", help="What it is for, in its owner's list.")] = "",
) -> None:
    """Print a new API token of a user, once."""
    with accounts_of(load_settings(config)) as accounts:
        if all(user.username != name for user in accounts.everyone()):
            raise Refused("not_found")
        print(accounts.issue(name, NewToken(label, scope, expires_in_days)))


@tokens.command("revoke")
def revoke(
    name: Name,
    config: ConfigFile,
    token: Annotated[str | None, typer.Option(help="This one only; left out: all of the user.")] = None,
) -> None:
    """Shut one token of a user, or all."""
    with accounts_of(load_settings(config)) as accounts:
        accounts.revoke(name, token)
