"""The hub, then a window, put back from a copy that is older than the last work: the others give back what it forgot."""

import time
from collections.abc import Iterator
from pathlib import Path

from sqlalchemy import func, select

from services.intake.store.tables import window_tables
from services.referrals.store.tables import hub_tables
from tests.drivers.deployed import WINDOWS
from tests.faults.checker import Finding, check
from tests.faults.generator import Generator
from tests.faults.journal import Journal
from tests.faults.reading import open_rows, read_everything, reading
from tests.faults.running import Say, Verdict, drain, while_it_moves
from tests.faults.stage import Stage

WORK_SECONDS = 20.0
OWN_MEMORY = frozenset({"3 sent-means-taken", "8 fork-is-loud", "9 conservation", "25 identity-bound"})
"""What holds a party to its own outbox and inbox: who was put back has forgotten a part of these."""
FORGOTTEN = {
    "referrals": OWN_MEMORY,
    "la-union": OWN_MEMORY | {"1 acked-write-survives", "2 outbox-atomic"},
}
"""Who is put back, and what cannot be asked of it: a window loses what the hub never had (who only asked, refused consents)."""

KNOWN_LIMIT = frozenset({"1 acts-survive", "15 window-sees-hub"})
"""What may be found of a referral that the hub forgot and hears no more of (docs/faults.md, Known limits)."""


def put_back(stage: Stage, journal: Journal, *, seed: int, say: Say) -> Iterator[Verdict]:
    """Work, a copy, more work, the copy in the place of the database, and work again."""
    for turn, (name, left_out) in enumerate(FORGOTTEN.items()):
        works(stage, journal, seed=f"{seed}{turn}1")
        copy = stage.home / "copies" / name
        stage.copies(name, copy)
        works(stage, journal, seed=f"{seed}{turn}2")
        say(f"{name} is put back from its copy")
        _burns_down(stage, name, copy)
        works(stage, journal, seed=f"{seed}{turn}3")
        took = while_it_moves(lambda: at_rest(stage, journal))
        say(f"drained in {took:.1f} s")
        journal.ended = list(stage.broken)
        findings = check(journal, read_everything(stage, journal), leaving_out=left_out)
        gone = _of_whom_the_hub_hears_no_more(stage)
        yield Verdict([one for one in findings if not _is_of(one, gone)], journal.counts(), turn + 1, took)


def _is_of(finding: Finding, gone: set[str]) -> bool:
    return finding.invariant in KNOWN_LIMIT and not gone.isdisjoint(finding.what.replace(":", "").split())


def works(stage: Stage, journal: Journal, *, seed: str) -> None:
    """People are at it for a while; then everything has arrived where it must."""
    generator = Generator(stage, journal, seed=int(seed))
    generator.start()
    time.sleep(WORK_SECONDS)
    generator.stop()
    generator.ask_again()
    drain(stage, journal)


def _burns_down(stage: Stage, name: str, copy: Path) -> None:
    stage.stop_one(name)
    stage.puts_back(name, copy)
    stage.begin_all({name: {}})
    if name != "referrals":
        stage.gives_back(name)


def _of_whom_the_hub_hears_no_more(stage: Stage) -> set[str]:
    """Referrals of cases that it forgot and whose consent was taken back: a window tells of those to nobody again."""
    cases, referrals = window_tables().cases, window_tables().referrals
    with reading(stage.database_urls["referrals"]) as connection:
        known = set(connection.execute(select(hub_tables().cases.c.id)).scalars())
    found = set()
    for name in WINDOWS:
        with reading(stage.database_urls[name]) as connection:
            query = select(referrals.c.id, cases.c.id).join(cases, cases.c.id == referrals.c.case_id).where(cases.c.hold.is_not(None))
            found |= {referral for referral, case in connection.execute(query) if case not in known}
    return found


def at_rest(stage: Stage, journal: Journal) -> tuple[object, bool]:
    """What is on its way, the cases that the hub does not yet know whole, and those that their window has not back yet."""
    cases = hub_tables().cases
    with reading(stage.database_urls["referrals"]) as connection:
        unknown = connection.execute(select(func.count()).where(cases.c.recovering)).scalar_one()
        missing = set(connection.execute(select(cases.c.id).where(cases.c.window.in_(WINDOWS))).scalars())
    for name in WINDOWS:
        with reading(stage.database_urls[name]) as connection:
            missing -= set(connection.execute(select(window_tables().cases.c.id)).scalars())
    left = open_rows(stage, journal)
    return (left, unknown, len(missing)), not left and not unknown and not missing
