"""``python -m tests.migrations.revise SERVICE NUMBER MESSAGE``: writes the revision that brings a service's tables up to date.

Read what it wrote before you commit it: a revision that moves data is written by hand.
"""

import sys
import tempfile
from pathlib import Path

from alembic import command

from shared.persistence.engine import open_database
from shared.persistence.migrate import alembic_config, migrate
from tests.migrations.schemas import SCHEMAS


def revise(service: str, number: str, message: str) -> None:
    """Compare a database at the newest revision with ``tables.py`` and write the difference."""
    with tempfile.TemporaryDirectory() as folder:
        database = open_database(f"sqlite:///{folder}/now.sqlite")
        migrate(database, service)
        config = alembic_config(service)
        config.attributes["metadata"] = SCHEMAS[service]()
        with database.write() as connection:
            config.attributes["connection"] = connection
            command.revision(
                config,
                message=message,
                autogenerate=True,
                rev_id=number,
                version_path=_folder(config.get_main_option("version_locations")),
            )
        database.close()


def _folder(path: str | None) -> str:
    return str(Path(str(path)))


if __name__ == "__main__":
    revise(*sys.argv[1:4])
