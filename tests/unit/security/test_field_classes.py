"""The file that a lawyer reviews: whole, without contradictions, and refused when it is not."""

from importlib import resources

import pytest
import yaml
from marshmallow import Schema, fields

from shared.contracts.case import CaseDetailsSchema
from shared.errors import Broken
from shared.security.field_classes import matrix, read_matrix
from shared.vocabulary.codes import Need, Vulnerability

TEXT = (resources.files("shared.security") / "data" / "classes.yml").read_text(encoding="utf-8")
FIRST_ROW = {"person.sex", "person.languages", "needs.code"}
BY_NEED_OR_ANSWER = {"needs.note", "vulnerabilities"}


def paths(schema: Schema) -> set[str]:
    """The fields of a case, those of the person and of a need one by one."""
    found = set()
    for name, field in schema.fields.items():
        key = field.data_key or name
        inner = field.inner if isinstance(field, fields.List) else field
        if field.load_only:
            continue
        if key in {"person", "needs"} and isinstance(inner, fields.Nested):
            found |= {f"{key}.{below}" for below in paths(inner.schema)}
        else:
            found.add(key)
    return found


def test_every_field_of_a_case_stands_in_exactly_one_place_of_the_file() -> None:
    classified = [path for row in matrix().classes.values() for path in row.fields]
    assert {*classified, *matrix().nobody} | FIRST_ROW | BY_NEED_OR_ANSWER == paths(CaseDetailsSchema())
    assert len(classified) == len(set(classified))


def test_the_words_said_of_every_need_have_a_class() -> None:
    assert {need for row in matrix().classes.values() for need in row.need_notes} == set(Need)


def test_answers_without_a_class_are_told_to_nobody() -> None:
    told = {answer for row in matrix().classes.values() for answer in row.answers}
    assert set(Vulnerability) - told == {
        Vulnerability.UNACCOMPANIED_CHILD, Vulnerability.SEPARATED_CHILD, Vulnerability.AGE_DOUBTFUL,
        Vulnerability.OLDER_PERSON, Vulnerability.SEPARATED_FAMILY, Vulnerability.MISSING_RELATIVE,
        Vulnerability.UNDOCUMENTED, Vulnerability.NO_SHELTER_TONIGHT, Vulnerability.LANGUAGE_BARRIER,
        Vulnerability.TRUSTED_CONTACT, Vulnerability.SAFE_ADDRESS, Vulnerability.WORK_OR_SKILLS,
    }


@pytest.mark.parametrize(
    ("was", "becomes"),
    [
        ("ombudsman: on_accept", "ombudsman: always"),
        ("ombudsman: on_accept", "obmudsman: on_accept"),
        ("asks: document", "asks: documents"),
        ("person.phone,", "person.phone, person.document,"),
        ("answers: [fear_of_return,", "answers: [disability,"),
        ("  - paper_code", "  - notes"),
        ("need_notes: [trafficking]", "need_notes: [slavery]"),
        ("  trafficking:\n    asks: trafficking\n    to: {", "  shelter:\n    asks: need\n    to: {"),
        ("version:", "versoin:"),
        ("version:", "version: ["),
    ],
)
def test_a_slip_of_the_pen_is_refused_when_the_file_is_read(was: str, becomes: str) -> None:
    assert was in TEXT
    with pytest.raises(Broken, match=r"classes\.yml"):
        read_matrix(TEXT.replace(was, becomes))


def test_the_file_is_read_as_it_stands() -> None:
    assert read_matrix(TEXT) == matrix()
    assert yaml.safe_load(TEXT)["version"] == matrix().version
