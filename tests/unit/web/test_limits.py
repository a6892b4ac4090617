"""How often somebody may ask, and where a sign-in may lead."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from werkzeug.datastructures import MultiDict

from shared.errors import Broken, Refused
from shared.security.attempts import ACCOUNT_FAILURES, LONGEST_WAIT, wait_after
from shared.web.browsers import family
from shared.web.limits import MOST_KEYS, Limit, Limiter
from shared.web.paths import local, with_next


class Clock:
    def __init__(self) -> None:
        self.seconds = 1000.0

    def __call__(self) -> float:
        return self.seconds


def refused(limiter: Limiter, who: str = "a") -> Refused | None:
    try:
        limiter.check("3/minute", "claims", who)
    except Refused as refusal:
        return refusal
    return None


def test_one_too_many_is_told_when_to_come_again_and_then_may() -> None:
    clock = Clock()
    limiter = Limiter(clock)
    assert [refused(limiter) for _ in range(3)] == [None] * 3
    clock.seconds += 20
    late = refused(limiter)
    assert late is not None
    assert (late.code, late.wait) == ("rate_limited", 40)
    clock.seconds += 40
    assert refused(limiter) is None


def test_asking_while_one_has_to_wait_makes_the_wait_no_longer() -> None:
    clock = Clock()
    limiter = Limiter(clock)
    for _ in range(30):
        refused(limiter)
    clock.seconds += 60
    assert refused(limiter) is None


def test_everybody_counts_for_themselves() -> None:
    limiter = Limiter(Clock())
    for _ in range(4):
        refused(limiter, "a")
    assert refused(limiter, "a") is not None
    assert refused(limiter, "b") is None


def test_a_flood_of_callers_does_not_fill_the_memory() -> None:
    limiter = Limiter(Clock())
    for number in range(MOST_KEYS + 500):
        refused(limiter, str(number))
    assert len(limiter._asked) <= MOST_KEYS


@pytest.mark.parametrize("text", ["", "20", "20/day", "0/minute", "-1/minute", "x/minute"])
def test_a_limit_that_is_none_is_our_own_mistake(text: str) -> None:
    with pytest.raises(Broken):
        Limit.of(text)


def test_waits_grow_from_the_fifth_failure_on_and_never_beyond_an_hour() -> None:
    waits = [wait_after(failures, ACCOUNT_FAILURES) for failures in range(1, 20)]
    assert waits[: ACCOUNT_FAILURES - 1] == [None] * (ACCOUNT_FAILURES - 1)
    grown = [wait.total_seconds() for wait in waits if wait is not None]
    assert grown[:4] == [30, 60, 120, 240]
    assert grown == sorted(grown)
    assert grown[-1] == LONGEST_WAIT.total_seconds()


@pytest.mark.parametrize("path", ["/", "/cuenta", "/cuenta?page=2", "/administracion/usuarios/0a1b"])
def test_a_path_of_ours_is_where_one_goes_on(path: str) -> None:
    assert local(path) == path


@pytest.mark.parametrize(
    "path",
    [
        None, "", "cuenta", "//evil.example", "///evil.example", "/\\evil.example", "\\\\evil.example", "https://evil.example",
        "https:evil.example", "javascript:alert(1)", "/\r\nSet-Cookie: x=1", "/cuenta\n", "/a\\..\\b", "/ñ", "/%0d%0a\t", " /cuenta",
        "/" + "a" * 600, "http:///evil.example", "/\x00",
    ],
)
def test_nothing_else_leads_anywhere_but_to_the_start(path: str | None) -> None:
    assert local(path) == "/"


@given(st.text(max_size=40))
def test_whatever_is_asked_stays_on_this_site(path: str) -> None:
    found = local(path)
    assert found.startswith("/")
    assert not found.startswith(("//", "/\\"))
    assert found.isprintable()
    assert found.isascii()


def test_where_to_go_on_is_written_so_that_it_is_read_back() -> None:
    assert with_next("/entrar", "/cuenta?page=2&x=%C3%B1") == "/entrar?next=/cuenta%3Fpage%3D2%26x%3D%25C3%25B1"
    assert with_next("/entrar", "/") == "/entrar"


@pytest.mark.parametrize(
    ("agent", "words"),
    [
        ("Mozilla/5.0 (Windows NT 10.0; Win64; x64; rv:128.0) Gecko/20100101 Firefox/128.0", "Firefox · Windows"),
        ("Mozilla/5.0 (Windows NT 10.0) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/126.0 Safari/537.36 Edg/126.0", "Edge · Windows"),
        ("Mozilla/5.0 (Linux; Android 14; SM-A156) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/126.0 Mobile Safari/537.36", "Chrome · Android"),
        ("Mozilla/5.0 (iPhone; CPU iPhone OS 17_5 like Mac OS X) AppleWebKit/605.1 (KHTML, like Gecko) Version/17.5 Safari/604.1", "Safari · iPhone"),
        ("curl/8.5", ""), ("", ""), ("<script>alert(1)</script>", ""),
    ],
)
def test_a_device_is_named_by_browser_and_system_and_nothing_finer(agent: str, words: str) -> None:
    assert family(agent) == words


def test_what_was_asked_twice_is_kept_twice() -> None:
    from shared.web.carrying import from_bytes, to_bytes

    fields = {"needs": ["a", "b"], "note": ["ñ"]}
    assert from_bytes(to_bytes(fields)) == MultiDict([("needs", "a"), ("needs", "b"), ("note", "ñ")])
