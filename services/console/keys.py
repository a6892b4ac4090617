"""``ventanilla keys``: the key files of a network's addresses."""

from pathlib import Path
from typing import Annotated

import typer

from shared.clock import SystemClock
from shared.contracts.addresses import Address
from shared.errors import ConfigError
from shared.security.keys import TRUST_FILE, generate, read_trust
from shared.vocabulary.windows import WINDOWS

app = typer.Typer(no_args_is_help=True, help="Make and list the keys of hub, windows and notifications.")

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


@app.command("list")
def list_keys(folder: Folder) -> None:
    """List the public keys of the network."""
    for key in sorted(read_trust(folder / TRUST_FILE), key=lambda key: (key.address, key.use)):
        print(f"{key.address.source:28} {key.use.value}  {key.kid}  {key.jwk.get('created', '')}")
