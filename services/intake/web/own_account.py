"""``OwnAccount`` of a window: each change is an act of the user's, allowed and told as any other."""

from collections.abc import Callable
from typing import TypeVar

from services.intake.store.work import WindowWork
from services.intake.use_cases import change_account
from services.intake.use_cases.change_account import RevokeToken, SetLanguage, SetPassword, SignOut
from shared.clock import Clock
from shared.persistence.perform import perform
from shared.persistence.work import Works
from shared.security.identities import Actor, Subject
from shared.security.tokens import NewToken

R = TypeVar("R")


class WindowAccount:
    """See ``shared/web/own_account.py``."""

    def __init__(self, works: Works[WindowWork], clock: Clock) -> None:
        self._works = works
        self._clock = clock

    def set_password(self, by: Actor, password_hash: str) -> None:
        request = SetPassword(password_hash)
        self._do(by, lambda work: change_account.set_password(request, by=by, work=work, now=self._clock.now()))

    def set_language(self, by: Actor, language: str) -> None:
        request = SetLanguage(language)
        self._do(by, lambda work: change_account.set_language(request, by=by, work=work, now=self._clock.now()))

    def sign_out(self, by: Actor) -> None:
        self._do(by, lambda work: change_account.sign_out_everywhere(SignOut(), by=by, work=work, now=self._clock.now()))

    def issue_token(self, by: Actor, wanted: NewToken) -> str:
        return self._do(by, lambda work: change_account.issue_token(wanted, by=by, work=work, now=self._clock.now()))

    def revoke_token(self, by: Actor, token_id: str) -> None:
        request = RevokeToken(token_id)
        self._do(by, lambda work: change_account.revoke_token(request, by=by, work=work, now=self._clock.now()))

    def _do(self, by: Actor, act: Callable[[WindowWork], R]) -> R:
        own = Subject("account", by.node, owner=by.user)
        return perform(act, works=self._works, by=by, may="account.change", about=lambda _work: own)
