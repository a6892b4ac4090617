"""What no tool sees: rooms that load without the rim, queues without a reader, addresses that must not be in files."""

import subprocess
import sys
from pathlib import Path

import pytest

from services.referrals.reactions import reactions as hub_reactions
from shared.contracts.addresses import Address
from shared.contracts.asyncapi import _CHANNELS
from shared.messaging.topology import bindings, queue_of
from shared.vocabulary.windows import WINDOWS

ROOT = Path(__file__).resolve().parents[2]
SERVICES = ("intake", "referrals", "notifications")
RIM = ("nameko", "eventlet", "kombu", "flask")

LOADS = """
import sys, pkgutil, importlib
package = importlib.import_module(sys.argv[1])
for module in pkgutil.walk_packages(package.__path__, package.__name__ + "."):
    importlib.import_module(module.name)
print(" ".join(name for name in sys.argv[2:] if name in sys.modules))
"""


@pytest.mark.parametrize("service", SERVICES)
@pytest.mark.parametrize("room", ["domain", "use_cases", "queries"])
def test_a_room_loads_in_a_fresh_interpreter_without_the_rim(service, room):
    done = subprocess.run(
        [sys.executable, "-W", "ignore", "-c", LOADS, f"services.{service}.{room}", *RIM],
        cwd=ROOT, capture_output=True, text=True, timeout=60, check=False,
    )
    assert done.returncode == 0, done.stderr
    assert done.stdout.strip() == ""


@pytest.mark.parametrize("node", WINDOWS)
def test_every_queue_of_a_node_belongs_to_a_service_that_reads_it(node):
    """``fed.<node>.in`` alone has none yet: nobody writes to it before there is a federation to read it."""
    readers = {Address.hub(node), Address.notifications(node), *(Address.window(node, name) for name in WINDOWS[node])}
    queues = {binding.queue for binding in bindings(node, list(WINDOWS[node]))}
    assert queues == {queue_of(reader) for reader in readers} | {f"fed.{node}.in"}


def test_the_hub_has_a_reaction_to_all_that_windows_and_notifications_say():
    said = {*_CHANNELS["intake.events"][1], *_CHANNELS["notifications.events"][1]}
    assert said == set(hub_reactions())


def test_no_tracked_file_names_a_package_registry_or_a_folder_of_one_machine():
    files = subprocess.run(["git", "ls-files"], cwd=ROOT, capture_output=True, text=True, check=True).stdout.split()
    words = ["pypi" + ".org", "python" + "hosted", "registry.npm" + "js", "deb." + "debian.org", "/wor" + "k/", "/ro" + "ot/"]
    found = [
        (name, word)
        for name in files
        if (ROOT / name).is_file()
        for word in words
        if word in (ROOT / name).read_text(encoding="utf-8", errors="ignore")
    ]
    assert found == []
