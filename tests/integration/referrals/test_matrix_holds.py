"""No sequence of events gives a desk a word that domain.md's matrix denies it, and the words it grants are there.

What happens is told to a real hub and to a model that knows the table of domain.md, written down here once more, and
nothing of the code. After each event every desk reads all it can, and is held against the model.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from shared.ids import new_id
from shared.routing.approval import Approvals
from shared.routing.case import (
    Address,
    BestInterests,
    CaseNeed,
    Consent,
    Document,
    LastSeen,
    Relative,
    Return,
    SafeContact,
)
from shared.vocabulary.codes import ConsentGround, ConsentStatus, DocumentType, Need
from tests.integration.referrals.signed import ground, lift, withdrawn
from tests.integration.referrals.world import BODIES, World, with_person
from tests.unit.routing.given import EVERY_PURPOSE, case

# each word stands in the case once, in the class of the matrix under which it is written here
WORDS = {
    "name": ["Guadalupe", "Zelayandía"], "document": ["04713862"], "relative": ["Ernestina"],
    "contact": ["+50370218846", "06:15-07:45"], "address": ["Yucuaiquín"], "route": ["Tapachulteca", "no volver nunca"],
    "health": ["insulinodependiente"], "gender_based_violence": ["golpeada"], "trafficking": ["encerrada"],
}
KINDS = {
    "pddh": "ombudsman", "rree": "foreign_ministry", "alcaldia-la-union": "municipality", "fgr": "prosecutor",
    "conapina": "child_authority",
}
IDENTITY = {
    "ombudsman": "accept", "foreign_ministry": "unclaimed", "municipality": "accept", "child_authority": "accept",
    "prosecutor": "named or duty",
}
VIOLENCE = {"ombudsman": "named", "child_authority": "accept", "prosecutor": "named or duty"}
MATRIX = {
    "name": ("name", IDENTITY), "document": ("document", IDENTITY), "relative": ("need", IDENTITY),
    "contact": ("contact", IDENTITY | {"prosecutor": "duty"}),
    "address": ("contact", IDENTITY | {"prosecutor": "duty", "municipality": "no"}),
    "route": ("route", {"ombudsman": "named", "child_authority": "best interests", "prosecutor": "named or duty"}),
    "health": ("health", {"ombudsman": "accept", "child_authority": "accept"}),
    "gender_based_violence": ("gender_based_violence", VIOLENCE), "trafficking": ("trafficking", VIOLENCE),
}
PROTECTED = {
    "gender_based_violence": {"ombudsman", "child_authority", "prosecutor"},
    "trafficking": {"ombudsman", "child_authority", "prosecutor"},
    "international_protection": {"ombudsman", "child_authority"},
}
WORKED_ON = {"accepted", "in-progress", "on-hold"}
BLOCKS = {  # answer or need → institutions of this node that must not know; who may be lifted
    "fear_of_return": ({"rree", "fgr", "alcaldia-la-union"}, "R1b"),
    "unsafe_municipality": ({"alcaldia-la-union"}, "R13"),
    "trafficking_indicators": ({"rree", "alcaldia-la-union"}, None),
    "trafficking": ({"rree", "alcaldia-la-union"}, None),
}
NEEDS = ["legal_aid", "livelihood", "consular_protection", "health", "gender_based_violence", "trafficking", "family_tracing", "international_protection"]
ANSWERS = ["fear_of_return", "unsafe_municipality", "trafficking_indicators", "unaccompanied_child"]
CLASSES = ["name", "document", "contact", "need", "route", "health", "gender_based_violence", "trafficking"]
ACTS = ["receive", "accept", "start", "complete", "reject", "fail", "hold"]


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    made = World(Path(tmp_path_factory.mktemp("matrix")))
    yield made
    made.close()


@dataclass
class Model:
    """What the test itself knows of one case: what was said, allowed, taken back, and when."""

    needs: set[str] = field(default_factory=set)
    answers_ever: set[str] = field(default_factory=set)
    needs_ever: set[str] = field(default_factory=set)
    recipients: set[str] = field(default_factory=set)
    classes: set[str] = field(default_factory=set)
    ground: str | None = None
    last_day: date = date.max
    withdrawn: bool = False
    decided: bool = False
    lifted: set[tuple[str, str]] = field(default_factory=set)
    dead: set[str] = field(default_factory=set)

    def blocked(self) -> set[str]:
        found = set()
        for told in self.answers_ever | self.needs_ever:
            institutions, rule = BLOCKS.get(told, (set(), None))
            found |= {one for one in institutions if (one, rule) not in self.lifted}
        return found

    def stands(self, now: datetime) -> bool:
        return not self.withdrawn and now.date() <= self.last_day

    def may_know_anything(self, desk: str, now: datetime) -> bool:
        named = not self.recipients or desk in self.recipients
        return self.stands(now) and named and desk not in self.blocked()

    def told(self, row: str, kind: str) -> bool:
        asks, columns = MATRIX[row]
        default = {"name", "document", "contact", "need"}
        covered = self.ground is not None or asks in (self.classes or default)
        named, duty = asks in self.classes, self.ground == "legal_duty"
        return {
            "no": False, "accept": covered, "named": named, "duty": duty, "named or duty": named or duty,
            "unclaimed": covered and "fear_of_return" not in self.answers_ever,
            "best interests": self.decided and (covered or self.ground == "best_interests_decision"),
        }[columns.get(kind, "no")]


CONSENTS = st.fixed_dictionaries({
    "classes": st.sets(st.sampled_from(CLASSES), max_size=5),
    "recipients": st.sampled_from([set(), set(), {"pddh", "rree", "alcaldia-la-union", "fgr", "conapina"}, {"pddh", "rree"}]),
    "days": st.sampled_from([None, None, 3]),
    "ground": st.sampled_from([None, None, None, "legal_duty", "vital_interest", "best_interests_decision"]),
})
SAID = st.fixed_dictionaries({
    "needs": st.sets(st.sampled_from(NEEDS), min_size=1, max_size=5), "answers": st.sets(st.sampled_from(ANSWERS), max_size=2),
    "decided": st.booleans(),
})
STEP = st.one_of(
    st.tuples(st.just("act"), st.sampled_from(sorted(KINDS)), st.sampled_from(ACTS)),
    st.tuples(st.just("act"), st.sampled_from(sorted(KINDS)), st.sampled_from(["receive", "accept"])),
    st.tuples(st.just("say"), SAID),
    st.tuples(st.just("consent"), CONSENTS),
    st.tuples(st.just("withdraw")),
    st.tuples(st.just("lift"), st.sampled_from(["rree", "fgr", "alcaldia-la-union"])),
    st.tuples(st.just("days"), st.sampled_from([1, 4, 12, 100])),
)


@settings(
    max_examples=25,
    suppress_health_check=[HealthCheck.too_slow],
    phases=[Phase.explicit, Phase.reuse, Phase.generate],  # each example is a case on a real hub: shrinking takes minutes
)
@given(said=SAID, consent=CONSENTS, steps=st.lists(STEP, min_size=3, max_size=14))
def test_no_sequence_of_events_tells_a_desk_what_the_matrix_denies(world: World, said: dict, consent: dict, steps: list) -> None:
    story = Story(world, said, consent)
    story.check("registered")
    for step in (("act", "pddh", "receive"), ("act", "pddh", "accept"), *steps):
        story.happens(step)
        story.check(str(step))


class Story:
    """One case, told to the hub and to the model alike."""

    def __init__(self, world: World, said: dict[str, Any], consent: dict[str, Any]) -> None:
        self.world, self.model, self.version = world, Model(), 1
        self.approvals = Approvals()
        self.told = world.registered(self._details(said, consent))
        self._consents(consent)
        self._says(said)
        self.told = replace(self.told, approvals=self.approvals, consented_at=world.clock.now())
        world.tells(self.told)
        self.referrals: list[dict[str, Any]] = []
        self._look()

    def happens(self, step: tuple[Any, ...]) -> None:
        match step:
            case ("act", desk, act):
                self._acts(desk, act)
            case ("days", number):
                self.world.clock.forward(days=number)
                self.world.hub.watch_clocks()
            case ("withdraw",):
                self.world.tells(withdrawn(self.told, version=self.version), version=self.version)
                self.model.withdrawn, self.model.lifted = True, set()
                self._dies(self._all())
            case ("say", said):
                self._tell(details=self._details(said, None), said=said)
            case ("consent", consent):
                self._tell(details=self._details(None, consent), consent=consent, consent_id=new_id())
            case ("lift", desk):
                self._lifts(desk)
        self._look()

    def check(self, when: str) -> None:
        now = self.world.clock.at
        for desk, kind in KINDS.items():
            mine = [one for one in self.referrals if one["institution"] == desk]
            if not mine:
                continue
            open_now = [one for one in mine if one["status"] in WORKED_ON and one["id"] not in self.model.dead]
            knows = self.model.may_know_anything(desk, now)
            text = self._read(desk, mine)
            for row, words in WORDS.items():
                may = knows and bool(open_now) and self.model.told(row, kind)
                found = [word for word in words if word in text]
                assert may or not found, (when, desk, row, found)
            for need, kinds in PROTECTED.items():
                may = knows and bool(open_now) and kind in kinds
                assert may or f"'{need}'" not in text, (when, desk, need)
            if not knows:
                assert "age_band" not in text, (when, desk)
            granted = self.model.ground is None and any(not one["stop_requested"] for one in open_now)
            if knows and granted and kind == "ombudsman" and self.model.told("name", kind):
                assert "Guadalupe" in text, (when, desk)

    def _read(self, desk: str, mine: list[dict[str, Any]]) -> str:
        officer = self.world.at(f"officer@{desk}")
        pages = [officer.get(f"/referrals/{one['id']}").json for one in mine]
        found = officer.get("/referrals", q=self.told.case_code, page_size=200).json["items"]
        return repr([pages, found, officer.get(f"/cases/{self.told.case_id}").json])

    def _all(self) -> list[dict[str, Any]]:
        return self.referrals

    def _look(self) -> None:
        found = self.world.at("coordinator@sv").get(f"/cases/{self.told.case_id}").json
        self.referrals = found.get("referrals", [])
        self._dies([one for one in self.referrals if one["institution"] in self.model.blocked()])
        unnamed = self.model.recipients
        self._dies([one for one in self.referrals if unnamed and one["institution"] not in unnamed and one["stop_requested"]])

    def _dies(self, some: list[dict[str, Any]]) -> None:
        """What gave access then gives it no more, whatever is allowed later."""
        self.model.dead |= {one["id"] for one in some}

    def _acts(self, desk: str, act: str) -> None:
        for one in self.referrals:
            if one["institution"] == desk:
                self.world.at(f"officer@{desk}").act(one["id"], act, BODIES.get(act))

    def _lifts(self, desk: str) -> None:
        rules = {rule for told in self.model.answers_ever for places, rule in [BLOCKS.get(told, (set(), None))] if rule and desk in places}
        if desk not in self.model.recipients or self.model.withdrawn or not rules:
            return
        for rule in sorted(rules):
            made = lift(self.told, desk, rule, at=self.world.clock.now())
            self.approvals = self.approvals.joined(made)
        self._tell(lifted={(desk, rule) for rule in rules})

    def _tell(self, *, said: dict | None = None, consent: dict | None = None, lifted: set | None = None, **changed: Any) -> None:
        self.version += 1
        self.told = replace(self.told, version=self.version, **changed)
        if consent is not None:
            self._consents(consent)
            changed["consented_at"] = self.world.clock.now()
        self.told = replace(self.told, approvals=self.approvals, **{n: v for n, v in changed.items() if n == "consented_at"})
        if said is not None:
            self._says(said)
        self.model.lifted |= lifted or set()
        self.world.updates(self.told, version=self.version)
        assert self.world.last_receipt().refused == (), self.world.last_receipt().refused

    def _says(self, said: dict[str, Any]) -> None:
        if self.model.withdrawn:
            return
        self.model.answers_ever |= said["answers"]
        self.model.needs_ever |= said["needs"]
        self.model.decided = said["decided"]

    def _consents(self, consent: dict[str, Any]) -> None:
        model, today = self.model, self.world.clock.at.date()
        model.withdrawn, model.lifted = False, set()
        model.recipients, model.classes, model.ground = consent["recipients"], consent["classes"], consent["ground"]
        model.last_day = today + timedelta(days=consent["days"] or 90)
        if consent["ground"]:
            now = self.world.clock.now()
            model.last_day = min(model.last_day if consent["days"] else date.max, today + timedelta(days=10))
            terms = {"review_on": today + timedelta(days=7), "lapses_on": today + timedelta(days=10), "at": now}
            self.approvals = self.approvals.joined(ground(self.told, **terms))

    def _details(self, said: dict[str, Any] | None, consent: dict[str, Any] | None):
        details = self.told.details if said is None or consent is None else None
        if consent is not None:
            given = Consent(
                ConsentStatus.REFUSED if consent["ground"] else ConsentStatus.GRANTED, purposes=EVERY_PURPOSE,
                recipients=tuple(sorted(consent["recipients"])), classes=tuple(sorted(consent["classes"])),
                ground=ConsentGround(consent["ground"] or "consent"),
                expires_on=self.world.clock.at.date() + timedelta(days=consent["days"]) if consent["days"] else None,
            )
        else:
            given = details.consent
        if said is None:
            return replace(details, consent=given)
        needs = [_need(code) for code in sorted(said["needs"])]
        made = with_person(
            case(*needs, answers=sorted(said["answers"]), consent=given, origin=Address("SV", "SV-UN", "Conchagua")),
            given_name="Guadalupe", family_name="Zelayandía", document=Document(DocumentType.DUI, "04713862", "SV"),
            phone="+50370218846", contact=SafeContact(hours="06:15-07:45"), residence=Address("SV", "SV-UN", "Yucuaiquín"),
        )
        decision = BestInterests("Junta", date(2026, 11, 1), "7") if said["decided"] else None
        return replace(made, notes="no volver nunca", returned=Return("MX"), best_interests=decision)


def _need(code: str) -> CaseNeed:
    notes = {"legal_aid": "Tapachulteca", "health": "insulinodependiente", "gender_based_violence": "golpeada", "trafficking": "encerrada"}
    about = Relative("hija", "Ernestina", "Z", last_seen=LastSeen("MX", "x")) if code == "family_tracing" else None
    return CaseNeed(Need(code), note=notes.get(code, ""), about=about)
