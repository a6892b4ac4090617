"""The commands in docs/runbooks are ones that there are, with options that they have."""

import re
import shlex

import click
import pytest
import typer

from services.console.commands import application
from tests.drivers.processes import ROOT

FOLDER = ROOT / "docs/runbooks"
COMMAND = re.compile(r"^\s*ventanilla (.+)$", re.MULTILINE)
COMMANDS = sorted({
    (file.name, line) for file in FOLDER.glob("*.md") for line in COMMAND.findall(file.read_text(encoding="utf-8").replace("\\\n", " "))
})


@pytest.mark.parametrize(("file", "line"), COMMANDS)
def test_a_command_of_a_runbook_can_be_typed(file: str, line: str):
    words = shlex.split(line)
    command: click.Command = typer.main.get_command(application(words[0]))
    context = command.make_context("ventanilla", list(words), resilient_parsing=False)
    while isinstance(command, click.Group):
        name, command, rest = command.resolve_command(context, [*context._protected_args, *context.args])
        context = command.make_context(name, rest, parent=context)


def test_every_runbook_says_when_what_is_needed_the_steps_and_the_end():
    for file in FOLDER.glob("*.md"):
        text = file.read_text(encoding="utf-8")
        for part in ("**When.**", "**What you need.**", "## Steps", "## How you see that it is done"):
            assert part in text, (file.name, part)
