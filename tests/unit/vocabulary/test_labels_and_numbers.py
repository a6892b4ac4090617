"""Labels for every code; windows; DUI and telephone numbers."""

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from shared.vocabulary import codes, labels, windows
from shared.vocabulary.documents import dui_as_written, dui_is_valid
from shared.vocabulary.phones import CheckedPhone, check_phone


@pytest.mark.parametrize("language", ["es", "en"])
@pytest.mark.parametrize("vocabulary", labels.VOCABULARIES)
def test_every_code_has_a_label(vocabulary: str, language: str) -> None:
    told = labels.labels(vocabulary, language)
    assert list(told) == [code.value for code in labels.VOCABULARIES[vocabulary]]
    assert all(told.values())


def test_every_list_of_codes_is_labelled_and_nothing_else() -> None:
    lists = {kind for kind in vars(codes).values() if isinstance(kind, type) and issubclass(kind, codes.StrEnum)}
    assert lists - {codes.StrEnum} == set(labels.VOCABULARIES.values())
    told = labels._file()["labels"]
    assert told.keys() == labels.VOCABULARIES.keys()
    for name, kind in labels.VOCABULARIES.items():
        assert told[name].keys() == {code.value for code in kind}


def test_no_label_uses_a_word_that_hurts() -> None:
    text = yaml.safe_dump(labels._file(), allow_unicode=True).casefold()
    assert not any(word in text for word in ("ilegal", "menor ", "menores", "beneficiari"))


def test_every_question_of_the_screening_can_be_read_to_a_person() -> None:
    spanish, english = labels.read_aloud(), labels.read_aloud("en")
    assert labels._file()["read_aloud"].keys() == spanish.keys() == english.keys() == {code.value for code in codes.Vulnerability}
    assert [text for text in spanish.values() if "¿" not in text or not text.endswith("?")] == []
    assert set(spanish.values()).isdisjoint(english.values())


def test_what_may_not_be_known_reads_as_protected() -> None:
    assert labels.label("need", "protected") == "Reservado"
    assert labels.label("need", "shelter", "en-US") == "Shelter"
    assert labels.vocabulary_version() >= 1


def test_windows_stand_where_they_stand() -> None:
    assert {node: list(found) for node, found in windows.WINDOWS.items()} == {
        "sv": ["la-union", "la-hachadura"],
        "gt": ["tecun-uman"],
        "mx": ["tapachula"],
    }
    place = windows.window_place("sv", "la-hachadura")
    assert (place.letters, place.municipality, place.department, place.country) == ("LHA", "Ahuachapán Sur", "SV-AH", "SV")
    with pytest.raises(LookupError):
        windows.window_place("sv", "tapachula")


@pytest.mark.parametrize("number", ["01234567-8", "012345678", " 05454846-6 ", "00000000-0"])
def test_a_dui_with_its_check_digit_is_valid(number: str) -> None:
    assert dui_is_valid(number)


@pytest.mark.parametrize("number", ["01234567-9", "1234567-8", "01234567-", "0123456A-8", "", "01234567 8", "٠١٢٣٤٥٦٧-٨"])
def test_anything_else_is_none(number: str) -> None:
    assert not dui_is_valid(number)
    with pytest.raises(ValueError, match="not a DUI"):
        dui_as_written(number)


@given(st.integers(0, 10**8 - 1), st.integers(0, 7))
def test_one_wrong_digit_may_pass_only_where_the_weights_let_it(number: int, place: int) -> None:
    digits = f"{number:08d}"
    valid = [f"{digits}{check}" for check in range(10) if dui_is_valid(f"{digits}{check}")]
    assert len(valid) == 1
    assert dui_as_written(valid[0]) == f"{digits}-{valid[0][8]}"


@pytest.mark.parametrize(
    ("told", "country", "expected"),
    [
        ("+50370000000", None, CheckedPhone("+50370000000")),
        ("+503 7000-0000", None, CheckedPhone("+50370000000")),
        ("7000 0000", "SV", CheckedPhone("+50370000000")),
        ("7000 0000", None, None),
        ("+50312345678", None, None),
        ("+529621234567", None, CheckedPhone("+529621234567")),
        ("+5219621234567", None, CheckedPhone("+529621234567", corrected=True)),
        ("+52 1 962 123 4567", None, CheckedPhone("+529621234567", corrected=True)),
        ("+521", None, None),
        ("no tiene", "SV", None),
        ("", "SV", None),
    ],
)
def test_a_phone_is_valid_for_its_country_or_nothing(told: str, country: str | None, expected: CheckedPhone | None) -> None:
    assert check_phone(told, country) == expected
