"""What staff do to a case: write to an institution, refer again, cancel, take a consent back, close, remind."""

from collections.abc import Callable, Mapping

from services.intake.domain.case import Case
from services.intake.queries.case_page import CasePage
from services.intake.store.work import WindowWork
from services.intake.use_cases.ask_hub import WINDOW_CANCELS, AskHub, ask_hub
from services.intake.use_cases.follow_up import FinishFollowUp, SetFollowUp, finish_follow_up, set_follow_up
from services.intake.use_cases.withdraw_consent import WithdrawConsent, withdraw_consent
from services.intake.web.forms import casework as forms
from services.intake.web.pages.case_forms import CaseForm, case_path, form_pages
from services.intake.web.pages.case_view import CaseView
from services.intake.web.pages.counter import Counter
from services.intake.web.pages.referral_view import ReferralView
from services.intake.web.pages.seen import Seen
from shared.contracts.referral_asked import Ask, ReferralAsked
from shared.security.sessions import Notice
from shared.texts import said
from shared.vocabulary.codes import CancelReason
from shared.web.call import Words
from shared.web.forms import Form, filled
from shared.web.visit import Goes, Page, Visit

REFERRAL = "referencias/{referral_id}"
SENT = said("El mensaje quedó guardado y sale hacia la institución.")
ASKED_AGAIN = said("Se pidió referir de nuevo. La respuesta de la central aparecerá aquí.")
ASKED_CANCEL = said("Se pidió anular la referencia. La respuesta de la central aparecerá aquí.")
ASKED_IN_ERROR = said("Se pidió marcarla como ingresada por error. La respuesta de la central aparecerá aquí.")
WITHDRAWN = said("El consentimiento quedó retirado. Desde ahora nada más se comparte.")
REMINDED = said("El seguimiento quedó anotado.")
FOLLOWED = said("El seguimiento quedó hecho.")


def act_pages(counter: Counter) -> tuple[Page, ...]:
    """The pages of all of them."""
    made = [page for one in _forms(counter) for page in form_pages(counter, one)]
    return (*made, _done(counter))


def _forms(counter: Counter) -> tuple[CaseForm, ...]:
    return (
        CaseForm(
            f"{REFERRAL}/mensaje", "referral.ask", Ask.COMMENT, Words("Escribir a la institución", "Write to the institution"),
            "intake/act_comment.html", forms.CommentForm(), _asks(counter, Ask.COMMENT), "text", SENT,
        ),
        CaseForm(
            f"{REFERRAL}/referir", "referral.ask", Ask.RE_REFER, Words("Referir de nuevo", "Refer again"),
            "intake/act_refer.html", forms.ReReferForm(), _asks(counter, Ask.RE_REFER), "institution", ASKED_AGAIN,
            begins=_suggested, more=_institutions,
        ),
        CaseForm(
            f"{REFERRAL}/anular", "referral.ask", Ask.CANCEL, Words("Anular la referencia", "Cancel the referral"),
            "intake/act_cancel.html", forms.CancelForm(), _asks(counter, Ask.CANCEL), "reason", ASKED_CANCEL,
            more=_cancel_reasons,
        ),
        CaseForm(
            f"{REFERRAL}/error", "referral.ask", Ask.MARK_IN_ERROR, Words("Ingresada por error", "Entered in error"),
            "intake/act_error.html", forms.InErrorForm(), _asks(counter, Ask.MARK_IN_ERROR), "reason", ASKED_IN_ERROR,
        ),
        CaseForm(
            "consentimiento/retirar", "consent.withdraw", "withdraw", Words("Retirar el consentimiento", "Withdraw the consent"),
            "intake/act_withdraw.html", forms.WithdrawForm(), _withdraws(counter), "consent_id", WITHDRAWN,
            begins=lambda view, _referral: {"consent_id": view.consent.id},
        ),
        CaseForm(
            "seguimiento", "case.follow-up", "follow-up", Words("Poner un seguimiento", "Set a follow-up"),
            "intake/act_follow_up.html", forms.FollowUpForm(), _reminds(counter), "due_on", REMINDED,
        ),
    )


def _asks(counter: Counter, ask: Ask) -> Callable[[Visit, Form, WindowWork], ReferralAsked]:
    def does(visit: Visit, form: Form, work: WindowWork) -> ReferralAsked:
        typed = form.made(forms.Asked)
        request = AskHub(
            visit.args["case_id"], visit.args["referral_id"], ask, typed.reason, typed.text, typed.institution,
            typed.assurance_reason, typed.version, typed.once,
        )
        return ask_hub(request, by=visit.actor, work=work, now=counter.room.clock.now())

    return does


def _withdraws(counter: Counter) -> Callable[[Visit, Form, WindowWork], Case]:
    def does(visit: Visit, form: Form, work: WindowWork) -> Case:
        typed = form.made(forms.Withdrawing)
        request = WithdrawConsent(visit.args["case_id"], typed.consent_id, typed.version)
        return withdraw_consent(request, by=visit.actor, work=work, now=counter.room.clock.now())

    return does


def _reminds(counter: Counter) -> Callable[[Visit, Form, WindowWork], Case]:
    def does(visit: Visit, form: Form, work: WindowWork) -> Case:
        typed = form.made(forms.Remind)
        request = SetFollowUp(visit.args["case_id"], typed.due_on, typed.text, typed.once)
        return set_follow_up(request, by=visit.actor, work=work, now=counter.room.clock.now())

    return does


def _done(counter: Counter) -> Page:
    """One button; whoever presses it second finds it done."""

    def done(visit: Visit) -> Goes:
        form = filled(forms.DoneForm(), visit.sent)
        if not form.errors:
            request = FinishFollowUp(visit.args["case_id"], form.made(forms.Done).follow_up_id)
            counter.carry_out(
                visit, lambda work: finish_follow_up(request, by=visit.actor, work=work, now=counter.room.clock.now())
            )
        return Goes(case_path(visit.args["case_id"]), Notice("good", FOLLOWED))

    title = Words("Seguimiento hecho", "Follow-up done")
    return Page("POST", "/casos/{case_id}/seguimiento/hecho", "case.follow-up", done, title, about=counter.case)


def _suggested(_view: CaseView, referral: ReferralView | None) -> Mapping[str, str | None]:
    return {"institution": referral.suggested_id if referral else None}


def _institutions(_counter: Counter, visit: Visit, page: CasePage, seen: Seen) -> Mapping[str, object]:
    """Whom it may go to: all that may receive referrals, the one suggested first, none that is blocked here."""
    blocked = {one.institution for one in page.routing.blocked} if page.routing else set()
    directory = seen.in_force.directory if seen.in_force else None
    known = [one for one in directory.own() if one.active and one.id not in blocked] if directory else []
    state = next(one.state for one in page.referrals if one.state.id == visit.args["referral_id"])
    known.sort(key=lambda one: (one.id != state.suggested_institution, one.name(seen.language)))
    return {"institutions": [(one.id, one.name(seen.language)) for one in known]}


def _cancel_reasons(_counter: Counter, _visit: Visit, _page: CasePage, seen: Seen) -> Mapping[str, object]:
    return {"reasons": [(one.value, seen.label("cancel_reason", one)) for one in CancelReason if one in WINDOW_CANCELS]}
