"""``ventanilla topology`` and ``ventanilla windows``: the broker's queues and users, and who the windows are."""

import json
import urllib.error
import urllib.request
from base64 import b64encode
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from types import ModuleType
from typing import TYPE_CHECKING, Annotated
from urllib.parse import quote, unquote, urlsplit

import typer

from services.console.service import ConfigFile
from services.console.which import Service, service_of
from shared.config import load_settings
from shared.contracts.addresses import Address
from shared.errors import ConfigError, TryAgain
from shared.messaging import topology as plan
from shared.messaging.broker import Broker
from shared.messaging.routes import window_user
from shared.vocabulary.windows import WINDOWS

if TYPE_CHECKING:
    from services.referrals.wiring import Wiring as Hub

topology = typer.Typer(no_args_is_help=True, help="Exchanges, queues, policies and users of the broker.")
windows = typer.Typer(no_args_is_help=True, help="The windows of the network.")


@topology.command("apply")
def apply(
    config: ConfigFile,
    management_url: Annotated[str | None, typer.Option(help="The broker's management API (http://rabbitmq:15672).")] = None,
    window_passwords: Annotated[
        str | None,
        typer.Option(help="NAME=PASSWORD, comma between: windows whose broker user is made or gets this password.",
                     envvar="VENTANILLA_WINDOW_PASSWORDS"),
    ] = None,
) -> None:
    """Set the broker up for a node; safe to repeat. What is left for an operator to type is printed."""
    settings = load_settings(config)
    broker = Broker(settings.amqp_uri, settings.amqp_ssl or False)
    passwords = _passwords(window_passwords, settings.node)
    if passwords and management_url is None:
        message = "Users of windows are made through the management API: give --management-url."
        raise ConfigError(message)
    for window, password in passwords.items():
        _make_user(str(management_url), settings.amqp_uri, window_user(Address.window(settings.node, window)), password)
    left = plan.apply(broker, settings.node, list(WINDOWS[settings.node]), management_url=management_url)
    print(f"{settings.node}: exchanges, queues and bindings are in place.")
    if left:
        print("Left to do on the broker's machine:")
        for command in left:
            print(f"  {command}")


@topology.command("definitions")
def definitions(node: Annotated[str, typer.Option(help="The node (sv).")]) -> None:
    """Print the same as RabbitMQ reads it from a file at its start (load_definitions)."""
    print(definitions_of(node), end="")


def definitions_of(node: str) -> str:
    """A node's definitions as JSON; ``deploy/rabbitmq/definitions.json`` is this of sv."""
    if node not in WINDOWS:
        message = f"No node is called {node!r}; there are {', '.join(WINDOWS)}."
        raise ConfigError(message)
    return json.dumps(plan.definitions(node, list(WINDOWS[node])), indent=2, sort_keys=True) + "\n"


Window = Annotated[str, typer.Argument(help="The window (la-union).")]


@windows.command("rebuild")
def rebuild(window: Window, config: ConfigFile) -> None:
    """Give a window that lost its database back all that the hub knows of its cases; safe to repeat (settings of the hub).

    The hub's service sends it little by little. What was withdrawn or closed goes back as such; whoever was forgotten does
    not. What never left the window cannot come back.
    """
    with _hub(config) as (commands, hub):
        print(f"{commands.give_window_back(hub, window)} cases go back to {window}.")


@windows.command("do-not-wait")
def do_not_wait(window: Window, config: ConfigFile) -> None:
    """After a restore of the hub: go on without a window that does not come back (settings of the hub).

    What it held and the hub forgot, withdrawals among it, is not known then: ask its staff first.
    """
    with _hub(config) as (commands, hub):
        commands.do_not_wait(hub, window)
    print(f"The hub waits for {window} no longer.")


@contextmanager
def _hub(config: ConfigFile) -> "Iterator[tuple[ModuleType, Hub]]":
    settings = load_settings(config)
    if service_of(settings) is not Service.REFERRALS:
        message = f"{config} holds the settings of no hub."
        raise ConfigError(message)
    from services.referrals import commands

    with commands.opened(settings) as hub:
        yield commands, hub


@windows.command("list")
def list_windows(node: Annotated[str | None, typer.Option(help="Only this node's.")] = None) -> None:
    """List the windows of the directory."""
    for name, places in WINDOWS.items():
        for place in places.values() if node in {None, name} else ():
            print(f"{name}  {place.id:16} {place.letters}  {place.name} ({place.municipality})")


def _passwords(text: str | None, node: str) -> Mapping[str, str]:
    found: dict[str, str] = {}
    for pair in filter(None, (text or "").split(",")):
        window, _, password = pair.partition("=")
        if window not in WINDOWS[node] or not password:
            message = f"The passwords of windows are NAME=PASSWORD with names of {', '.join(WINDOWS[node])}."
            raise ConfigError(message)
        found[window] = password
    return found


def _make_user(management_url: str, amqp_uri: str, user: str, password: str) -> None:
    parts = urlsplit(amqp_uri)
    pair = f"{unquote(parts.username or 'guest')}:{unquote(parts.password or 'guest')}"
    request = urllib.request.Request(  # noqa: S310 - the operator gave this address
        f"{management_url.rstrip('/')}/api/users/{quote(user, safe='')}",
        method="PUT",
        data=json.dumps({"password": password, "tags": ""}).encode(),
        headers={"Authorization": f"Basic {b64encode(pair.encode()).decode()}", "Content-Type": "application/json"},
    )
    try:
        urllib.request.urlopen(request, timeout=10).close()  # noqa: S310 - the operator gave this address
    except (urllib.error.URLError, OSError) as error:
        message = f"The management API at {management_url} did not make the user {user}: {error}."
        raise TryAgain(message) from error
