"""``ventanilla outbox``: messages on a USB stick, where there is no network for long."""

from collections.abc import Iterator
from contextlib import contextmanager
from importlib import import_module
from itertools import count, islice
from pathlib import Path
from typing import Annotated, Any

import typer

from services.console.options import ConfigFile
from services.console.which import address_of, service_of
from shared.clock import SystemClock
from shared.config import Settings, load_settings
from shared.contracts.addresses import Address
from shared.errors import ConfigError
from shared.messaging.bundles import Bundle, messages_in, read_bundle, write_bundle
from shared.messaging.inbox import Taken
from shared.security.keyring import Keyring

app = typer.Typer(no_args_is_help=True, help="Bring what waits to be sent on a USB stick, and take in what came so.")

AT_ONCE = 100
"""Messages taken in one transaction."""

Service = Any
"""The wiring of any of the three services: what they have in common is used here."""


@app.command("export")
def export(
    config: ConfigFile,
    into: Annotated[Path, typer.Option(help="A file that does not exist yet (NAME.bundle).", dir_okay=False)],
    to: Annotated[str | None, typer.Option(help="For whom, at a hub: a window's name, or notifications.")] = None,
) -> None:
    """Write everything that one destination has not taken into a signed file; each message in it is sealed for that one.

    Nothing is settled by it: what has no receipt stays, and is sent over the network too when there is one. Works while the
    service runs and while it does not.
    """
    settings = load_settings(config)
    with _opened(settings) as service:
        made = _write(service, settings, _destination(settings, to), into)
    print(f"{made.count} messages from {made.sender} to {made.to}: {into}")


@app.command("import")
def take(
    config: ConfigFile,
    file: Annotated[Path, typer.Argument(help="The bundle.", dir_okay=False)],
) -> None:
    """Take a bundle in, and write beside it what goes back to its source: a receipt, and whatever waits for it.

    The file's signature, its destination and its digest are compared first; then each message passes the same door as one
    from the broker. Twice: no second effect. Status 1 when some could not be understood (ventanilla dead-letters list).
    """
    settings = load_settings(config)
    bundle = read_bundle(file, Keyring.load(settings.key_store))
    with _opened(settings) as service:
        taken = _take(service, file)
        print(f"{bundle.count} messages of {bundle.made_at:%Y-%m-%d %H:%M} UTC from {bundle.sender}: {taken.applied} applied, "
              f"{taken.duplicates} known already, {taken.dead} not understood.")
        back = _free_name(file)
        made = _write(service, settings, Address.from_source(bundle.sender), back)
    print(f"{made.count} messages go back to {made.to}: {back}")
    if taken.dead:
        raise typer.Exit(1)


@contextmanager
def _opened(settings: Settings) -> Iterator[Service]:
    commands = import_module(f"services.{service_of(settings)}.commands")
    with commands.opened(settings) as service:
        yield service


def _destination(settings: Settings, to: str | None) -> Address:
    me = address_of(settings)
    if me.name != "hub":
        if to not in {None, "hub"}:
            message = f"{me.source} speaks to its hub alone."
            raise ConfigError(message)
        return Address.hub(me.node)
    if to is None:
        message = "A hub speaks to many: say for whom with --to (la-union)."
        raise ConfigError(message)
    try:
        found = Address.notifications(me.node) if to == "notifications" else Address.window(me.node, to)
    except ValueError as error:
        message = f"--to: {error}."
        raise ConfigError(message) from error
    if not Keyring.load(settings.key_store).knows(found):
        message = f"--to: the keys here know no {found.source}."
        raise ConfigError(message)
    return found


def _write(service: Service, settings: Settings, to: Address, into: Path) -> Bundle:
    service.say_standing(to)
    exporter = service.messaging.exporter
    return write_bundle(
        into, exporter.everything_for(to), sender=address_of(settings), to=to, epoch=exporter.epoch,
        signer=Keyring.load(settings.key_store), now=SystemClock().now(),
    )


def _take(service: Service, file: Path) -> Taken:
    messages, taken = messages_in(file), Taken()
    while some := list(islice(messages, AT_ONCE)):
        taken += service.inbox.take(some)
    return taken


def _free_name(file: Path) -> Path:
    names = (file.with_name(f"{file.stem}.receipt{'' if number == 1 else f'-{number}'}.bundle") for number in count(1))
    return next(name for name in names if not name.exists())
