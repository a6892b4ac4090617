"""The composition root: everything this service is made of, built once from its settings."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from sqlalchemy import Connection, select

from services.notifications.channels.delivery import Delivery
from services.notifications.channels.email.sender import EmailSender, Server
from services.notifications.channels.email.templates import Templates
from services.notifications.channels.loop import DeliveryLoop
from services.notifications.config import Timing, smtp_url
from services.notifications.domain.links import Links
from services.notifications.domain.sayings import Sayings
from services.notifications.reactions import finishing, reactions, tell_standing
from services.notifications.store.rebuild import rebuild
from services.notifications.store.sayings import load_sayings
from services.notifications.store.tables import access, audit, entrance, idempotency_keys, messaging
from services.notifications.store.work import NotificationsWork
from services.notifications.web.api.v1.mailbox import mailbox_endpoints
from services.notifications.web.api.v1.notifications import notification_endpoints
from services.notifications.web.api.v1.room import Room
from services.notifications.web.api.v1.subscriptions import subscription_endpoints
from services.notifications.web.pages.mailbox import MAILBOX, mailbox_page
from services.notifications.web.state import LedgerFigures, State
from shared.clock import Clock, SystemClock
from shared.config import Settings, zone_of
from shared.contracts.addresses import Address
from shared.crash import arm
from shared.messaging import topology
from shared.messaging.broker import Broker
from shared.messaging.epochs import epoch_of
from shared.messaging.exporter import Exporter
from shared.messaging.feed import FeedSettings
from shared.messaging.inbox import Inbox, Taken
from shared.messaging.outbox import Outbox
from shared.messaging.parts import Messaging
from shared.messaging.ports import RawMessage
from shared.messaging.positions import standing_towards
from shared.messaging.publisher import open_publisher
from shared.messaging.relay import Relay
from shared.messaging.wake import Wake
from shared.observability.metrics import new_registry
from shared.persistence.engine import Database, open_database
from shared.persistence.work import Works
from shared.security.audit import AuditTrail
from shared.security.keyring import Keyring
from shared.security.passwords import Run, at_once
from shared.security.tokens import by_token
from shared.security.vault import Vault
from shared.vocabulary.windows import WINDOWS
from shared.web.acts import Acts
from shared.web.api import Api
from shared.web.call import Words
from shared.web.entering import Premises, needs_second_step, open_pages
from shared.web.limits import Limiter
from shared.web.site import Site, build_site
from shared.web.visit import Entry

if TYPE_CHECKING:
    from _typeshed.wsgi import WSGIApplication

DATA = Path(__file__).parent / "data"
NAME = Words("Ventanilla · Avisos", "Ventanilla · Notifications")
WHAT = Words(
    "Avisa a instituciones y ventanillas de lo que ocurre con sus referencias, sin nombrar a nadie.",
    "Tells institutions and windows what happens with their referrals, naming nobody.",
)
GREETING = Words(
    "Desde aquí se avisa por correo. Qué avisos recibir se elige por ahora con la API.",
    "Notices leave from here by e-mail. Which ones to get is chosen by the API for now.",
)
DOOR = Words(
    "Oficiales, suplentes, responsables, coordinación y administración entran por la central.",
    "Officers, deputies, managers, coordinators and administrators sign in at the hub.",
)
TEMPLATES, LOCALE = Path(__file__).parent / "web" / "templates", Path(__file__).parent / "web" / "locale"


@dataclass(frozen=True)
class Wiring:
    """What the service class and the console need. Call ``close`` last."""

    messaging: Messaging
    site: "WSGIApplication"
    deliveries: DeliveryLoop
    inbox: Inbox[NotificationsWork]
    works: Works[NotificationsWork]
    database: Database
    vault: Vault
    hub: Address
    epoch: str

    def report(self) -> None:
        """Tell the hub how far this service has committed what it sent."""
        with self.works.open() as work:
            tell_standing(work, self.hub, standing_towards(work.connection, messaging, source=self.hub, epoch=self.epoch))

    def say_standing(self, _to: Address) -> None:
        """What a bundle to the hub takes along, besides what waits for it."""
        self.report()

    def close(self) -> None:
        """Let go of databases and pipes."""
        self.messaging.wake.close()
        self.database.close()
        self.vault.close()


def build(
    settings: Settings,
    *,
    clock: Clock | None = None,
    timing: Timing | None = None,
    run: Run = at_once,
) -> Wiring:
    """Build it all; ``ConfigError`` says what is wrong with the settings, ``TryAgain`` that the database is away.

    ``run`` computes password hashes: off the event loop where there is one.
    """
    arm(settings.crash_at)
    clock = clock or SystemClock()
    me, hub = Address.notifications(settings.node), Address.hub(settings.node)
    sayings = load_sayings(DATA / "sayings.yml")
    server, templates = Server.from_url(smtp_url(settings)), Templates(DATA / "messages", sayings.names())
    sender = EmailSender(server, settings.mail_from, templates, clock)
    keyring = Keyring.load(settings.key_store)
    database, vault = open_database(settings.database_url), Vault(settings.key_store, settings.key_store_url)
    with database.write() as connection:
        epoch = epoch_of(connection, messaging)
    relay_wake, delivery_wake = Wake(), Wake()

    def open_work(connection: Connection) -> NotificationsWork:
        outbox = Outbox(connection, messaging, keyring, me, clock)
        return NotificationsWork(connection, outbox, AuditTrail(connection, audit, clock))

    works = Works(database, open_work, relay_wake.set)
    broker = Broker(settings.amqp_uri, settings.amqp_ssl or False)
    inbox = Inbox(
        works,
        messaging,
        opener=keyring,
        reactions=reactions(sayings, clock, epoch),
        report=tell_standing,
        finish=finishing(sayings, clock),
        me=me,
        epoch=epoch,
        clock=clock,
    )

    def take(messages: Sequence[RawMessage]) -> Taken:
        taken = inbox.take(messages)
        delivery_wake.set()
        return taken

    relay = Relay(
        database,
        messaging,
        open_publisher(broker, me),
        sealer=keyring,
        signer=keyring,
        me=me,
        epoch=epoch,
        clock=clock,
        rebuild=rebuild,
        batch_size=settings.batch_size,
        resend_after=settings.resend_after,
    )
    delivery = Delivery(works, sender, Links(settings.public_url.rstrip("/"), settings.window_urls), hub, clock)
    deliveries = DeliveryLoop(delivery, database, sayings, delivery_wake, timing or Timing())
    return Wiring(
        messaging=Messaging(
            feed=FeedSettings(
                broker, topology.queue_of(me), size=settings.batch_size, wait=settings.batch_wait_ms / 1000
            ),
            take=take,
            probe=partial(_probe, database),
            relay=relay,
            wake=relay_wake,
            exporter=Exporter(database, messaging, relay.messages, epoch=epoch, clock=clock),
            declare=partial(topology.declare, broker, settings.node, list(WINDOWS[settings.node]))
            if settings.topology == "declare"
            else None,
        ),
        site=_site(settings, database, works, vault, sayings, clock, run),
        deliveries=deliveries,
        inbox=inbox,
        works=works,
        database=database,
        vault=vault,
        hub=hub,
        epoch=epoch,
    )


def _probe(database: Database) -> None:
    with database.read() as connection:
        connection.execute(select(1))


def _site(
    settings: Settings,
    database: Database,
    works: Works[NotificationsWork],
    vault: Vault,
    sayings: Sayings,
    clock: Clock,
    run: Run,
) -> "WSGIApplication":
    limiter, zone = Limiter(), zone_of(settings)
    pages = open_pages(
        Premises(
            settings=settings,
            me=Address.notifications(settings.node),
            where=NAME,
            zone=zone,
            database=database,
            access=access,
            entrance=entrance,
            audit=audit,
            seals=vault,
            clock=clock,
            run=run,
            # second steps are kept at the hub alone: here a password would be all that is asked for
            admits=lambda user: not needs_second_step(user, settings),
            elsewhere=settings.public_url.rstrip("/"),
            door=DOOR if settings.second_factor == "required" else None,
        ),
        limiter,
    )
    api = Api(title="Ventanilla: avisos", version="1", authenticate=by_token(database, access, clock), limiter=limiter)
    acts = Acts(works, keys=idempotency_keys, seals=vault, clock=clock)
    room = Room(settings.node, database, acts, sayings, clock)
    api.add(*notification_endpoints(room), *subscription_endpoints(room))
    open_entries: tuple[Entry, ...] = ()
    if settings.mailbox is not None:
        api.add(*mailbox_endpoints(settings.mailbox))
        pages.add(mailbox_page(settings.mailbox))
        open_entries = (MAILBOX,)
    state, registry = State(database), new_registry()
    registry.register(LedgerFigures(database))
    site = Site(
        what=WHAT, greeting=GREETING, pages=pages, api=api, registry=registry, zone=zone, checks=state.checks(),
        state=state.lines, open_entries=open_entries, templates=(TEMPLATES,), locale=(LOCALE,), proxies=settings.proxies,
    )
    return build_site(site)
