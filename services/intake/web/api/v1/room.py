"""What the endpoints of a window are made with."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date

from sqlalchemy import Table, select

from services.intake.domain.rules import faults_of_interview
from services.intake.domain.window import Window
from services.intake.queries.people import PeopleIndex
from services.intake.queries.world import Published, World
from services.intake.store.drafts import key_of
from services.intake.store.tables import Tables
from services.intake.store.work import WindowWork
from shared.clock import Clock
from shared.persistence.engine import Database
from shared.routing.case import CaseDetails
from shared.security.identities import Subject
from shared.security.key_store import KeyStore
from shared.security.vault import Vault
from shared.web.acts import Acts
from shared.web.call import Call
from shared.web.visit import Visit


@dataclass(frozen=True)
class Room:
    """Given once by the wiring. ``broker_up`` tells whether the way out is open now."""

    place: Window
    database: Database
    tables: Tables
    acts: Acts[WindowWork]
    people: PeopleIndex
    published: Published
    clock: Clock
    vault: Vault
    epoch: str
    broker_up: Callable[[], bool]
    keys: KeyStore

    @property
    def here(self) -> Subject:
        """The window itself: what is new, listed or counted belongs to it."""
        return Subject("place", self.place.node, window=self.place.window)

    @property
    def faults(self) -> Callable[[CaseDetails], Mapping[str, list[str]]]:
        """The rules' findings about a case; a plain function, since schemas are copied with what they hold."""

        def faults(details: CaseDetails) -> Mapping[str, list[str]]:
            with self.database.read() as connection:
                known = World(connection, self.published)
                return faults_of_interview(details, known=known, moment=self.place.moment(self.clock.now()))

        return faults

    def today(self) -> date:
        """The day at this window."""
        return self.place.moment(self.clock.now()).today

    def case(self, call: Call | Visit) -> Subject | None:
        """The case that the address names, if it is one of this window's."""
        return self._one("case", self.tables.cases, call.args["case_id"])

    def training(self, call: Call | Visit) -> Subject | None:
        """The training session that the address names."""
        return self._one("training", self.tables.trainings, call.args["training_id"])

    def draft(self, call: Call | Visit) -> Subject | None:
        """The draft that the address names."""
        return self._one("draft", self.tables.drafts, key_of(self.vault, call.args["draft_id"]))

    def _one(self, kind: str, table: Table, record_id: str) -> Subject | None:
        with self.database.read() as connection:
            found = connection.execute(select(table.c.id).where(table.c.id == record_id)).first()
        return None if found is None else Subject(kind, self.place.node, window=self.place.window)
