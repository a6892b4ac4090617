"""``ventanilla keys``: the key files of a network's addresses, and certificates for TLS."""

from pathlib import Path
from typing import Annotated

import typer

from services.console import locks
from shared.clock import SystemClock
from shared.contracts.addresses import Address
from shared.errors import ConfigError
from shared.security.certificates import CA_FILE, DAYS, hand_over, issue
from shared.security.keys import TRUST_FILE, generate, read_trust
from shared.vocabulary.windows import WINDOWS

app = typer.Typer(no_args_is_help=True, help="Make, list and lock the keys of hub, windows and notifications.")

Folder = Annotated[Path, typer.Option("--dir", help="Where each address has a folder, and trust.json lies.", file_okay=False)]


def addresses(node: str, windows: list[str] | None = None) -> list[Address]:
    """All that has keys in a node: its hub, its notifications, and these windows (left out: all of the directory)."""
    if node not in WINDOWS:
        message = f"No node is called {node!r}; there are {', '.join(WINDOWS)}."
        raise ConfigError(message)
    try:
        own = [Address.window(node, window) for window in windows or WINDOWS[node]]
    except ValueError as error:
        message = f"{error}."
        raise ConfigError(message) from error
    return [Address.hub(node), Address.notifications(node), *own]


@app.command("generate")
def generate_keys(
    folder: Folder,
    node: Annotated[list[str], typer.Option(help="A node (sv); may be given again.")],
    window: Annotated[list[str] | None, typer.Option(help="A window of it; left out: all of the directory.")] = None,
) -> None:
    """Make the keys that are missing. What exists stays as it is. Each machine gets its own address's folder only."""
    made = generate(folder, [one for name in node for one in addresses(name, window)], now=SystemClock().now())
    for address in made:
        print(f"new keys: {address.source} in {folder / address.key}")
    if not made:
        print("All keys are there already.")


@app.command("window")
def window_keys(
    name: Annotated[str, typer.Argument(help="The window (la-union).")],
    folder: Folder,
    node: Annotated[str, typer.Option(help="Its node (sv).")],
) -> None:
    """Make the keys of one window on its own PC. What exists stays; only the public part is carried to the hub."""
    try:
        window = Address.window(node, name)
    except ValueError as error:
        message = f"{error}."
        raise ConfigError(message) from error
    generate(folder, [window], now=SystemClock().now())
    print(f"KEY_STORE: {folder / window.key}")
    print(f"To carry to the hub: {folder / window.key / TRUST_FILE} (`ventanilla windows add {name} --public-key FILE`)")


@app.command("certificate")
def certificate(
    name: Annotated[str, typer.Argument(help="What it is called in the folder (rabbitmq).")],
    folder: Annotated[Path, typer.Option("--dir", help="Where the authority lies; made when it is missing.", file_okay=False)],
    host: Annotated[list[str], typer.Option(help="A name or address by which it is reached; may be given again.")],
    into: Annotated[Path | None, typer.Option(help="Copy it here for its machine, with ca.pem.", file_okay=False)] = None,
    days: Annotated[int, typer.Option(help="How long it is good.", min=1, max=825)] = DAYS,
) -> None:
    """Make a certificate by a private authority. One that is good for 30 more days stays as it is; safe to repeat.

    ca.pem is for everybody who shall believe it; ca.key stays in this folder, on a machine that serves nobody.
    """
    made = issue(folder, name, host, now=SystemClock().now(), days=days)
    there = hand_over(made, folder, into) if into is not None else made
    print(f"{'new' if made.made else 'still good'}: {there.certificate} with {there.key}, by {folder / CA_FILE}")


app.command("protect")(locks.protect)
app.command("recovery")(locks.recovery)
app.command("recover")(locks.recover)
app.command("unprotect")(locks.unprotect)


@app.command("list")
def list_keys(folder: Folder) -> None:
    """List the public keys of the network."""
    for key in sorted(read_trust(folder / TRUST_FILE), key=lambda key: (key.address, key.use)):
        print(f"{key.address.source:28} {key.use.value}  {key.kid}  {key.jwk.get('created', '')}")
