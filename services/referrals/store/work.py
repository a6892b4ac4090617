"""The hub's unit of work: one transaction, its repositories, and one flush in the order that rows need."""

from collections.abc import Iterable

from sqlalchemy import Connection

from services.referrals.store.claims import KeptClaims
from services.referrals.store.counted import KeptCounts
from services.referrals.store.directory import KeptDirectory, Overlay
from services.referrals.store.doors import InForce, KeptDoors
from services.referrals.store.kept_cases import KeptCases
from services.referrals.store.kept_referrals import KeptReferrals
from services.referrals.store.locks import Locks
from services.referrals.store.recovery import KeptRecovery
from services.referrals.store.second_steps import KeptSecondSteps
from services.referrals.store.standings import KeptStandings
from services.referrals.store.streams import KeptStreams
from services.referrals.store.supervisors import KeptSupervisors
from services.referrals.store.tables import Tables
from shared.clock import Clock
from shared.messaging.outbox import Outbox
from shared.messaging.reading import Received
from shared.security.audit import AuditTrail
from shared.security.keyring import Keyring
from shared.security.users import Users
from shared.security.vault import Vault


class HubWork:
    """An open unit of work. ``waiting`` are events of a batch that are handled together (``reactions.py``)."""

    def __init__(
        self,
        connection: Connection,
        tables: Tables,
        *,
        vault: Vault,
        overlay: Overlay,
        epoch: str,
        in_force: InForce,
        keyring: Keyring,
        outbox: Outbox,
        clock: Clock,
    ) -> None:
        self.connection = connection
        self.country = in_force.look(connection)
        self.vault = vault
        self.outbox = outbox
        self.clock = clock
        self.audit = AuditTrail(connection, tables.audit, clock)
        self.users = Users(connection, tables.access)
        self.doors = KeptDoors(connection, tables, node=self.country.node, keyring=keyring)
        self.supervisors = KeptSupervisors(connection, tables, clock)
        self.second_steps = KeptSecondSteps(connection, tables.second_step)
        self._locks = Locks(connection)
        self.cases = KeptCases(connection, tables, vault, self._locks)
        self.referrals = KeptReferrals(connection, tables, vault, self._locks)
        self.standings = KeptStandings(connection, tables)
        self.counted = KeptCounts(connection, tables)
        self.streams = KeptStreams(connection, tables, epoch)
        self.recovery = KeptRecovery(connection, tables, vault, self._locks, self.country.node, clock)
        self.claims = KeptClaims(connection, tables, vault)
        self.directory = KeptDirectory(connection, tables, overlay)
        self.waiting: list[Received] = []

    def prepare(
        self,
        *,
        case_ids: Iterable[str],
        told: Iterable[tuple[str, str]],
        referral_ids: Iterable[str],
        consent_ids: Iterable[str],
    ) -> None:
        """Hold and read in a few queries all that a batch will ask for; ``told`` are cases and whose they are now.

        Where a case moves from one person to another, all cases of both are held: needs may be open in any of them.
        """
        told = list(told)
        cases = set(case_ids) | self.referrals.cases(referral_ids)
        cases |= self.cases.cases_of(self.cases.moving(told))
        persons = {person for _, person in told} | self.cases.persons(cases)
        self._locks.hold(cases | persons)
        self.cases.forgotten |= self.vault.ensure(persons)
        self.cases.load(cases)
        self.referrals.load(cases, persons)
        self.standings.load(cases, consent_ids)

    def flush(self) -> None:
        """Write what the repositories held back."""
        self.cases.flush()
        self.referrals.flush()
        self.counted.flush()
        self.standings.flush()
        self.recovery.flush()
        self.audit.flush()
        self.outbox.flush()
