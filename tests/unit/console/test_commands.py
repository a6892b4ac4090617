"""The command answers an operator's mistake in one sentence."""

import pytest

from services.console.commands import COMMANDS, application
from tests.drivers.console import console
from tests.drivers.processes import Running, ventanilla

MISTAKES = [
    (["config", "--config", "no-such.yml"], "cannot be read"),
    (["demo", "--nodes", "xx"], "--nodes takes sv, gt, mx"),
    (["import", "x.csv"], "either --data-dir"),
    (["keys", "generate", "--dir", "keys", "--node", "xx"], "No node is called 'xx'"),
    (["keys", "list", "--dir", "nowhere"], "ventanilla keys generate makes it"),
    (["nonsense"], "No such command"),
]


@pytest.mark.parametrize(("words", "sentence"), MISTAKES, ids=lambda value: value if isinstance(value, str) else "")
def test_a_mistake_is_one_sentence(words, sentence):
    said = console(*words)
    assert said.status == 2
    assert sentence in said.text


def test_a_mistake_is_one_sentence_in_a_process_of_its_own_too(tmp_path):
    ventanilla("keys", "generate", "--dir", str(tmp_path), "--node", "sv")
    file = tmp_path / "hub.yml"
    file.write_text(f"NODE: sv\nDATABASE_URL: sqlite:///{tmp_path}/hub.sqlite\nKEY_STORE: {tmp_path / 'sv.hub'}\n")
    running = Running(["run", "notifications", "--config", str(file)], tmp_path / "out")
    assert running.ended(120) == 2
    assert "not of notifications" in running.said()
    assert "Traceback" not in running.said()


def test_every_command_of_the_help_can_be_loaded():
    assert set(COMMANDS) == {
        *(command.name for command in application(None).registered_commands),
        *(group.name for group in application(None).registered_groups),
    }
