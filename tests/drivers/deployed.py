"""The network of docker-compose.yml on the test run's RabbitMQ and PostgreSQL."""

import uuid
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from urllib.parse import quote

from services.console.mailsink import MailSink, start_mail_sink
from tests.drivers import compose
from tests.drivers.desk import Desk
from tests.drivers.http import Caller
from tests.drivers.hub import Hub
from tests.drivers.mailbox import Mailbox
from tests.drivers.network import NODE
from tests.drivers.processes import Running, ventanilla
from tests.drivers.window import Window
from tests.servers import PostgreSQL, RabbitMQ, free_port, wait_until

INSTITUTIONS = ("pddh", "rree", "alcaldia-la-union")
WINDOWS = ("la-union", "la-hachadura")


class Deployed:
    """Each service of the compose file as a process of its own."""

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
            for service in self._services.values():
                if service.once:
                    ventanilla(*service.arguments(), environment=service.variables())
        for name in self._ports:
            self.run(name)
        if first:
            self._add_users()

    def run(self, name: str, **changed: str) -> None:
        """One service, with some of its environment changed."""
        service = self._services[name]
        environment = {**service.variables(), **changed}
        self._running[name] = Running(service.arguments(), self.folder / f"{name}.out", environment)
        self._running[name].answers(f"http://127.0.0.1:{self._ports[name]}/healthz")

    def stop(self) -> None:
        for name in list(self._running):
            self.end(name)

    def end(self, name: str) -> None:
        self._running.pop(name).stop()

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
        self._rabbitmq.call("DELETE", f"/api/users/{self._name}")
        for window in WINDOWS:
            self._rabbitmq.call("DELETE", f"/api/users/w.{NODE}.{window}")
        for database in ("referrals", "referrals_keys", "notifications"):
            self._postgresql.drop_database(f"{self._name}-{database}")

    def window(self, name: str) -> Window:
        return Window(name, self._caller(name, f"staff@{name}"))

    def desk(self, institution: str) -> Desk:
        return Desk(institution, self._caller("referrals", f"officer@{institution}"))

    def hub(self) -> Hub:
        return Hub(NODE, self._caller("referrals", f"coordinator@{NODE}"))

    def mailbox(self) -> Mailbox:
        return Mailbox(Caller(self._url("notifications")))

    def folders(self) -> Sequence[Path]:
        return [self.folder, self._rabbitmq.folder, self._postgresql.folder]

    def console(self, service: str, *arguments: str) -> str:
        """A command in a service's container, as ``docker compose exec`` would run it."""
        return ventanilla(*arguments, environment=self._services[service].variables())

    def _url(self, name: str) -> str:
        return f"http://127.0.0.1:{self._ports[name]}"

    def _caller(self, name: str, user: str) -> Caller:
        return Caller(self._url(name), self._tokens[user])

    def _add_users(self) -> None:
        wanted = [(f"staff@{window}", "staff", "--window", window) for window in WINDOWS]
        wanted += [(f"officer@{one}", "officer", "--institution", one) for one in INSTITUTIONS]
        wanted += [(f"coordinator@{NODE}", "coordinator")]
        for name, role, *place in wanted:
            given = ("users", "add", name, "--role", role, *place, "--email", f"{name}.example")
            told = self.console("referrals", *given, "--config", "deploy/config/referrals.yml")
            self._tokens[name] = told.strip()
        for window in WINDOWS:
            wait_until(lambda window=window: self._lets_in(window), seconds=30, what=f"{window} to hear of its staff")

    def _lets_in(self, window: str) -> bool:
        try:
            self.window(window).sync()
        except AssertionError:
            return False
        return True

    def _variables(self) -> dict[str, str]:
        sink = self._sink.url if self._sink else ""
        return {
            "POSTGRES_PASSWORD": "ignored-by-trust", "RABBITMQ_PASSWORD": self._name, "SMTP_URL": sink,
            "LA_UNION_PASSWORD": f"{self._name}-u", "LA_HACHADURA_PASSWORD": f"{self._name}-h",
            "REFERRALS_URL": self._url("referrals"),
        }

    def _placed(self, service: compose.Service) -> compose.Service:
        """The service with this machine's addresses and folders in the place of Docker's."""
        volumes = self.folder / "volumes"
        places = {}
        for target, volume in service.volumes.items():
            (volumes / volume.split("/")[0]).mkdir(parents=True, exist_ok=True)
            places[target] = str(volumes / volume)
        vhost = quote(self._name, safe="")
        places |= {
            f"amqp://ventanilla:{self._name}@": f"amqp://{self._name}:{self._name}@",
            "@rabbitmq:5672/": f"@127.0.0.1:{self._rabbitmq.port}/{vhost}",
            "http://rabbitmq:15672": self._rabbitmq.management_url,
            "ventanilla:ignored-by-trust@postgres:5432/": f"postgres@127.0.0.1:{self._postgresql.port}/{self._name}-",
            "0.0.0.0:8000": f"127.0.0.1:{self._ports.get(service.name, 8000)}",
        }
        extra = {"KEY_STORE": places["/etc/ventanilla/keys"]} if "/etc/ventanilla/keys" in places else {}
        if service.name == "notifications":
            extra["VENTANILLA_MAILBOX"] = str(self.folder / "mail")
        return replace(service, places=places, environment={**service.environment, **extra})
