"""Entity tags, languages, the gate, and what an endpoint must say of itself."""

import threading

import pytest
from flask import Request
from hypothesis import given
from hypothesis import strategies as st
from marshmallow import Schema
from werkzeug.test import EnvironBuilder

from shared.errors import Broken, Refused
from shared.security.identities import Subject
from shared.web.answers import Answer, Media, render
from shared.web.api import Api
from shared.web.call import EVERYONE, Endpoint, Words
from shared.web.etags import IfMatch, etag, parse_if_match
from shared.web.gate import Gate
from shared.web.languages import language_of
from shared.web.limits import Limiter
from shared.web.pages import Pages
from shared.web.visit import Page, Shown

WORDS = Words("Leer", "Read")


@given(st.integers(0, 10**15 - 1))
def test_a_tag_we_gave_is_read_back(version):
    assert parse_if_match(etag(version)) == IfMatch(version)


@pytest.mark.parametrize(
    ("header", "read"), [(None, None), ("*", IfMatch(None)), (' "7" ', IfMatch(7)), ('W/"7"', IfMatch(-1)), ('"x"', IfMatch(-1))]
)
def test_tags_are_read_as_rfc_9110_means_them(header, read):
    assert parse_if_match(header) == read


@pytest.mark.parametrize("header", ["", "7", '"7', '"7", "8"', "**", '"é"'])
def test_what_is_no_single_tag_is_an_error(header):
    with pytest.raises(ValueError, match="tag"):
        parse_if_match(header)


def test_a_star_matches_whatever_stands():
    IfMatch(None).check(5)
    IfMatch(5).check(5)
    with pytest.raises(Refused) as refused:
        IfMatch(4).check(5)
    assert refused.value.status == 412


@pytest.mark.parametrize(
    ("accept", "query", "language"),
    [
        ("", "", "es"), ("en", "", "en"), ("en-GB,es;q=0.5", "", "en"), ("fr, es-SV;q=0.8, en;q=0.7", "", "es"), ("fr", "", "es"),
        ("en;q=0, de", "", "es"), ("es", "lang=en", "en"), ("en", "lang=es", "es"), ("en", "lang=xx", "en"),
    ],
)
def test_spanish_comes_first_and_english_where_asked_for(accept, query, language):
    environ = EnvironBuilder(headers={"Accept-Language": accept}, query_string=query).get_environ()
    assert language_of(Request(environ)) == language


def answering(begun, go_on):
    def app(_environ, start_response):
        start_response("200 OK", [])
        begun.set()
        go_on.wait(10)
        return [b"done"]

    return app


def test_a_gate_lets_what_is_under_way_finish_and_turns_the_rest_away():
    begun, go_on, answers = threading.Event(), threading.Event(), []
    gate = Gate(answering(begun, go_on))

    def call():
        body = gate({}, lambda *_: None)
        answers.append(b"".join(body))
        body.close()
        body.close()

    caller = threading.Thread(target=call)
    caller.start()
    assert begun.wait(10)
    gate.close()
    told = []
    assert b"busy" in b"".join(gate({}, lambda status, headers: told.append((status, dict(headers)))))
    assert told[0][0].startswith("503")
    assert told[0][1]["Retry-After"] == "5"
    page = b"".join(gate({"HTTP_ACCEPT": "text/html"}, lambda status, headers: told.append((status, dict(headers)))))
    assert "se está reiniciando" in page.decode()
    assert told[1][1]["Content-Type"].startswith("text/html")
    assert not gate.wait(0.01)
    go_on.set()
    assert gate.wait(10)
    caller.join()
    assert answers == [b"done"]


def test_a_request_that_breaks_leaves_the_gate_too():
    def broken(_environ, _start_response):
        message = "broken"
        raise RuntimeError(message)

    gate = Gate(broken)
    with pytest.raises(RuntimeError):
        gate({}, lambda *_: None)
    assert gate.wait(0)


@pytest.mark.parametrize(("act", "about"), [("case.invent", lambda _call: None), ("case.read", None)])
def test_an_endpoint_without_policy_row_or_object_is_refused_at_wiring(act, about):
    api = Api(title="t", version="1", authenticate=lambda _token: None)
    with pytest.raises(Broken):
        api.add(Endpoint("GET", "/x", act, lambda _call: Answer(), WORDS, {204: None}, about=about))


@pytest.mark.parametrize(("act", "about"), [("case.invent", lambda _visit: None), ("case.read", None)])
def test_a_page_without_policy_row_or_object_is_refused_at_wiring(act, about):
    pages = Pages(None, None, where=WORDS, here=Subject("place", "sv"), limiter=Limiter())
    with pytest.raises(Broken):
        pages.add(Page("GET", "/x", act, lambda _visit: Shown("x"), WORDS, about=about))
    with pytest.raises(Broken):
        pages.add(Page("GET", "/x", None, lambda _visit: Shown("x"), WORDS, limit="often"))
    pages.add(Page("GET", "/x", EVERYONE, lambda _visit: Shown("x"), WORDS))


@pytest.mark.parametrize(
    ("answer", "answers"), [(Answer(status=202), {200: Schema()}), (Answer("text, not bytes"), {200: Media("text/csv")})]
)
def test_an_answer_that_was_not_declared_is_a_fault_of_ours(answer, answers):
    with pytest.raises(Broken):
        render(answer, answers)
