"""How a service lets people in: its entrance, and the pages of signing in and of one's own account, put together."""

from collections.abc import Callable
from dataclasses import dataclass, field
from zoneinfo import ZoneInfo

from sqlalchemy import Table

from shared.clock import Clock
from shared.config import Settings
from shared.contracts.access import UserAccess
from shared.contracts.addresses import Address
from shared.persistence.engine import Database
from shared.persistence.perform import Seals
from shared.security.access_tables import AccessTables
from shared.security.entrance import Entrance, EntranceTables
from shared.security.identities import Actor, Role, Subject
from shared.security.page_secrets import PageSecrets
from shared.security.passwords import Passwords, Run
from shared.security.presence import NobodyHears, Presence
from shared.security.second_step import NEEDED_BY, SecondStep, SecondStepTables
from shared.web.account_pages import AccountRoom, account_pages
from shared.web.call import Words
from shared.web.cookies import Cookies
from shared.web.limits import Limiter
from shared.web.own_account import OwnAccount
from shared.web.pages import Pages
from shared.web.second_step_pages import second_step_pages
from shared.web.sign_in_pages import sign_in_pages

OPTIONAL_NOTE = Words(
    "Servicio de prueba: el segundo paso no se exige (SECOND_FACTOR=optional).",
    "A trial: the second step is not asked for (SECOND_FACTOR=optional).",
)


@dataclass(frozen=True)
class Premises:
    """What a service gives. ``admits`` says whose place it is; ``account`` is None where accounts are only read.

    ``second_step`` are the tables of the hub, which alone keeps second steps; ``elsewhere`` is the hub's address for
    those who have to go there, ``door`` says who must at the sign-in; ``run`` computes password hashes off the event loop; ``presence`` hears who is in.
    """

    settings: Settings
    me: Address
    where: Words
    zone: ZoneInfo
    database: Database
    access: AccessTables
    entrance: EntranceTables
    audit: Table
    seals: Seals
    clock: Clock
    run: Run
    admits: Callable[[UserAccess], bool]
    account: OwnAccount | None = None
    second_step: SecondStepTables | None = None
    elsewhere: str | None = None
    door: Words | None = None
    presence: Presence = field(default_factory=NobodyHears)


def open_pages(premises: Premises, limiter: Limiter) -> Pages:
    """The pages of a service with those of signing in and of one's account; its own are added to them."""
    settings, me = premises.settings, premises.me
    window = me.name if me.is_window else None
    entrance = _entrance(premises, Actor.system(me.node, window))
    optional = premises.second_step is not None and settings.second_factor == "optional"
    pages = Pages(
        entrance, Cookies.of(settings, me.key), where=premises.where, here=Subject("place", me.node, window=window),
        limiter=limiter, note=OPTIONAL_NOTE if optional else None, door=premises.door,
    )
    room = AccountRoom(pages, premises.access, premises.account, premises.zone, premises.elsewhere)
    pages.add(*sign_in_pages(pages, premises.account, premises.zone), *account_pages(room), *second_step_pages(pages))
    return pages


def needs_second_step(user: UserAccess, settings: Settings) -> bool:
    """Whether this user's password alone opens nothing (domain.md, Who may know what; NIST SP 800-63B)."""
    return settings.second_factor == "required" and Role(user.role) in NEEDED_BY


def _entrance(premises: Premises, here: Actor) -> Entrance:
    secrets, tables = PageSecrets.load(premises.settings.key_store), premises.second_step
    step = None
    if tables is not None:
        step = SecondStep(tables, seals=premises.seals, secrets=secrets, issuer=f"Ventanilla {here.node.upper()}")
    return Entrance(
        premises.database,
        premises.access,
        premises.entrance,
        premises.audit,
        admits=premises.admits,
        passwords=Passwords(premises.run),
        secrets=secrets,
        seals=premises.seals,
        presence=premises.presence,
        clock=premises.clock,
        here=here,
        second_step=step,
        asks_second_step=lambda user: step is not None and needs_second_step(user, premises.settings),
    )
