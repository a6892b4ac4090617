import json
import math

import pytest
from hypothesis import given
from hypothesis import strategies as st
from marshmallow import Schema, ValidationError, fields, validates_schema

from shared.errors import Refused
from shared.web.bodies import check, dotted, faults, load, merge_patch, parse


# RFC 7396, appendix A
@pytest.mark.parametrize(
    ("target", "patch", "result"),
    [
        ({"a": "b"}, {"a": "c"}, {"a": "c"}),
        ({"a": "b"}, {"b": "c"}, {"a": "b", "b": "c"}),
        ({"a": "b"}, {"a": None}, {}),
        ({"a": "b", "b": "c"}, {"a": None}, {"b": "c"}),
        ({"a": ["b"]}, {"a": "c"}, {"a": "c"}),
        ({"a": "c"}, {"a": ["b"]}, {"a": ["b"]}),
        ({"a": {"b": "c"}}, {"a": {"b": "d", "c": None}}, {"a": {"b": "d"}}),
        ({"a": [{"b": "c"}]}, {"a": [1]}, {"a": [1]}),
        (["a", "b"], ["c", "d"], ["c", "d"]),
        ({"a": "b"}, ["c"], ["c"]),
        ({"a": "foo"}, None, None),
        ({"a": "foo"}, "bar", "bar"),
        ({"e": None}, {"a": 1}, {"e": None, "a": 1}),
        ([1, 2], {"a": "b", "c": None}, {"a": "b"}),
        ({}, {"a": {"bb": {"ccc": None}}}, {"a": {"bb": {}}}),
    ],
)
def test_a_merge_patch_does_what_its_rfc_shows(target, patch, result):
    before = json.dumps(target)
    assert merge_patch(target, patch) == result
    assert json.dumps(target) == before


def test_a_fault_of_a_whole_object_is_named_by_its_place():
    class Inner(Schema):
        a = fields.Integer()

        @validates_schema
        def whole(self, data, **_kwargs):
            message = "Contradice lo anterior."
            raise ValidationError(message)

    class Outer(Schema):
        inner = fields.Nested(Inner)
        many = fields.List(fields.Nested(Inner))

    _value, errors = load(Outer(), {"inner": {}, "many": [{}, 5]})
    assert errors == {
        "inner": ["Contradice lo anterior."], "many.0": ["Contradice lo anterior."], "many.1": ["Se esperaba un objeto."],
    }
    assert load(Inner(), {})[1] == {"body": ["Contradice lo anterior."]}


def test_a_merged_body_is_refused_like_a_sent_one():
    class Sample(Schema):
        a = fields.Integer(strict=True, required=True)

    assert check(Sample(), {"a": 1}) == {"a": 1}
    with pytest.raises(Refused) as refused:
        check(Sample(), {})
    assert refused.value.fields == {"a": ["Falta este dato."]}


values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(), lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner)
)


@given(values)
def test_every_json_value_is_read_or_named_and_what_is_said_can_be_sent(value):
    read = parse(json.dumps(value, allow_nan=False).encode()) if finite(value) else None
    for name, texts in faults(read).items():
        (name + "".join(texts)).encode()


def finite(value):
    if isinstance(value, float):
        return math.isfinite(value)
    if isinstance(value, dict):
        return all(finite(one) for one in value.values())
    return all(finite(one) for one in value) if isinstance(value, list) else True


@given(st.binary(max_size=200))
def test_any_bytes_are_read_or_refused(data):
    told = None
    try:
        parse(data)
    except Refused as refused:
        told = refused
    assert told is None or list(told.fields) == ["body"]


def test_halves_of_characters_are_shown_as_question_marks():
    assert dotted({"\ud800": ["no: \udfff"]}) == {"?": ["no: ?"]}
