"""A case at the hub: for a coordinator without the person, for an institution through its own referrals."""

from datetime import datetime

from sqlalchemy import Connection, select

from services.referrals.domain.case_file import CaseFile
from services.referrals.domain.referral import Referral
from services.referrals.queries import rows
from services.referrals.queries.shown import is_own, listed
from services.referrals.store.tables import Tables
from services.referrals.use_cases.ports import Country
from services.referrals.use_cases.reading import reading_of, reading_without_person
from shared.security.identities import Actor, Role, Subject
from shared.security.release import released
from shared.security.vault import Vault


def subject(connection: Connection, tables: Tables, node: str, case_id: str, institution: str | None) -> Subject | None:
    """What the policy must know of a case: whose desks have a referral of it, and whether the reader's gives access.

    One question, whatever there is: a second one would tell a stranger by its time that the case exists.
    """
    case, table = tables.cases, tables.referrals
    query = select(table.c.institution, table.c.status, table.c.access_ended).select_from(case).outerjoin(table, table.c.case_id == case.c.id)
    found = connection.execute(query.where(case.c.id == case_id)).all()
    if not found:
        return None
    return Subject(
        "hub_case",
        node,
        institutions=frozenset(row.institution for row in found if row.institution),
        open_access=any(
            row.institution == institution and not row.access_ended and row.status in {"accepted", "in-progress", "on-hold"}
            for row in found
        ),
    )


def hub_case(
    connection: Connection, tables: Tables, vault: Vault, country: Country, case_id: str, *, reader: Actor, now: datetime
) -> dict[str, object] | None:
    """The case with the referrals that this reader may see, and the person by the one that tells most."""
    found = rows.cases(connection, tables, vault, [case_id]).get(case_id)
    if found is None:
        return None
    referrals = rows.of_cases(connection, tables, vault, [case_id])[case_id]
    mine = [one for one in referrals if is_own(reader, one)]
    visible = referrals if reader.role is Role.COORDINATOR else mine
    return {
        "id": found.id,
        "code": found.code,
        "window": found.window,
        "status": "closed" if found.closed_at else "open",
        "arrived_at": found.arrived_at,
        "person": _person(found, mine, referrals, country, now),
        "basis": found.basis,  # for the audit; no schema declares it, so it never leaves
        "referrals": [_line(one, found, referrals, reader, country, now) for one in visible],
    }


def _line(
    one: Referral, case: CaseFile, siblings: list[Referral], reader: Actor, country: Country, now: datetime
) -> dict[str, object]:
    own = is_own(reader, one)
    reading = reading_of(one, case, siblings, country, now) if own else reading_without_person(one)
    return listed(one, reading, reader=reader, country=country, now=now)


def _person(
    case: CaseFile, mine: list[Referral], siblings: list[Referral], country: Country, now: datetime
) -> dict[str, object]:
    """Nothing for whoever has no referral of it; a referral that gives access speaks before one that does not."""
    told: dict[str, object] = {}
    for one in sorted(mine, key=lambda one: one.gives_access):
        told = released(case.details, reading_of(one, case, siblings, country, now), code=case.code) or told
    return told
