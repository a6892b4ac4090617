"""What documents say of the code and its packages is so."""

import re
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
SECURITY = (ROOT / "docs/security.md").read_text(encoding="utf-8")


def test_versions_that_security_rests_on_are_those_of_the_lock():
    lock = dict(re.findall(r"^([\w.-]+)==(\S+)", (ROOT / "requirements.lock").read_text(), re.MULTILINE))
    said = dict(re.findall(r"^\| ([a-z0-9-]+) \| (\d[\w.]*) \|", SECURITY, re.MULTILINE))
    assert len(said) > 10
    assert said == {name: lock.get(name) for name in said}


def test_each_attack_names_tests_that_are_there():
    named = re.findall(r"`(tests/[\w/.]+|test_\w+\.py)`", SECURITY)
    assert len(named) > 20
    files = {path.name for path in (ROOT / "tests").rglob("*.py")}
    missing = [name for name in named if not (ROOT / name).exists() and name not in files]
    assert missing == []


def test_links_between_documents_lead_somewhere():
    pages = [ROOT / "README.md", *(ROOT / "docs").rglob("*.md")]
    broken = [
        f"{page.relative_to(ROOT)}: {link}"
        for page in pages
        for link in re.findall(r"\]\(([^)#\s]+)(?:#[\w-]*)?\)", page.read_text(encoding="utf-8"))
        if "://" not in link and not (page.parent / link).exists()
    ]
    assert broken == []
