"""What several reads of cases have in common: delivery, refusals and opened records, for many cases at once."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import orjson
from sqlalchemy import Connection, RowMapping, select

from services.intake.domain.case import Delivery, delivery_of
from services.intake.domain.consent import Hold
from services.intake.store.tables import Tables
from shared.contracts.addresses import Address
from shared.messaging.outbox import delivery_of as outbox_delivery
from shared.security.vault import Vault


@dataclass(frozen=True)
class CaseRecord:
    """One case's row with its opened part."""

    row: RowMapping
    secret: Mapping[str, Any]
    delivery: Delivery


@dataclass(frozen=True)
class Refusal:
    """Why the hub does not take a case, and since when."""

    at: datetime
    errors: Mapping[str, Sequence[str]]


def records(
    connection: Connection, tables: Tables, vault: Vault, case_ids: Sequence[str], *, node: str
) -> list[CaseRecord]:
    """These cases in the order asked for; ids that are not here are left out."""
    if not case_ids:
        return []
    cases = tables.cases
    rows = {row["id"]: row for row in connection.execute(select(cases).where(cases.c.id.in_(case_ids))).mappings()}
    vault.load(row["person_id"] for row in rows.values())
    sent = outbox_delivery(connection, tables.messaging, list(rows), to=Address.hub(node)) if rows else {}
    refusals = tables.refusals
    refused = set(
        connection.execute(select(refusals.c.case_id).where(refusals.c.case_id.in_(list(rows)))).scalars()
    )
    return [
        CaseRecord(
            row,
            vault.open(row["person_id"], row["id"], row["sealed"]),
            delivery_of(
                hold=Hold(row["hold"]) if row["hold"] else None,
                refused=case_id in refused,
                outbox=sent[case_id].value,
            ),
        )
        for case_id, row in ((one, rows[one]) for one in case_ids if one in rows)
    ]


def refusal_of(connection: Connection, tables: Tables, vault: Vault, case_id: str) -> Refusal | None:
    """Why the hub refuses a case, if it does."""
    refusals = tables.refusals
    row = connection.execute(select(refusals).where(refusals.c.case_id == case_id)).mappings().one_or_none()
    return None if row is None else Refusal(row["at"], orjson.loads(vault.open_local(row["sealed"])))
