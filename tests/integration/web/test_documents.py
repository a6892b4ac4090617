"""The OpenAPI document and the page made of it."""

import gzip
import re
import subprocess
import sys
from pathlib import Path

import pytest
import requests
from jsonschema import Draft202012Validator
from schemathesis.specs.openapi.definitions import OPENAPI_31

from shared.errors import CODES
from shared.web.call import Endpoint, Words
from shared.web.openapi import statuses


@pytest.fixture
def told(url):
    return requests.get(url + "/api/openapi.json", timeout=20).json()


def test_the_document_is_valid_against_the_official_schema(told):
    assert told["openapi"] == "3.1.0"
    assert [error.message for error in Draft202012Validator(OPENAPI_31).iter_errors(told)] == []
    for schema in told["components"]["schemas"].values():
        Draft202012Validator.check_schema(schema)


def test_every_refusal_of_an_endpoint_is_documented_as_a_problem(told):
    responses = told["paths"]["/api/v1/cases/{id}"]["patch"]["responses"]
    assert set(responses) == {"200", "401", "403", "404", "411", "412", "413", "415", "422", "428", "500", "503"}
    for status, response in responses.items():
        kinds = {"application/json"} if status == "200" else {"application/problem+json"}
        assert set(response["content"]) == kinds
    assert "409" in told["paths"]["/api/v1/cases/{id}/close"]["post"]["responses"]
    assert set(told["paths"]["/api/v1/claims/{code}"]["get"]["responses"]) == {"200", "404", "411", "422", "500", "503"}
    assert "security" not in told["paths"]["/api/v1/claims/{code}"]["get"]


def test_rate_limits_are_documented_where_an_act_may_refuse_so():
    endpoint = Endpoint("GET", "/x", None, lambda _call: None, Words("x", "x"), {204: None}, refuses=("rate_limited", "no_directory"))
    assert statuses(endpoint)[429] == ["rate_limited"]
    assert statuses(endpoint)[503] == ["busy", "no_directory"]
    assert {"not_authenticated", "stale"} <= set(CODES)


def test_keys_versions_and_queries_are_parameters(told):
    register = told["paths"]["/api/v1/cases"]["post"]
    assert [(one["in"], one["name"]) for one in register["parameters"]] == [("header", "Idempotency-Key")]
    assert told["components"]["schemas"]["Note"]["additionalProperties"] is False
    change = told["paths"]["/api/v1/cases/{id}"]["patch"]
    assert [(one["name"], one["required"]) for one in change["parameters"]] == [("id", True), ("If-Match", True)]
    search = told["paths"]["/api/v1/cases"]["get"]
    assert {one["name"] for one in search["parameters"]} == {"page", "page_size", "q", "urgent"}


def test_no_schema_is_written_twice(told):
    assert {"Note", "Person", "Stored", "StoredPage", "Claim", "Problem", "Nothing"} == set(told["components"]["schemas"])


def test_the_page_names_every_call_and_every_object_in_both_languages(url, told):
    for language, words in (("es", "Registrar"), ("en", "Register")):
        page = requests.get(f"{url}/api/docs?lang={language}", timeout=20)
        assert page.status_code == 200
        assert f'<html lang="{language}">' in page.text
        assert words in page.text
        for path in told["paths"]:
            assert path in page.text
        for shape in told["components"]["schemas"]:
            assert f'id="shape-{shape}"' in page.text
        assert "<script" not in page.text
        assert "style=" not in page.text


def test_the_page_stays_under_its_budget(url):
    page = requests.get(url + "/api/docs", timeout=20, stream=True)
    assert page.headers["Content-Encoding"] == "gzip"
    style = requests.get(url + "/", timeout=20).text.split('rel="stylesheet" href="')[1].split('"')[0]
    css = requests.get(url + style, timeout=20).content
    assert int(page.headers["Content-Length"]) + len(gzip.compress(css)) < 60_000


def test_schemathesis_finds_nothing_that_breaks_or_that_is_not_documented(url, tmp_path):
    """Left out: that all data of the right shape is taken (a DUI has a check digit) and that a missing header is 4xx but 428."""
    program = Path(sys.executable).with_name("schemathesis")
    command = [program, "run", url + "/api/openapi.json", "--header", "Authorization: Bearer staff", "--no-color", "--continue-on-failure"]
    command += ["--max-examples", "20", "--checks", "all", "--exclude-checks", "positive_data_acceptance,missing_required_header"]
    command += ["--exclude-path", "/api/v1/boom", "--suppress-health-check", "all"]
    done = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, timeout=240, check=False)
    assert done.returncode == 0, done.stdout[-6000:]
    assert re.search(r"\d{3,} generated", done.stdout)
    assert "Tested: 8" in done.stdout
