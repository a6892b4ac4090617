"""How a case stands, by the claim code of its slip."""

from sqlalchemy import Connection, select

from services.referrals.store.tables import Tables
from services.referrals.use_cases.ports import Vault
from shared.claims import ClaimStatus, claim_status, claim_token
from shared.vocabulary.codes import ReferralStatus


def claim_status_at(connection: Connection, tables: Tables, vault: Vault, code: str) -> ClaimStatus | None:
    """One of four words; None when no case has this code. Nothing sealed is opened for it."""
    cases, referrals = tables.cases, tables.referrals
    mine = cases.c.claim == vault.lookup(claim_token(code))
    row = connection.execute(select(cases.c.id, cases.c.closed_at, cases.c.withdrawn).where(mine)).first()
    if row is None:
        return None
    states = connection.execute(select(referrals.c.status).where(referrals.c.case_id == row.id)).scalars()
    shut = row.closed_at is not None or row.withdrawn
    return claim_status(shut=shut, referrals=map(ReferralStatus, states))
