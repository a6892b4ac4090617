"""How far this hub has come in learning back what it forgot."""

from collections.abc import Sequence

from sqlalchemy import Connection, select

from services.referrals.store.tables import Tables
from shared.contracts.addresses import Address
from shared.messaging.recovery import is_recovering, who_answered


def waited_for(connection: Connection, tables: Tables, node: str, windows: Sequence[str]) -> list[str]:
    """The windows from which this hub still recovers."""
    return [
        window for window in windows if is_recovering(connection, tables.messaging, Address.window(node, window))
    ]


def can_go_on(connection: Connection, tables: Tables) -> bool:
    """Whether a window has answered of which something waits, or which is not done yet. Asked every second."""
    messaging = tables.messaging
    answered = [address for address in who_answered(connection, messaging) if address.is_window]
    if not answered:
        return False
    if any(is_recovering(connection, messaging, address) for address in answered):
        return True
    names, held, cases = [address.name for address in answered], tables.held, tables.cases
    asked = [select(held.c.window).join(cases, cases.c.id == held.c.case_id).where(held.c.window.in_(names))]
    asked += [select(table.c.window).where(table.c.window.in_(names)) for table in (tables.unrouted, tables.waiting_asks)]
    return any(connection.execute(query.limit(1)).first() is not None for query in asked)
