"""The guidance texts: every topic in both languages, built alike, named by their very words."""

import shutil
from pathlib import Path

import pytest

from services.intake.domain.guidance import with_guidance_version
from services.intake.store.guidance import LANGUAGES, guidance, read_guidance
from shared.errors import ConfigError
from shared.routing.case import GuidanceGiven
from shared.vocabulary.codes import GuidanceTopic
from tests.unit.routing.given import case

DATA = Path(__file__).parents[3] / "services" / "intake" / "data" / "guidance"
LONGEST_SENTENCE = 32
"""Words: more is not understood when it is heard once."""


def test_no_topic_is_missing_in_any_language():
    assert {(text.topic, text.language) for text in guidance().texts} == {(topic, lang) for topic in GuidanceTopic for lang in LANGUAGES}


@pytest.mark.parametrize("topic", GuidanceTopic)
def test_both_languages_say_the_same_things_in_the_same_order(topic: GuidanceTopic):
    es, en = [text for text in guidance().texts if text.topic is topic]
    assert es.shape == en.shape
    assert [source.article is None for source in es.sources] == [source.article is None for source in en.sources]
    assert es.words != en.words


@pytest.mark.parametrize("text", guidance().texts, ids=lambda text: f"{text.topic}-{text.language}")
def test_a_text_is_short_enough_to_be_heard_and_says_that_nobody_reviewed_it(text):
    sentences = [one for section in text.sections for said in section.say for one in said.split(". ")]
    assert [one for one in sentences if len(one.split()) > LONGEST_SENTENCE] == []
    assert text.reading_minutes <= 4
    assert text.reviewed_on is None
    assert text.reviewed_by.startswith(("Texto de ejemplo", "Sample text"))
    assert text.sources


def test_spanish_texts_speak_of_usted():
    words = {word.strip(".,").lower() for text in guidance().texts if text.language == "es" for word in text.words.split()}
    assert words.isdisjoint({"tú", "tu", "tus", "vos", "puedes", "debes", "beneficiario", "ilegal", "ilegales", "menores"} - {"menores"})


def test_the_return_is_never_the_only_option_and_a_child_alone_needs_a_decision():
    (text,) = guidance().find(topic=GuidanceTopic.VOLUNTARY_RETURN, language="es", text="")
    assert {"free_choice", "fear", "children"} <= {section.id for section in text.sections}
    assert "Nunca es la única opción" in text.words


@pytest.mark.parametrize("typed", ["retorno voluntario", "RETORNO VOLUNTÁRIO", "volbe pais", "oim fondo"])
def test_texts_are_found_whatever_the_spelling(typed: str):
    assert GuidanceTopic.VOLUNTARY_RETURN in {one.topic for one in guidance().find(topic=None, language="es", text=typed)}


def test_other_words_make_another_version_and_the_same_words_the_same(tmp_path: Path):
    shutil.copytree(DATA, tmp_path / "guidance")
    assert read_guidance(tmp_path / "guidance").version == guidance().version
    file = tmp_path / "guidance" / "documents" / "es.yml"
    file.write_text(file.read_text(encoding="utf-8").replace("Cuide sus papeles", "Guarde sus papeles"), encoding="utf-8")
    assert read_guidance(tmp_path / "guidance").version != guidance().version


@pytest.mark.parametrize(
    ("file", "change", "expected"),
    [
        ("documents/en.yml", None, "guidance/documents/en.yml: cannot be read"),
        ("documents/en.yml", ("id: care", "id: other"), "guidance/documents/en.yml: not built like es.yml"),
        ("documents/en.yml", ("version: 1", "version: 2"), "guidance/documents/en.yml: not built like es.yml"),
        ("documents/es.yml", ("title:", "titel:"), "guidance/documents/es.yml: {"),
        ("documents/es.yml", ("sections:", "sections: ["), "guidance/documents/es.yml: cannot be read"),
    ],
)
def test_what_is_wrong_with_a_text_is_named(tmp_path: Path, file: str, change: tuple[str, str] | None, expected: str):
    shutil.copytree(DATA, tmp_path / "guidance")
    path = tmp_path / "guidance" / file
    if change is None:
        path.unlink()
    else:
        path.write_text(path.read_text(encoding="utf-8").replace(*change, 1), encoding="utf-8")
    with pytest.raises(ConfigError) as refusal:
        read_guidance(tmp_path / "guidance")
    assert any(line.startswith(expected) for line in str(refusal.value).splitlines()), str(refusal.value)


def test_guidance_that_was_given_earlier_keeps_the_words_of_its_day():
    def told(*topics: GuidanceTopic, version: str | None = None):
        return GuidanceGiven(topics, version)

    documents, work = GuidanceTopic.DOCUMENTS, GuidanceTopic.WORK_AND_STUDY
    details = case("information")
    assert with_guidance_version(details, before=None, version="v2").guidance is None
    given = with_guidance_version(_with(details, told(documents, version="made up")), before=None, version="v2")
    assert given.guidance == told(documents, version="v2")
    before = told(documents, version="v1")
    assert with_guidance_version(_with(details, before), before=before, version="v2").guidance == before
    more = with_guidance_version(_with(details, told(documents, work, version="v1")), before=before, version="v2")
    assert more.guidance.version == "v2"


def _with(details, given):
    from dataclasses import replace

    return replace(details, guidance=given)
