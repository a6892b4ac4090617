"""What only a supervisor does to a case: approve, lift, lower, look at blocks, merge and part, give to a colleague."""

from collections.abc import Mapping
from typing import Final

from services.intake.domain.case import Case
from services.intake.queries.case_acts import urgency_of
from services.intake.queries.case_page import CasePage
from services.intake.queries.colleagues import colleagues
from services.intake.queries.merging import candidates, case_id_of
from services.intake.store.work import WindowWork
from services.intake.use_cases.acknowledge_block import acknowledge_block
from services.intake.use_cases.approve_case import ApproveCase, approve_case
from services.intake.use_cases.assign_case import AssignCase, assign_case
from services.intake.use_cases.lift_block import LiftBlock, lift_block
from services.intake.use_cases.lower_urgency import LowerUrgency, lower_urgency
from services.intake.use_cases.merge_case import MergeCase, UnmergeCase, merge_case, unmerge_case
from services.intake.web.forms import casework as forms
from services.intake.web.pages.case_forms import CaseForm, case_path, form_pages
from services.intake.web.pages.case_lines import note_seen
from services.intake.web.pages.compared import compared
from services.intake.web.pages.counter import Counter
from services.intake.web.pages.seen import Seen
from shared.errors import Refused
from shared.routing.decision import URGENCIES
from shared.security.sessions import Notice
from shared.texts import said
from shared.web.call import Words
from shared.web.forms import NOT_OFFERED, Form
from shared.web.visit import Goes, Page, Visit

APPROVED: Final = said("El fundamento quedó aprobado. El caso sale solo hacia la central.")
LIFTED: Final = said("El bloqueo quedó levantado para esa institución.")
LOWERED: Final = said("La urgencia quedó más baja.")
MERGED: Final = said("Los casos son ahora de la misma persona. Se puede deshacer.")
UNMERGED: Final = said("El caso volvió a su primera persona.")
GIVEN: Final = said("El caso pasó a otra persona del equipo, con sus seguimientos.")
ACKNOWLEDGED: Final = said("Queda anotado que usted lo vio.")
NO_CODE: Final = said("Ningún caso de esta ventanilla tiene ese código.")


def supervision_pages(counter: Counter) -> tuple[Page, ...]:
    """The pages of all of them."""
    made = [page for one in _forms(counter) for page in form_pages(counter, one)]
    return (*made, _acknowledge(counter))


def _forms(counter: Counter) -> tuple[CaseForm, ...]:
    now = counter.room.clock.now

    def approves(visit: Visit, form: Form, work: WindowWork) -> Case:
        typed = form.made(forms.Approving)
        request = ApproveCase(visit.args["case_id"], typed.paper, typed.ground, typed.version)
        return approve_case(request, by=visit.actor, work=work, now=now())

    def lifts(visit: Visit, form: Form, work: WindowWork) -> Case:
        typed = form.made(forms.Lifting)
        request = LiftBlock(visit.args["case_id"], typed.institution, typed.witness, typed.paper, version=typed.version)
        return lift_block(request, by=visit.actor, work=work, now=now())

    def lowers(visit: Visit, form: Form, work: WindowWork) -> Case:
        typed = form.made(forms.Lowering)
        request = LowerUrgency(visit.args["case_id"], typed.urgency, typed.reason, typed.version)
        return lower_urgency(request, by=visit.actor, work=work, now=now())

    def merges(visit: Visit, form: Form, work: WindowWork) -> Case:
        typed = form.made(forms.Merging)
        other = case_id_of(work, typed.other_code) if typed.other_code else typed.case_id
        if not other:
            raise Refused("invalid", fields={"other_code": [NO_CODE]} if typed.other_code else {"case_id": [NOT_OFFERED]})
        request = MergeCase(visit.args["case_id"], other, typed.reason, typed.version)
        return merge_case(request, by=visit.actor, work=work, now=now())

    def parts(visit: Visit, form: Form, work: WindowWork) -> Case:
        typed = form.made(forms.Unmerging)
        request = UnmergeCase(visit.args["case_id"], typed.reason, typed.version)
        return unmerge_case(request, by=visit.actor, work=work, now=now())

    def gives(visit: Visit, form: Form, work: WindowWork) -> Case:
        request = AssignCase(visit.args["case_id"], form.made(forms.Giving).to)
        return assign_case(request, by=visit.actor, work=work, now=now())

    return (
        CaseForm(
            "aprobar", "case.approve", "approve", Words("Aprobar el fundamento", "Approve the ground"),
            "intake/act_approve.html", forms.ApproveForm(), approves, "paper", APPROVED, more=_ground,
        ),
        CaseForm(
            "levantar", "case.lift-block", "lift", Words("Levantar un bloqueo", "Lift a block"),
            "intake/act_lift.html", forms.LiftForm(), lifts, "institution", LIFTED, more=_blocked,
        ),
        CaseForm(
            "urgencia", "case.lower-urgency", "lower", Words("Bajar la urgencia", "Lower the urgency"),
            "intake/act_lower.html", forms.LowerForm(), lowers, "urgency", LOWERED, more=_lower,
        ),
        CaseForm(
            "unir", "case.merge", "merge", Words("Unir con la persona de otro caso", "Merge with another case's person"),
            "intake/act_merge.html", forms.MergeForm(), merges, "case_id", MERGED, more=_alike,
        ),
        CaseForm(
            "separar", "case.merge", "unmerge", Words("Separar de la otra persona", "Part from the other person"),
            "intake/act_unmerge.html", forms.UnmergeForm(), parts, "reason", UNMERGED,
        ),
        CaseForm(
            "asignar", "case.assign", "assign", Words("Pasar el caso a otra persona del equipo", "Give the case to a colleague"),
            "intake/act_assign.html", forms.AssignForm(), gives, "to", GIVEN, more=_team,
        ),
    )


def _acknowledge(counter: Counter) -> Page:
    """One button; twice says the same."""

    def seen(visit: Visit) -> Goes:
        case_id = visit.args["case_id"]
        counter.carry_out(visit, lambda work: acknowledge_block(case_id, by=visit.actor, work=work, now=counter.room.clock.now()))
        return Goes(case_path(case_id), Notice("good", ACKNOWLEDGED))

    title = Words("Visto lo que un bloqueo retiró", "Seen what a block took back")
    return Page("POST", "/casos/{case_id}/visto", "case.acknowledge", seen, title, about=counter.case)


def _ground(_counter: Counter, _visit: Visit, page: CasePage, seen: Seen) -> Mapping[str, object]:
    record = page.case.consent
    decision = page.case.details.best_interests
    return {
        "ground": record.consent.ground.value,
        "ground_label": seen.label("consent_ground", record.consent.ground),
        "recorded_by": record.recorded_by,
        "decision": f"{decision.decided_by}, {seen.day(decision.on)}, {decision.reference}" if decision else "",
    }


def _blocked(_counter: Counter, _visit: Visit, page: CasePage, seen: Seen) -> Mapping[str, object]:
    """Those that the consent in force names: no other can be lifted."""
    named = page.case.consent.consent.recipients
    blocked = dict.fromkeys(one.institution for one in page.routing.blocked) if page.routing else {}
    return {
        "institutions": [(one, seen.institution(one)) for one in blocked if one in named],
        "unnamed": [seen.institution(one) for one in blocked if one not in named],
    }


def _lower(_counter: Counter, _visit: Visit, page: CasePage, seen: Seen) -> Mapping[str, object]:
    stands = URGENCIES.index(urgency_of(page))
    return {"urgencies": [(one.value, seen.label("urgency", one)) for one in URGENCIES[stands + 1 :]]}


def _alike(counter: Counter, visit: Visit, page: CasePage, seen: Seen) -> Mapping[str, object]:
    """Who might be the same person, side by side."""
    with counter.works.open() as work:
        found = candidates(work, counter.room.people, page.case)
        note_seen(work, visit.actor, [one.case.id for one in found])
    return {"pairs": [compared(page.case, one, seen) for one in found]}


def _team(counter: Counter, _visit: Visit, page: CasePage, _seen: Seen) -> Mapping[str, object]:
    with counter.works.open() as work:
        found = colleagues(work)
    return {"team": [(one.username, one.username) for one in found if one.active and one.username != page.case.responsible]}
