"""A database copied while its service runs, and put back in the place of another, on either kind."""

import os
import shutil
import sqlite3
import subprocess
from collections.abc import Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

import psycopg2
from sqlalchemy import make_url
from sqlalchemy.engine import URL

from shared.config import environment_with
from shared.errors import ConfigError, TryAgain

PATIENCE = 10.0
"""Seconds to wait for another's transaction."""
REPLACED = "replaced"
"""How the name begins under which a database is kept that was replaced."""
PUBLIC = "public"
"""The schema in which PostgreSQL keeps our tables."""


@dataclass(frozen=True)
class Replacing:
    """The databases while one takes the other's place: ``new`` may be written to, ``old`` only read (None: there was none).

    ``kept_as`` says where the old one stays.
    """

    new: str
    old: str | None
    kept_as: str


class Copies(Protocol):
    """What can be done with one database as a whole."""

    def dump(self, folder: Path, name: str) -> Path:
        """A consistent copy in ``folder``, the service may run; ``ConfigError`` names what is missing on this machine."""
        ...

    def refuse_if_used(self) -> None:
        """``ConfigError`` while anybody else has the database open."""
        ...

    def replacing(self, copy: Path, at: str) -> AbstractContextManager[Replacing]:
        """Let ``copy`` take the database's place at the end of the block; on an error nothing has changed.

        ``at`` is a time, in letters and digits, for the name under which the old one is kept.
        """
        ...


def copies_of(url: str) -> Copies:
    """By the URL of a database that ``open_database`` takes."""
    parsed = make_url(url)
    return _SQLite(Path(str(parsed.database))) if parsed.drivername == "sqlite" else _PostgreSQL(parsed)


class _SQLite:
    def __init__(self, file: Path) -> None:
        self._file = file

    def dump(self, folder: Path, name: str) -> Path:
        into = folder / f"{name}.sqlite"
        if not self._file.exists():
            message = f"{self._file} does not exist: there is nothing to copy."
            raise ConfigError(message)
        connection = sqlite3.connect(self._file, timeout=PATIENCE, isolation_level=None)
        try:
            connection.execute("VACUUM INTO ?", [str(into)])
        except sqlite3.OperationalError as error:
            message = f"{self._file.name} cannot be copied now: {error}"
            raise TryAgain(message) from error
        finally:
            connection.close()
        into.chmod(0o600)
        return into

    def refuse_if_used(self) -> None:
        """SQLite leaves its log behind only for whoever is alone; what stood in it is in the file then."""
        if not self._file.exists():
            return
        connection = sqlite3.connect(self._file, timeout=0, isolation_level=None)
        try:
            connection.execute("PRAGMA journal_mode=DELETE").fetchone()
        except sqlite3.OperationalError as error:
            message = f"{self._file.name} is in use: stop the service first."
            raise ConfigError(message) from error
        except sqlite3.DatabaseError:
            return  # not even a database any more: nobody can use it
        finally:
            connection.close()

    @contextmanager
    def replacing(self, copy: Path, at: str) -> Iterator[Replacing]:
        self._file.parent.mkdir(parents=True, exist_ok=True)
        half = self._file.with_name(f".{self._file.name}.{at}")
        kept = self._file.with_name(f"{self._file.name}.{REPLACED}-{at}")
        shutil.copyfile(copy, half)
        half.chmod(0o600)
        old = f"sqlite:///{self._file}" if self._file.exists() else None
        try:
            yield Replacing(f"sqlite:///{half}", old, str(kept))
            self._only_a_file(half)
            if old is not None:
                os.link(self._file, kept)
                self._take_along(kept)
            half.replace(self._file)
        finally:
            for left in (half, Path(f"{half}-wal"), Path(f"{half}-shm")):
                left.unlink(missing_ok=True)

    def _take_along(self, kept: Path) -> None:
        """What a broken database left beside its file belongs to it, and not to the one that comes."""
        for suffix in ("-wal", "-shm"):
            beside = Path(f"{self._file}{suffix}")
            if beside.exists():
                beside.rename(f"{kept}{suffix}")

    def _only_a_file(self, half: Path) -> None:
        """All that was written is in the file itself, and on the disk."""
        connection = sqlite3.connect(half, timeout=PATIENCE, isolation_level=None)
        connection.execute("PRAGMA journal_mode=DELETE").fetchone()
        connection.close()
        descriptor = os.open(half, os.O_RDONLY)
        os.fsync(descriptor)
        os.close(descriptor)


class _PostgreSQL:
    def __init__(self, url: URL) -> None:
        self._url = url

    def dump(self, folder: Path, name: str) -> Path:
        into = folder / f"{name}.dump"
        self._run("pg_dump", ["--format=custom", f"--exclude-schema={REPLACED}_*", f"--file={into}"])
        into.chmod(0o600)
        return into

    def refuse_if_used(self) -> None:
        query = "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()"
        (others,) = self._execute(query)
        if others:
            message = f"The database {self._url.database} is in use by {others} connections: stop its services first."
            raise ConfigError(message)

    @contextmanager
    def replacing(self, copy: Path, at: str) -> Iterator[Replacing]:
        kept = f"{REPLACED}_{at.lower()}"
        self._execute(f'ALTER SCHEMA {PUBLIC} RENAME TO "{kept}"; CREATE SCHEMA {PUBLIC}')
        try:
            self._run("pg_restore", ["--exit-on-error", "--single-transaction", f"--schema={PUBLIC}", str(copy)])
            old = self._url.update_query_dict({"options": f"-csearch_path={kept}"})
            yield Replacing(_shown(self._url), _shown(old), f"schema {kept} of {self._url.database}")
        except BaseException:
            self._execute(f'DROP SCHEMA {PUBLIC} CASCADE; ALTER SCHEMA "{kept}" RENAME TO {PUBLIC}')
            raise

    def _run(self, program: str, arguments: Sequence[str]) -> None:
        if shutil.which(program) is None:
            message = f"{program} is not installed on this machine: it comes with PostgreSQL's client programs (postgresql-client)."
            raise ConfigError(message)
        to = self._url.set(drivername="postgresql", password=None, query={}).render_as_string()
        command = [program, "--no-owner", "--no-privileges", f"--dbname={to}", *arguments]
        secret = {"PGPASSWORD": self._url.password} if self._url.password else {}
        done = subprocess.run(command, capture_output=True, text=True, check=False, env=environment_with(secret))
        if done.returncode:
            said = done.stderr.strip().splitlines() or [f"status {done.returncode}"]
            message = f"{program}: {said[0]}"
            raise TryAgain(message)

    def _execute(self, statements: str) -> tuple[int, ...]:
        parts = self._url
        try:
            connection = psycopg2.connect(
                host=parts.host, port=parts.port, user=parts.username, password=parts.password, dbname=parts.database,
                connect_timeout=5,
            )
        except psycopg2.OperationalError as error:
            message = f"the database is away: {type(error).__name__}"
            raise TryAgain(message) from error
        try:
            with connection, connection.cursor() as cursor:
                cursor.execute(statements)
                return tuple(cursor.fetchone()) if cursor.description else ()
        finally:
            connection.close()


def _shown(url: URL) -> str:
    return url.render_as_string(hide_password=False)
