"""Rule files and directories read and written; whatever is wrong with one is named: file, rule, field.

The same shape lies in the files and travels in ``directory.published``.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import date
from importlib.resources.abc import Traversable
from typing import Any

import yaml
from marshmallow import Schema, ValidationError

from shared.directory.checking import faults_of_services
from shared.directory.schemas import EntriesSchema, ServicesFileSchema
from shared.errors import ConfigError, Unreadable
from shared.routing.checking import faults_of_directory, faults_of_rules, missing_reviews
from shared.routing.directory import Directory
from shared.routing.directory_schemas import DirectoryFileSchema, DirectorySchema
from shared.routing.notes import CODES, ROOM_CODES
from shared.routing.rules import RuleSet
from shared.routing.schemas import RuleSetSchema
from shared.vocabulary.windows import WINDOWS

Wire = dict[str, Any]
"""A rule set or directory as plain values, fit for JSON and YAML."""

_SECTIONS = (("rules", "rule"), ("institutions", "institution"), ("locations", "location"), ("services", "service"))


def load_rules(file: Traversable) -> RuleSet:
    """Read a rule file. ``ConfigError`` names every fault with file, rule and field."""
    rules: RuleSet = _checked(RuleSetSchema(), _read(file), file.name)
    _refuse(file.name, (*faults_of_rules(rules, CODES | ROOM_CODES), *missing_reviews(rules)))
    return rules


def load_directory(folder: Traversable, node: str) -> Directory:
    """Read every node's file of a folder into the directory that ``node`` publishes, its own entries first.

    ``ConfigError`` names every fault with file, institution and field.
    """
    told = _every(folder, DirectoryFileSchema(), node)
    _refuse(folder.name, _unknown_windows(told))
    whole = {
        "node": node,
        "version": told[0]["version"],
        "institutions": [
            {**entry, "kind": entry["kind"].value, "node": one["node"], "country": one["country"]}
            for one in told
            for entry in one["institutions"]
        ],
        "windows": [vars(WINDOWS[one["node"]][window]) for one in told for window in one["windows"]],
    }
    directory: Directory = _checked(DirectorySchema(), whole, folder.name)
    _refuse(folder.name, faults_of_directory(directory))
    return directory


def load_services(folder: Traversable, directory: Directory) -> Directory:
    """Read every node's services into a directory, its own first; its version then speaks of them too.

    ``ConfigError`` names every fault with file, location or service, and field.
    """
    told = _every(folder, ServicesFileSchema(), directory.node)
    whole = {
        "locations": [_located(entry, one) for one in told for entry in one["locations"]],
        "services": [entry for one in told for entry in one["services"]],
    }
    entries = _checked(EntriesSchema(), _as_json(whole), folder.name)
    with_services = replace(
        directory,
        version=f"{directory.version}.{told[0]['version']}",
        locations=tuple(entries["locations"]),
        services=tuple(entries["services"]),
    )
    _refuse(folder.name, faults_of_services(with_services))
    return with_services


def rules_from_wire(data: Mapping[str, object]) -> RuleSet:
    """Rules as a hub published them; ``Unreadable`` when they are not whole and sound."""
    try:
        rules: RuleSet = _checked(RuleSetSchema(), data, "rules")
        _refuse("rules", faults_of_rules(rules))
    except ConfigError as error:
        raise Unreadable(str(error)) from error
    return rules


def directory_from_wire(data: Mapping[str, object]) -> Directory:
    """A directory as a hub published it; ``Unreadable`` when it is not whole and sound."""
    try:
        directory: Directory = _checked(DirectorySchema(), data, "directory")
        _refuse("directory", (*faults_of_directory(directory), *faults_of_services(directory)))
    except ConfigError as error:
        raise Unreadable(str(error)) from error
    return directory


def _every(folder: Traversable, schema: Schema, node: str) -> list[Wire]:
    """Every node's file of a folder, that of ``node`` first; ``ConfigError`` without one."""
    files = sorted((file for file in folder.iterdir() if file.name.endswith(".yml")), key=lambda file: file.name)
    told: list[Wire] = [_checked(schema, _read(file), file.name) for file in files]
    told.sort(key=lambda one: one["node"] != node)
    if not told or told[0]["node"] != node:
        message = f"{folder.name}: no {folder.name} of node {node}"
        raise ConfigError(message)
    return told


def _located(entry: Wire, file: Wire) -> Wire:
    """A place with what its file says of all of its places."""
    return {name: file[name] for name in ("country", "zone", "holidays", "closed")} | entry


def _as_json(value: Any) -> Any:
    """YAML reads dates by itself; the schemas read them as JSON writes them."""
    if isinstance(value, dict):
        return {name: _as_json(inner) for name, inner in value.items()}
    if isinstance(value, list):
        return [_as_json(inner) for inner in value]
    return value.isoformat() if isinstance(value, date) else value


def _read(file: Traversable) -> Mapping[str, object]:
    try:
        data = yaml.safe_load(file.read_text(encoding="utf-8"))
    except (yaml.YAMLError, UnicodeDecodeError) as error:
        message = f"{file.name}: not YAML: {error}"
        raise ConfigError(message) from error
    if not isinstance(data, dict):
        message = f"{file.name}: not a map of settings"
        raise ConfigError(message)
    return data


def _checked(schema: Schema, data: Mapping[str, object], name: str) -> Any:
    try:
        return schema.load(data)
    except ValidationError as error:
        _refuse(name, _told(error.messages, data))
        raise


def _refuse(name: str, faults: Iterable[str]) -> None:
    """Raise ``ConfigError`` with every fault, each with the file's name before it."""
    told = [f"{name}: {fault}" for fault in faults]
    if told:
        raise ConfigError("\n".join(told))


def _unknown_windows(told: Sequence[Wire]) -> Iterator[str]:
    for one in told:
        for window in one["windows"]:
            if window not in WINDOWS.get(one["node"], {}):
                yield f"{one['node']}: windows: no window {window}"


def _told(messages: object, data: Mapping[str, object], path: tuple[str, ...] = ()) -> Iterator[str]:
    """Marshmallow's nested messages as lines, an entry of ``rules`` or ``institutions`` by its id."""
    if isinstance(messages, dict):
        for key, inner in messages.items():
            yield from _told(inner, data, (*path, str(key)))
    elif isinstance(messages, list):
        yield f"{_named(path, data)}: {' '.join(map(str, messages))}"


def _named(path: tuple[str, ...], data: Mapping[str, object]) -> str:
    for section, singular in _SECTIONS:
        entries = data.get(section)
        if path[0] == section and len(path) > 1 and path[1].isdigit() and isinstance(entries, list):
            entry = entries[int(path[1])]
            name = entry.get("id", path[1]) if isinstance(entry, dict) else path[1]
            return f"{singular} {name}: {'.'.join(part for part in path[2:] if part != '_schema')}".rstrip(": ")
    return ".".join(part for part in path if part != "_schema") or "file"
