"""``ventanilla import``: a file of cases into a window, or into the windows of a demo."""

from pathlib import Path
from typing import Annotated

import typer

from services.console.demo_network import OFFSETS, Network
from services.console.locks import PasswordFile, StaffName, let_in
from services.console.which import Service, service_of
from shared.config import Settings, load_settings
from shared.errors import ConfigError


def import_cases(
    file: Annotated[Path, typer.Argument(help="A CSV file; its columns are in docs/import.md.")],
    data_dir: Annotated[Path | None, typer.Option(help="A demo's folder: lines go to the windows that they name.")] = None,
    config: Annotated[Path | None, typer.Option(help="A window's YAML: lines of other windows are refused.")] = None,
    staff: StaffName = None,
    password_file: PasswordFile = None,
) -> None:
    """Take a file of cases in; resumable, and while the service runs. Status 1 when lines were refused."""
    from services.intake.commands import import_file

    windows = _windows(data_dir, config)
    first = windows[0]
    raise typer.Exit(
        import_file(file, windows, let_in=lambda window: let_in(window, first, staff, password_file))
    )


def _windows(data_dir: Path | None, config: Path | None) -> list[Settings]:
    if (data_dir is None) == (config is None):
        message = "Say where: either --data-dir (a demo's folder) or --config (a window's settings)."
        raise ConfigError(message)
    if config is not None:
        settings = load_settings(config)
        if service_of(settings) is not Service.INTAKE:
            message = f"{config} holds the settings of no window."
            raise ConfigError(message)
        return [settings]
    folder = Path(str(data_dir))
    places = [place for place in Network(folder, list(OFFSETS), 0).places() if place.service is Service.INTAKE]
    found = [place for place in places if Network.database(folder, place.address).exists()]
    if not found:
        message = f"{folder} is no demo's folder: start `ventanilla demo --data-dir {folder}` once."
        raise ConfigError(message)
    return [Network(folder, [place.address.node], 0).part(place, "").settings for place in found]
