"""What the README tells a new user to type works, word by word, against a demo of its own."""

import re
import subprocess
import sys
import textwrap
from pathlib import Path

from tests.drivers.network import Embedded

ROOT = Path(__file__).resolve().parents[2]
PORTS = {"8101": 1, "8200": 100, "8300": 200}


def _walkthrough() -> str:
    text = (ROOT / "README.md").read_text(encoding="utf-8")
    part = text.split("## The first task", 1)[1].split("\n## ", 1)[0]
    blocks = re.findall(r"^( *)```sh\n(.*?)^ *```", part, flags=re.DOTALL | re.MULTILINE)
    return "set -e\n" + "\n".join(textwrap.dedent(block) for _, block in blocks)


def test_the_walkthrough_does_what_it_says(embedded: Embedded):
    script = _walkthrough().replace(".venv/bin/python", sys.executable)
    script = script.replace("var/demo/tokens.json", str(embedded.folder / "data" / "tokens.json"))
    for port, offset in PORTS.items():
        script = script.replace(f":{port}/", f":{embedded.base + offset}/")
    done = subprocess.run(["bash", "-c", script], capture_output=True, text=True, timeout=120, check=False)
    assert done.returncode == 0, done.stderr
    lines = done.stdout.splitlines()
    assert any(line.startswith("received [(") and "alcaldia-la-union" in line and "pddh" in line for line in lines), lines
    before, after = (next(number for number, line in enumerate(lines) if find(line)) for find in (_offers, _is_maria))
    assert before < after
    assert "María" not in "".join(lines[:after])
    told = lines[-1]
    assert "officer@pddh" in told
    assert "staff@la-union" in told
    assert "María" not in told
    steps = lines[-2]
    for step in ("requested", "received", "accepted", "in-progress", "completed"):
        assert f"'{step}'" in steps


def _offers(line: str) -> bool:
    return "'allowed_actions'" in line or "'accept'" in line


def _is_maria(line: str) -> bool:
    return line == "María"
