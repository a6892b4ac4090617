"""Eyes at the counter: a switch that shows initials only, and a lock that leads back to where one was."""

from typing import Final

from shared.security.visitors import Visitor
from shared.web.call import EVERYONE, Words
from shared.web.carrying import Carried, pack, typed_in
from shared.web.forms import Form
from shared.web.pages import SIGN_IN, Pages
from shared.web.paths import local, with_next
from shared.web.privacy import COOKIE, SWITCH
from shared.web.visit import Cookie, Goes, Page, Shown, Visit

LOCK: Final = "/bloquear"
CARRYING: Final = 256 * 1024
"""Bytes of a lock that carries the form that stood open."""


def privacy_pages(pages: Pages) -> tuple[Page, ...]:
    """The two buttons of the header. Both are for everybody: the page that they stand on knows who it is."""
    return (
        Page("POST", SWITCH, EVERYONE, _switched, Words("Solo iniciales", "Initials only")),
        Page("POST", LOCK, EVERYONE, lambda visit: _locked(pages, visit), Words("Bloquear", "Lock"), largest=CARRYING),
    )


def _switched(visit: Visit) -> Goes:
    chosen = Cookie(COOKIE, "1") if visit.sent.get("hide") == "1" else Cookie(COOKIE, "", 0)
    return Goes(local(visit.sent.get("next")), cookies=(chosen,))


def _locked(pages: Pages, visit: Visit) -> Shown | Goes:
    """The session ends here and now; what stood typed in the page's form waits, sealed, for its owner."""
    back = local(visit.sent.get("next"))
    if visit.visitor is None:
        return Goes(with_next(SIGN_IN, back))
    pages.entrance.sign_out(visit.visitor.secret)
    carried = _carried(pages, visit, visit.visitor, back)
    return Shown("ui/sign_in.html", {"form": Form(), "next": back, "carried": carried, "reason": "locked"})


def _carried(pages: Pages, visit: Visit, visitor: Visitor, back: str) -> str:
    typed = typed_in(visit.sent)
    if not typed:
        return ""
    entrance = pages.entrance
    return pack(Carried(visitor.user.username, back, typed, entrance.clock.now()), entrance.secrets)
