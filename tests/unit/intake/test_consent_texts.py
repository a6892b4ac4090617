"""The texts read before consenting: whole in every language, and never other than they were."""

import shutil
from importlib import resources
from pathlib import Path

import pytest

from services.intake.domain.consent_text import Topic
from services.intake.store.consent_texts import consent_texts, read_texts
from shared.errors import ConfigError

FOLDER = Path(str(resources.files("services.intake") / "data" / "consent"))


@pytest.fixture
def copied(tmp_path: Path) -> Path:
    return Path(shutil.copytree(FOLDER, tmp_path / "consent"))


def test_the_current_text_is_there_in_both_languages_and_says_something_of_every_topic() -> None:
    current = {text.language: text for text in consent_texts() if text.current}
    assert set(current) == {"es", "en"}
    for text in current.values():
        assert [part.topic for part in text.parts] == list(Topic)
        assert len(text.option_version) == 64
    assert current["es"].option_version != current["en"].option_version


def test_the_texts_are_plain_enough_to_be_read_aloud() -> None:
    for text in consent_texts():
        sentences = [one for one in text.spoken.replace("?", ".").replace(":", ".").replace("\n", ". ").split(".") if one.strip()]
        assert max(len(sentence.split()) for sentence in sentences) <= 26, max(sentences, key=lambda one: len(one.split()))


def test_how_a_file_is_wrapped_changes_no_hash_but_every_word_does(copied: Path) -> None:
    file = copied / "2026-11" / "es.yml"
    wrapped = file.read_text(encoding="utf-8").replace("contar su caso a las", "contar su caso\n      a las")
    file.write_text(wrapped, encoding="utf-8")
    assert read_texts(copied) == consent_texts()


def test_a_text_that_was_changed_stops_the_window_and_names_the_file(copied: Path) -> None:
    file = copied / "2026-11" / "es.yml"
    file.write_text(file.read_text(encoding="utf-8").replace("noventa", "ochenta"), encoding="utf-8")
    with pytest.raises(ConfigError, match=r"consent/2026-11/es\.yml: is not the text that was used"):
        read_texts(copied)


@pytest.mark.parametrize(
    ("file", "old", "new", "expected"),
    [
        ("2026-11/es.yml", "topic: freedom", "topic: purpose", "say every topic once"),
        ("2026-11/en.yml", "title: Consent to refer your case", "titel: x", "en.yml is not right"),
        ("index.yml", 'current: "2026-11"', 'current: "2031-01"', "there is no version 2031-01"),
        ("index.yml", 'current: "2026-11"', "current: [", "index.yml is not right"),
    ],
)
def test_what_is_wrong_with_a_file_is_named(copied: Path, file: str, old: str, new: str, expected: str) -> None:
    path = copied / file
    text = path.read_text(encoding="utf-8")
    assert old in text
    path.write_text(text.replace(old, new, 1), encoding="utf-8")
    with pytest.raises(ConfigError, match=expected):
        read_texts(copied)


def test_a_missing_language_is_named(copied: Path) -> None:
    (copied / "2026-11" / "en.yml").unlink()
    with pytest.raises(ConfigError, match=r"en\.yml"):
        read_texts(copied)
