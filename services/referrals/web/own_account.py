"""``OwnAccount`` of the hub: each change is an act of the user's, allowed and told as any other."""

from collections.abc import Callable
from typing import TypeVar

from services.referrals.store.work import HubWork
from services.referrals.use_cases import change_access
from shared.clock import Clock
from shared.persistence.perform import perform
from shared.persistence.work import Works
from shared.security.identities import Actor, Subject
from shared.security.tokens import NewToken

R = TypeVar("R")


class HubAccount:
    """See ``shared/web/own_account.py``."""

    def __init__(self, works: Works[HubWork], clock: Clock) -> None:
        self._works = works
        self._clock = clock

    def set_password(self, by: Actor, password_hash: str) -> None:
        self._do(by, lambda work: change_access.set_password(by.user, password_hash, by=by, work=work))

    def set_language(self, by: Actor, language: str) -> None:
        self._do(by, lambda work: change_access.set_language(by.user, language, by=by, work=work))

    def sign_out(self, by: Actor) -> None:
        self._do(by, lambda work: change_access.sign_out_everywhere(by.user, by=by, work=work))

    def issue_token(self, by: Actor, wanted: NewToken) -> str:
        return self._do(by, lambda work: change_access.issue_token(by.user, wanted, by=by, work=work, now=self._clock.now()))

    def revoke_token(self, by: Actor, token_id: str) -> None:
        self._do(by, lambda work: change_access.revoke_listed_token(by.user, token_id, by=by, work=work))

    def _do(self, by: Actor, act: Callable[[HubWork], R]) -> R:
        own = Subject("account", by.node, owner=by.user)
        return perform(act, works=self._works, by=by, may="account.change", about=lambda _work: own)
