"""The composition root: everything a hub is made of, built once from its settings."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING

from sqlalchemy import Connection, select

from services.referrals.reactions import reactions, report
from services.referrals.store.country import load_country
from services.referrals.store.directory import Overlay
from services.referrals.store.doors import Doorkeeper, InForce
from services.referrals.store.rebuild import Rebuilder
from services.referrals.store.tables import Tables, hub_tables
from services.referrals.store.work import HubWork
from services.referrals.use_cases.ports import Country
from services.referrals.use_cases.publish_directory import publish_directory
from services.referrals.web.api.v1.api import hub_api
from services.referrals.web.api.v1.room import Room
from services.referrals.web.state import HubFigures, State
from shared.clock import Clock, SystemClock
from shared.config import Settings
from shared.contracts.addresses import Address
from shared.crash import arm
from shared.messaging import topology
from shared.messaging.broker import Broker
from shared.messaging.epochs import epoch_of
from shared.messaging.feed import FeedSettings, Takes
from shared.messaging.inbox import Inbox
from shared.messaging.outbox import Outbox
from shared.messaging.parts import Messaging
from shared.messaging.ports import RawMessage
from shared.messaging.publisher import open_publisher
from shared.messaging.relay import Relay
from shared.messaging.wake import Wake
from shared.observability.metrics import new_registry
from shared.persistence.engine import Database, open_database
from shared.persistence.work import Works
from shared.security.identities import Actor
from shared.security.keyring import Keyring
from shared.security.users import Users
from shared.security.vault import Vault
from shared.web.acts import Acts
from shared.web.call import Words
from shared.web.site import Site, build_site

if TYPE_CHECKING:
    from _typeshed.wsgi import WSGIApplication

NAME = Words("Ventanilla · Central de referencias", "Ventanilla · Referrals hub")
WHAT = Words(
    "Recibe los casos de las ventanillas, decide por reglas a qué institución va cada necesidad y es la bandeja de cada una.",
    "Receives cases from the windows, decides by rules which institution each need goes to, and is the desk of each.",
)


@dataclass(frozen=True)
class Wiring:
    """What the service class and the console need. Call ``close`` last."""

    messaging: Messaging
    site: "WSGIApplication"
    inbox: Inbox[HubWork]
    take_dead: Takes
    works: Works[HubWork]
    database: Database
    vault: Vault
    tables: Tables
    keyring: Keyring
    in_force: InForce
    clock: Clock

    @property
    def country(self) -> Country:
        """What the hub goes by."""
        return self.in_force.country

    def publish(self) -> None:
        """Publish directory and rules, if they are not what was published last."""
        with self.works.open() as work:
            publish_directory(work=work)

    def close(self) -> None:
        """Let go of databases and pipes."""
        self.messaging.wake.close()
        self.database.close()
        self.vault.close()


def build(settings: Settings, *, clock: Clock | None = None, country: Country | None = None) -> Wiring:
    """Build it all; ``ConfigError`` says what is wrong with settings or data, ``TryAgain`` that the database is away."""
    arm(settings.crash_at)
    clock = clock or SystemClock()
    country = country or load_country(settings.node, clock.now().date())
    me, tables, wake = Address.hub(settings.node), hub_tables(), Wake()
    keyring = Keyring.load(settings.key_store)
    database, vault = open_database(settings.database_url), Vault(settings.key_store, settings.key_store_url)
    in_force = InForce(tables, country, keyring)
    overlay = Overlay(tables, in_force.look)
    with database.write() as connection:
        epoch = epoch_of(connection, tables.messaging)
        in_force.look(connection)

    def open_work(connection: Connection) -> HubWork:
        outbox = Outbox(connection, tables.messaging, keyring, me, clock)
        return HubWork(
            connection,
            tables,
            vault=vault,
            overlay=overlay,
            in_force=in_force,
            keyring=keyring,
            outbox=outbox,
            clock=clock,
        )

    works = Works(database, open_work, wake.set)
    broker = Broker(settings.amqp_uri, settings.amqp_ssl or False)
    inbox = Inbox(
        works,
        tables.messaging,
        opener=Doorkeeper(keyring, in_force),
        reactions=reactions(),
        report=report,
        me=me,
        epoch=epoch,
        clock=clock,
    )
    relay = Relay(
        database,
        tables.messaging,
        open_publisher(broker, me),
        sealer=keyring,
        signer=keyring,
        me=me,
        epoch=epoch,
        clock=clock,
        rebuild=Rebuilder(tables, vault, clock),
        batch_size=settings.batch_size,
        resend_after=settings.resend_after,
    )
    size, wait = settings.batch_size, settings.batch_wait_ms / 1000
    windows = [place.id for place in in_force.country.windows]
    return Wiring(
        messaging=Messaging(
            feed=FeedSettings(broker, topology.queue_of(me), size=size, wait=wait),
            take=_after_a_look(database, in_force, inbox.take),
            probe=partial(_probe, database),
            relay=relay,
            wake=wake,
            declare=partial(topology.declare, broker, settings.node, windows) if settings.topology == "declare" else None,
            dead_feed=None if broker.is_memory else FeedSettings(broker, topology.DEAD_QUEUE, size=size, wait=wait),
        ),
        site=_site(settings, Room(
            database, tables, works, Acts(works, keys=tables.idempotency, seals=vault, clock=clock), vault, in_force, clock, overlay
        )),
        inbox=inbox,
        take_dead=_after_a_look(database, in_force, inbox.take_dead),
        works=works,
        database=database,
        vault=vault,
        tables=tables,
        keyring=keyring,
        in_force=in_force,
        clock=clock,
    )


def _after_a_look(database: Database, in_force: InForce, take: Takes) -> Takes:
    """A batch is believed as the doors stand when it comes."""

    def taken(messages: Sequence[RawMessage]) -> object:
        with database.read() as connection:
            in_force.look(connection)
        return take(messages)

    return taken


def _probe(database: Database) -> None:
    with database.read() as connection:
        connection.execute(select(1))


def _site(settings: Settings, room: Room) -> "WSGIApplication":
    def authenticate(token: str | None) -> Actor | None:
        with room.database.read() as connection:
            return Users(connection, room.tables.access).actor_of(token, room.clock.now())

    state, registry = State(room.database, room.tables, room.overlay, room.in_force), new_registry()
    registry.register(HubFigures(state))
    api = hub_api(room, authenticate, None)
    return build_site(Site(NAME, WHAT, api, registry, state.checks(), state.lines, notices=state.notices()))
