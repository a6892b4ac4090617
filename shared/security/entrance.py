"""Signing in and out of the pages of one service, and who is in.

The answer to a name that nobody has, a wrong password and an account that has to wait is one and the same, and takes
the same time: each costs one password hash. No transaction is open while one is computed.
"""

import threading
from collections.abc import Callable
from dataclasses import dataclass, replace

from sqlalchemy import Connection, MetaData, Table

from shared.clock import Clock
from shared.contracts.access import UserAccess
from shared.persistence.engine import Database
from shared.persistence.perform import Seals
from shared.security.access_tables import AccessTables
from shared.security.attempts import Attempts, Keys, attempts_table
from shared.security.audit import AuditTrail
from shared.security.identities import Actor
from shared.security.page_secrets import PageSecrets
from shared.security.passwords import Passwords
from shared.security.presence import NotOpenedYet, Presence
from shared.security.second_step import SecondStep
from shared.security.sessions import SEEN_EVERY, Notice, Session, Sessions, Stage, sessions_table
from shared.security.users import Users
from shared.security.visitors import Browser, Due, Entered, Visitor


@dataclass(frozen=True)
class EntranceTables:
    """What signing in keeps, beside the users."""

    sessions: Table
    attempts: Table


def entrance_tables(metadata: MetaData) -> EntranceTables:
    """Declare both."""
    return EntranceTables(sessions_table(metadata), attempts_table(metadata))


class Entrance:
    """The way into one service's pages. Safe to share between green threads."""

    def __init__(
        self,
        database: Database,
        access: AccessTables,
        tables: EntranceTables,
        audit: Table,
        *,
        admits: Callable[[UserAccess], bool],
        passwords: Passwords,
        secrets: PageSecrets,
        seals: Seals,
        presence: Presence,
        clock: Clock,
        here: Actor,
        second_step: SecondStep | None = None,
        asks_second_step: Callable[[UserAccess], bool] = lambda _user: False,
    ) -> None:
        """``admits`` says whose place this service is; ``here`` is the node or window itself, for the audit.

        ``seals`` close what was typed into a form until it is shown again: under a key that is away with its owner.
        """
        self.database = database
        self.clock = clock
        self.second_step = second_step
        self.passwords = passwords
        self.secrets = secrets
        self._access = access
        self._tables = tables
        self._audit = audit
        self._admits = admits
        self._seals = seals
        self._presence = presence
        self._doorway = threading.Lock()
        self._here = here
        self._asks = asks_second_step

    @property
    def locked(self) -> bool:
        """Whether nobody goes on before somebody has signed in: this service's keys are away."""
        return self._presence.locked

    def visitor(self, secret: str | None) -> Visitor | None:
        """Who holds this session's secret; None when there is no such session, or it is over, by whatever way."""
        if not secret or self.locked:
            return None
        with self.database.read() as connection:
            sessions = Sessions(connection, self._tables.sessions)
            session = sessions.find(secret)
            user = self._user(connection, session.username) if session is not None else None
            if session is None or user is None or not sessions.fits(secret, user):
                return None
            if session.over(self.clock.now()) or not self._may_enter(user):
                return None
            return Visitor(user, session, secret, self._due(connection, user, session))

    def saw(self, visitor: Visitor) -> None:
        """The visitor did something: their session goes on. A page that asks by itself does not say this."""
        now = self.clock.now()
        self._presence.active()
        if visitor.session.stage is Stage.OPEN and now >= visitor.session.seen_at + SEEN_EVERY:
            with self.database.write() as connection:
                Sessions(connection, self._tables.sessions).seen(visitor.secret, now)

    def sign_in(
        self, username: str, password: str, browser: Browser, old: str | None = None, *, code: str = ""
    ) -> Entered | None:
        """Open a session; None when name and password do not belong together, or it has to wait.

        ``old`` is the session that this browser still had: it ends, so that nobody goes on under an id that
        somebody else may have given them. ``NotOpenedYet`` when the password is right and locked keys stay locked;
        ``code`` may open them then.
        """
        keys, user, allowed = self._try(username, browser)
        kept = user.password_hash if user is not None and allowed else None
        right = self.passwords.fits(kept, password)
        if user is None or not right:
            if allowed:
                self._failed(keys, user)
            return None
        with self._doorway:
            entered = self._let_in(user, keys, browser, old, password, code)
        if entered is None:
            self._failed(keys, user)
            self.look_who_is_left()
            return None
        outdated = not user.must_change and user.password_hash is not None and self.passwords.is_outdated(user.password_hash)
        return replace(entered, outdated=outdated)

    def pass_second_step(self, visitor: Visitor, code: str, browser: Browser) -> Entered | None:
        """The second step of a half-open session: a new session, or None for a wrong code or one too many."""
        if self.second_step is None:
            return None
        keys, user, allowed = self._try(visitor.user.username, browser)
        if user is None or not allowed:
            return None
        with self.database.write() as connection:
            right = self.second_step.accept(connection, user.username, code, self.clock.now())
        if not right:
            self._failed(keys, user)
            return None
        return self._open(user, keys, browser, visitor.secret, passed=visitor)

    def sign_out(self, secret: str | None) -> None:
        """End a session; one that there is not is ended too."""
        if not secret:
            return
        with self.database.write() as connection:
            sessions = Sessions(connection, self._tables.sessions)
            session = sessions.find(secret)
            sessions.close(secret)
            if session is not None:
                self._note(connection, "session.close", session.username)
        self.look_who_is_left()

    def sign_out_others(self, visitor: Visitor) -> None:
        """End the visitor's other sessions here."""
        with self.database.write() as connection:
            Sessions(connection, self._tables.sessions).close_others(visitor.user.username, visitor.secret)
            self._note(connection, "session.close-others", visitor.user.username)

    def sign_out_listed(self, visitor: Visitor, session_id: str) -> bool:
        """End one of the visitor's sessions by its place in their list; whether there was one."""
        with self.database.write() as connection:
            found = Sessions(connection, self._tables.sessions).close_listed(visitor.user.username, session_id)
            self._note(connection, "session.close-other", visitor.user.username)
        return found

    def devices(self, visitor: Visitor) -> list[Session]:
        """The visitor's open sessions here."""
        with self.database.read() as connection:
            return Sessions(connection, self._tables.sessions).of(visitor.user, self.clock.now())

    def goes_on(self, visitor: Visitor) -> None:
        """The visitor's own act changed what sessions hang on: theirs goes on, their others are over."""
        with self.database.write() as connection:
            user = self._user(connection, visitor.user.username)
            if user is not None:
                Sessions(connection, self._tables.sessions).restamp(visitor.secret, user)

    def knows_password(self, visitor: Visitor, password: str, browser: Browser) -> bool:
        """Whether the visitor types their own password, before something that only they may do; counted as a try."""
        keys, user, allowed = self._try(visitor.user.username, browser)
        right = self.passwords.fits(user.password_hash if user is not None and allowed else None, password)
        if not right:
            if allowed:
                self._failed(keys, user)
            return False
        with self.database.write() as connection:
            Attempts(connection, self._tables.attempts).succeed(keys, self.clock.now())
        return True

    def knows_code(self, visitor: Visitor, code: str, browser: Browser) -> bool:
        """Whether the visitor types a code of their own second step; counted as a try."""
        keys, user, allowed = self._try(visitor.user.username, browser)
        if user is None or not allowed or self.second_step is None:
            return False
        with self.database.write() as connection:
            right = self.second_step.accept(connection, user.username, code, self.clock.now())
            if right:
                Attempts(connection, self._tables.attempts).succeed(keys, self.clock.now())
        if not right:
            self._failed(keys, user)
        return right

    def confirm_second_step(self, visitor: Visitor, code: str, browser: Browser) -> tuple[str, ...] | None:
        """The first code of a new second step: its recovery codes, shown once; None for a wrong one, or one too many."""
        keys, user, allowed = self._try(visitor.user.username, browser)
        if user is None or not allowed or self.second_step is None:
            return None
        with self.database.write() as connection:
            codes = self.second_step.confirm(connection, user.username, code, self.clock.now())
            if codes is not None:
                Attempts(connection, self._tables.attempts).succeed(keys, self.clock.now())
                self._note(connection, "second-step.set", user.username)
        if codes is None:
            self._failed(keys, user)
        return codes

    def asks(self, user: UserAccess) -> bool:
        """Whether this user may not do without a second step here."""
        return self._asks(user)

    def has_password(self, visitor: Visitor, password: str) -> None:
        """The visitor's password is this one from now on: what it opens, it opens from now on."""
        self._presence.has_password(visitor.user.username, password)

    def note(self, visitor: Visitor, act: str) -> None:
        """Write into the audit what the visitor did to their own account."""
        with self.database.write() as connection:
            trail = AuditTrail(connection, self._audit, self.clock)
            trail.note(visitor.actor, act, "user", visitor.user.username)
            trail.flush()

    def tell(self, secret: str, notice: Notice) -> None:
        """Show a line on the next page of this session."""
        with self.database.write() as connection:
            Sessions(connection, self._tables.sessions).tell(secret, notice)

    def told(self, visitor: Visitor) -> None:
        """The visitor was shown what there was to be told."""
        if visitor.session.notices:
            with self.database.write() as connection:
                Sessions(connection, self._tables.sessions).told(visitor.secret)

    def owner_of(self, secret: str | None) -> str | None:
        """Whose session this was, also when its time is up; None when it was ended or never was."""
        if not secret:
            return None
        with self.database.read() as connection:
            session = Sessions(connection, self._tables.sessions).find(secret)
        return session.username if session is not None else None

    def carry(self, secret: str, path: str, typed: bytes) -> None:
        """Keep what was typed into the form of ``path`` until it is shown again."""
        with self.database.write() as connection:
            Sessions(connection, self._tables.sessions).carry(secret, path, self._seals.seal_local(typed))

    def take_carried(self, secret: str, path: str) -> bytes | None:
        """What was typed into the form of ``path`` before the session was over; once."""
        with self.database.write() as connection:
            sealed = Sessions(connection, self._tables.sessions).take_carried(secret, path)
        return self._seals.open_local(sealed) if sealed is not None else None

    def look_who_is_left(self) -> None:
        """Say whether somebody is in still; to be asked now and then, since nobody says that they are idle.

        Who is just coming in, and has no session yet, is somebody: it waits for them. Who was dismissed is nobody; who
        was given another password is somebody until their old session's time is up: they come in by the new one.
        """
        with self._doorway:
            with self.database.read() as connection:
                whose = Sessions(connection, self._tables.sessions).whose(self.clock.now())
                users = [self._user(connection, username) for username in whose]
            if any(user is not None and self._may_enter(user) for user in users):
                self._presence.somebody_left()
            else:
                self._presence.nobody_left()

    def _let_in(
        self, user: UserAccess, keys: Keys, browser: Browser, old: str | None, password: str, code: str
    ) -> Entered | None:
        """Open the keys, then the session; None for who was dismissed by what came while the keys were locked."""
        try:
            self._presence.signed_in(user.username, password, code)
        except NotOpenedYet:
            self._opened_nothing(keys, user, code)
            raise
        with self.database.read() as connection:
            now = self._user(connection, user.username)
        if now is None or not self._may_enter(now):
            return None
        return self._open(user, keys, browser, old)

    def _opened_nothing(self, keys: Keys, user: UserAccess, code: str) -> None:
        """The password was right, so that this is no guess at it; a code that opens nothing may be one at that."""
        if code:
            self._failed(keys, user)
            return
        with self.database.write() as connection:
            Attempts(connection, self._tables.attempts).take_back(keys)

    def _try(self, username: str, browser: Browser) -> tuple[Keys, UserAccess | None, bool]:
        """Count a try; the account if it may enter, and whether it need not wait."""
        now = self.clock.now()
        with self.database.write() as connection:
            attempts = Attempts(connection, self._tables.attempts)
            keys = self._keys(attempts, username, browser)
            user = self._user(connection, username)
            return keys, user if user is not None and self._may_enter(user) else None, attempts.begin(keys, now)

    def _keys(self, attempts: Attempts, username: str, browser: Browser) -> Keys:
        tag, known = self.secrets.tag, None
        if browser.known is not None:
            known = tag("browser", browser.known, username)
        if known is not None and not attempts.knows(known, self.clock.now()):
            known = None
        return Keys(tag("account", username), tag("address", browser.address), known)

    def _failed(self, keys: Keys, user: UserAccess | None) -> None:
        with self.database.write() as connection:
            waits = Attempts(connection, self._tables.attempts).fail(keys, self.clock.now())
            if user is not None:
                self._note(connection, "session.wait" if waits else "session.refuse", user.username)

    def _open(
        self, user: UserAccess, keys: Keys, browser: Browser, old: str | None, passed: Visitor | None = None
    ) -> Entered:
        now = self.clock.now()
        with self.database.write() as connection:
            attempts, sessions = Attempts(connection, self._tables.attempts), Sessions(connection, self._tables.sessions)
            half = passed is None and self._has_second_step(connection, user)
            unseen = attempts.take_back(keys) if half else attempts.succeed(keys, now)
            if browser.known is not None and not half:
                attempts.know(self.secrets.tag("browser", browser.known, user.username), now)
            secret = sessions.open(user, Stage.SECOND_STEP if half else Stage.OPEN, browser.family, now)
            if old is not None:
                sessions.hand_over(old, secret)
            session = sessions.find(secret)
            due = self._due(connection, user, session) if session is not None else None
            self._note(connection, "session.half-open" if half else "session.open", user.username)
            sessions.sweep(now)
            attempts.sweep(now)
        return Entered(secret, user, unseen, due)

    def _due(self, connection: Connection, user: UserAccess, session: Session) -> Due | None:
        if session.stage is Stage.SECOND_STEP:
            return Due.SECOND_STEP
        if user.must_change:
            return Due.PASSWORD
        return Due.ENROL if self._asks(user) and not self._has_second_step(connection, user) else None

    def _has_second_step(self, connection: Connection, user: UserAccess) -> bool:
        return self.second_step is not None and self.second_step.is_set(connection, user.username)

    def _may_enter(self, user: UserAccess) -> bool:
        return user.active and self._admits(user)

    def _user(self, connection: Connection, username: str) -> UserAccess | None:
        return Users(connection, self._access).get(username)

    def _note(self, connection: Connection, act: str, username: str) -> None:
        trail = AuditTrail(connection, self._audit, self.clock)
        trail.note(self._here, act, "user", username)
        trail.flush()
