"""``ventanilla restore``: a backup put in the place of a service's database, which begins a new life."""

import secrets
import shutil
from collections.abc import Mapping, Sequence
from contextlib import ExitStack
from dataclasses import dataclass, replace
from datetime import datetime
from importlib import import_module
from pathlib import Path
from typing import Annotated

import orjson
import typer
from sqlalchemy import column as named
from sqlalchemy import inspect, select, table
from sqlalchemy.exc import SQLAlchemyError

from services.console.backup import DATABASE, FORGOTTEN, IDENTITY, PERSONS, key_database
from services.console.options import ConfigFile
from services.console.which import Service, address_of, service_of
from shared.clock import SystemClock
from shared.config import Settings, load_settings
from shared.errors import ConfigError, TryAgain
from shared.persistence import manifest as manifests
from shared.persistence.copies import Replacing, copies_of
from shared.persistence.engine import open_database
from shared.persistence.manifest import DATA, KEYS, Manifest
from shared.security.keys import MASTER_FILE
from shared.security.vault import Vault


def restore(
    config: ConfigFile,
    data: Annotated[Path, typer.Option("--from", help="The folder of the data.", file_okay=False)],
    keys: Annotated[
        Path | None, typer.Option("--keys-from", help="The folder of the keys, where those of this machine are lost.", file_okay=False)
    ] = None,
) -> None:
    """Put a backup in the place of a service's database. Stop the service first: it is refused while it runs.

    In this order: the backup is compared with its manifest (of this very address, of no newer schema, unchanged). The
    database that is here is kept aside under another name. The copy is brought to the newest schema and begins a new
    life: a new epoch, so that everybody sends again what it has forgotten; at a window a higher incarnation and case
    numbers 1,000 further; at a hub a recovery in which it waits for each of its windows. Whoever was forgotten since has
    no key again, and what was withdrawn or closed since stays so, as far as the database that is replaced can still be
    read; the rest comes back from the others. If anything of this fails, nothing has changed.
    """
    settings = load_settings(config)
    if keys is not None:
        _bring_identity(settings, keys)
    plan = _planned(settings, data, keys)
    print(f"{plan.manifest.address}: a copy of {plan.manifest.made_at:%Y-%m-%d %H:%M} UTC.")
    for sentence in _carry_out(plan):
        print(sentence)
    print("Start the service. What to look at then: docs/runbooks/.")


@dataclass(frozen=True)
class Plan:
    """What is put back, after everything that can be checked beforehand was."""

    settings: Settings
    which: Service
    manifest: Manifest
    data: Path
    keys: Path | None
    now: datetime


def _planned(settings: Settings, data: Path, keys: Path | None) -> Plan:
    from shared.persistence.migrate import knows

    which, now = service_of(settings), SystemClock().now()
    found = manifests.read(data, DATA)
    for manifest in (found, manifests.read(keys, KEYS)) if keys is not None else (found,):
        if manifest.address != address_of(settings).source:
            message = f"This backup is of {manifest.address}, and the keys here are of {address_of(settings).source}."
            raise ConfigError(message)
    if not knows(which, found.schema):
        message = "This backup has a newer schema than this program: install the version that made it, or a later one."
        raise ConfigError(message)
    if now < found.made_at:
        message = f"The clock of this machine says {now:%Y-%m-%d %H:%M}, before the copy was made: set it first."
        raise ConfigError(message)
    copies_of(settings.database_url).refuse_if_used()
    copies_of(key_database(settings)).refuse_if_used()
    return Plan(settings, which, found, data, keys, now)


def _carry_out(plan: Plan) -> Sequence[str]:
    """All of it, or nothing."""
    at, forgotten = f"{plan.now:%Y%m%dT%H%M%S%f}Z", _tombstones(plan)
    said: list[str] = []
    with ExitStack() as stack:
        settings = plan.settings
        if plan.keys is not None:
            copy = _file(plan.keys, PERSONS)
            keys = stack.enter_context(copies_of(key_database(settings)).replacing(copy, at))
            said += [*_aside("The keys", keys), "Delete those within 7 days: whoever is forgotten from now on is in them."]
            settings = replace(settings, key_store_url=keys.new)
        data = stack.enter_context(copies_of(settings.database_url).replacing(_file(plan.data, DATABASE), at))
        said = _aside("The database", data) + said
        settings = replace(settings, database_url=data.new)
        _bring_up_to_date(settings, plan.which)
        _bury(settings, forgotten)
        module = import_module(f"services.{plan.which}.restoring")
        said += module.begin_new_life(settings, data.old, now=plan.now)
    return said


def _tombstones(plan: Plan) -> Mapping[str, datetime]:
    """Everybody who was forgotten, as this machine's store of keys knows, and as stands beside the copied data."""
    beside = {
        person: datetime.fromisoformat(at) for person, at in orjson.loads((plan.data / FORGOTTEN).read_bytes()).items()
    }
    try:
        vault = Vault(plan.settings.key_store, plan.settings.key_store_url)
    except (SQLAlchemyError, TryAgain):
        if plan.keys is None:
            raise
        return beside  # the keys that are here cannot be read any more, hence the copy
    try:
        return beside | vault.tombstones()
    finally:
        vault.close()


def _bury(settings: Settings, forgotten: Mapping[str, datetime]) -> None:
    """No erased person has a key; everybody else in the data has one."""
    vault, database = Vault(settings.key_store, settings.key_store_url), open_database(settings.database_url)
    try:
        vault.bury(forgotten)
        persons: set[str] = set()
        with database.read() as connection:
            for name in inspect(connection).get_table_names():
                if any(one["name"] == "person_id" for one in inspect(connection).get_columns(name)):
                    persons |= set(connection.execute(select(named("person_id")).select_from(table(name)).distinct()).scalars())
        missing = len(vault.without_key(persons))
    finally:
        vault.close()
        database.close()
    if missing:
        message = (
            f"{missing} persons of this copy have no key here: give --keys-from a copy of the keys that was made with the "
            "data or later."
        )
        raise ConfigError(message)


def _bring_up_to_date(settings: Settings, which: Service) -> None:
    from shared.persistence.migrate import migrate

    database = open_database(settings.database_url)
    migrate(database, which)
    database.close()


def _bring_identity(settings: Settings, keys: Path) -> None:
    """A machine that has no keys yet gets those of the copy; one that has others is refused."""
    manifests.read(keys, KEYS)
    for name in IDENTITY:
        here = settings.key_store / name
        if not here.exists() and (keys / name).exists():
            here.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
            half = here.with_name(f".{name}.{secrets.token_hex(4)}")
            shutil.copyfile(keys / name, half)
            half.chmod(0o600)
            half.replace(here)
    if (settings.key_store / MASTER_FILE).read_bytes() != (keys / MASTER_FILE).read_bytes():
        message = f"{settings.key_store} holds another master key than this copy of the keys: they do not belong together."
        raise ConfigError(message)


def _file(folder: Path, stem: str) -> Path:
    found = [file for file in folder.iterdir() if file.stem == stem]
    if len(found) != 1:
        message = f"{folder} holds no copy of a database."
        raise ConfigError(message)
    return found[0]


def _aside(what: str, done: Replacing) -> list[str]:
    return [f"{what} that was here is kept as {done.kept_as}."] if done.old else []
