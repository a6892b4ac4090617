"""A RabbitMQ and a PostgreSQL of the benchmark's own. Unlike those of the tests, this PostgreSQL writes durably."""

import os
import pwd
import shutil
import signal
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Generic, TypeVar

import psycopg2

from tests.packages import POSTGRESQL, find_or_install
from tests.servers import ALIVE, PostgreSQL, RabbitMQ, ask_for, free_port, keepers, wait_until

T = TypeVar("T")


@dataclass(frozen=True)
class Server(Generic[T]):
    """How to reach a server, and its process."""

    reach: T
    pid: int


@contextmanager
def rabbitmq(folder: Path) -> Iterator["Server[RabbitMQ]"]:
    """A broker that ends with this process, however it ends."""
    os.mkfifo(folder / ALIVE)
    alive = os.open(folder / ALIVE, os.O_RDWR)
    try:
        facts = ask_for("rabbitmq", folder)
        broker = RabbitMQ(Path(str(facts["folder"])), int(str(facts["port"])), int(str(facts["management_port"])))
        yield Server(broker, int(str(facts["server"])))
    finally:
        started = keepers(folder)
        os.close(alive)
        wait_until(lambda: not any(_runs(pid) for pid in started), seconds=60, what="the broker to end")


@contextmanager
def postgresql() -> Iterator["Server[PostgreSQL]"]:
    """A server as it comes: ``fsync`` and ``synchronous_commit`` on. More connections, and a private folder."""
    program = find_or_install(POSTGRESQL)
    data, port = Path(tempfile.mkdtemp(prefix="ventanilla-bench-postgresql-")), free_port()
    owner: dict[str, object] = {}
    if os.geteuid() == 0:  # PostgreSQL refuses root
        user = "postgres" if "postgres" in {entry.pw_name for entry in pwd.getpwall()} else "nobody"
        shutil.chown(data, user)
        owner = {"user": user, "group": pwd.getpwnam(user).pw_gid, "extra_groups": []}
    initdb = [str(program.with_name("initdb")), "--pgdata", str(data), "--username", "postgres", "--auth", "trust"]
    subprocess.run([*initdb, "--encoding", "UTF8"], cwd=data, check=True, stdout=subprocess.DEVNULL, **owner)
    settings = {
        "listen_addresses": "127.0.0.1", "port": port, "unix_socket_directories": "", "max_connections": 200,
        "shared_buffers": "256MB", "max_wal_size": "2GB", "logging_collector": "off", "log_min_messages": "fatal",
    }
    options = [part for name, value in settings.items() for part in ("-c", f"{name}={value}")]
    server = subprocess.Popen([str(program), "-D", str(data), *options], cwd=data, **owner)
    reach = PostgreSQL(data, port)
    try:
        wait_until(lambda: _answers(reach), seconds=60, what="PostgreSQL")
        yield Server(reach, server.pid)
    finally:
        server.send_signal(signal.SIGINT)
        server.wait(30)
        shutil.rmtree(data, ignore_errors=True)


def _answers(reach: PostgreSQL) -> bool:
    try:
        reach.execute("SELECT 1")
    except psycopg2.OperationalError:
        return False
    return True


def _runs(pid: int) -> bool:
    try:
        return Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()[0] != "Z"
    except OSError:
        return False
