"""The composition root: everything a window is made of, built once from its settings."""

import threading
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from sqlalchemy import Connection, select

from services.intake.config import window_name
from services.intake.domain.window import Window
from services.intake.queries.digest import digest_due
from services.intake.queries.people import PeopleIndex
from services.intake.queries.telling import has_to_tell, may_answer
from services.intake.queries.world import Published, World
from services.intake.reactions import reactions, report
from services.intake.store.rebuild import Rebuilder
from services.intake.store.tables import Tables, window_tables
from services.intake.store.work import WindowWork
from services.intake.use_cases.report import report as report_standing
from services.intake.use_cases.tell_again import answer_hub, tell_queued
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
from shared.messaging.exporter import Exporter
from shared.messaging.feed import FeedSettings
from shared.messaging.held import HeldMessages, WhenOpen
from shared.messaging.inbox import Inbox
from shared.messaging.node_state import recall
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
from shared.security.key_door import LockedDoor
from shared.security.key_store import KeyStore, PlainStore
from shared.security.keyring import Keyring
from shared.security.locked_store import LockedStore
from shared.security.passwords import Run, at_once
from shared.security.presence import NobodyHears, Presence
from shared.security.protecting import is_protected
from shared.security.tokens import by_token
from shared.security.vault import Vault
from shared.vocabulary.windows import WINDOWS
from shared.web.acts import Acts
from shared.web.call import Words
from shared.web.entering import Premises, open_pages
from shared.web.limits import Limiter
from shared.web.privacy_pages import privacy_pages
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
MOST_TELLINGS = 20
"""Transactions of ``tell_again`` in one call, so that a stop is never far."""
PAUSE = 0.02
"""Seconds between two of them, in which who is at the window is served."""
INCARNATION = "incarnation"
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
    when_open: WhenOpen
    keys: KeyStore
    presence: Presence
    opened: threading.Event
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
        """Tell the hub how this window stands; the digest is made outside of the transaction, for it takes longest."""
        hub = Address.hub(self.place.node)
        with self.database.read() as connection:
            digest = digest_due(connection, self.tables, hub=hub, now=self.clock.now())
        with self.works.open() as work:
            report_standing(work.hub.standing(), work=work, digest=digest)

    def say_standing(self, _to: Address) -> None:
        """What a bundle to the hub takes along, besides what waits for it."""
        self.report()

    def tell_again(self) -> None:
        """Tell what the hub asked for or forgot, some of it at a time; when that is done, say so.

        It waits while the keys are locked.
        """
        if not self.keys.is_open:
            return
        for _ in range(MOST_TELLINGS):
            if not self._has_to_tell():
                break
            with self.works.open() as work:
                tell_queued(work=work)
            time.sleep(PAUSE)
        else:
            return
        with self.database.read() as connection:
            done = may_answer(connection, self.tables, Address.hub(self.place.node))
        if done:
            with self.works.open() as work:
                answer_hub(work=work)

    def _has_to_tell(self) -> bool:
        with self.database.read() as connection:
            return has_to_tell(connection, self.tables)

    def after_opening(self) -> None:
        """Once after each opening: what came meanwhile is taken, and the persons are known again.

        Half way: what was not taken stays, and is looked at again.
        """
        if not (self.opened.is_set() and self.keys.is_open):
            return
        self.when_open.take_kept()
        with self.database.read() as connection:
            self.people.catch_up(connection)
        self.opened.clear()

    def withhold_lapsed(self) -> None:
        """Hold what may no longer leave, until there is no more of it."""
        found = AT_ONCE
        while found == AT_ONCE:
            with self.works.open() as work:
                found = withhold_lapsed(work=work, now=self.clock.now())

    def close(self) -> None:
        """Let go of keys, databases and pipes."""
        self.presence.nobody_left()
        self.messaging.wake.close()
        self.database.close()
        self.vault.close()


def build(settings: Settings, *, clock: Clock | None = None, run: Run = at_once) -> Wiring:
    """Build it all; ``ConfigError`` says what is wrong with the settings, ``TryAgain`` that the database is away.

    ``run`` computes what a password opens or hashes to: off the event loop where there is one.
    """
    arm(settings.crash_at)
    clock, tables, wake = clock or SystemClock(), window_tables(), Wake()
    place = window_of(settings)
    me = Address.window(place.node, place.window)
    keys = _keys(settings, run)
    keyring = Keyring.load(settings.key_store, keys)
    database, vault = open_database(settings.database_url), Vault(settings.key_store, settings.key_store_url, keys=keys)
    with database.write() as connection:
        epoch, incarnation = epoch_of(connection, tables.messaging), _incarnation(connection, tables)
    published, people = Published(tables.directories, place), PeopleIndex(tables, vault)
    keys.when_dropped(people.forget)
    opened = threading.Event()
    keys.when_opened(opened.set)

    def open_work(connection: Connection) -> WindowWork:
        return WindowWork(
            connection,
            tables,
            place=place,
            incarnation=incarnation,
            epoch=epoch,
            vault=vault,
            wraps=keys,
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
    if keys.is_open:
        opened.set()  # messages may be kept from a time when they were locked
        with database.read() as connection:
            people.catch_up(connection)
    held = HeldMessages(database, tables.held, clock)
    when_open = WhenOpen(held, lambda: keys.is_open, inbox.take, inbox.take_dead, size=settings.batch_size)
    acts = Acts(works, keys=tables.idempotency, seals=vault, clock=clock)
    presence = LockedDoor(keys, clock, when_open.take_kept) if isinstance(keys, LockedStore) else NobodyHears()
    room = Room(place, database, tables, acts, people, published, clock, vault, epoch, lambda: publisher.up, keys)
    site, entrance = _site(settings, room, works, run, presence)
    return Wiring(
        messaging=Messaging(
            feed=FeedSettings(
                broker, topology.queue_of(me), size=settings.batch_size, wait=settings.batch_wait_ms / 1000
            ),
            take=when_open,
            probe=partial(_probe, database, when_open),
            relay=relay,
            wake=wake,
            exporter=Exporter(database, tables.messaging, relay.messages, epoch=epoch, clock=clock),
            declare=_declaring(settings, broker),
        ),
        when_open=when_open,
        keys=keys,
        presence=presence,
        opened=opened,
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
    return int(recall(connection, tables.messaging, INCARNATION) or FIRST_INCARNATION)


def _declaring(settings: Settings, broker: Broker) -> Callable[[], None] | None:
    if settings.topology != "declare":
        return None
    return partial(topology.declare, broker, settings.node, sorted({*WINDOWS[settings.node], window_name(settings)}))


def _probe(database: Database, when_open: WhenOpen) -> None:
    with database.read() as connection:
        connection.execute(select(1))
    when_open.probe()


def _keys(settings: Settings, run: Run) -> LockedStore | PlainStore:
    """The window's keys: locked where ``ventanilla keys protect`` was run, in plain files elsewhere."""
    return LockedStore(settings.key_store, run) if is_protected(settings.key_store) else PlainStore(settings.key_store)


def _site(
    settings: Settings, room: Room, works: Works[WindowWork], run: Run, presence: Presence
) -> tuple["WSGIApplication", Entrance]:
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
            presence=presence,
        ),
        limiter,
    )
    pages.add(*privacy_pages(pages), *window_pages(Counter(room, works)))
    pages.offer(*ENTRIES)
    api = window_api(room, by_token(room.database, room.tables.access, room.clock), limiter)
    site = Site(
        what=WHAT, greeting=GREETING, home=TODAY, help=HELP, pages=pages, api=api, registry=registry, zone=room.place.time_zone,
        checks=state.checks(), cautions=state.cautions(), state=state.lines, templates=(WEB / "templates",),
        static=(WEB / "static",), locale=(WEB / "locale",), proxies=settings.proxies,
    )
    return build_site(site), pages.entrance
