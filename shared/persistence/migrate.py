"""Brings a database to the newest schema: numbered Alembic revisions, one head per service.

Run by the console, never at start-up by replicas racing.
"""

from importlib import import_module
from pathlib import Path

from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, MetaData

from shared.persistence.engine import Database


def migrate(database: Database, service: str) -> None:
    """Run the revisions that are missing, all in one transaction; raises what the database raises, changing nothing."""
    config = alembic_config(service)
    with database.write() as connection:
        config.attributes["connection"] = connection
        command.upgrade(config, "head")


def pending(database: Database, service: str) -> bool:
    """Whether revisions are missing."""
    with database.read() as connection:
        current = MigrationContext.configure(connection).get_current_heads()
    return set(current) != set(ScriptDirectory.from_config(alembic_config(service)).get_heads())


def revision_of(database: Database) -> str:
    """The revision at which a database is; empty before the first."""
    with database.read() as connection:
        heads = MigrationContext.configure(connection).get_current_heads()
    return " ".join(sorted(heads))


def knows(service: str, revision: str) -> bool:
    """Whether this program knows a database of that revision: it is not from a newer one."""
    known = {one.revision for one in ScriptDirectory.from_config(alembic_config(service)).walk_revisions()}
    return set(revision.split()) <= known


def differences(connection: Connection, metadata: MetaData) -> list[object]:
    """What ``tables.py`` says beyond what the revisions made; empty when both agree."""
    return list(
        compare_metadata(MigrationContext.configure(connection, opts={"compare_type": False}), metadata)
    )


def alembic_config(service: str) -> Config:
    """What Alembic must know to find the revisions of a service."""
    package = import_module(f"services.{service}.store.migrations")
    config = Config()
    config.set_main_option("script_location", str(Path(__file__).parent / "alembic"))
    config.set_main_option("version_locations", str(Path(str(package.__file__)).parent))
    config.set_main_option("path_separator", "os")
    return config
