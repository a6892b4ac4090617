"""Options that many commands take."""

from pathlib import Path
from typing import Annotated

import typer

ConfigFile = Annotated[Path, typer.Option("--config", help="The service's YAML file.", dir_okay=False)]
ManagementUrl = Annotated[
    str | None, typer.Option(help="The broker's management API (https://rabbitmq:15671); left out: the settings' MANAGEMENT_URL.")
]
