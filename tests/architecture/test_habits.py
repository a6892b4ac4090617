"""House rules that no linter knows: one place for each thing, a policy row for each route, an example for each event."""

import json
import re
import subprocess
from pathlib import Path

import pytest

from services.intake.web.api.v1.api import window_api
from services.notifications.web.api.v1.notifications import notification_endpoints
from services.notifications.web.api.v1.subscriptions import subscription_endpoints
from services.referrals.web.api.v1.api import hub_api
from shared.contracts.registry import EVENTS
from shared.security.policy import ACTS
from tests.drivers.processes import ROOT

LONGEST_MODULE = 400
ONE_PLACE = {
    r"\bos\.environ\b|\bos\.getenv\b": {"shared/config.py", "services/console/main.py"},
    r"\bdatetime\.now\(|\bdatetime\.utcnow\(|\btime\.time\(\)": {"shared/clock.py", "services/console/mailsink.py"},
    r"\buuid4\(|\buuid7\(": {"shared/ids.py"},
    r"\.commit\(\)": {"shared/persistence/engine.py"},
}


def _sources(*rooms: str) -> list[str]:
    told = subprocess.run(
        ["git", "ls-files", "-co", "--exclude-standard", *rooms], cwd=ROOT, capture_output=True, text=True, check=True
    )
    return [name for name in told.stdout.split() if name.endswith(".py") and (ROOT / name).is_file()]


def _text(name: str) -> str:
    return (ROOT / name).read_text(encoding="utf-8")


OPEN_TO_EVERYONE = {
    ("intake", "GET", "/territory"),
    ("referrals", "GET", "/claims/{code}"),
}


def _routes():
    nobody = lambda _token: None
    for service, endpoints in (
        ("intake", window_api(Nothing(), nobody).endpoints),
        ("referrals", hub_api(Nothing(), nobody, None).endpoints),
        ("notifications", [*notification_endpoints(Nothing()), *subscription_endpoints(Nothing())]),
    ):
        for endpoint in endpoints:
            yield pytest.param(service, endpoint, id=f"{service} {endpoint.method} {endpoint.path}")


class Nothing:
    """Stands for a service's room while its routes are only listed."""

    def __getattr__(self, _name: str) -> "Nothing":
        return Nothing()

    def __call__(self, *_arguments: object, **_named: object) -> "Nothing":
        return Nothing()


@pytest.mark.parametrize(("service", "endpoint"), list(_routes()))
def test_every_route_has_a_policy_row_or_is_known_to_be_open(service, endpoint):
    if endpoint.act is None:
        assert (service, endpoint.method, endpoint.path) in OPEN_TO_EVERYONE
    else:
        assert endpoint.act in ACTS
        assert endpoint.about is not None


def test_an_address_is_given_by_the_declared_routes_alone():
    """Pages and endpoints are declared with their policy row; whatever else has an address knows no user."""
    pattern = re.compile(r"add_url_rule|\.route\(|\.(get|post|put|delete)\([\"']/")
    found = {name for name in _sources("services", "shared") if pattern.search(_text(name))}
    assert found == {"shared/web/api.py", "shared/web/pages.py", "shared/web/assets.py", "shared/web/site.py"}


@pytest.mark.parametrize(("name", "version"), sorted(EVENTS))
def test_every_event_has_an_example(name, version):
    assert json.loads(_text(f"shared/contracts/examples/{name}.v{version}.json"))


@pytest.mark.parametrize("pattern", ONE_PLACE)
def test_some_things_are_done_in_one_place_only(pattern):
    found = {name for name in _sources("services", "shared") if re.search(pattern, _text(name))}
    assert found <= ONE_PLACE[pattern]


def test_no_module_is_too_long():
    long = [name for name in _sources("services", "shared") if _text(name).count("\n") > LONGEST_MODULE]
    assert long == []


def test_a_package_file_is_empty():
    full = [name for name in _sources("services", "shared") if Path(name).name == "__init__.py" and _text(name)]
    assert full == []


def test_nothing_is_left_for_later_in_the_code():
    words = re.compile(r"\b(TODO|FIXME|XXX|HACK)\b")
    assert [name for name in _sources("services", "shared") if words.search(_text(name))] == []
