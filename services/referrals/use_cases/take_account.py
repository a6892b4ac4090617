"""A window tells what one of its staff changed of their own account there."""

from dataclasses import dataclass

from services.referrals.use_cases.change_access import tell
from services.referrals.use_cases.ports import Work
from shared.contracts.account_changed import AccountChanged
from shared.errors import Unreadable
from shared.security.identities import Actor


@dataclass(frozen=True)
class TakeAccount:
    """The change, the window that told it, and its number, which rises with each change of this user's."""

    window: str
    number: int
    changed: AccountChanged


def take_account(request: TakeAccount, *, work: Work) -> None:
    """Make the user's own change here too, and tell it on; the hub stays the source of all users.

    Twice, late or out of order: a change that is not newer than the last one known does nothing. A user whom only
    that window knows (it may have some of its own) concerns nobody else. One who works elsewhere cannot have been
    signed in there: such a word is forged, or from before they moved, and is put aside.
    """
    changed = request.changed
    user = work.users.get(changed.username)
    if user is None:
        return
    if user.window != request.window:
        message = "account.changed: its user does not work at that window"
        raise Unreadable(message)
    if not work.users.changed_elsewhere(user.username, request.number):
        return
    if changed.password_hash is not None and changed.password_hash != user.password_hash:
        work.users.set_password(user.username, changed.password_hash)
    if changed.language is not None and changed.language != user.language:
        work.users.set_language(user.username, changed.language)
    if changed.sign_out:
        work.users.sign_out(user.username)
    work.users.take_tokens(user.username, changed.tokens)
    tell(user.username, by=Actor.system(work.country.node, request.window), work=work)
