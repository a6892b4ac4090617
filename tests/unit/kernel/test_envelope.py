"""The envelope is a CloudEvents object; what is not one is refused without showing what stood in it."""

from dataclasses import replace
from datetime import UTC, datetime

import orjson
import pytest

from shared.contracts.addresses import Address
from shared.contracts.envelope import Envelope, from_bytes, to_bytes
from shared.errors import Unreadable

ENVELOPE = Envelope(
    id="01936d00-0000-7000-8000-000000000001",
    source="/sv/windows/la-union",
    type="case.registered",
    schema_version=1,
    subject="01936d00-0000-7000-8000-000000000002",
    time=datetime(2026, 11, 23, 12, 0, 0, 5000, tzinfo=UTC),
    epoch="e1",
    version=3,
    sequence=7,
    traceparent="00-ab-cd-01",
    sealed="a.b.c.d.e",
)


def test_it_is_read_as_it_was_written():
    assert from_bytes(to_bytes(ENVELOPE)) == ENVELOPE


def test_what_is_never_sent_again_has_no_sequence_on_the_wire():
    body = to_bytes(replace(ENVELOPE, sequence=None))
    assert b"sequence" not in body
    assert from_bytes(body).sequence is None


def test_the_clear_part_is_cloudevents_in_structured_mode():
    body = orjson.loads(to_bytes(ENVELOPE))
    assert body["specversion"] == "1.0"
    assert body["type"] == "org.ventanilla.case.registered"
    assert body["time"] == "2026-11-23T12:00:00.005000Z"
    assert body["data"] == {"sealed": "a.b.c.d.e"}


@pytest.mark.parametrize(
    "damage",
    [
        {"specversion": "0.3"},
        {"id": "not-a-uuid"},
        {"type": "com.example.case"},
        {"sequence": 0},
        {"sequence": "7"},
        {"time": "yesterday"},
        {"version": -1},
        {"data": None},
        {"data": {"sealed": 5}},
        {"epoch": ""},
        {"dataschema": "urn:ventanilla:schema:case.closed:1"},
        {"source": None},
    ],
)
def test_a_damaged_envelope_is_refused_and_its_values_not_shown(damage):
    body = orjson.dumps({**orjson.loads(to_bytes(ENVELOPE)), "secret": "María Ejemplo", **damage})
    with pytest.raises(Unreadable) as refused:
        from_bytes(body)
    assert "María" not in str(refused.value)


@pytest.mark.parametrize("body", [b"", b"\xff\x00", b"[]", b"null", b"{}", b"7"])
def test_what_is_no_envelope_at_all_is_refused(body):
    with pytest.raises(Unreadable):
        from_bytes(body)


@pytest.mark.parametrize("name", ["all", "hub", "notifications", "La Unión", "", "a/b", "-x"])
def test_a_window_cannot_take_a_name_that_would_make_it_somebody_else(name):
    with pytest.raises(ValueError, match="window"):
        Address.window("sv", name)


@pytest.mark.parametrize(
    "source", ["/sv/windows/la-union", "/sv/hub", "/sv/notifications", "/gt/windows/tecun-uman"]
)
def test_a_source_is_read_and_written_the_same(source):
    assert Address.from_source(source).source == source


@pytest.mark.parametrize(
    "source", ["/sv/windows/hub", "/sv", "sv/hub", "/sv/hub/x", "/SV/hub", "/sv/windows/"]
)
def test_a_false_source_is_refused(source):
    with pytest.raises(ValueError, match=r"source|window"):
        Address.from_source(source)
