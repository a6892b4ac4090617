"""Whatever is sent to the three services' APIs, nothing breaks and nothing undocumented comes back (schemathesis)."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

from tests.drivers.network import Embedded

CHECKS = "not_a_server_error,status_code_conformance,content_type_conformance,response_schema_conformance"


@pytest.mark.slow
@pytest.mark.parametrize(
    ("offset", "user"), [(1, "staff@la-union"), (100, "officer@pddh"), (200, "coordinator@sv")], ids=["intake", "referrals", "notifications"]
)
def test_nothing_that_is_sent_breaks_a_service(embedded: Embedded, tmp_path: Path, offset: int, user: str):
    token = json.loads((embedded.folder / "data" / "tokens.json").read_text(encoding="utf-8"))[user]
    program = str(Path(sys.executable).with_name("schemathesis"))
    command = [program, "run", f"http://127.0.0.1:{embedded.base + offset}/api/openapi.json", "--no-color", "--continue-on-failure"]
    command += ["--header", f"Authorization: Bearer {token}", "--max-examples", "5", "--seed", "1", "--phases", "examples,coverage,fuzzing"]
    command += ["--checks", CHECKS, "--suppress-health-check", "all"]
    done = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, timeout=280, check=False)
    assert done.returncode == 0, done.stdout[-6000:]
    assert "generated" in done.stdout
