"""Rule files and directories: what is wrong is named, what is right survives the wire."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import yaml

from shared.errors import ConfigError, Unreadable
from shared.routing.loading import directory_from_wire, load_directory, load_rules, rules_from_wire
from shared.routing.rules import Who, Word
from shared.routing.wire import directory_to_wire, rules_to_wire
from tests.unit.routing.given import DATA, directory, rules

NODES = ("sv", "gt", "mx")
Broken = Callable[[dict[str, Any]], object]


def rule(data: dict[str, Any], rule_id: str) -> dict[str, Any]:
    return next(one for one in data["rules"] if one["id"] == rule_id)


def broken(tmp_path: Path, source: str, change: Broken) -> Path:
    data = yaml.safe_load((DATA / source).read_text(encoding="utf-8"))
    change(data)
    path = tmp_path / "sv.yml"
    path.write_text(yaml.safe_dump(data, allow_unicode=True), encoding="utf-8")
    return path


@pytest.mark.parametrize(
    ("change", "expected"),
    [
        (lambda d: rule(d, "R5").pop("reason"), "sv.yml: rule R5: reason: Missing"),
        (lambda d: rule(d, "R7")["reason"].pop("en"), "sv.yml: rule R7: reason.en: Missing"),
        (lambda d: rule(d, "R11").pop("ground"), "sv.yml: rule R11: ground: Missing"),
        (lambda d: rule(d, "R3").update(urgency="soon"), "sv.yml: rule R3: urgency: Must be one of"),
        (lambda d: rule(d, "R12")["when"][0]["needs"].append("money"), "sv.yml: rule R12: when.0.needs.8: Must be one of"),
        (lambda d: rule(d, "R13")["when"][0].update(answers=["sad"]), "sv.yml: rule R13: when.0.answers.0: Must be one of"),
        (lambda d: rule(d, "R1")["when"][0].update(foreign=True), "sv.yml: rule R1: when.0.foreign: Unknown field"),
        (lambda d: rule(d, "R1")["when"][0].update(national="no"), "sv.yml: rule R1: when.0.national: Not a valid boolean"),
        (lambda d: rule(d, "R9")["then"][0].update(add=["embassy"]), "sv.yml: rule R9: then.0.add.0: Must be one of"),
        (lambda d: rule(d, "R9")["then"][0].update(block=["rescue"]), "sv.yml: rule R9: then.0: Exactly one of"),
        (lambda d: rule(d, "R16")["then"][0].update(needs=["health"]), "sv.yml: rule R16: then.0.needs: Has no meaning beside block"),
        (lambda d: rule(d, "R10")["then"][1].pop("needs"), "sv.yml: rule R10: then.1.needs: Say which needs"),
        (lambda d: rule(d, "R10")["then"][1].update(withhold="no_text"), "sv.yml: rule R10: then.1.withhold: there is no no_text"),
        (lambda d: rule(d, "R2")["then"][4]["if"].update(any_fired=["R99"]), "sv.yml: rule R2: then.4.if.any_fired: there is no R99"),
        (lambda d: rule(d, "R5")["then"][2].update(but_rules=["R77"]), "sv.yml: rule R5: then.2.but_rules: there is no R77"),
        (lambda d: rule(d, "R3").pop("brings"), "sv.yml: rule R3: brings: Fires without a need"),
        (lambda d: rule(d, "R17").update(when=[{}]), "sv.yml: rule R17: when.0: An alternative without any condition"),
        (lambda d: rule(d, "R17")["when"][1].update(needs=["health"]), "sv.yml: rule R17: when.1.uncovered: Takes whatever"),
        (lambda d: rule(d, "R8").update(id="R7"), "sv.yml: rule R7: id: there are 2 rules"),
        (lambda d: d["notes"].pop("withheld"), "sv.yml: notes: withheld has no sentence"),
        (lambda d: d["serves"].update(legal_duty=["R40"]), "sv.yml: serves.legal_duty: no rule R40"),
        (lambda d: d["reviews"].pop("legal_duty"), "sv.yml: reviews: legal_duty has none"),
        (lambda d: d["reviews"]["legal_duty"].update(after_days=0), "sv.yml: reviews.legal_duty.value.after_days: Must be"),
        (lambda d: rule(d, "R12")["then"][0].update(liftable=True), "sv.yml: rule R12: then.0.liftable: Has no meaning beside add"),
        (lambda d: d.pop("version"), "sv.yml: version: Missing"),
        (lambda d: d.update(rules=[]), "sv.yml: rules: Shorter than"),
    ],
)
def test_a_fault_in_a_rule_file_is_named_by_file_rule_and_field(tmp_path: Path, change: Broken, expected: str) -> None:
    with pytest.raises(ConfigError) as refusal:
        load_rules(broken(tmp_path, "rules/sv.yml", change))
    assert any(line.startswith(expected) for line in str(refusal.value).splitlines()), str(refusal.value)


def test_every_fault_is_told_at_once(tmp_path: Path) -> None:
    def change(data: dict[str, Any]) -> None:
        rule(data, "R5").pop("ground")
        rule(data, "R9").pop("reason")

    with pytest.raises(ConfigError) as refusal:
        load_rules(broken(tmp_path, "rules/sv.yml", change))
    assert str(refusal.value).splitlines() == [
        "sv.yml: rule R5: ground: Missing data for required field.",
        "sv.yml: rule R9: reason: Missing data for required field.",
    ]


@pytest.mark.parametrize("text", ["a: [", "- just\n- a list\n", ""])
def test_what_is_no_map_is_said_plainly(tmp_path: Path, text: str) -> None:
    path = tmp_path / "sv.yml"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(ConfigError, match=r"sv\.yml: not"):
        load_rules(path)


@pytest.mark.parametrize(
    ("change", "expected"),
    [
        (lambda d: d["institutions"][0].update(kind="court"), "sv.yml: institution pddh: kind: Must be one of"),
        (lambda d: d["institutions"][0].update(id="PDDH"), "sv.yml: institution PDDH: id: Lower case"),
        (lambda d: d["institutions"][1].pop("en"), "sv.yml: institution rree: en: Missing"),
        (lambda d: d["institutions"][1].update(email="nobody"), "sv.yml: institution rree: email: Not a valid"),
        (lambda d: d["institutions"][2].update(area="La Unión"), "directory: institution alcaldia-la-union: area: no municipality"),
        (lambda d: d["institutions"][2].pop("area"), "directory: institution alcaldia-la-union: area: a municipality serves one"),
        (lambda d: d["institutions"][0].update(alternate="nadie"), "directory: institution pddh: alternate: no institution nadie"),
        (lambda d: d["institutions"][1].update(id="pddh"), "directory: institution pddh: id: told 2 times"),
        (lambda d: d["institutions"][0].update(active=False), "directory: institutions of sv: no active ombudsman"),
        (lambda d: d["windows"].append("la-luna"), "directory: sv: windows: no window la-luna"),
    ],
)
def test_a_fault_in_a_directory_is_named(tmp_path: Path, change: Broken, expected: str) -> None:
    folder = tmp_path / "directory"
    folder.mkdir()
    broken(folder, "directory/sv.yml", change)
    with pytest.raises(ConfigError) as refusal:
        load_directory(folder, "sv")
    assert any(line.startswith(expected) for line in str(refusal.value).splitlines()), str(refusal.value)


def test_a_node_without_a_file_is_refused() -> None:
    with pytest.raises(ConfigError, match="no directory of node hn"):
        load_directory(DATA / "directory", "hn")


@pytest.mark.parametrize("node", NODES)
def test_rules_and_directory_survive_the_wire(node: str) -> None:
    assert rules_from_wire(json.loads(json.dumps(rules_to_wire(rules(node))))) == rules(node)
    assert directory_from_wire(json.loads(json.dumps(directory_to_wire(directory(node))))) == directory(node)


def test_a_newer_hub_may_say_more_of_an_institution_but_no_unknown_effect() -> None:
    wire = directory_to_wire(directory())
    wire["institutions"][0]["opening_hours"] = "8-16"
    assert directory_from_wire(wire) == directory()
    told = rules_to_wire(rules())
    told["rules"][0]["then"][0]["unless"] = "R9"
    with pytest.raises(Unreadable, match=r"rule R1: then\.0\.unless"):
        rules_from_wire(told)


@pytest.mark.parametrize("data", [{}, {"institutions": []}, {"node": "sv", "version": "1", "institutions": [{}], "windows": []}])
def test_a_directory_that_is_not_whole_is_unreadable(data: dict[str, Any]) -> None:
    with pytest.raises(Unreadable):
        directory_from_wire(data)


def test_the_seeded_institutions_are_those_of_the_domain() -> None:
    seeded = {node: {one.id for one in directory(node).own()} for node in NODES}
    assert seeded == {
        "sv": {"pddh", "rree", "alcaldia-la-union", "alcaldia-la-union-norte", "alcaldia-san-francisco-menendez", "conapina", "fgr", "dgme", "iom-sv", "coordinacion-sv"},
        "gt": {"pdh", "minex", "pgn", "igm", "iom-gt", "coordinacion-gt"},
        "mx": {"cndh", "sre", "comar", "dif", "grupos-beta", "iom-mx", "coordinacion-mx"},
    }


def test_a_directory_begins_with_its_own_node() -> None:
    assert directory("mx").institutions[0].node == "mx"
    assert directory("mx").windows[0].id == "tapachula"
    with pytest.raises(LookupError):
        directory("mx").window("la-union")
    assert directory("mx").window("la-union", "sv").letters == "LUN"


def test_the_readme_explains_every_word_a_rule_may_use() -> None:
    text = (DATA / "README.md").read_text(encoding="utf-8")
    assert {word for word in (*Word, *Who) if f"`{word}`" not in text} == set()


@pytest.mark.parametrize("node", NODES)
def test_every_node_has_the_rules_of_the_domain(node: str) -> None:
    assert [one.id for one in rules(node).rules] == ["R1", "R1b", *(f"R{n}" for n in range(2, 18))]


def test_every_calendar_an_institution_names_is_told() -> None:
    calendars = yaml.safe_load((DATA / "deadlines.yml").read_text(encoding="utf-8"))["calendars"]
    assert {one.calendar for one in directory().institutions} <= calendars.keys()
