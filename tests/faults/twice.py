"""A window that exists twice while people work: both are told, nothing is silent, and the runbook's way out of it loses nothing."""

import time
from collections.abc import Iterator
from dataclasses import replace

from sqlalchemy import select

from services.referrals.store.tables import hub_tables
from shared.messaging.dead_letters import DeadLetter, dead_letters
from tests.drivers.http import Refusal
from tests.faults.checker import Finding, check
from tests.faults.generator import Generator
from tests.faults.journal import Journal, Kind, Outcome, now
from tests.faults.reading import read_everything, reading
from tests.faults.restored import FORGOTTEN, WORK_SECONDS, at_rest, works
from tests.faults.running import Say, Verdict, drain, while_it_moves
from tests.faults.stage import Stage
from tests.servers import wait_until

WINDOW = "la-union"
LEFT_OUT = FORGOTTEN[WINDOW] - {"1 acked-write-survives"} | {"11 dead-letter-complete"}
"""What cannot be asked of who begins a new life. What is dead here was honest, and is looked at apart."""
ALARM_SECONDS = 300


def cloned(stage: Stage, journal: Journal, *, seed: int, say: Say) -> Iterator[Verdict]:
    """Work, a copied disk, work at both, the alarm; then the runbook *a window exists twice*, step by step."""
    works(stage, journal, seed=f"{seed}31")
    stage.stop_one(WINDOW)
    twin = stage.doubles(WINDOW)
    stage.begin_all({WINDOW: {}, twin: {}})
    say(f"{WINDOW} exists twice")
    theirs = _works_at_both(stage, journal, twin, seed=int(f"{seed}32"))
    for half in (WINDOW, twin):
        wait_until(lambda half=half: stage.window(half).sync()["forked_since"], seconds=ALARM_SECONDS, what=f"{half} to be told")
    say("both were told")
    stage.stop_one(twin)
    findings = [Finding("8 fork-is-loud", what) for what in _silent(stage, theirs)]
    _ends(stage, journal, say)
    journal.attempts += [replace(one, place=WINDOW, outcome=Outcome.UNSURE) for one in theirs.attempts]
    works(stage, journal, seed=f"{seed}33")
    took = while_it_moves(lambda: at_rest(stage, journal))
    say(f"drained in {took:.1f} s")
    assert stage.window(WINDOW).sync()["forked_since"] is None, "it is still said to exist twice"
    journal.ended = list(stage.broken)
    findings += check(journal, read_everything(stage, journal), leaving_out=LEFT_OUT)
    yield Verdict(findings, journal.counts(), 1, took)


def _works_at_both(stage: Stage, journal: Journal, twin: str, *, seed: int) -> Journal:
    """People go on everywhere, and at the copy some register and change too; what was tried there."""
    theirs, everywhere = Journal(), Generator(stage, journal, seed=seed)
    at_twin, until = Generator(stage, theirs, seed=seed + 1_000_000), time.monotonic() + WORK_SECONDS
    known = [one.subject for one in journal.of(Kind.REGISTER, Outcome.DONE) if one.place == WINDOW]
    everywhere.start()
    while time.monotonic() < until:
        at_twin.registers(twin)
        if known:
            _changes(stage, twin, known.pop())
        time.sleep(0.5)
    everywhere.stop()
    everywhere.ask_again()
    return theirs


def _changes(stage: Stage, half: str, case_id: str) -> None:
    try:
        stage.window(half).changes(case_id, {"notes": f"En {half}, {now():%H:%M:%S}."})
    except Refusal as refusal:
        assert refusal.status < 500, refusal  # noqa: PT017 - closed or withdrawn meanwhile: that may be refused


def _silent(stage: Stage, theirs: Journal) -> Iterator[str]:
    """Who was registered at the copy and is neither at the hub nor in a letter there."""
    with reading(stage.database_urls["referrals"]) as connection:
        known = set(connection.execute(select(hub_tables().cases.c.id)).scalars())
    known |= {letter.subject for letter in _letters(stage)}
    yield from (f"silent: case {one.subject}" for one in theirs.of(Kind.REGISTER, Outcome.DONE) if one.subject not in known)


def _ends(stage: Stage, journal: Journal, say: Say) -> None:
    """The runbook's steps from the third on."""
    copy = stage.home / "copies" / "twice"
    stage.copies(WINDOW, copy)
    stage.stop_one(WINDOW)
    stage.puts_back(WINDOW, copy)
    stage.begin_all({WINDOW: {}})
    drain(stage, journal)
    before = {letter.id for letter in _letters(stage)}
    stage.settles_letters("replay")
    say(f"{len(before)} letters, of which {len(before - {letter.id for letter in _letters(stage)})} took effect")
    stage.gives_back(WINDOW)
    while_it_moves(lambda: at_rest(stage, journal))
    for case_id in {letter.subject for letter in _letters(stage) if letter.subject}:
        if _has(stage, case_id):
            _changes(stage, WINDOW, case_id)
    drain(stage, journal)
    stage.settles_letters("discard")


def _has(stage: Stage, case_id: str) -> bool:
    try:
        return bool(stage.window(WINDOW).sees(case_id))
    except Refusal:
        return False  # known to the copy alone: whoever stands at the counter registers that person again


def _letters(stage: Stage) -> list[DeadLetter]:
    with reading(stage.database_urls["referrals"]) as connection:
        return dead_letters(connection, hub_tables().messaging, most=10_000)
