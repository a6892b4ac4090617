"""A missing server program is installed where that is possible, and nothing is started by its installation."""

import os

import pytest

from tests import containers, packages
from tests.packages import MissingProgram, Program, find_or_install


@pytest.fixture
def apt(tmp_path, monkeypatch):
    """An `apt-get` of the test's own that notes what it is asked, and whether services may start."""
    policy, log = tmp_path / "policy-rc.d", tmp_path / "log"
    script = tmp_path / "bin" / "apt-get"
    script.parent.mkdir()
    script.write_text(
        f'#!/bin/sh\necho "$* $([ -x {policy} ] && {policy}; echo $?)" >> {log}\n'
        f'case "$*" in *bad-package*) echo "E: no such package" >&2; exit 100;; install*) touch {tmp_path}/program;; esac\n',
    )
    script.chmod(0o755)
    monkeypatch.setattr(packages, "POLICY", policy)
    monkeypatch.setattr("os.geteuid", lambda: 0)
    monkeypatch.setenv("PATH", f"{script.parent}:{os.environ['PATH']}")
    return log


def test_the_package_is_installed_after_an_update_and_starts_no_service(apt, tmp_path):
    found = find_or_install(Program("Something", "some-package", (f"{tmp_path}/program",)))
    assert found == tmp_path / "program"
    update, install = apt.read_text().splitlines()
    assert update.startswith("update")
    assert install.startswith("install --yes --no-install-recommends some-package")
    assert install.endswith("101")
    assert not (tmp_path / "policy-rc.d").exists()


def test_an_installation_that_fails_says_why(apt, tmp_path):
    with pytest.raises(MissingProgram, match="E: no such package"):
        find_or_install(Program("Something", "bad-package", (f"{tmp_path}/nothing",)))
    assert not (tmp_path / "policy-rc.d").exists()


@pytest.fixture
def docker(tmp_path, monkeypatch):
    """A `docker` of the test's own that notes what it is asked."""
    log, script = tmp_path / "docker.log", tmp_path / "bin" / "docker"
    script.parent.mkdir()
    script.write_text(f'#!/bin/sh\necho "$*" >> {log}\n[ "$1" = run ] && echo the-container || true\n')
    script.chmod(0o755)
    monkeypatch.setenv("PATH", f"{script.parent}:{os.environ['PATH']}")
    return log


def test_where_nothing_can_be_installed_docker_does(docker, tmp_path):
    assert containers.has_docker()
    container = containers.start(containers.POSTGRESQL, [21000], tmp_path / "data")
    container.kill()
    container.again()
    container.stop()
    _info, run, *then = docker.read_text().splitlines()
    assert "--publish 127.0.0.1:21000:5432" in run
    assert run.endswith("--env POSTGRES_HOST_AUTH_METHOD=trust postgres:15")
    assert then == [
        "kill the-container", "start the-container", "stop --time 5 the-container", "rm --force --volumes the-container"
    ]
