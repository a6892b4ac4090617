"""Private RabbitMQ and PostgreSQL servers for one test run.

Each server is kept by a process of its own (``python -m tests.servers rabbitmq FOLDER``): it starts the server on free
ports in a temporary folder, writes ``FOLDER/server.json`` when the server answers, and ends it, by id, when the test
run is over. It learns that from a named pipe whose one writer is the test run: when that process ends, however it
ends, the pipe closes. Workers of a run share a server, or have one each (``of``); the first who asks starts it.
"""

import fcntl
import json
import os
import pwd
import random
import shutil
import signal
import socket
import ssl
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request
from base64 import b64encode
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from urllib.parse import quote

from shared.security.certificates import CA_FILE, issue
from tests import containers
from tests.packages import POSTGRESQL, RABBITMQ, MissingProgram, Program, find_or_install

START_SECONDS = 90  # a cold RabbitMQ on a busy machine with two cores
LOWEST_PORT, HIGHEST_PORT = 20_000, 32_000  # below what the kernel gives to outgoing connections
ALIVE = "alive"  # the named pipe


def free_port() -> int:
    """A port that nobody listens on, outside the range of outgoing connections."""
    while True:
        port = random.randint(LOWEST_PORT, HIGHEST_PORT)
        if is_free(port):
            return port


def is_free(port: int) -> bool:
    """Whether a server could listen there now."""
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except OSError:
            return False
        return True


def wait_until(ready: Callable[[], bool], *, seconds: float, what: str, every: float = 0.1) -> None:
    """Polls until something is so; says what it waited for when it gives up."""
    deadline = time.monotonic() + seconds
    while not ready():
        if time.monotonic() > deadline:
            raise TimeoutError(f"After {seconds:g} s still waiting for {what}.")
        time.sleep(every)


class RabbitMQ:
    """How to reach the run's RabbitMQ, and the virtual hosts in it (one per test)."""

    user = "guest"
    password = "guest"

    def __init__(self, folder: Path, port: int, management_port: int, ca: Path | None = None) -> None:
        """With ``ca`` it speaks TLS alone, by a certificate of this authority."""
        self.folder = folder
        self.port = port
        self.ca = ca
        self.management_url = f"http{'s' if ca else ''}://127.0.0.1:{management_port}"

    def uri(self, vhost: str, user: str = user, password: str = password) -> str:
        """The AMQP address of a virtual host."""
        return f"amqp{'s' if self.ca else ''}://{user}:{password}@127.0.0.1:{self.port}/{quote(vhost, safe='')}"

    def new_vhost(self, name: str) -> str:
        """Makes a virtual host where guest may do everything; returns its AMQP address."""
        self.call("PUT", f"/api/vhosts/{quote(name, safe='')}", {})
        everything = {"configure": ".*", "write": ".*", "read": ".*"}
        self.call("PUT", f"/api/permissions/{quote(name, safe='')}/{self.user}", everything)
        return self.uri(name)

    def drop_vhost(self, name: str) -> None:
        """Deletes a virtual host with all that is in it; its connections are closed."""
        self.call("DELETE", f"/api/vhosts/{quote(name, safe='')}")

    def call(self, method: str, path: str, body: object = None) -> object:
        """One call of the management API."""
        token = b64encode(f"{self.user}:{self.password}".encode()).decode()
        request = urllib.request.Request(
            self.management_url + path,
            method=method,
            data=None if body is None else json.dumps(body).encode(),
            headers={"Authorization": f"Basic {token}", "Content-Type": "application/json"},
        )
        context = ssl.create_default_context(cafile=self.ca) if self.ca else None
        with urllib.request.urlopen(request, timeout=30, context=context) as answer:
            text = answer.read()
        return json.loads(text) if text else None


class PostgreSQL:
    """How to reach the run's PostgreSQL, and the databases in it (one per test)."""

    def __init__(self, folder: Path, port: int) -> None:
        self.folder = folder
        self.port = port

    def url(self, database: str) -> str:
        """The address of a database, as the services take it."""
        return f"postgresql+psycopg2://postgres@127.0.0.1:{self.port}/{database}"

    def new_database(self, name: str, template: str = "template1") -> str:
        """Makes a database as a copy of ``template``; returns its address."""
        self.execute(f'CREATE DATABASE "{name}" TEMPLATE "{template}"')
        return self.url(name)

    def drop_database(self, name: str) -> None:
        """Deletes a database; whoever is still connected is cut off."""
        self.execute(f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)')

    def execute(self, statement: str) -> None:
        """Runs one statement outside a transaction, in the database ``postgres``."""
        import psycopg2

        connection = psycopg2.connect(host="127.0.0.1", port=self.port, user="postgres", dbname="postgres")
        try:
            connection.autocommit = True
            with connection.cursor() as cursor:
                cursor.execute(statement)
        finally:
            connection.close()


def ask_for(kind: str, run_folder: Path, *, of: str = "all") -> dict[str, object]:
    """What ``server.json`` says of the server of this kind and owner; the first who asks starts it, others wait."""
    folder = run_folder / f"{kind}-{of}"
    with (run_folder / f"{kind}-{of}.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        facts = folder / "server.json"
        if not facts.exists():
            folder.mkdir(exist_ok=True)
            with (folder / "keeper.log").open("w") as log:
                keeper = subprocess.Popen(
                    [sys.executable, "-m", "tests.servers", kind, str(folder), str(run_folder / ALIVE)],
                    stdin=subprocess.DEVNULL,
                    stdout=log,
                    stderr=log,
                    cwd=Path(__file__).parent.parent,
                    start_new_session=True,
                )
            # START_SECONDS more: the package may have to be installed first
            wait_until(
                lambda: facts.exists() or keeper.poll() is not None,
                seconds=START_SECONDS * 4,
                what=f"{kind} ({folder / 'keeper.log'})",
            )
        if not facts.exists():
            said = (folder / "keeper.log").read_text().strip().splitlines()
            raise MissingProgram(said[-1] if said else f"{kind} did not start.")
        return dict(json.loads(facts.read_text()))


def keepers(run_folder: Path) -> list[int]:
    """The process ids of the keepers that this run started."""
    return [json.loads(facts.read_text())["keeper"] for facts in run_folder.glob("*/server.json")]


def _start_rabbitmq(folder: Path) -> tuple[dict[str, object], Callable[[], None]]:
    ports = free_port(), free_port()
    program = _program(RABBITMQ)
    conf = (
        f"listeners.tcp.default = 127.0.0.1:{ports[0]}\n"
        f"management.tcp.ip = 127.0.0.1\nmanagement.tcp.port = {ports[1]}\n"
    )
    begun = (
        _rabbitmq_process(folder, program, ports[0], conf) if program else _container(containers.RABBITMQ, ports, folder)
    )
    _await_rabbitmq(begun, RabbitMQ(folder, *ports))
    return {"port": ports[0], "management_port": ports[1], **begun.name}, begun.stop


def _start_rabbitmq_tls(folder: Path) -> tuple[dict[str, object], Callable[[], None]]:
    """As ``deploy/rabbitmq/rabbitmq.conf`` has it, with certificates by our own command; only ports and folders are others."""
    conf = (Path(__file__).parents[1] / "deploy" / "rabbitmq" / "rabbitmq.conf").read_text()
    ports = {number: free_port() for number in ("5672", "15672", "5671", "15671")}
    tls = folder / "tls"
    issue(tls, "rabbitmq", ["localhost", "127.0.0.1"], now=datetime.now(UTC))
    places = {f" {number}\n": f" {port}\n" for number, port in ports.items()} | {
        ":5672\n": f":{ports['5672']}\n", "/etc/rabbitmq/tls": str(tls), "= 2GB": "= 50MB",
    }
    for place, ours in places.items():
        conf = conf.replace(place, ours)
    program = RABBITMQ.find()
    if program is None:
        raise MissingProgram("The broker of the TLS tests runs as a process: install the package rabbitmq-server.")
    begun = _rabbitmq_process(folder, program, ports["5672"], conf)
    _await_rabbitmq(begun, RabbitMQ(folder, ports["5671"], ports["15671"], tls / CA_FILE))
    return {"port": ports["5671"], "management_port": ports["15671"], "ca": str(tls / CA_FILE)}, begun.stop


def _await_rabbitmq(begun: "_Begun", reach: RabbitMQ) -> None:
    def answers() -> bool:
        begun.check()
        try:
            reach.call("GET", "/api/overview")
        except (urllib.error.URLError, OSError):
            return False
        return True

    _wait_or_stop(begun, answers, "RabbitMQ", every=0.25)


def _rabbitmq_process(folder: Path, program: Path, port: int, conf: str) -> "_Begun":
    quiet = "log.console = false\nlog.file.level = warning\n"
    room = "" if "disk_free_limit" in conf else "disk_free_limit.absolute = 50MB\n"
    (folder / "rabbitmq.conf").write_text(conf + quiet + room)
    (folder / "enabled_plugins").write_text("[rabbitmq_management].\n")
    env = {
        "PATH": os.environ["PATH"],
        "HOME": str(folder),
        "LANG": "C.UTF-8",
        "ERL_EPMD_PORT": str(free_port()),
        "ERL_EPMD_ADDRESS": "127.0.0.1",
        "RABBITMQ_NODENAME": f"ventanilla-{port}@localhost",
        "RABBITMQ_NODE_IP_ADDRESS": "127.0.0.1",
        "RABBITMQ_NODE_PORT": str(port),
        "RABBITMQ_DIST_PORT": str(free_port()),
        "RABBITMQ_MNESIA_BASE": str(folder / "mnesia"),
        "RABBITMQ_LOG_BASE": str(folder / "log"),
        "RABBITMQ_CONFIG_FILE": str(folder / "rabbitmq.conf"),
        "RABBITMQ_ENABLED_PLUGINS_FILE": str(folder / "enabled_plugins"),
        "RABBITMQ_PID_FILE": str(folder / "rabbitmq.pid"),
        "RABBITMQ_CONF_ENV_FILE": str(folder / "none"),
        "RABBITMQ_SERVER_ADDITIONAL_ERL_ARGS": "+S 1:1 +sbwt none +sbwtdcpu none +sbwtdio none",
    }
    # epmd is a daemon that would outlive its broker: ours is a child, so that it can be ended by its id
    epmd = subprocess.Popen([shutil.which("epmd", path=_erlang_path()) or "epmd"], env=env)
    server = subprocess.Popen([str(program)], env=env, cwd=folder, start_new_session=True)

    def stop() -> None:
        _end(server, group=True)
        _end(epmd)

    return _Begun(stop, {"server": server.pid}, folder, server)


@dataclass(frozen=True)
class _Begun:
    """A server that was begun: how it is ended, and its ``name``: the process (``server``) or the ``container``."""

    stop: Callable[[], None]
    name: Mapping[str, object]
    folder: Path
    process: "subprocess.Popen[bytes] | None" = None

    def check(self) -> None:
        """Whether it still runs."""
        if self.process is not None and self.process.poll() is not None:
            raise RuntimeError(f"The server ended with {self.process.returncode}; see {self.folder}.")


def _program(program: Program) -> Path | None:
    """Where the program is; None where Docker must do."""
    try:
        return find_or_install(program)
    except MissingProgram:
        if containers.has_docker():
            return None
        raise


def _container(image: containers.Image, ports: Sequence[int], folder: Path) -> _Begun:
    container = containers.start(image, ports, folder / "data")
    return _Begun(container.stop, {"container": container.id}, folder)


def _wait_or_stop(begun: _Begun, answers: Callable[[], bool], what: str, every: float = 0.1) -> None:
    try:
        wait_until(answers, seconds=START_SECONDS, what=what, every=every)
    except BaseException:
        begun.stop()
        raise


def _erlang_path() -> str:
    return os.pathsep.join([os.environ["PATH"], "/usr/lib/erlang/bin", *map(str, Path("/usr/lib/erlang").glob("erts-*/bin"))])


def _start_postgresql(folder: Path) -> tuple[dict[str, object], Callable[[], None]]:
    port = free_port()
    program = _program(POSTGRESQL)
    begun = _postgresql_process(folder, program, port) if program else _container(containers.POSTGRESQL, [port], folder)
    data = (folder / "data").resolve()
    reach = PostgreSQL(data, port)

    def answers() -> bool:
        import psycopg2

        begun.check()
        try:
            reach.execute("SELECT 1")
        except psycopg2.OperationalError:
            return False
        return True

    _wait_or_stop(begun, answers, "PostgreSQL")
    return {"port": port, "folder": str(data), **begun.name}, begun.stop


def _postgresql_process(folder: Path, program: Path, port: int) -> _Begun:
    # PostgreSQL refuses to run as root, and its owner must be able to reach the folder: not below one that is ours alone.
    data = Path(tempfile.mkdtemp(prefix="ventanilla-postgresql-"))
    (folder / "data").symlink_to(data)
    owner: dict[str, object] = {}
    if os.geteuid() == 0:
        names = {entry.pw_name for entry in pwd.getpwall()}
        user = "postgres" if "postgres" in names else "nobody"
        shutil.chown(data, user)
        owner = {"user": user, "group": pwd.getpwnam(user).pw_gid, "extra_groups": []}
    env = {"PATH": os.environ["PATH"], "LANG": "C.UTF-8"}
    initdb = [str(program.with_name("initdb")), "--pgdata", str(data), "--username", "postgres", "--auth", "trust"]
    subprocess.run([*initdb, "--encoding", "UTF8", "--no-sync"], env=env, cwd=data, check=True, stdout=subprocess.DEVNULL, **owner)
    settings = {
        "listen_addresses": "127.0.0.1",
        "port": str(port),
        "unix_socket_directories": "",
        "max_connections": "200",
        "fsync": "off",  # what is tested is the death of processes, not of the machine
        "full_page_writes": "off",
    }
    options = [part for name, value in settings.items() for part in ("-c", f"{name}={value}")]
    server = subprocess.Popen([str(program), "-D", str(data), *options], env=env, cwd=data, **owner)

    def stop() -> None:
        _end(server, by=signal.SIGINT)  # PostgreSQL's fast shutdown
        shutil.rmtree(data, ignore_errors=True)

    return _Begun(stop, {"server": server.pid}, folder, server)


def _end(process: "subprocess.Popen[bytes]", *, by: int = signal.SIGTERM, group: bool = False) -> None:
    """Ends a process that we started (and the group it leads), by its id; insists after 10 s."""
    tell = os.killpg if group else os.kill
    for number in (by, signal.SIGKILL):
        if process.poll() is not None:
            return
        tell(process.pid, number)
        try:
            process.wait(10)
        except subprocess.TimeoutExpired:
            continue


def keep(kind: str, folder: Path, alive: Path) -> None:
    """Starts a server, says where it is, and ends it when the test run has gone."""
    start = {"rabbitmq": _start_rabbitmq, "rabbitmq-tls": _start_rabbitmq_tls, "postgresql": _start_postgresql}[kind]
    facts, stop = start(folder)
    try:
        (folder / "server.tmp").write_text(json.dumps({"folder": str(folder), "keeper": os.getpid(), **facts}))
        (folder / "server.tmp").rename(folder / "server.json")
        with alive.open("rb") as pipe:
            pipe.read()  # ends when the last writer has gone
    finally:
        stop()


if __name__ == "__main__":
    try:
        keep(sys.argv[1], Path(sys.argv[2]), Path(sys.argv[3]))
    except (MissingProgram, RuntimeError, TimeoutError) as trouble:
        sys.exit(str(trouble))
