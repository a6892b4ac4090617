"""What happened to a case since somebody read it: for whoever wanted to change what a colleague had changed."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select

from services.intake.store.work import WindowWork


@dataclass(frozen=True)
class Happened:
    """One thing: what, by whom, and which parts of the case it touched."""

    at: datetime
    what: str
    by: str
    fields: tuple[str, ...] = ()


def since_version(work: WindowWork, case_id: str, version: int) -> Sequence[Happened]:
    """Everything that made a later version of the case, the earliest first."""
    log = work.tables.case_log
    query = select(log.c.at, log.c.what, log.c.by, log.c.version).where(log.c.case_id == case_id).order_by(log.c.at, log.c.id)
    found: list[Happened] = []
    seen = version
    for row in work.connection.execute(query):
        if row.version > seen:
            seen = row.version
            found.append(Happened(row.at, row.what, row.by, _touched(work, case_id, row.at, row.by)))
    return found


def since_referral_version(work: WindowWork, referral_id: str, version: int) -> Sequence[Happened]:
    """What the hub told of a referral since; the institution's own notes are not told."""
    state = work.referrals.find(referral_id)
    if state is None or state.version <= version:
        return ()
    newest = state.history[-(state.version - version) :]
    return [Happened(entry.at, f"referral-{entry.change}", entry.by) for entry in newest]


def _touched(work: WindowWork, case_id: str, at: datetime, by: str) -> tuple[str, ...]:
    """Which fields, as the audit has noted them in the same act."""
    audit = work.tables.audit
    mine = (audit.c.kind == "case") & (audit.c.object_id == case_id) & (audit.c.act == "case.change")
    query = select(audit.c.fields).where(mine, audit.c.at >= at, audit.c.who == by).order_by(audit.c.at).limit(1)
    found = work.connection.execute(query).scalar_one_or_none()
    return tuple(found.split()) if found else ()
