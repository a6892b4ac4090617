"""``ventanilla backup``: a service's database copied while it runs, and the keys of its persons, apart."""

import os
import secrets
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Annotated

import orjson
import typer

from services.console.letters import tables_of
from services.console.options import ConfigFile
from services.console.which import address_of, opened, service_of
from shared.clock import SystemClock
from shared.config import Settings, load_settings
from shared.errors import ConfigError
from shared.messaging.epochs import epoch_of
from shared.persistence import manifest as manifests
from shared.persistence.copies import copies_of
from shared.persistence.manifest import DATA, KEYS, Manifest
from shared.security.keys import KEY_FILE, MASTER_FILE, TRUST_FILE
from shared.security.page_secrets import PAGES_FILE
from shared.security.vault import Vault

DATABASE, PERSONS, FORGOTTEN = "database", "persons", "forgotten.json"
"""How the files of a backup begin, and the tombstones that lie beside the data."""
IDENTITY = (KEY_FILE, MASTER_FILE, TRUST_FILE, PAGES_FILE)
MOST_DAYS = 7
"""How long a copy of the keys may be kept: whoever is forgotten is in it until then (domain.md, retention)."""


def backup(
    config: ConfigFile,
    into: Annotated[Path, typer.Option(help="A folder that does not exist yet, for the data.", file_okay=False)],
    keys_into: Annotated[
        Path | None, typer.Option(help="Another such folder, elsewhere, for the keys. Keep it 7 days at most.", file_okay=False)
    ] = None,
) -> None:
    """Copy a service's database, while it runs or not, with a manifest. Nothing that exists is overwritten.

    The keys of persons are no part of it: without them the data cannot be read, and whoever is forgotten stays so. They
    are copied only into a folder of their own (--keys-into), after the data, so that each person in the data has a key.
    """
    settings = load_settings(config)
    _check(into, keys_into)
    _copy_data(settings, into)
    print(f"{address_of(settings).source}: the data are in {into}.")
    if keys_into is not None:
        _copy_keys(settings, keys_into)
        print(f"{address_of(settings).source}: the keys are in {keys_into}.")
        print(f"Delete that folder after {MOST_DAYS} days, and keep it apart from the data: else nobody can be erased.")
    else:
        print("The keys of persons were not copied (--keys-into): without them these data cannot be read.")


def key_database(settings: Settings) -> str:
    """Where the keys of persons are."""
    return settings.key_store_url or f"sqlite:///{settings.key_store / 'persons.sqlite'}"


def _check(into: Path, keys_into: Path | None) -> None:
    for folder in filter(None, (into, keys_into)):
        if folder.exists() and (not folder.is_dir() or any(folder.iterdir())):
            message = f"{folder} exists already: a backup overwrites nothing."
            raise ConfigError(message)
    if keys_into is not None:
        data, keys = into.resolve(), keys_into.resolve()
        if data == keys or data in keys.parents or keys in data.parents:
            message = "Data and keys must not lie in one folder, nor one in the other's: who finds both can read everything."
            raise ConfigError(message)


def _copy_data(settings: Settings, into: Path) -> None:
    with _whole(into) as half:
        manifest = _described(settings, DATA)
        copies_of(settings.database_url).dump(half, DATABASE)
        vault = Vault(settings.key_store, settings.key_store_url)
        try:
            _keep(half / FORGOTTEN, orjson.dumps(vault.tombstones()))
        finally:
            vault.close()
        _finish(half, manifest)


def _copy_keys(settings: Settings, into: Path) -> None:
    with _whole(into) as half:
        manifest = _described(settings, KEYS)
        copies_of(key_database(settings)).dump(half, PERSONS)
        for name in IDENTITY:
            if (settings.key_store / name).exists():  # pages.key is made when the service starts for the first time
                _keep(half / name, (settings.key_store / name).read_bytes())
        _finish(half, manifest)


def _described(settings: Settings, kind: str) -> Manifest:
    from shared.persistence.migrate import revision_of

    which = service_of(settings)
    with opened(settings) as database:
        with database.write() as connection:
            epoch = epoch_of(connection, tables_of(which))
        revision = revision_of(database)
    return Manifest(
        kind=kind, service=which.value, address=address_of(settings).source, node=settings.node, schema=revision,
        epoch=epoch, made_at=SystemClock().now(), files={},
    )


def _finish(half: Path, manifest: Manifest) -> None:
    manifests.write(half, manifests.with_files(manifest, half))


def _keep(file: Path, content: bytes) -> None:
    file.touch(mode=0o600)
    file.write_bytes(content)


@contextmanager
def _whole(folder: Path) -> Iterator[Path]:
    """A folder that gets its name when everything is in it and on the disk."""
    folder.parent.mkdir(parents=True, exist_ok=True)
    half = folder.with_name(f".{folder.name}.{secrets.token_hex(4)}")
    half.mkdir(mode=0o700)
    try:
        yield half
        for file in (*half.iterdir(), half):
            descriptor = os.open(file, os.O_RDONLY)
            os.fsync(descriptor)
            os.close(descriptor)
        half.rename(folder)
    except BaseException:
        shutil.rmtree(half, ignore_errors=True)
        raise
