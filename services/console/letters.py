"""``ventanilla dead-letters``: what a service could not understand."""

import json
import sys
from collections.abc import Callable
from contextlib import AbstractContextManager
from importlib import import_module
from typing import Annotated, Any, cast

import typer

from services.console.locks import PasswordFile, StaffName, unlocked
from services.console.options import ConfigFile
from services.console.which import Service, opened, service_of
from shared.config import Settings, load_settings
from shared.errors import Refused
from shared.messaging.dead_letters import DeadLetter, dead_letter, dead_letters
from shared.messaging.inbox import Replayed
from shared.messaging.tables import MessagingTables
from shared.security.protecting import is_protected

app = typer.Typer(no_args_is_help=True, help="Messages that could not be understood.")

Letter = Annotated[str, typer.Argument(help="The letter's id, or all.")]


@app.command("list")
def list_letters(config: ConfigFile) -> None:
    """List the letters that wait, oldest first."""
    for letter in _waiting(config):
        print(f"{letter.id}  {letter.last_at:%Y-%m-%d %H:%M}  x{letter.count}  {letter.type or '-'}  "
              f"{letter.source or '-'}  {letter.reason}")


@app.command("show")
def show(letter: Letter, config: ConfigFile) -> None:
    """Print one letter with its bytes; what is personal in it stays sealed."""
    settings = load_settings(config)
    with opened(settings) as database, database.read() as connection:
        found = dead_letter(connection, tables_of(service_of(settings)), letter)
    if found is None:
        raise Refused("not_found")
    told = {
        "id": found.id, "reason": found.reason, "source": found.source, "event": found.event_id, "type": found.type,
        "subject": found.subject, "count": found.count, "first_at": found.first_at.isoformat(),
        "last_at": found.last_at.isoformat(), "exchange": found.raw.exchange, "routing_key": found.raw.routing_key,
        "headers": dict(found.raw.headers), "body": found.raw.body.decode(errors="replace"),
    }
    print(json.dumps(told, indent=2, ensure_ascii=False, default=str))


@app.command("replay")
def replay(letter: Letter, config: ConfigFile, staff: StaffName = None, password_file: PasswordFile = None) -> None:
    """Try a letter again, or all that wait. Status 1 when one took no effect."""
    settings = load_settings(config)
    opening = unlocked(settings, staff, password_file) if is_protected(settings.key_store) else _service(settings)
    with opening as service:
        _settle_all(letter, config, service.inbox.replay, "took effect")


@app.command("discard")
def discard(letter: Letter, config: ConfigFile) -> None:
    """Let a letter be, or all that wait: you have seen to it by other means. Its bytes are kept as long as any letter's."""
    with _service(load_settings(config)) as service:
        _settle_all(letter, config, service.inbox.discard, "discarded")


def _settle_all(letter: str, config: ConfigFile, settle: Callable[[str], Replayed], word: str) -> None:
    ids = [waiting.id for waiting in _waiting(config)] if letter == "all" else [letter]
    failed = 0
    for one in ids:
        done = settle(one)
        failed += not done.took_effect
        print(f"{one}  {word if done.took_effect else 'no effect: ' + done.reason}")
    if failed:
        sys.exit(1)


def _service(settings: Settings) -> AbstractContextManager[Any]:
    """Whichever of the three services these settings are for, opened for a command."""
    commands = import_module(f"services.{service_of(settings)}.commands")
    return cast("AbstractContextManager[Any]", commands.opened(settings))


def _waiting(config: ConfigFile) -> list[DeadLetter]:
    settings = load_settings(config)
    tables = tables_of(service_of(settings))
    found: list[DeadLetter] = []
    with opened(settings) as database, database.read() as connection:
        while page := dead_letters(connection, tables, after=found[-1].id if found else ""):
            found += page
    return found


def tables_of(which: Service) -> MessagingTables:
    if which is Service.INTAKE:
        from services.intake.store.tables import window_tables

        return window_tables().messaging
    if which is Service.REFERRALS:
        from services.referrals.store.tables import hub_tables

        return hub_tables().messaging
    from services.notifications.store.tables import messaging

    return messaging
