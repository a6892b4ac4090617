"""The form of a case: what is typed becomes the JSON that the API takes, and comes back as it was typed."""

from datetime import date

import pytest

from services.intake.store.consent_texts import consent_texts
from services.intake.web.forms.case_json import WHOLE, Reader, field_of, settled, told_by, values_of
from services.intake.web.forms.correction import corrected, differing, merged
from services.intake.web.forms.fields import Kind, every
from services.intake.web.forms.person_form import CORRECTED, FIELDS, PERSON, SECTIONS
from services.intake.web.forms.reading import age_of, country_names, country_of, day_of, place_of
from shared.contracts.case import details_from_request, details_to_json
from shared.vocabulary.codes import Vulnerability
from tests.cast import dui

TODAY = date(2026, 11, 23)
READER = Reader(TODAY, "SV", consent_texts())
SPANISH = next(text.option_version for text in consent_texts() if text.language == "es" and text.current)

FULL = {
    "person.given_name": ["Ana"], "person.family_name": ["Reyes"], "person.sex": ["female"], "person.birth": ["01/05/1990"],
    "person.nationality": ["El Salvador"], "situation": ["returnee"], "person.origin": ["Conchagua, La Unión Sur, La Unión"],
    "person.document.number": [dui("01234567")], "person.phone": ["+50370218846"], "person.safe_to_contact": ["yes"],
    "person.contact.channel": ["sms"], "person.contact.trusted.name": ["Rosa"], "person.residence": ["Tegucigalpa, Honduras"],
    "person.document.type": ["dui"], "person.document.country": ["El Salvador"], "person.other_nationalities": ["Honduras, México"],
    "person.languages": ["es", "quc"], "return.country": ["México"], "return.date": ["03/11/2026"], "located_in": ["El Salvador"],
    "occurred_on": ["20/11/2026"], "paper_code": ["H-7"], "needs": ["rights_violation", "family_tracing", "shelter"],
    "against.country": ["México"], "against.institution": ["cndh"], "against.text": ["le quitaron el dinero"],
    "about.relationship": ["hermano"], "about.given_name": ["Luis"], "about.family_name": ["Reyes"], "about.birth": ["20"],
    "about.last_seen.place": ["Tapachula"], "urgency": ["urgent"], "notes": ["vino sola"],
    "vulnerabilities.fear_of_return": ["no"], "vulnerabilities.disability": ["declined"], "emergency_call.made": ["no"],
    "consent.text": [SPANISH], "consent.status": ["granted"], "consent.method": ["thumbprint"], "consent.purposes": ["referral"],
    "consent.classes": ["name", "need", "health"], "consent.recipients": ["pddh"],
}


@pytest.mark.parametrize(
    ("typed", "day"),
    [
        ("1/5/1990", date(1990, 5, 1)), ("01-05-90", date(1990, 5, 1)), ("01051990", date(1990, 5, 1)), ("1 de mayo de 1990", date(1990, 5, 1)),
        ("1990-05-01", date(1990, 5, 1)), ("2/1/26", date(2026, 1, 2)), ("2/1/27", date(1927, 1, 2)), ("31/2/1990", None), ("5/1990", None), ("hoy", None),
    ],
)
def test_a_day_is_read_however_people_write_it(typed, day):
    assert day_of(typed, TODAY) == day


def test_an_age_is_no_day_and_a_day_no_age():
    assert (age_of("36"), age_of("36 años"), age_of("1/5/90")) == (36, 36, None)


def test_a_country_is_found_by_its_name_in_either_language_or_by_its_code():
    assert [country_of(text) for text in ("honduras", "Mexico", "united states", "EEUU", "gt", "Narnia")] == ["HN", "MX", "US", "US", "GT", None]


def test_a_place_of_several_levels_is_asked_back_and_its_choice_stands():
    assert len(place_of("la union").choices) == 2
    assert place_of("Konchagua").address.municipality == "Conchagua"
    typed = {"person.origin": ["la union"], "person.origin.choice": ["La Unión, La Unión Sur, La Unión"]}
    assert settled(typed) == {"person.origin": ["La Unión, La Unión Sur, La Unión"]}
    assert settled({**typed, "person.origin": ["Conchagua"]}) == {"person.origin": ["Conchagua"]}


def test_a_filled_form_is_the_case_that_the_api_takes_and_comes_back_as_typed():
    told = told_by(FULL, READER)
    assert told.errors == {}
    case = details_to_json(details_from_request(told.body, today=TODAY))
    assert case["needs"][0]["against"]["country"] == "MX"
    assert case["needs"][1]["about"]["estimated_age"] == 20
    assert case["consent"]["option_version"] == SPANISH
    assert {name: given for name, given in values_of(case, language="es").items() if name in FULL} == FULL


def test_a_correction_touches_only_what_was_changed():
    case = details_to_json(details_from_request(told_by(FULL, READER).body, today=TODAY))
    case["person"]["origin"] = {"country": "GT", "department": "GT-01", "municipality": "Mixco"}
    case["needs"][2]["note"] = "con dos hijos"
    was = values_of(case, language="es")
    now = {**was, "person.family_name": ["Reyes Portillo"], "person.phone": [], "needs": ["shelter"]}
    now = {name: given for name, given in now.items() if not name.startswith(("against", "about"))}
    after = corrected(case, told_by(now, READER, CORRECTED), differing(was, now))
    assert details_from_request(after, today=TODAY).person.family_name == "Reyes Portillo"
    assert after["person"]["origin"] == case["person"]["origin"]
    assert "phone" not in after["person"]
    assert after["needs"] == [{"code": "shelter", "note": "con dos hijos"}]
    assert after["consent"]["option_version"] == SPANISH


def test_two_who_correct_one_case_lose_nothing_of_either():
    base = {"person.phone": ["1"], "notes": ["a"], "person.sex": ["female"]}
    found = merged(base, {**base, "person.phone": ["2"], "notes": ["b"]}, {**base, "notes": ["c"], "person.sex": ["other"]})
    assert found.values == {"person.phone": ["2"], "notes": ["b"], "person.sex": ["other"]}
    assert {(one.field.name, one.kept) for one in found.differences} == {("notes", True), ("person.sex", False)}


def test_every_country_is_read_back_as_it_is_written():
    for language in ("es", "en"):
        assert [code for code, name in country_names(language).items() if country_of(name) != code] == []


def test_a_country_ticked_is_consent_to_send_there_and_leaves_home_allowed():
    consent = told_by({**FULL, "consent.countries": ["MX"]}, READER).body["consent"]
    assert consent["countries"] == ["SV", "MX"]
    assert "cross_border" in consent["purposes"]


def test_a_consent_to_no_data_at_all_is_asked_back_not_read_as_the_usual():
    assert "consent.classes" in told_by({name: given for name, given in FULL.items() if name != "consent.classes"}, READER).errors


def test_what_was_not_touched_was_not_asked():
    assert set(told_by(FULL, READER).body["vulnerabilities"]) == {"fear_of_return", "disability"}
    assert {one.name for one in every(SECTIONS) if one.kind is Kind.ANSWER} == {f"vulnerabilities.{code}" for code in Vulnerability}


def test_at_most_eight_fields_stand_in_sight_before_the_needs():
    assert len(PERSON.fields) == 8


@pytest.mark.parametrize(
    ("path", "name"),
    [
        ("person.estimated_age", "person.birth"), ("person.origin.municipality", "person.origin"), ("consent.guardian", "consent.guardian.name"),
        ("needs.0.against.institution", "against.institution"), ("needs.1.about.birth_date", "about.birth"), ("needs.0.code", "needs"),
        ("consent.recipients.0", "consent.recipients"), ("return.country", "return.country"), ("body", WHOLE),
    ],
)
def test_a_finding_stands_at_the_field_that_was_typed_into(path, name):
    assert field_of(path, ["rights_violation", "family_tracing"]) == name
    assert name in FIELDS or name == WHOLE
