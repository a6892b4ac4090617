"""The network of docker-compose.yml on the test run's RabbitMQ and PostgreSQL."""

import uuid
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from urllib.parse import quote

from services.console.accounts import accounts_of
from services.console.mailsink import MailSink, start_mail_sink
from shared.config import load_settings
from shared.contracts.access import UserAccess
from tests.drivers import compose
from tests.drivers.desk import Desk
from tests.drivers.http import Caller
from tests.drivers.hub import Hub
from tests.drivers.mailbox import Mailbox
from tests.drivers.network import NODE
from tests.drivers.person import password_hash
from tests.drivers.processes import CONSOLE, ROOT, Running, ventanilla
from tests.drivers.supervisor import Supervisor
from tests.drivers.window import Window
from tests.servers import PostgreSQL, RabbitMQ, free_port, wait_until

INSTITUTIONS = ("pddh", "rree", "alcaldia-la-union", "conapina")
WINDOWS = ("la-union", "la-hachadura")


class Deployed:
    """Each service of the compose file as a process of its own."""

    entry = CONSOLE

    def __init__(self, folder: Path, rabbitmq: RabbitMQ, postgresql: PostgreSQL) -> None:
        self.folder = folder
        self._rabbitmq = rabbitmq
        self._postgresql = postgresql
        self._name = f"story-{uuid.uuid4().hex[:10]}"
        self._ports = {name: free_port() for name in ("referrals", "notifications", *WINDOWS)}
        self._sink: MailSink | None = None
        self._running: dict[str, Running] = {}
        self._tokens: dict[str, str] = {}

    def prepare(self) -> None:
        """What Docker does before the first service: volumes, databases, the broker's administrator."""
        self._rabbitmq.new_vhost(self._name)
        user = quote(self._name, safe="")
        self._rabbitmq.call("PUT", f"/api/users/{user}", {"password": self._name, "tags": "administrator"})
        everything = {"configure": ".*", "write": ".*", "read": ".*"}
        self._rabbitmq.call("PUT", f"/api/permissions/{user}/{user}", everything)
        for database in ("referrals", "referrals_keys", "notifications"):
            self._postgresql.new_database(f"{self._name}-{database}")
        self._sink = start_mail_sink(self.folder / "mail")
        self._services = {name: self._placed(service) for name, service in compose.services(self._variables()).items()}

    def start(self) -> None:
        """The whole file; the first time with its set-up steps and users."""
        first = not self._tokens
        if first:
            self._set_up()
        for name in self._ports:
            self._begin(name)
        for name in self._ports:
            self._wait_for(name)
        if first:
            self._add_users()

    def _set_up(self) -> None:
        """The one-shots, each as soon as those that it needs are done."""
        left = {name: service for name, service in self._services.items() if service.once}
        while left:
            ready = {name: one for name, one in left.items() if not left.keys() & set(one.needs)}
            begun = [
                Running(one.arguments(), self.folder / f"{name}.out", one.variables()) for name, one in ready.items()
            ]
            for running in begun:
                assert running.ended(seconds=240) == 0, running.said()
            left = {name: one for name, one in left.items() if name not in ready}

    def run(self, name: str, **changed: str) -> None:
        """One service, with some of its environment changed."""
        self._begin(name, **changed)
        self._wait_for(name)

    def _begin(self, name: str, **changed: str) -> None:
        service = self._services[name]
        environment = {**service.variables(), **changed}
        log = self.folder / f"{name}.out"
        self._running[name] = Running(service.arguments(), log, environment, entry=self.entry)

    def _wait_for(self, name: str) -> None:
        self._running[name].answers(f"{self.url(name)}/healthz", seconds=120)

    def back_up_hub(self, into: Path) -> None:
        self.console("referrals", "backup", "--config", "deploy/config/referrals.yml", "--into", str(into))

    def restore_hub(self, copy: Path) -> None:
        self.end("la-union")
        self.end("referrals")
        self.console("referrals", "restore", "--config", "deploy/config/referrals.yml", "--from", str(copy))
        self.run("referrals")
        self.run("la-union")

    def stop(self) -> None:
        for name in list(self._running):
            self.end(name)

    def end(self, name: str) -> None:
        self._running.pop(name).stop()

    def power_goes_at(self, name: str) -> None:
        """One service of ours ends at once; no handler runs."""
        self._running.pop(name).kill()

    def kill(self) -> None:
        for running in self._running.values():
            running.kill()
        self._running.clear()

    def clear(self) -> None:
        """Nothing of this network stays on the shared servers."""
        self.kill()
        if self._sink is not None:
            self._sink.stop()
        self._rabbitmq.drop_vhost(self._name)
        ours = {self._name, f"{NODE}.hub", f"{NODE}.notifications", *(f"w.{NODE}.{window}" for window in WINDOWS)}
        for user in ours & {one["name"] for one in self._rabbitmq.call("GET", "/api/users")}:
            self._rabbitmq.call("DELETE", f"/api/users/{user}")
        for database in ("referrals", "referrals_keys", "notifications"):
            self._postgresql.drop_database(f"{self._name}-{database}")

    def window(self, name: str) -> Window:
        return Window(name, self._caller(name, f"staff@{name}"))

    def supervisor(self, name: str) -> Supervisor:
        return Supervisor(name, self._caller(name, f"supervisor@{name}"))

    def desk(self, institution: str) -> Desk:
        return Desk(institution, self._caller("referrals", f"officer@{institution}"))

    def hub(self) -> Hub:
        return Hub(NODE, self._caller("referrals", f"coordinator@{NODE}"))

    def mailbox(self) -> Mailbox:
        return Mailbox(Caller(self.url("notifications")))

    def folders(self) -> Sequence[Path]:
        return [self.folder, self._rabbitmq.folder, self._postgresql.folder]

    def console(self, service: str, *arguments: str) -> str:
        """A command in a service's container, as ``docker compose exec`` would run it."""
        return ventanilla(*arguments, environment=self._services[service].variables())

    def url(self, name: str) -> str:
        return f"http://127.0.0.1:{self._ports[name]}"

    def _caller(self, name: str, user: str) -> Caller:
        return Caller(self.url(name), self._tokens[user])

    def set_password(self, window: str, username: str) -> None:
        """Everybody's usual one, at one window, as its operator does."""
        file = ROOT / "deploy/config/intake.yml"
        with accounts_of(load_settings(file, self._services[window].variables())) as accounts:
            accounts.set_password(username, password_hash())

    def amqp_uri(self, service: str, *, port: int) -> str:
        """A service's way to the broker, by another port."""
        return self._services[service].variables()["AMQP_URI"].replace(f":{self.broker_port}/", f":{port}/")

    @property
    def broker_port(self) -> int:
        return self._rabbitmq.port

    def _add_users(self) -> None:
        environment = self._services["referrals"].variables()
        file = str(ROOT / "deploy/config/referrals.yml")
        by_hand = ("users", "add", f"staff@{WINDOWS[0]}", "--role", "staff", "--window", WINDOWS[0])
        mail = ("--email", f"staff@{WINDOWS[0]}.example")
        self._tokens[f"staff@{WINDOWS[0]}"] = self.console("referrals", *by_hand, *mail, "--config", file).strip()
        with accounts_of(load_settings(Path(file), environment)) as accounts:  # as the command does, but at once
            self._tokens |= accounts.add([
                _user("staff", WINDOWS[1], window=WINDOWS[1]),
                *(_user("supervisor", one, window=one) for one in WINDOWS),
                *(_user("officer", one, institution=one) for one in INSTITUTIONS),
                _user("coordinator", NODE),
            ])
        for window in WINDOWS:
            wait_until(lambda window=window: self._lets_in(window), seconds=60, what=f"{window} to hear of its staff")

    def _lets_in(self, window: str) -> bool:
        try:
            self.window(window).sync()
            self.supervisor(window).caller.get("/sync")
        except AssertionError:
            return False
        return True

    def _variables(self) -> dict[str, str]:
        sink = self._sink.url if self._sink else ""
        return {
            "POSTGRES_PASSWORD": "ignored-by-trust", "RABBITMQ_PASSWORD": self._name, "SMTP_URL": sink,
            "HUB_PASSWORD": f"{self._name}-c", "NOTIFICATIONS_PASSWORD": f"{self._name}-n",
            "LA_UNION_PASSWORD": f"{self._name}-u", "LA_HACHADURA_PASSWORD": f"{self._name}-h",
            "REFERRALS_URL": self.url("referrals"),
        }

    def _placed(self, service: compose.Service) -> compose.Service:
        """The service with this machine's addresses and folders in the place of Docker's."""
        volumes = self.folder / "volumes"
        # the run's broker is on this machine and speaks in clear; TLS has tests of its own
        places = {"{ca_certs: /etc/ventanilla/tls/ca.pem}": ""}
        for target, volume in service.volumes.items():
            (volumes / volume.split("/")[0]).mkdir(parents=True, exist_ok=True)
            places[target] = str(volumes / volume)
        vhost = quote(self._name, safe="")
        places |= {
            f"amqps://operator:{self._name}@": f"amqp://{self._name}:{self._name}@",
            "amqps://": "amqp://",
            "@rabbitmq:5671/": f"@127.0.0.1:{self._rabbitmq.port}/{vhost}",
            "https://rabbitmq:15671": self._rabbitmq.management_url,
            "ventanilla:ignored-by-trust@postgres:5432/": f"postgres@127.0.0.1:{self._postgresql.port}/{self._name}-",
            "0.0.0.0:8000": f"127.0.0.1:{self._ports.get(service.name, 8000)}",
        }
        extra = {"KEY_STORE": places["/etc/ventanilla/keys"]} if "/etc/ventanilla/keys" in places else {}
        if service.name == "notifications":
            extra["VENTANILLA_MAILBOX"] = str(self.folder / "mail")
        return replace(service, places=places, environment={**service.environment, **extra})


def _user(role: str, place: str, **where: str) -> UserAccess:
    name = f"{role}@{place}"
    return UserAccess(username=name, role=role, node=NODE, version=1, email=f"{name}.example", **where)
