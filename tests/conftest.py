"""What every test may ask for: private servers, one virtual host and one database per test, a mail sink.

A server starts when the first test asks for it; PostgreSQL is shared by all workers of the run (tests/servers.py). A test
that needs a server which cannot be had fails and says why; it is never skipped.
"""

import os
import shutil
import tempfile
import uuid
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
from hypothesis import settings
from playwright.sync_api import Browser, sync_playwright

from shared.security.certificates import CA_FILE, issue
from tests.mail import SmtpSink
from tests.packages import CHROMIUM, find_or_install
from tests.servers import ALIVE, PostgreSQL, RabbitMQ, ask_for, keepers, wait_until

settings.register_profile("shared machine", deadline=None)  # time is measured in tests/bench, not here
settings.load_profile("shared machine")

_run_folder = pytest.StashKey[Path]()
_alive = pytest.StashKey[int]()


@pytest.hookimpl(tryfirst=True)
def pytest_configure(config: pytest.Config) -> None:
    """Makes the run's folder in the one process that outlives all workers; a worker is told of it."""
    given = getattr(config, "workerinput", {}).get("run_folder")
    if given:
        config.stash[_run_folder] = Path(given)
        return
    folder = Path(tempfile.mkdtemp(prefix="ventanilla-tests-"))
    os.mkfifo(folder / ALIVE)
    config.stash[_run_folder] = folder
    config.stash[_alive] = os.open(folder / ALIVE, os.O_RDWR)  # keepers live for as long as this is open


class TellWorkers:
    """The hook of pytest-xdist that hands the run's folder to each worker."""

    def pytest_configure_node(self, node: object) -> None:
        node.workerinput["run_folder"] = str(node.config.stash[_run_folder])  # type: ignore[attr-defined]


def pytest_sessionstart(session: pytest.Session) -> None:
    """Registers the hook only where pytest-xdist is there to call it."""
    if session.config.pluginmanager.hasplugin("dsession"):
        session.config.pluginmanager.register(TellWorkers())


def pytest_unconfigure(config: pytest.Config) -> None:
    """Lets the keepers end their servers, and waits until they have."""
    if _alive not in config.stash:
        return
    folder = config.stash[_run_folder]
    started = keepers(folder)
    os.close(config.stash[_alive])
    wait_until(lambda: not any(_runs(pid) for pid in started), seconds=60, what=f"the servers of {folder} to end")
    shutil.rmtree(folder, ignore_errors=True)


def _runs(pid: int) -> bool:
    """Whether a process is there (one that ended and was not waited for is not)."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()[0] != "Z"
    except OSError:
        return False


@pytest.fixture(scope="session")
def rabbitmq(pytestconfig: pytest.Config) -> RabbitMQ:
    """This worker's RabbitMQ, with its management plugin: its users are one namespace, and windows have fixed names."""
    worker = str(getattr(pytestconfig, "workerinput", {}).get("workerid", "alone"))
    facts = ask_for("rabbitmq", pytestconfig.stash[_run_folder], of=worker)
    return RabbitMQ(Path(str(facts["folder"])), int(str(facts["port"])), int(str(facts["management_port"])))


@pytest.fixture(scope="session")
def tls_rabbitmq(pytestconfig: pytest.Config) -> RabbitMQ:
    """This worker's second RabbitMQ, as deploy/ sets it up: by TLS alone."""
    worker = str(getattr(pytestconfig, "workerinput", {}).get("workerid", "alone"))
    facts = ask_for("rabbitmq-tls", pytestconfig.stash[_run_folder], of=worker)
    port, management_port = int(str(facts["port"])), int(str(facts["management_port"]))
    return RabbitMQ(Path(str(facts["folder"])), port, management_port, Path(str(facts["ca"])))


@pytest.fixture(scope="session")
def postgresql(pytestconfig: pytest.Config) -> PostgreSQL:
    """The run's PostgreSQL."""
    facts = ask_for("postgresql", pytestconfig.stash[_run_folder])
    return PostgreSQL(Path(str(facts["folder"])), int(str(facts["port"])))


@pytest.fixture(scope="session")
def tls_postgresql(pytestconfig: pytest.Config, tmp_path_factory: pytest.TempPathFactory) -> tuple[PostgreSQL, Path]:
    """A second PostgreSQL of this worker with a certificate of our own authority, and the authority's file."""
    worker = str(getattr(pytestconfig, "workerinput", {}).get("workerid", "alone"))
    facts = ask_for("postgresql", pytestconfig.stash[_run_folder], of=f"tls-{worker}")
    server, tls = PostgreSQL(Path(str(facts["folder"])), int(str(facts["port"]))), tmp_path_factory.mktemp("tls")
    made = issue(tls, "postgresql", ["localhost"], now=datetime.now(UTC))
    for setting, file in (("ssl_cert_file", made.certificate), ("ssl_key_file", made.key)):
        place = server.folder / file.name
        shutil.copy(file, place)
        place.chmod(0o600)
        os.chown(place, server.folder.stat().st_uid, server.folder.stat().st_gid)
        server.execute(f"ALTER SYSTEM SET {setting} = '{file.name}'")
    server.execute("ALTER SYSTEM SET ssl = on")
    server.execute("SELECT pg_reload_conf()")
    return server, tls / CA_FILE


@pytest.fixture
def amqp_uri(rabbitmq: RabbitMQ) -> Iterator[str]:
    """The address of an empty virtual host of this test's own."""
    name = f"test-{uuid.uuid4().hex[:12]}"
    yield rabbitmq.new_vhost(name)
    rabbitmq.drop_vhost(name)


@pytest.fixture
def postgresql_url(postgresql: PostgreSQL) -> Iterator[str]:
    """The address of an empty PostgreSQL database of this test's own."""
    name = f"test_{uuid.uuid4().hex[:12]}"
    yield postgresql.new_database(name)
    postgresql.drop_database(name)


@pytest.fixture
def sqlite_url(tmp_path: Path) -> str:
    """The address of an SQLite file of this test's own that does not exist yet."""
    return f"sqlite:///{tmp_path / 'test.sqlite'}"


@pytest.fixture(params=["sqlite", pytest.param("postgresql", marks=pytest.mark.postgresql)])
def database_url(request: pytest.FixtureRequest) -> str:
    """Each kind of database in turn: what a test of the store asks for."""
    return str(request.getfixturevalue(f"{request.param}_url"))


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    """A headless Chromium that reaches this machine only."""
    quiet = ["--disable-background-networking", "--disable-component-update", "--disable-sync", "--no-first-run"]
    program = find_or_install(CHROMIUM)
    with sync_playwright() as playwright:
        opened = playwright.chromium.launch(executable_path=program, args=["--no-sandbox", "--disable-quic", *quiet])
        yield opened
        opened.close()


@pytest.fixture
def smtp_sink() -> Iterator[SmtpSink]:
    """A real SMTP server that keeps what it is sent."""
    sink = SmtpSink()
    with sink.listening():
        yield sink


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Marks each test with what it needs, so that `-m 'not rabbitmq and not postgresql'` runs without servers.

    The fault stage comes last: it takes some minutes, in which the other worker has its tests to itself.
    """
    for item in items:
        names = set(getattr(item, "fixturenames", ()))
        if names & {"rabbitmq", "amqp_uri", "tls_rabbitmq"}:
            item.add_marker(pytest.mark.rabbitmq)
        if names & {"postgresql", "postgresql_url", "tls_postgresql"}:
            item.add_marker(pytest.mark.postgresql)
    items.sort(key=lambda item: item.get_closest_marker("faults") is not None)
