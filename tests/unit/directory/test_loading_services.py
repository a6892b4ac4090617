"""Service files: what is wrong is named, what is right survives the wire, and nothing in the seed is invented."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import yaml

from shared.errors import ConfigError, Unreadable
from shared.routing.loading import directory_from_wire, load_services
from shared.routing.wire import directory_to_wire
from shared.vocabulary.codes import InstitutionKind
from tests.unit.directory.given import whole
from tests.unit.routing.given import DATA, directory

NODES = ("sv", "gt", "mx")


def broken(tmp_path: Path, change: Callable[[dict[str, Any]], object]) -> Path:
    folder = tmp_path / "services"
    folder.mkdir()
    data = yaml.safe_load((DATA / "services" / "sv.yml").read_text(encoding="utf-8"))
    change(data)
    (folder / "sv.yml").write_text(yaml.safe_dump(data, allow_unicode=True), encoding="utf-8")
    return folder


@pytest.mark.parametrize(
    ("change", "expected"),
    [
        (lambda d: d["services"][0].pop("name"), "services: service pddh-denuncias: name: Missing"),
        (lambda d: d["services"][0]["name"].pop("en"), "services: service pddh-denuncias: name.en: Missing"),
        (lambda d: d["services"][0].update(needs=["money"]), "services: service pddh-denuncias: needs.0: Must be one of"),
        (lambda d: d["services"][0].update(status="full"), "services: service pddh-denuncias: status: Must be one of"),
        (lambda d: d["services"][0].update(colour="blue"), "services: service pddh-denuncias: colour: Unknown field"),
        (lambda d: d["services"][0].update(minimum_age=20, maximum_age=10), "services: service pddh-denuncias: maximum_age: La edad"),
        (lambda d: d["services"][0].update(areas=["Atlántida"]), "services: service pddh-denuncias: areas: no municipality"),
        (lambda d: d["services"][0].update(assured_until="2026-01-01"), "services: service pddh-denuncias: assured_until: assured"),
        (lambda d: d["services"][0].update(id="rree-denuncias"), "services: service rree-denuncias: id: begins with pddh-"),
        (lambda d: d["services"][0].update(institution="nadie"), "services: service pddh-denuncias: institution: no institution"),
        (lambda d: d["services"][1].update(id="pddh-denuncias"), "services: service pddh-denuncias: id: told 2 times"),
        (lambda d: d["services"][0]["places"][0].update(location="rree-central"), "services: service pddh-denuncias: places: pddh has no"),
        (
            lambda d: d["services"][0]["places"][0]["schedules"][0].update(byday=["XX"]),
            "services: service pddh-denuncias: places.0.schedules.0.byday.0: Un día se escribe",
        ),
        (
            lambda d: d["services"][0]["places"][0]["schedules"][0].update(byday=["1MO"]),
            "services: service pddh-denuncias: places.0.schedules.0.byday: Los días con número",
        ),
        (lambda d: d["locations"][1].update(municipality="Conchagua"), "services: location pddh-la-union: municipality: no municipality"),
        (lambda d: d["locations"][1].update(department="SV-XX"), "services: location pddh-la-union: department: no department"),
        (lambda d: d["locations"][1].update(phones=["123456789"]), "services: location pddh-la-union: phones.0: No es un teléfono"),
        (lambda d: d.update(zone="Mars/Base"), "sv.yml: zone: No existe esa zona"),
        (lambda d: d.pop("version"), "sv.yml: version: Missing"),
    ],
)
def test_a_fault_in_a_service_file_is_named(tmp_path: Path, change: Callable[[dict[str, Any]], object], expected: str) -> None:
    with pytest.raises(ConfigError) as refusal:
        load_services(broken(tmp_path, change), directory())
    assert any(line.startswith(expected) for line in str(refusal.value).splitlines()), str(refusal.value)


def test_a_node_without_services_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match="no services of node gt"):
        load_services(broken(tmp_path, lambda _data: None), directory("gt"))


@pytest.mark.parametrize("node", NODES)
def test_services_survive_the_wire(node: str) -> None:
    assert directory_from_wire(json.loads(json.dumps(directory_to_wire(whole(node))))) == whole(node)


def test_a_hub_without_services_and_one_that_says_more_are_both_understood() -> None:
    wire = directory_to_wire(whole())
    for name in ("locations", "services", "full"):
        del wire[name]
    assert directory_from_wire(wire).services == ()
    wire = directory_to_wire(whole())
    wire["services"][0]["stars"] = 5
    wire["locations"][0]["drone_pad"] = True
    assert directory_from_wire(wire) == whole()


def test_services_that_lead_nowhere_are_unreadable() -> None:
    wire = directory_to_wire(whole())
    wire["services"][0]["places"] = [{"location": "pddh-luna"}]
    with pytest.raises(Unreadable, match="pddh has no location pddh-luna"):
        directory_from_wire(wire)


@pytest.mark.parametrize("node", NODES)
def test_every_institution_that_serves_people_has_a_service(node: str) -> None:
    own = [one for one in whole(node).own() if one.kind is not InstitutionKind.COORDINATION]
    assert [one.id for one in own if not whole(node).services_of(one.id)] == []


def test_the_seed_claims_no_address_no_telephone_and_nobodys_word() -> None:
    assert [one.id for one in whole().locations if one.address or one.phones] == []
    assert [one.id for one in whole().services if one.assured_date or one.assured_until] == []


def test_a_change_of_the_services_is_another_version_of_the_directory(tmp_path: Path) -> None:
    changed = load_services(broken(tmp_path, lambda data: data.update(version="2")), directory())
    assert changed.version != whole().version
