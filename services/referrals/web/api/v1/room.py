"""What the endpoints of the hub are made with."""

from dataclasses import dataclass

from services.referrals.domain.referral import Referral
from services.referrals.queries.one_referral import seen, seen_in
from services.referrals.queries.shown import Seen, shown
from services.referrals.store.directory import Overlay
from services.referrals.store.doors import InForce
from services.referrals.store.tables import Tables
from services.referrals.store.work import HubWork
from services.referrals.use_cases.ports import Country
from shared.clock import Clock
from shared.directory.checking import owner_of
from shared.errors import Refused
from shared.persistence.engine import Database
from shared.persistence.work import Works
from shared.routing.directory import Directory, Institution
from shared.security.identities import Actor, Subject
from shared.security.vault import Vault
from shared.web.acts import Acts
from shared.web.answers import Answer
from shared.web.call import Call


@dataclass(frozen=True)
class Room:
    """Given once by the wiring."""

    database: Database
    tables: Tables
    works: Works[HubWork]
    acts: Acts[HubWork]
    vault: Vault
    in_force: InForce
    clock: Clock
    overlay: Overlay

    @property
    def country(self) -> Country:
        """What the hub goes by."""
        return self.in_force.country

    @property
    def here(self) -> Subject:
        """The hub itself: what is new, listed or counted belongs to it."""
        return Subject("place", self.country.node)

    def service(self, call: Call) -> Subject | None:
        """The service that the address names, or the place of a new one: of the institution that its id begins with."""
        with self.database.read() as connection:
            directory = self.overlay.directory(connection)
        owner = owner_in(directory, call.args["id"])
        return None if owner is None else Subject("service", owner.node, institution=owner.id)

    def referral(self, referral_id: str, reader: Actor) -> Answer:
        """One referral as it stands; what was shown of a person is written into the audit before it is."""
        with self.database.read() as connection:
            found = seen(connection, self.tables, self.vault, referral_id)
        answer = self._answer(found, reader)
        person = answer.body.get("person") if isinstance(answer.body, dict) else None
        if person:
            with self.works.open() as work:
                work.audit.note(reader, "referral.read", "referral", referral_id, person, ground=_basis(found))
        return answer

    def after(self, work: HubWork, one: Referral, reader: Actor) -> Answer:
        """One referral as an act has just left it."""
        found = seen_in(work, self.tables, one)
        answer = self._answer(found, reader)
        person = answer.body.get("person") if isinstance(answer.body, dict) else None
        if person:
            work.audit.note(reader, "referral.read", "referral", one.id, person, ground=_basis(found))
        return answer

    def _answer(self, found: Seen | None, reader: Actor) -> Answer:
        if found is None:
            raise Refused("not_found")
        body = shown(found, reader=reader, country=self.country, now=self.clock.now())
        return Answer(body, version=found.referral.desk_version)


def _basis(found: Seen | None) -> str | None:
    """What let the person be read (each read of personal data names its ground)."""
    return found.case.basis if found else None


def owner_in(directory: Directory, service_id: str) -> Institution | None:
    """Whose a service is; of one that does not exist yet the institution that its id begins with."""
    known = directory.service(service_id)
    return directory.find(known.institution if known else owner_of(service_id, directory) or "")
