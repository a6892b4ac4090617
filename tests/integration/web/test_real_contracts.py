"""The body of ``POST /cases`` through this rim: documented whole, refused by name, never a fault."""

from datetime import date

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from jsonschema import Draft202012Validator
from schemathesis.specs.openapi.definitions import OPENAPI_31

from shared.contracts.case import CaseDetailsSchema
from shared.routing.case import CaseDetails
from shared.web.answers import Answer
from shared.web.api import Api
from shared.web.bodies import load
from shared.web.call import EVERYONE, Endpoint, Words
from shared.web.docs import documentation
from shared.web.openapi import document

CASE = {
    "person": {"given_name": "Guadalupe", "family_name": "Inventada", "sex": "female", "birth_date": "1990-05-01", "nationality": "SV"},
    "occurred_on": date(2026, 1, 2).isoformat(), "situation": "returnee", "needs": [{"code": "documentation"}], "consent": {"status": "granted"},
}


@pytest.fixture(scope="module")
def told():
    api = Api(title="Casos", version="1", authenticate=lambda _token: None)
    api.add(Endpoint("POST", "/cases", EVERYONE, lambda _call: Answer(), Words("Registrar", "Register"), {204: None}, body=CaseDetailsSchema()))
    return document(api)


def test_a_whole_case_is_documented_validly(told):
    assert [error.message for error in Draft202012Validator(OPENAPI_31).iter_errors(told)] == []
    case = told["components"]["schemas"]["CaseDetails"]
    assert set(case["required"]) == {"person", "situation", "needs", "consent"}
    assert "return" in case["properties"]
    assert len(documentation(told).shapes) > 10


def test_a_sound_case_is_read_and_is_valid_by_the_document_too(told):
    value, errors = load(CaseDetailsSchema(), CASE)
    assert errors == {}
    assert isinstance(value, CaseDetails)
    schema = {"$ref": "#/components/schemas/CaseDetails", "components": told["components"]}
    assert [error.message for error in Draft202012Validator(schema).iter_errors(CASE)] == []


junk = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=5) | st.sampled_from(["SV", "yes", "2026-01-01", "0001-01-01T00:00:00+14:00"]),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(["code", "country", "type", "number", "at", "made"]), inner, max_size=3),
    max_leaves=5,
)


@settings(max_examples=300, deadline=None)
@given(st.dictionaries(st.sampled_from([*sorted(CaseDetailsSchema().fields), "return", "x"]), junk), st.dictionaries(st.sampled_from(
    ["given_name", "phone", "document", "birth_date", "estimated_age", "origin", "contact", "languages", "nationality"]), junk))
def test_no_junk_in_a_case_is_a_fault_of_ours(fields, person):
    value, errors = load(CaseDetailsSchema(), CASE | fields | {"person": CASE["person"] | person})
    assert (value is None) == bool(errors)
