"""How an act on a case is offered and carried out: a page of its own that says what follows, and a form.

Each form carries the version that it was made from. Where a colleague, or the hub, was faster, nothing is done: the page
says what changed and by whom, keeps what was typed, and is sent again by whoever still wants it.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Final

from marshmallow import Schema

from services.intake.queries.case_page import CasePage, case_page
from services.intake.queries.since import Happened, since_referral_version, since_version
from services.intake.store.work import WindowWork
from services.intake.web.pages.case_view import CaseView, Line, case_view, happened
from services.intake.web.pages.counter import Counter
from services.intake.web.pages.referral_view import ReferralView
from services.intake.web.pages.seen import Seen, seen_by
from shared.errors import Refused
from shared.ids import new_id
from shared.security.sessions import Notice
from shared.texts import said
from shared.web.call import Words
from shared.web.forms import Form, again, filled, shown
from shared.web.visit import Goes, Page, Shown, Visit

CASES: Final = "/casos"
NO_LONGER = said("Eso ya no se puede hacer en este caso.")
Act = Callable[[Visit, Form, WindowWork], object]
Options = Callable[[Counter, Visit, CasePage, Seen], Mapping[str, object]]


def case_path(case_id: str) -> str:
    """Where a case's page is."""
    return f"{CASES}/{case_id}"


def _nothing_more(_counter: Counter, _visit: Visit, _page: CasePage, _seen: Seen) -> Mapping[str, object]:
    return {}


@dataclass(frozen=True)
class CaseForm:
    """One act on a case, or on one of its referrals (``referral``).

    ``path`` follows the case's; ``may`` is the policy's name of it, ``offer`` ours. A refusal without a field stands at
    ``whole``. ``begins`` are the values that the empty form has, ``more`` whatever else its template needs;
    ``to`` is where it goes on, the case left out.
    """

    path: str
    may: str
    offer: str
    title: Words
    template: str
    schema: Schema
    does: Act
    whole: str
    done: str
    begins: Callable[[CaseView, ReferralView | None], Mapping[str, str | None]] = lambda _view, _referral: {}
    more: Options = _nothing_more
    to: str | None = None

    @property
    def of_referral(self) -> bool:
        """Whether it is about one referral."""
        return "{referral_id}" in self.path


@dataclass(frozen=True)
class Read:
    """A case as it was read for one visit."""

    page: CasePage
    view: CaseView
    seen: Seen
    referral: ReferralView | None
    since: Sequence[Happened] = field(default_factory=tuple)


def form_pages(counter: Counter, one: CaseForm) -> tuple[Page, Page]:
    """The page with the form, and what sending it does."""

    def asked(visit: Visit) -> Shown | Goes:
        read = _read(counter, one, visit)
        if one.offer not in _offered(one, read):
            return Goes(case_path(read.view.id), Notice("note", NO_LONGER))
        version = read.referral.version if read.referral else read.view.version
        fresh = {"version": str(version), "once": new_id(), **one.begins(read.view, read.referral)}
        return _form(counter, one, visit, read, again(visit.typed, shown(fresh)))

    def sent(visit: Visit) -> Shown | Goes:
        form = filled(one.schema, visit.sent)
        if form.errors:
            return _form(counter, one, visit, _read(counter, one, visit), form, 422)
        try:
            counter.carry_out(visit, lambda work: one.does(visit, form, work))
        except Refused as refusal:
            if refusal.code == "not_found":
                raise
            read = _read(counter, one, visit, _version(form))
            if refusal.code == "stale":
                return _form(counter, one, visit, read, _at_present(form, read), 409)
            return _form(counter, one, visit, read, _refused(form, refusal, one.whole, visit.language), 422)
        return Goes(one.to or case_path(visit.args["case_id"]), Notice("good", one.done))

    path = f"{CASES}/{{case_id}}/{one.path}"
    return (
        Page("GET", path, one.may, asked, one.title, about=counter.case),
        Page("POST", path, one.may, sent, one.title, about=counter.case),
    )


def _read(counter: Counter, one: CaseForm, visit: Visit, version: int | None = None) -> Read:
    case_id, referral_id = visit.args["case_id"], visit.args.get("referral_id")
    subject = counter.case(visit)
    with counter.works.open() as work:
        seen = seen_by(counter, visit, work)
        page = case_page(work, case_id, now=seen.now)
        if subject is None:
            raise Refused("not_found")
        view = case_view(page, seen, visit.actor, subject)
        found = next((referral for referral in view.referrals if referral.id == referral_id), None)
        if one.of_referral and found is None:
            raise Refused("not_found")
        since: Sequence[Happened] = ()
        if version is not None:
            since = since_referral_version(work, found.id, version) if found else since_version(work, case_id, version)
    return Read(page, view, seen, found, since)


def _offered(one: CaseForm, read: Read) -> frozenset[str]:
    return read.referral.asks if read.referral is not None else read.view.acts


def _form(counter: Counter, one: CaseForm, visit: Visit, read: Read, form: Form, status: int = 200) -> Shown:
    changed: list[Line] = [happened(event) for event in read.since] if status == 409 else []
    values = {
        "form": form, "view": read.view, "referral": read.referral, "changed": changed, "conflict": status == 409,
        "path": visit.path, "title": one.title.text(visit.language), **one.more(counter, visit, read.page, read.seen),
    }
    return Shown(one.template, values, status)


def _version(form: Form) -> int | None:
    text = form.value("version")
    return int(text) if text.isascii() and text.isdigit() and len(text) < 16 else None


def _at_present(form: Form, read: Read) -> Form:
    """The same form, made from what stands now: sending it again is meant."""
    version = read.referral.version if read.referral else read.view.version
    return replace(form, values={**form.values, "version": [str(version)]})


def _refused(form: Form, refusal: Refused, whole: str, language: str) -> Form:
    return form.refused(refusal, whole) if refusal.fields else form.wrong(whole, refusal.text(language))
