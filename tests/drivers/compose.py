"""docker-compose.yml without Docker: each of our services with its very command and environment.

Only what Docker itself would give is put in its place: the names of hosts, the ports, and the folders of volumes.
RabbitMQ and PostgreSQL are the test run's own.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import yaml

from tests.drivers.processes import ROOT

FILE = ROOT / "docker-compose.yml"
OURS = "ventanilla:"
_VARIABLE = re.compile(r"\$\{([A-Z_]+)(?::([?-])([^}]*))?\}")


class Missing(Exception):
    """A variable that the file demands is not set; Docker would stop here."""


@dataclass(frozen=True)
class Service:
    """One service of ours in the file."""

    name: str
    command: tuple[str, ...]
    environment: Mapping[str, str]
    volumes: Mapping[str, str]
    """Place in the container to the volume, with the folder in it (``keys/sv.hub``)."""
    needs: Sequence[str]
    once: bool
    port: int | None = None
    places: Mapping[str, str] = field(default_factory=dict)

    def arguments(self) -> list[str]:
        return [self._placed(word) for word in self.command]

    def variables(self) -> dict[str, str]:
        return {name: self._placed(value) for name, value in self.environment.items()}

    def _placed(self, text: str) -> str:
        for place, ours in self.places.items():
            text = text.replace(place, ours)
        return text


def read(variables: Mapping[str, str]) -> dict[str, Any]:
    """The file as Docker reads it: variables put in, anchors and merges resolved."""

    def value(match: re.Match[str]) -> str:
        name, kind, rest = match.groups()
        if variables.get(name):
            return variables[name]
        if kind != "-":
            raise Missing(name)
        return rest

    return dict(yaml.safe_load(_VARIABLE.sub(value, FILE.read_text())))


def services(variables: Mapping[str, str]) -> dict[str, Service]:
    """Our services by name, in the order in which they may be started."""
    raw = read(variables)["services"]
    found = {name: _service(name, told) for name, told in raw.items() if str(told["image"]).startswith(OURS)}
    ordered: dict[str, Service] = {}

    def place(name: str) -> None:
        for need in found[name].needs:
            if need in found and need not in ordered:
                place(need)
        ordered[name] = found[name]

    for name in found:
        place(name)
    return ordered


def _service(name: str, told: Mapping[str, Any]) -> Service:
    volumes: dict[str, str] = {}
    for volume in told.get("volumes", ()):
        if isinstance(volume, str):
            source, target = volume.split(":")[:2]
            volumes[target] = source
        else:
            volumes[volume["target"]] = f"{volume['source']}/{volume['volume']['subpath']}"
    ports = told.get("ports")
    return Service(
        name=name,
        command=tuple(told["command"]),
        environment={key: str(value) for key, value in told.get("environment", {}).items()},
        volumes=volumes,
        needs=tuple(told.get("depends_on", {})),
        once=told["restart"] == "no",
        port=int(ports[0].split(":")[1]) if ports else None,
    )
