"""The composition root: everything a hub is made of, built once from its settings."""

import time
from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from sqlalchemy import Connection, select

from services.referrals.queries.recovery import can_go_on
from services.referrals.reactions import finish, reactions, report
from services.referrals.store.country import load_country
from services.referrals.store.directory import Overlay
from services.referrals.store.doors import Doorkeeper, InForce
from services.referrals.store.rebuild import Rebuilder
from services.referrals.store.tables import Tables, hub_tables
from services.referrals.store.work import HubWork
from services.referrals.use_cases.ports import Country
from services.referrals.use_cases.publish_directory import publish_again, publish_directory
from services.referrals.use_cases.rebuild_window import give_back
from services.referrals.use_cases.receipts import send_receipt
from services.referrals.use_cases.recover import recover
from services.referrals.use_cases.watch_clocks import AT_ONCE, close_what_ran_out, escalate_stops
from services.referrals.web.api.v1.api import hub_api
from services.referrals.web.api.v1.room import Room
from services.referrals.web.own_account import HubAccount
from services.referrals.web.pages.users import USERS, UserRoom, user_pages
from services.referrals.web.state import HubFigures, State
from shared.clock import Clock, SystemClock
from shared.config import Settings, zone_of
from shared.contracts.addresses import Address
from shared.crash import arm
from shared.messaging import topology
from shared.messaging.broker import Broker
from shared.messaging.epochs import epoch_of
from shared.messaging.exporter import Exporter
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
from shared.security.keyring import Keyring
from shared.security.passwords import Run, at_once
from shared.security.tokens import by_token
from shared.security.vault import Vault
from shared.web.acts import Acts
from shared.web.call import Words
from shared.web.entering import Premises, open_pages
from shared.web.limits import Limiter
from shared.web.site import Site, build_site

if TYPE_CHECKING:
    from _typeshed.wsgi import WSGIApplication

NAME = Words("Ventanilla · Central de referencias", "Ventanilla · Referrals hub")
WHAT = Words(
    "Recibe los casos de las ventanillas, decide por reglas a qué institución va cada necesidad y es la bandeja de cada una.",
    "Receives cases from the windows, decides by rules which institution each need goes to, and is the desk of each.",
)
GREETING = Words(
    "Aquí trabajan las instituciones sus referencias. Por ahora se hace con la API; las bandejas vienen.",
    "Institutions work their referrals here. For now by the API; the desks are to come.",
)
DOOR = Words("El personal de ventanilla entra en su propia ventanilla.", "Window staff sign in at their own window.")
TEMPLATES, LOCALE = Path(__file__).parent / "web" / "templates", Path(__file__).parent / "web" / "locale"


MOST_PARTS = 20
"""Transactions of ``recover`` in one call, so that a stop is never far."""
PAUSE = 0.02
"""Seconds between two of them, in which everybody else is served."""


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

    def say_standing(self, to: Address) -> None:
        """What a bundle takes along, besides what waits for ``to``: a receipt, and to a window directory and rules."""
        with self.works.open() as work:
            send_receipt(to, work.streams.standing(to), work=work, now=self.clock.now())
            if to.is_window:
                publish_again(work)

    def recover(self) -> None:
        """After a restore: go on from what windows have told, some of it at a time."""
        for _ in range(MOST_PARTS):
            with self.database.read() as connection:
                if not can_go_on(connection, self.tables):
                    return
            with self.works.open() as work:
                more = recover(work=work, now=self.clock.now())
            if not more:
                return
            time.sleep(PAUSE)

    def give_back(self) -> None:
        """Tell windows that are rebuilt their cases, some of it at a time."""
        queue = self.tables.giving_back
        for _ in range(MOST_PARTS):
            with self.database.read() as connection:
                if connection.execute(select(queue.c.case_id).limit(1)).first() is None:
                    return
            with self.works.open() as work:
                give_back(work=work)
            time.sleep(PAUSE)

    def watch_clocks(self) -> None:
        """Say what has run out or was not answered, until there is no more of it."""
        for look in (close_what_ran_out, escalate_stops):
            found = AT_ONCE
            while found == AT_ONCE:
                with self.works.open() as work:
                    found = look(work=work, now=self.clock.now())

    def close(self) -> None:
        """Let go of databases and pipes."""
        self.messaging.wake.close()
        self.database.close()
        self.vault.close()


def build(
    settings: Settings, *, clock: Clock | None = None, country: Country | None = None, run: Run = at_once
) -> Wiring:
    """Build it all; ``ConfigError`` says what is wrong with settings or data, ``TryAgain`` that the database is away.

    ``run`` computes password hashes: off the event loop where there is one.
    """
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
            epoch=epoch,
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
        finish=finish,
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
    acts = Acts(works, keys=tables.idempotency, seals=vault, clock=clock)
    room = Room(database, tables, works, acts, vault, in_force, clock, overlay)
    size, wait = settings.batch_size, settings.batch_wait_ms / 1000
    windows = [place.id for place in in_force.country.windows]
    return Wiring(
        messaging=Messaging(
            feed=FeedSettings(broker, topology.queue_of(me), size=size, wait=wait),
            take=_after_a_look(database, in_force, inbox.take),
            probe=partial(_probe, database),
            relay=relay,
            wake=wake,
            exporter=Exporter(database, tables.messaging, relay.messages, epoch=epoch, clock=clock),
            declare=partial(topology.declare, broker, settings.node, windows) if settings.topology == "declare" else None,
            dead_feed=None if broker.is_memory else FeedSettings(broker, topology.DEAD_QUEUE, size=size, wait=wait),
        ),
        site=_site(settings, room, run),
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


def _site(settings: Settings, room: Room, run: Run) -> "WSGIApplication":
    tables, limiter = room.tables, Limiter()
    pages = open_pages(
        Premises(
            settings=settings,
            me=Address.hub(room.country.node),
            where=NAME,
            zone=zone_of(settings),
            database=room.database,
            access=tables.access,
            entrance=tables.entrance,
            audit=tables.audit,
            seals=room.vault,
            clock=room.clock,
            run=run,
            admits=lambda user: user.window is None,
            account=HubAccount(room.works, room.clock),
            second_step=tables.second_step,
            door=DOOR,
        ),
        limiter,
    )
    pages.add(*user_pages(UserRoom(room, pages.entrance.passwords, pages.entrance.secrets)))
    pages.offer(USERS)
    state, registry = State(room.database, tables, room.overlay, room.in_force, room.clock), new_registry()
    registry.register(HubFigures(state))
    api = hub_api(room, by_token(room.database, tables.access, room.clock), None, limiter)
    site = Site(
        what=WHAT, greeting=GREETING, pages=pages, api=api, registry=registry, zone=zone_of(settings), checks=state.checks(),
        cautions=state.cautions(), state=state.lines, templates=(TEMPLATES,), locale=(LOCALE,), proxies=settings.proxies,
    )
    return build_site(site)
