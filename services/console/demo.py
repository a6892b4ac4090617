"""``ventanilla demo``: the whole network of one country, or of three, in one process on the embedded broker.

A second start finds everything as it was: keys, users, tokens and cases are made only where they are missing, and
what was in flight is sent again by the services themselves.
"""

import fcntl
import json
import socket
import sys
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Annotated

import typer

from services.console.accounts import accounts_of
from services.console.demo_cases import register_cases, register_example
from services.console.demo_network import OFFSETS, Network, Place, users_of
from services.console.http import answers
from services.console.keys import addresses
from services.console.mailsink import start_mail_sink
from services.console.which import Part, Service, opened
from shared.clock import SystemClock
from shared.errors import ConfigError, TryAgain
from shared.observability.logs import configure
from shared.persistence.migrate import migrate, pending
from shared.security.keys import generate
from shared.security.passwords import Passwords, at_once

PASSWORD = "ventanilla-demo"  # noqa: S105 - everybody's, by contract (contracts.md, Commands)
PATIENCE = 60.0
"""Seconds until everything must answer; on a slow machine it is five."""
TOKENS = "tokens.json"


def demo(
    data_dir: Annotated[Path, typer.Option(help="Where everything is kept.", file_okay=False)] = Path("var/demo"),
    nodes: Annotated[str, typer.Option(help=f"The countries, comma between: {', '.join(OFFSETS)}.")] = "sv",
    cases: Annotated[int, typer.Option(help="Register so many made-up cases.", min=0)] = 0,
    port_base: Annotated[int, typer.Option(help="Shifts all ports.", min=1024, max=65000)] = 8100,
    example: Annotated[
        bool | None, typer.Option("--example/--no-example", help="A made-up case stands open at la-union; left out: when a person looks (at a terminal).")
    ] = None,
) -> None:
    """Run the whole network in one process: no server, no root. Ctrl-C ends it; nothing is lost."""
    from services.console.run import run_parts

    with_example = sys.stdout.isatty() if example is None else example
    network = Network(data_dir, list(dict.fromkeys(nodes.split(","))), port_base)
    data_dir.mkdir(parents=True, exist_ok=True, mode=0o700)
    with ExitStack() as stack:
        stack.enter_context(_alone(data_dir))
        configure(stream=stack.enter_context((data_dir / "demo.log").open("a", encoding="utf-8")))
        places = list(network.places())
        _check_ports(places)
        generate(network.keys, [one for node in network.nodes for one in addresses(node)], now=SystemClock().now())
        sink = start_mail_sink(network.mail)
        stack.callback(sink.stop)
        parts = {place: network.part(place, sink.url) for place in places}
        _bring_up_to_date(list(parts.values()))
        tokens = _tokens(network, parts)
        run_parts(list(parts.values()), then=lambda: _greet(network, tokens, cases, with_example=with_example))
    print("ventanilla: stopped", flush=True)


@contextmanager
def _alone(folder: Path) -> Iterator[None]:
    """Hold the folder; ``ConfigError`` when another demo runs on it. The system lets go when this process ends."""
    with (folder / "demo.lock").open("a") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            message = f"Another demo runs on {folder} already."
            raise ConfigError(message) from error
        yield


def _check_ports(places: Sequence[Place]) -> None:
    for place in places:
        with socket.socket() as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                probe.bind(("127.0.0.1", place.port))
            except OSError as error:
                message = f"Port {place.port} is taken: choose others with --port-base."
                raise ConfigError(message) from error


def _bring_up_to_date(parts: Sequence[Part]) -> None:
    for part in parts:
        with opened(part.settings) as database:
            if pending(database, part.service):
                migrate(database, part.service)


def _tokens(network: Network, parts: Mapping[Place, Part]) -> Mapping[str, str]:
    """The token of every demo user; users and tokens that are missing are made, the file is written whole."""
    file = network.folder / TOKENS
    tokens: dict[str, str] = json.loads(file.read_text()) if file.exists() else {}
    for node in network.nodes:
        wanted = [user for user in users_of(node) if user.username not in tokens]
        if not wanted:
            continue
        hashed = Passwords(at_once).hashed(PASSWORD)
        with accounts_of(parts[network.hub(node)].settings) as accounts:
            known = {user.username for user in accounts.everyone()}
            # a start that was cut off here left users whose tokens nobody wrote down
            tokens |= {user.username: accounts.issue(user.username) for user in wanted if user.username in known}
            fresh = [replace(user, password_hash=hashed) for user in wanted if user.username not in known]
            tokens |= accounts.add(fresh)
        half = file.with_suffix(".half")
        half.touch(mode=0o600)
        half.write_text(json.dumps(tokens, indent=1, sort_keys=True) + "\n")
        half.replace(file)
    return tokens


def _greet(network: Network, tokens: Mapping[str, str], cases: int, *, with_example: bool) -> None:
    """Wait until everything answers, and knows its users; then say where it is."""
    for place in network.places():
        _wait(f"{place.url}/healthz", None, f"{place.address.source} at {place.url}")
    for place in network.places():
        _wait(*_first_question(place, tokens), f"the users of {place.address.source}")
    if with_example:
        register_example(network, tokens)
    register_cases(network, tokens, cases)
    print("\nEverything here is made up; nothing leaves this machine.\n")
    for place in network.places():
        print(f"  {place.address.source:26} {place.url}   API: {place.url}/api/docs")
    mailbox = next(place for place in network.places() if place.service is Service.NOTIFICATIONS)
    print(f"  {'e-mail that was sent':26} {mailbox.url}/mailbox\n")
    print(f"Users (password of all: {PASSWORD}; API tokens: {network.folder / TOKENS}):")
    for node in network.nodes:
        print(f"  {node}: " + " ".join(user.username for user in users_of(node)))
    print("\nCtrl-C ends it; the next start goes on where this one ended.\nventanilla: ready", flush=True)


def _first_question(place: Place, tokens: Mapping[str, str]) -> tuple[str, str]:
    """What every service can answer only when it knows its users: an address and a token."""
    if place.service is Service.INTAKE:
        return f"{place.url}/api/v1/sync", tokens[f"staff@{place.address.name}"]
    kind = "referrals" if place.service is Service.REFERRALS else "notifications"
    return f"{place.url}/api/v1/{kind}?page_size=1", tokens[f"coordinator@{place.address.node}"]


def _wait(url: str, token: str | None, what: str) -> None:
    deadline = time.monotonic() + PATIENCE
    while not answers(url, token):
        if time.monotonic() > deadline:
            message = f"After {PATIENCE:g} s no answer from {what}; see demo.log."
            raise TryAgain(message)
        time.sleep(0.05)
