"""Values that say where: a window, a place of the territory. Pure; the files are read elsewhere."""

from dataclasses import dataclass
from enum import StrEnum


@dataclass(frozen=True)
class WindowPlace:
    """A window and where it stands; ``letters`` are those of its case codes, ``country`` ISO 3166-1 alpha-2."""

    id: str
    node: str
    country: str
    letters: str
    department: str
    municipality: str
    district: str
    name: str


class Level(StrEnum):
    """How large a place is."""

    DEPARTMENT = "department"
    MUNICIPALITY = "municipality"
    DISTRICT = "district"


@dataclass(frozen=True)
class Place:
    """One place of the territory. ``department`` is ISO 3166-2; ``also_called`` the other name that was found by."""

    level: Level
    country: str
    department: str
    department_name: str
    municipality: str | None = None
    district: str | None = None
    also_called: str | None = None

    @property
    def name(self) -> str:
        """What it is called, at its own level."""
        return self.district or self.municipality or self.department_name
