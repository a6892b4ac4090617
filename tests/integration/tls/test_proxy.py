"""nginx by the file of deploy/, before a web server of ours."""

import subprocess
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
import requests

from shared.security.certificates import CA_FILE, issue
from shared.web.headers import HTTPS_ONLY
from tests.drivers.processes import ROOT
from tests.integration.web.tiny import Notes, served, tiny_site
from tests.packages import NGINX, find_or_install
from tests.servers import free_port, wait_until


class Proxy:
    """A process of nginx; only ports and folders are others than in deploy/."""

    def __init__(self, folder: Path, behind: str) -> None:
        made = issue(folder, "hub", ["127.0.0.1"], now=datetime.now(UTC))
        self.folder, self.authority, port = folder, folder / CA_FILE, free_port()
        self.url = f"https://127.0.0.1:{port}"
        conf = (ROOT / "deploy/nginx/hub.conf").read_text()
        for place, ours in {
            "listen 8443": f"listen 127.0.0.1:{port}", "referrals:8000": behind.removeprefix("http://"),
            "/etc/nginx/tls": str(made.certificate.parent), "/dev/stderr": str(folder / "error.log"),
        }.items():
            assert place in conf
            conf = conf.replace(place, ours)
        temporary = "".join(
            f"{kind}_temp_path {folder}/{kind};\n" for kind in ("client_body", "proxy", "fastcgi", "uwsgi", "scgi")
        )
        (folder / "nginx.conf").write_text(
            f"daemon off;\nmaster_process off;\npid {folder}/nginx.pid;\nerror_log {folder}/start.log;\n"
            f"events {{}}\nhttp {{\naccess_log off;\n{temporary}{conf}}}\n"
        )
        command = [str(find_or_install(NGINX)), "-p", str(folder), "-c", str(folder / "nginx.conf"), "-e", str(folder / "start.log")]
        self._process = subprocess.Popen(command, cwd=folder)
        wait_until(self._answers, seconds=30, what="nginx to answer")

    def _answers(self) -> bool:
        assert self._process.poll() is None, (self.folder / "start.log").read_text()
        try:
            return self.get("/healthz").ok
        except requests.ConnectionError:
            return False

    def get(self, path: str, **options: object) -> requests.Response:
        return requests.get(self.url + path, verify=str(self.authority), timeout=20, **options)

    def stop(self) -> None:
        self._process.terminate()
        self._process.wait(10)


@pytest.fixture
def proxy(tmp_path: Path) -> Iterator[Proxy]:
    notes = Notes(tmp_path)
    with served(tiny_site(notes)) as behind:
        made = Proxy(tmp_path, behind)
        yield made
        made.stop()
    notes.database.close()


def test_pages_and_calls_come_by_https_and_browsers_are_told_to_stay_with_it(proxy: Proxy):
    answer = proxy.get("/")
    assert answer.status_code == 200
    assert answer.headers["Strict-Transport-Security"] == HTTPS_ONLY
    assert "nginx/" not in answer.headers["Server"]
    assert proxy.get("/api/openapi.json").json()["openapi"].startswith("3.1")


def test_errors_are_the_services_own_and_have_the_header_too(proxy: Proxy):
    answer = proxy.get("/api/v1/cases")
    assert (answer.status_code, answer.json()["code"]) == (401, "not_authenticated")
    assert answer.headers["Strict-Transport-Security"] == HTTPS_ONLY


def test_figures_are_not_for_everybody(proxy: Proxy):
    assert proxy.get("/metrics").status_code == 404


def test_nothing_of_an_address_is_written_down(proxy: Proxy):
    for path in ("/api/v1/cases?q=Xiomara", "/claims/Xiomara", "/%00Xiomara", "/api/v1/cases/" + "Xiomara" * 2000):
        try:
            proxy.get(path)
        except requests.RequestException:
            continue
    proxy.stop()
    written = [file for file in proxy.folder.rglob("*") if file.is_file() and b"Xiomara" in file.read_bytes()]
    assert written == []
