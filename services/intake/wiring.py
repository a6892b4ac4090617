"""The composition root: everything a window is made of, built once from its settings."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from sqlalchemy import Connection, select

from services.intake.config import window_name
from services.intake.domain.window import Window
from services.intake.queries.people import PeopleIndex
from services.intake.queries.world import Published, World
from services.intake.reactions import reactions, report
from services.intake.store.rebuild import Rebuilder
from services.intake.store.tables import Tables, window_tables
from services.intake.store.work import WindowWork
from services.intake.use_cases.report import report as report_standing
from services.intake.use_cases.tell_again import tell_queued
from services.intake.use_cases.withhold_lapsed import AT_ONCE, withhold_lapsed
from services.intake.web.api.v1.api import window_api
from services.intake.web.api.v1.room import Room
from services.intake.web.own_account import WindowAccount
from services.intake.web.pages.counter import Counter
from services.intake.web.pages.help import HELP
from services.intake.web.pages.today import TODAY
from services.intake.web.pages.window_pages import ENTRIES, window_pages
from services.intake.web.state import State
from shared.clock import Clock, SystemClock
from shared.config import Settings, zone_of
from shared.contracts.addresses import Address
from shared.crash import arm
from shared.errors import ConfigError
from shared.messaging import topology
from shared.messaging.broker import Broker
from shared.messaging.epochs import epoch_of
from shared.messaging.feed import FeedSettings
from shared.messaging.inbox import Inbox
from shared.messaging.outbox import Outbox
from shared.messaging.parts import Messaging
from shared.messaging.ports import Outcome, Outgoing, Publisher
from shared.messaging.publisher import open_publisher
from shared.messaging.relay import Relay
from shared.messaging.wake import Wake
from shared.observability.metrics import new_registry
from shared.persistence.engine import Database, open_database
from shared.persistence.work import Works
from shared.security.entrance import Entrance
from shared.security.keyring import Keyring
from shared.security.passwords import Run, at_once
from shared.security.presence import NobodyHears
from shared.security.tokens import by_token
from shared.security.vault import Vault
from shared.vocabulary.windows import WINDOWS
from shared.web.acts import Acts
from shared.web.call import Words
from shared.web.entering import Premises, open_pages
from shared.web.limits import Limiter
from shared.web.site import Site, build_site

if TYPE_CHECKING:
    from _typeshed.wsgi import WSGIApplication

WHAT = Words(
    "Registra a las personas y sus necesidades, también sin red, y las refiere por la central.",
    "Registers people and their needs, also with no network, and refers them through the hub.",
)
GREETING = Words(
    "Aquí se registran las personas y se siguen sus referencias.",
    "People are registered and their referrals followed here.",
)
FIRST_INCARNATION = 1
WEB = Path(__file__).parent / "web"


class WatchedPublisher:
    """A publisher that remembers whether the broker answered when it was last asked."""

    def __init__(self, publisher: Publisher) -> None:
        self._publisher = publisher
        self.up = False

    def ready(self) -> None:
        """See ``Publisher``."""
        self.up = False
        self._publisher.ready()
        self.up = True

    def publish(self, messages: Sequence[Outgoing]) -> Mapping[str, Outcome]:
        """See ``Publisher``."""
        return self._publisher.publish(messages)

    def close(self) -> None:
        """See ``Publisher``."""
        self.up = False
        self._publisher.close()


@dataclass(frozen=True)
class Wiring:
    """What the service class and the console need. Call ``close`` last."""

    messaging: Messaging
    site: "WSGIApplication"
    entrance: Entrance
    inbox: Inbox[WindowWork]
    works: Works[WindowWork]
    database: Database
    vault: Vault
    tables: Tables
    place: Window
    people: PeopleIndex
    published: Published
    clock: Clock

    def report(self) -> None:
        """Tell the hub how this window stands."""
        with self.works.open() as work:
            report_standing(work.hub.standing(), work=work)

    def tell_again(self) -> None:
        """Tell the next cases that the hub asked for, while there are any."""
        queue = self.tables.telling_queue
        with self.database.read() as connection:
            waiting = connection.execute(select(queue.c.case_id).limit(1)).first()
        if waiting is not None:
            with self.works.open() as work:
                tell_queued(work=work)

    def withhold_lapsed(self) -> None:
        """Hold what may no longer leave, until there is no more of it."""
        found = AT_ONCE
        while found == AT_ONCE:
            with self.works.open() as work:
                found = withhold_lapsed(work=work, now=self.clock.now())

    def close(self) -> None:
        """Let go of databases and pipes."""
        self.messaging.wake.close()
        self.database.close()
        self.vault.close()


def build(settings: Settings, *, clock: Clock | None = None, run: Run = at_once) -> Wiring:
    """Build it all; ``ConfigError`` says what is wrong with the settings, ``TryAgain`` that the database is away.

    ``run`` computes password hashes: off the event loop where there is one.
    """
    arm(settings.crash_at)
    clock, tables, wake = clock or SystemClock(), window_tables(), Wake()
    place = window_of(settings)
    me = Address.window(place.node, place.window)
    keyring = Keyring.load(settings.key_store)
    database, vault = open_database(settings.database_url), Vault(settings.key_store, settings.key_store_url)
    with database.write() as connection:
        epoch, incarnation = epoch_of(connection, tables.messaging), _incarnation(connection, tables)
    published, people = Published(tables.directories, place), PeopleIndex(tables, vault)

    def open_work(connection: Connection) -> WindowWork:
        return WindowWork(
            connection,
            tables,
            place=place,
            incarnation=incarnation,
            epoch=epoch,
            vault=vault,
            known=World(connection, published),
            outbox=Outbox(connection, tables.messaging, keyring, me, clock),
            clock=clock,
        )

    works = Works(database, open_work, wake.set)
    broker = Broker(settings.amqp_uri, settings.amqp_ssl or False)
    publisher = WatchedPublisher(open_publisher(broker, me))
    inbox = Inbox(
        works,
        tables.messaging,
        opener=keyring,
        reactions=reactions(clock),
        report=report,
        me=me,
        epoch=epoch,
        clock=clock,
    )
    relay = Relay(
        database,
        tables.messaging,
        publisher,
        sealer=keyring,
        signer=keyring,
        me=me,
        epoch=epoch,
        clock=clock,
        rebuild=Rebuilder(tables, vault),
        batch_size=settings.batch_size,
        resend_after=settings.resend_after,
    )
    with database.read() as connection:
        people.catch_up(connection)
    acts = Acts(works, keys=tables.idempotency, seals=vault, clock=clock)
    room = Room(place, database, tables, acts, people, published, clock, vault, epoch, lambda: publisher.up)
    site, entrance = _site(settings, room, works, run)
    return Wiring(
        messaging=Messaging(
            feed=FeedSettings(
                broker, topology.queue_of(me), size=settings.batch_size, wait=settings.batch_wait_ms / 1000
            ),
            take=inbox.take,
            probe=partial(_probe, database),
            relay=relay,
            wake=wake,
            declare=_declaring(settings, broker),
        ),
        site=site,
        entrance=entrance,
        inbox=inbox,
        works=works,
        database=database,
        vault=vault,
        tables=tables,
        place=place,
        people=people,
        published=published,
        clock=clock,
    )


def window_of(settings: Settings) -> Window:
    """Which window this is; letters in the settings stand for a window that no file knows yet."""
    name = window_name(settings)
    known = WINDOWS.get(settings.node, {}).get(name)
    letters = settings.window_letters or (known.letters if known else None)
    if letters is None:
        message = f"The settings are not right. WINDOW: {settings.node} has no window {name}; or give WINDOW_LETTERS."
        raise ConfigError(message)
    country = known.country if known else settings.node.upper()
    return Window(settings.node, name, letters, country, zone_of(settings))


def _incarnation(connection: Connection, tables: Tables) -> int:
    state = tables.messaging.node_state
    found = connection.execute(select(state.c.value).where(state.c.name == "incarnation")).scalar_one_or_none()
    return int(found) if found is not None else FIRST_INCARNATION


def _declaring(settings: Settings, broker: Broker) -> Callable[[], None] | None:
    if settings.topology != "declare":
        return None
    return partial(topology.declare, broker, settings.node, sorted({*WINDOWS[settings.node], window_name(settings)}))


def _probe(database: Database) -> None:
    with database.read() as connection:
        connection.execute(select(1))


def _site(settings: Settings, room: Room, works: Works[WindowWork], run: Run) -> tuple["WSGIApplication", Entrance]:
    state, registry, limiter = State(room), new_registry(), Limiter()
    registry.register(state)
    known = WINDOWS.get(room.place.node, {}).get(room.place.window)
    name = known.name if known is not None else f"Ventanilla {room.place.window}"
    pages = open_pages(
        Premises(
            settings=settings,
            me=Address.window(room.place.node, room.place.window),
            where=Words(name, name),
            zone=room.place.time_zone,
            database=room.database,
            access=room.tables.access,
            entrance=room.tables.entrance,
            audit=room.tables.audit,
            seals=room.vault,
            clock=room.clock,
            run=run,
            admits=lambda user: user.window == room.place.window,
            account=WindowAccount(works, room.clock),
            presence=NobodyHears(),  # the key store lies open: nobody needs to hear who is in
        ),
        limiter,
    )
    pages.add(*window_pages(Counter(room, works)))
    pages.offer(*ENTRIES)
    api = window_api(room, by_token(room.database, room.tables.access, room.clock), limiter)
    site = Site(
        what=WHAT, greeting=GREETING, home=TODAY, help=HELP, pages=pages, api=api, registry=registry, zone=room.place.time_zone,
        checks=state.checks(), state=state.lines, templates=(WEB / "templates",), static=(WEB / "static",),
        locale=(WEB / "locale",), proxies=settings.proxies,
    )
    return build_site(site), pages.entrance
