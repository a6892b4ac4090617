"""Entities read outside of any act: rows opened with the persons' keys, many at once."""

from collections.abc import Iterable, Mapping, Sequence

from sqlalchemy import Connection, RowMapping, select

from services.referrals.domain.case_file import CaseFile
from services.referrals.domain.history import Entry
from services.referrals.domain.referral import Referral
from services.referrals.store.cases import case_of_row
from services.referrals.store.kept_referrals import entry_of
from services.referrals.store.referrals import referral_of_row
from services.referrals.store.shelf import chunks
from services.referrals.store.tables import Tables
from shared.security.vault import Vault


def referrals_of(rows: Sequence[RowMapping], vault: Vault) -> list[Referral]:
    """Referrals, their sealed parts opened."""
    vault.load({row["person_id"] for row in rows})
    return [referral_of_row(row, vault.open(row["person_id"], row["id"], row["sealed"])) for row in rows]


def referral(connection: Connection, tables: Tables, vault: Vault, referral_id: str) -> Referral | None:
    """One referral."""
    table = tables.referrals
    rows = connection.execute(select(table).where(table.c.id == referral_id)).mappings().all()
    return referrals_of(rows, vault)[0] if rows else None


def of_cases(connection: Connection, tables: Tables, vault: Vault, case_ids: Iterable[str]) -> Mapping[str, list[Referral]]:
    """All referrals of some cases, oldest first."""
    table, found = tables.referrals, {case_id: list[Referral]() for case_id in case_ids}
    for some in chunks(sorted(found)):
        query = select(table).where(table.c.case_id.in_(some)).order_by(table.c.created_at, table.c.id)
        for one in referrals_of(connection.execute(query).mappings().all(), vault):
            found[one.case_id].append(one)
    return found


def cases(connection: Connection, tables: Tables, vault: Vault, case_ids: Iterable[str]) -> Mapping[str, CaseFile]:
    """Some cases by id."""
    table, found = tables.cases, dict[str, CaseFile]()
    for some in chunks(sorted(set(case_ids))):
        rows = connection.execute(select(table).where(table.c.id.in_(some))).mappings().all()
        vault.load({row["person_id"] for row in rows})
        for row in rows:
            found[row["id"]] = case_of_row(row, vault.open(row["person_id"], row["id"], row["sealed"]))
    return found


def history(connection: Connection, tables: Tables, vault: Vault, one: Referral) -> list[Entry]:
    """What happened to a referral, oldest first."""
    table = tables.history
    rows = connection.execute(select(table).where(table.c.referral_id == one.id).order_by(table.c.id)).mappings()
    return [entry_of(row, one.person_id, vault) for row in rows]


def colleagues(connection: Connection, tables: Tables, institution: str | None) -> frozenset[str]:
    """The usernames of an institution."""
    users = tables.access.users
    query = select(users.c.username).where(users.c.institution == institution)
    return frozenset(connection.execute(query).scalars()) if institution else frozenset()
