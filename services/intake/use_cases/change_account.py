"""What a member of staff changes of their own account at their window: it holds here at once, also with no network.

The hub is the source of all users, so it is told, and tells notifications. What it says of a user later stands over
what was changed here; a change that it has not heard of yet comes back with its next word.
"""

from dataclasses import dataclass
from datetime import datetime

from services.intake.use_cases.ports import Work
from services.intake.use_cases.telling import hub
from shared.contracts.access import UserAccess
from shared.contracts.account_changed import AccountChanged
from shared.security.identities import Actor
from shared.security.tokens import NewToken, token_hash


@dataclass(frozen=True)
class SetPassword:
    """A new password, by its Argon2id hash."""

    password_hash: str


@dataclass(frozen=True)
class SetLanguage:
    """The language of one's pages and notices."""

    language: str


@dataclass(frozen=True)
class SignOut:
    """End every session of one's own, everywhere."""


@dataclass(frozen=True)
class RevokeToken:
    """Shut one API token, by its place in the list."""

    token_id: str


def set_password(request: SetPassword, *, by: Actor, work: Work, now: datetime) -> None:
    """One's own password is another from now on."""
    work.access.set_password(by.user, request.password_hash)
    _tell(AccountChanged(by.user, password_hash=request.password_hash), "set-password", by, work, now)


def set_language(request: SetLanguage, *, by: Actor, work: Work, now: datetime) -> None:
    """One reads another language from now on."""
    work.access.set_language(by.user, request.language)
    _tell(AccountChanged(by.user, language=request.language), "set-language", by, work, now)


def sign_out_everywhere(_request: SignOut, *, by: Actor, work: Work, now: datetime) -> None:
    """Sessions opened before are over: here at once, elsewhere when the hub's word arrives."""
    work.access.sign_out(by.user)
    _tell(AccountChanged(by.user, sign_out=True), "sign-out", by, work, now)


def issue_token(request: NewToken, *, by: Actor, work: Work, now: datetime) -> str:
    """A new API token of one's own; its text is given here and never again."""
    token = work.access.issue(by.user, request, now=now)
    _tell_token(token_hash(token), "issue-token", by, work, now)
    return token


def revoke_token(request: RevokeToken, *, by: Actor, work: Work, now: datetime) -> None:
    """Shut one of one's own API tokens."""
    work.access.revoke_listed(by.user, request.token_id)
    _tell_token(request.token_id, "revoke-token", by, work, now)


def whole_account(user: UserAccess) -> AccountChanged:
    """A user's account as the window has it, for a hub that was restored and forgot what it had been told."""
    return AccountChanged(user.username, user.password_hash, user.language, tokens=user.tokens)


def _tell_token(token_id: str, act: str, by: Actor, work: Work, now: datetime) -> None:
    user = work.access.get(by.user)
    touched = tuple(token for token in user.tokens if token.hash == token_id) if user is not None else ()
    if touched:
        _tell(AccountChanged(by.user, tokens=touched), act, by, work, now)


def _tell(changed: AccountChanged, act: str, by: Actor, work: Work, now: datetime) -> None:
    number = work.access.next_own_change(by.user, now)
    work.audit.note(by, f"user.{act}", "user", by.user)
    work.outbox.append(changed, to=hub(work), subject=by.user, version=number)
