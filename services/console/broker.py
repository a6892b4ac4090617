"""``ventanilla topology``: the broker's exchanges, queues, policies and users."""

import json
from pathlib import Path
from typing import Annotated

import typer

from services.console.hub import at_hub
from services.console.operator import operator_of, passwords_by_user, peers_of, tell_left
from services.console.options import ConfigFile, ManagementUrl
from services.console.which import Service, service_of
from shared.config import Settings, load_settings
from shared.errors import ConfigError
from shared.files import write_whole
from shared.messaging import set_up
from shared.messaging import topology as plan
from shared.messaging.broker_rights import own_rights, rights_of_peer, users_in_definitions
from shared.vocabulary.windows import WINDOWS

topology = typer.Typer(no_args_is_help=True, help="Exchanges, queues, policies and users of the broker.")

Passwords = Annotated[
    str | None,
    typer.Option(help="NAME=PASSWORD, comma between: hub, notifications, windows, peer.NODE. Better in the environment.",
                 envvar="VENTANILLA_BROKER_PASSWORDS"),
]
OPERATOR = "operator"
"""What the administrator is called in a definitions file."""


@topology.command("apply")
def apply(config: ConfigFile, management_url: ManagementUrl = None, passwords: Passwords = None) -> None:
    """Set the broker up for a node; safe to repeat. Users named with a password are made; what is left to type is printed."""
    settings = load_settings(config)
    operator = operator_of(settings, management_url)
    windows = windows_in(settings)
    named = passwords_by_user(passwords, settings.node, windows)
    if named and operator.management is None:
        message = "Users are made through the management API: give --management-url, or MANAGEMENT_URL in the settings."
        raise ConfigError(message)
    left = set_up.apply(
        operator.broker, settings.node, windows,
        management=operator.management, peers=peers_of(settings.node), passwords=named,
    )
    print(f"{settings.node}: exchanges, queues and bindings are in place.")
    status = tell_left(left)
    if left.unguarded:
        raise typer.Exit(status)


@topology.command("definitions")
def definitions(
    node: Annotated[str, typer.Option(help="The node (sv).")],
    passwords: Passwords = None,
    into: Annotated[Path | None, typer.Option(help="Write here (mode 600) instead of printing.", dir_okay=False)] = None,
) -> None:
    """Print the same as RabbitMQ reads it from a file at its start (load_definitions).

    With passwords (operator=… among them: such a broker makes no administrator by itself) the file holds users and
    their rights too, the passwords as hashes. It is one broker's own then.
    """
    text = definitions_of(node) if not passwords else _with_users(node, passwords)
    if into is None:
        print(text, end="")
    else:
        write_whole(into, text.encode())


def definitions_of(node: str) -> str:
    """A node's definitions as JSON; ``deploy/rabbitmq/definitions.json`` is this of sv."""
    return _json(plan.definitions(node, _windows_of(node)))


def windows_in(settings: Settings) -> list[str]:
    """The windows of a node: a hub's database knows those that were added by command too."""
    if service_of(settings) is not Service.REFERRALS:
        return _windows_of(settings.node)
    from services.referrals import commands

    with at_hub(settings) as hub:
        return [one.place.id for one in commands.list_windows(hub)]


def _with_users(node: str, text: str) -> str:
    windows = _windows_of(node)
    told = [pair.partition("=") for pair in text.split(",") if pair]
    own = ",".join("".join(pair) for pair in told if pair[0] != OPERATOR)
    passwords = {**passwords_by_user(own, node, windows), **{name: word for name, _, word in told if name == OPERATOR}}
    rights = [*own_rights(node, windows), *(rights_of_peer(node, peer) for peer in peers_of(node))]
    return _json({**plan.definitions(node, windows), **users_in_definitions(rights, passwords, operator=OPERATOR)})


def _windows_of(node: str) -> list[str]:
    if node not in WINDOWS:
        message = f"No node is called {node!r}; there are {', '.join(WINDOWS)}."
        raise ConfigError(message)
    return list(WINDOWS[node])


def _json(told: dict[str, object]) -> str:
    return json.dumps(told, indent=2, sort_keys=True) + "\n"
