"""The demo's network as settings: which services, where they listen, whose keys, which users."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from importlib import resources
from pathlib import Path
from typing import Final

from services.console.which import Part, Service
from shared.config import settings_from
from shared.contracts.access import UserAccess
from shared.contracts.addresses import Address
from shared.errors import ConfigError
from shared.routing.loading import load_directory
from shared.security.identities import INSTITUTION_ROLES, WINDOW_ROLES, Role
from shared.vocabulary.windows import WINDOWS

OFFSETS: Final = {"sv": 0, "gt": 10, "mx": 20}
"""What a node adds to the ports (contracts.md, Commands)."""
FIRST_WINDOW, HUB, NOTIFICATIONS = 1, 100, 200
"""What a window, a hub and notifications add to the port base."""
ZONES: Final = {"sv": "America/El_Salvador", "gt": "America/Guatemala", "mx": "America/Mexico_City"}
NODE_ROLES: Final = (Role.COORDINATOR, Role.AUDITOR, Role.ADMIN)


@dataclass(frozen=True)
class Place:
    """One service of the demo: whose it is and where it answers."""

    address: Address
    port: int

    @property
    def url(self) -> str:
        """Where a browser finds it."""
        return f"http://127.0.0.1:{self.port}"

    @property
    def service(self) -> Service:
        """Which of the three it is."""
        if self.address.is_window:
            return Service.INTAKE
        return Service.REFERRALS if self.address.name == "hub" else Service.NOTIFICATIONS


@dataclass(frozen=True)
class Network:
    """The countries of one demo in one folder."""

    folder: Path
    nodes: Sequence[str]
    port_base: int

    def __post_init__(self) -> None:
        unknown = [node for node in self.nodes if node not in OFFSETS]
        if unknown or not self.nodes:
            message = f"--nodes takes {', '.join(OFFSETS)}, comma between; not {', '.join(unknown) or 'nothing'}."
            raise ConfigError(message)

    @property
    def keys(self) -> Path:
        """Where each address has its folder of keys."""
        return self.folder / "keys"

    @property
    def mail(self) -> Path:
        """Where the mail sink keeps what it took."""
        return self.folder / "mail"

    def places(self) -> Iterator[Place]:
        """Hubs first, so that the directory is there when a window comes."""
        for node in self.nodes:
            base = self.port_base + OFFSETS[node]
            yield Place(Address.hub(node), base + HUB)
            yield Place(Address.notifications(node), base + NOTIFICATIONS)
            for position, window in enumerate(WINDOWS[node]):
                yield Place(Address.window(node, window), base + FIRST_WINDOW + position)

    def hub(self, node: str) -> Place:
        """A node's hub."""
        return next(place for place in self.places() if place.address == Address.hub(node))

    @staticmethod
    def database(folder: Path, address: Address) -> Path:
        """The database file of one service."""
        return (folder / f"{address.key}.sqlite").absolute()

    def part(self, place: Place, smtp_url: str) -> Part:
        """The settings with which a place runs: the embedded broker, a file of its own, its own keys."""
        node = place.address.node
        raw: dict[str, object] = {
            "NODE": node,
            "DATABASE_URL": f"sqlite:///{self.database(self.folder, place.address)}",
            "KEY_STORE": str(self.keys / place.address.key),
            "AMQP_URI": "memory://",
            "TOPOLOGY": "declare",
            "WEB_SERVER_ADDRESS": f"127.0.0.1:{place.port}",
            "PUBLIC_URL": place.url,
            "TIME_ZONE": ZONES[node],
            "SECOND_FACTOR": "optional",
        }
        if place.service is Service.INTAKE:
            raw["WINDOW"] = place.address.name
        if place.service is Service.NOTIFICATIONS:
            windows = {other.address.name: other.url for other in self.places() if other.address.is_window}
            raw |= {"SMTP_URL": smtp_url, "MAILBOX": str(self.mail), "PUBLIC_URL": self.hub(node).url}
            raw |= {"WINDOW_URLS": windows}
        return Part(place.service, settings_from(raw, {}))


def users_of(node: str) -> Iterator[UserAccess]:
    """The demo's users of a node (contracts.md, Commands): visibly made up, with addresses that lead nowhere."""
    for window in WINDOWS[node]:
        for role in sorted(WINDOW_ROLES):
            yield _user(node, role, window, window=window)
    directory = load_directory(Path(str(resources.files("services.referrals") / "data" / "directory")), node)
    for institution in directory.own():
        for role in sorted(INSTITUTION_ROLES):
            yield _user(node, role, institution.id, institution=institution.id)
    for role in NODE_ROLES:
        yield _user(node, role, node)


def _user(node: str, role: Role, place: str, *, window: str | None = None, institution: str | None = None) -> UserAccess:
    name = f"{role}@{place}"
    return UserAccess(
        username=name, role=role, node=node, version=1, window=window, institution=institution, email=f"{name}.example"
    )
