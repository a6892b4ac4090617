"""What the pages that register share: the form, its drafts, and the one way to send it."""

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

import orjson
from werkzeug.datastructures import MultiDict

from services.intake.queries.likely_duplicates import LikelyDuplicate, likely_duplicates
from services.intake.queries.people import PeopleIndex
from services.intake.store.work import WindowWork
from services.intake.use_cases.delete_draft import DeleteDraft, delete_draft
from services.intake.use_cases.register_case import RegisterCase, register_case
from services.intake.use_cases.save_draft import SaveDraft, save_draft
from services.intake.web.forms.case_form import CaseForm
from services.intake.web.forms.case_json import Values, settled, told_by, values_of
from services.intake.web.forms.person_form import PERSON
from services.intake.web.pages.counter import Counter
from shared.contracts.case import details_to_json
from shared.ids import new_id
from shared.routing.case import CaseDetails
from shared.security.sessions import Notice
from shared.texts import said
from shared.web.forms import OURS
from shared.web.visit import Goes, Visit

PATH: Final = "/personas/nueva"
SENT_BEFORE: Final = said("Este formulario ya se había enviado. Si cambió algo después, corrija el caso.")
_OF_THE_PERSON: Final = tuple(one.name for one in PERSON.all_fields if one.name.startswith("person."))
_CALL: Final = "registering a person"


@dataclass(frozen=True)
class Desk:
    """Given once by the wiring."""

    counter: Counter
    forms: CaseForm

    @property
    def people(self) -> PeopleIndex:
        """Who was here before."""
        return self.counter.room.people

    def kept(self, visit: Visit, draft_id: str) -> Values | None:
        """What stands in a draft; None where there is none. Whatever else a draft may hold is passed over."""

        def read(work: WindowWork) -> Values | None:
            draft = work.drafts.find(draft_id)
            if draft is None:
                return None
            work.audit.note(visit.actor, "draft.read", "draft", work.drafts.key_of(draft_id), ("content",))
            return values_in(draft.content)

        return self.counter.carry_out(visit, read)

    def keep(self, visit: Visit, draft_id: str, values: Values) -> None:
        """Keep a form as it stands; one that was sent already leaves nothing behind."""
        if self.sent_to(draft_id) is None:
            self.counter.carry_out(visit, lambda work: self.put(visit, work, draft_id, values))

    def put(self, visit: Visit, work: WindowWork, draft_id: str, values: Values) -> None:
        """The same within an open act."""
        content = {"values": {name: list(given) for name, given in values.items()}}
        save_draft(SaveDraft(draft_id, content), by=visit.actor, work=work, now=self.counter.room.clock.now())

    def sent_to(self, draft_id: str) -> str | None:
        """Where the form led when it was sent."""
        return self.counter.sent_to(_CALL, draft_id)

    def send(self, visit: Visit, values: Values, details: CaseDetails) -> Goes:
        """Register, once for each form; its draft goes with the same commit."""
        room, draft_id = self.counter.room, visit.args["draft_id"]
        request = RegisterCase(details, next(iter(values.get("same_as", ())), None))

        def act(work: WindowWork) -> str:
            case = register_case(request, by=visit.actor, work=work, now=room.clock.now())
            delete_draft(DeleteDraft(draft_id), by=visit.actor, work=work)
            return f"/casos/{case.id}/registrado{listed_with(draft_id, case.details.household_id)}"

        answer = self.counter.carry_out_once(visit, _CALL, draft_id, act)
        return Goes(answer.location or PATH, Notice("note", SENT_BEFORE) if answer.replayed else None)

    def alike(self, visit: Visit, values: Values) -> Sequence[LikelyDuplicate]:
        """Who might be the same person, as far as the form is filled in; each look is noted."""
        person = told_by(values, self.forms.reader, (PERSON,)).body["person"]
        if not person.get("given_name") or not person.get("family_name"):
            return ()

        def compare(work: WindowWork) -> Sequence[LikelyDuplicate]:
            found = likely_duplicates(work, self.people, person, on=self.counter.room.today())
            found = [one for one in found if one.case.id not in values.get("same_as", ())]
            for one in found:
                work.audit.note(visit.actor, "duplicates.check", "case", one.case.id, ("person.name", "needs"))
            return found

        return self.counter.carry_out(visit, compare)

    def person_of(self, visit: Visit, case_id: str) -> dict[str, list[str]]:
        """What is known of the person of a case, as a form begins with it; empty for no case of this window."""

        def read(work: WindowWork) -> dict[str, list[str]]:
            case = work.cases.find(case_id)
            if case is None:
                return {}
            work.audit.note(visit.actor, "case.read", "case", case_id, ("person",))
            return values_of(details_to_json(case.details), language=visit.language)

        found = self.counter.carry_out(visit, read)
        return {name: given for name, given in found.items() if name in _OF_THE_PERSON}


def listed_with(draft_id: str, household_id: str | None) -> str:
    """How an address says with which family or group a form was begun; nothing for a person alone."""
    group_id, _, number = draft_id.rpartition("-")
    if not number.isdigit() or len(group_id) != len(new_id()):
        return ""
    return f"?{'familia' if household_id else 'grupo'}={group_id}"


def values_in(content: Mapping[str, Any]) -> Values:
    """The form in a draft; a draft of another make holds none."""
    values = content.get("values")
    if not isinstance(values, Mapping):
        return {}
    return {str(name): [str(one) for one in given] for name, given in values.items() if isinstance(given, list)}


def digest(values: Values) -> str:
    """What a form says, as a word: equal for equal forms."""
    return hashlib.sha256(orjson.dumps(dict(values), option=orjson.OPT_SORT_KEYS)).hexdigest()


def sent_values(sent: MultiDict[str, str]) -> Values:
    """What a browser sent, empty fields left out."""
    every = {name: ["\n".join(value.strip().splitlines()) for value in given if value.strip()] for name, given in sent.lists() if name not in OURS}
    return settled({name: given for name, given in every.items() if given})
