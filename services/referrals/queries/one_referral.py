"""One referral by its id, for one reader."""

from sqlalchemy import Connection, select

from services.referrals.domain.referral import Referral
from services.referrals.queries import rows
from services.referrals.queries.shown import Seen
from services.referrals.store.tables import Tables
from services.referrals.store.work import HubWork
from shared.security.identities import Subject
from shared.security.vault import Vault


def subject(connection: Connection, tables: Tables, node: str, referral_id: str) -> Subject | None:
    """What the policy must know of it; None when there is none."""
    table = tables.referrals
    query = select(table.c.institution, table.c.author, table.c.escalated).where(table.c.id == referral_id)
    row = connection.execute(query).one_or_none()
    if row is None:
        return None
    return Subject("referral", node, institution=row.institution, author=row.author, escalated=row.escalated)


def seen(connection: Connection, tables: Tables, vault: Vault, referral_id: str) -> Seen | None:
    """All of it, read outside of any act."""
    one = rows.referral(connection, tables, vault, referral_id)
    if one is None:
        return None
    case = rows.cases(connection, tables, vault, [one.case_id])[one.case_id]
    siblings = rows.of_cases(connection, tables, vault, [one.case_id])[one.case_id]
    return Seen(
        one, case, siblings, rows.history(connection, tables, vault, one),
        rows.colleagues(connection, tables, one.institution),
    )


def seen_in(work: HubWork, tables: Tables, one: Referral) -> Seen | None:
    """The same in the middle of an act, with what it has just changed."""
    case = work.cases.get(one.case_id)
    if case is None:
        return None
    return Seen(
        one, case, work.referrals.of_case(case.id), work.referrals.history(one.id),
        rows.colleagues(work.connection, tables, one.institution),
    )
