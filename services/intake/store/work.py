"""A window's unit of work: one transaction, its repositories, and one flush in the order that rows need."""

from sqlalchemy import Connection

from services.intake.domain.rules import Known
from services.intake.domain.window import Window
from services.intake.store.cases import KeptCases
from services.intake.store.claims import KeptClaims
from services.intake.store.directories import KeptDirectories
from services.intake.store.drafts import KeptDrafts
from services.intake.store.feedback import KeptFeedback
from services.intake.store.follow_ups import KeptFollowUps
from services.intake.store.guidance import guidance
from services.intake.store.hub import KeptHub, KeptRefusals
from services.intake.store.imports import KeptImports
from services.intake.store.referrals import KeptReferrals
from services.intake.store.tables import Tables
from services.intake.store.todos import KeptTodos
from services.intake.store.trainings import KeptTrainings
from services.intake.store.visits import KeptVisits
from services.intake.use_cases.access_ports import KeyWraps
from shared.clock import Clock
from shared.contracts.addresses import Address
from shared.messaging.outbox import Outbox
from shared.security.audit import AuditTrail
from shared.security.users import ToldUsers
from shared.security.vault import Vault


class WindowWork:
    """An open unit of work of one window."""

    def __init__(
        self,
        connection: Connection,
        tables: Tables,
        *,
        place: Window,
        incarnation: int,
        epoch: str,
        vault: Vault,
        wraps: KeyWraps,
        known: Known,
        outbox: Outbox,
        clock: Clock,
    ) -> None:
        hub = Address.hub(place.node)
        self.connection = connection
        self.tables = tables
        self.place = place
        self.incarnation = incarnation
        self.known = known
        self.vault = vault
        self.wraps = wraps
        self.clock = clock
        self.outbox = outbox
        self.guidance_version = guidance().version
        self.audit = AuditTrail(connection, tables.audit, clock)
        self.access = ToldUsers(connection, tables.access)
        self.cases = KeptCases(connection, tables, vault)
        self.referrals = KeptReferrals(connection, tables, vault)
        self.todos = KeptTodos(connection, tables)
        self.follow_ups = KeptFollowUps(connection, tables, vault)
        self.feedback = KeptFeedback(connection, tables)
        self.refusals = KeptRefusals(connection, tables, vault, hub=hub)
        self.drafts = KeptDrafts(connection, tables, vault)
        self.claims = KeptClaims(connection, tables, vault)
        self.visits = KeptVisits(connection, tables)
        self.trainings = KeptTrainings(connection, tables, vault)
        self.imports = KeptImports(connection, tables, vault)
        self.directories = KeptDirectories(connection, tables)
        self.hub = KeptHub(connection, tables, hub=hub, epoch=epoch)

    def flush(self) -> None:
        """Write what the repositories held back."""
        self.cases.flush()
        self.todos.flush()
        self.audit.flush()
        self.outbox.flush()
