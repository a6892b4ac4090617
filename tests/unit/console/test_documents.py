"""What the documents tell somebody to type exists: every command, and every option of it."""

import re
from functools import cache
from pathlib import Path

import pytest
import typer

from services.console.commands import COMMANDS, application
from tests.drivers.processes import ROOT

DOCUMENTS = sorted([*(ROOT / "docs").rglob("*.md"), ROOT / "README.md", ROOT / "docker-compose.yml"])
_TYPED = re.compile(r"(?:\bventanilla|run --rm \w+) ((?:[a-z][a-z-]*)(?:[^`\n|#]|\\\n)*)")
COMES = {("windows", "rebuild")}
"""Named already, made elsewhere."""


@cache
def command(word: str):
    made = typer.main.get_command(application(word))
    return made.commands[word]


def typed(file: Path) -> list[str]:
    found = [match.replace("\\\n", " ") for match in _TYPED.findall(file.read_text(encoding="utf-8"))]
    return [words for words in found if words.split()[0] in COMMANDS]


@pytest.mark.parametrize("file", DOCUMENTS, ids=lambda file: file.name)
def test_every_command_of_a_document_exists_with_its_options(file):
    for words in typed(file):
        first, *rest = words.split()
        one = command(first)
        if hasattr(one, "commands") and rest:
            if (first, rest[0]) in COMES:
                continue
            assert rest[0].strip(").,:;*") in one.commands, f"{file.name}: ventanilla {words}"
            one = one.commands[rest[0].strip(").,:;*")]
        known = {name for parameter in one.params for name in parameter.opts} | {"--help"}
        asked = {word.strip("`).,:;") for word in rest if word.startswith("--")}
        assert asked <= known, f"{file.name}: ventanilla {words}"


def test_the_documents_name_the_commands_of_a_windows_doors_and_locks():
    named = {" ".join(words.split()[:2]) for file in DOCUMENTS for words in typed(file)}
    for one in ("windows add", "windows suspend", "windows resume", "windows rekey", "keys protect", "keys recover", "keys certificate"):
        assert one in named
