"""The form of a case at this window: what it begins with, what it offers, and what is wrong with what was typed."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final

from services.intake.domain.consent_text import ConsentText
from services.intake.queries.screening import Consequence, Consequences
from services.intake.store.consent_texts import consent_texts
from services.intake.web.api.v1.case_body import CaseBodySchema
from services.intake.web.api.v1.room import Room
from services.intake.web.forms.case_json import WHOLE, Reader, Told, Values, field_of, told_by
from services.intake.web.forms.fields import CHOSEN, Field, Kind, Section, every
from services.intake.web.forms.person_form import SECTIONS
from shared.routing.case import CaseDetails
from shared.routing.directory import Directory
from shared.security.release import COVERED_BY_DEFAULT
from shared.vocabulary.codes import ConsentPurpose, ConsentStatus, Vulnerability
from shared.vocabulary.labels import labels, read_aloud
from shared.web.bodies import load
from shared.web.call import Words
from shared.web.forms import MISSING, Form
from shared.web.languages import country_name, language_name

LANGUAGES: Final[Mapping[str, Words | None]] = {
    "es": None, "en": None, "pt": None, "fr": None, "ht": None, "quc": None,
    "kek": Words("q’eqchi’", "Qʼeqchiʼ"), "mam": Words("mam", "Mam"), "ppl": Words("náhuat", "Nawat"),
    "cab": Words("garífuna", "Garifuna"), "miq": Words("misquito", "Miskito"),
}
"""Languages spoken at the windows; own words for those that the usual lists do not name."""
CHANNELS: Final[Mapping[str, Words]] = {
    "sms": Words("Mensaje de texto", "Text message"),
    "call": Words("Llamada", "Call"),
    "whatsapp": Words("WhatsApp", "WhatsApp"),
    "email": Words("Correo", "E-mail"),
    "visit": Words("En persona", "In person"),
    "none": Words("De ninguna forma", "Not at all"),
}
SAID: Final[Mapping[str, Words]] = {
    ConsentStatus.GRANTED.value: Words("Sí, acepta", "Yes, agrees"),
    ConsentStatus.REFUSED.value: Words("No acepta", "Does not agree"),
}
YES_NO: Final[Mapping[str, Words]] = {"yes": Words("Sí", "Yes"), "no": Words("No", "No")}
ANSWERED: Final = ("yes", "no", "declined")
"""The answers that have a key: what is not touched was not asked."""
ASKED_FOR: Final = (ConsentPurpose.REFERRAL, ConsentPurpose.STATISTICS, ConsentPurpose.CONTACT)
"""Purposes that are ticked; sending across a border follows from the countries."""

Options = Sequence[tuple[str, str]]
_REQUIRED_BY_THE_SCHEMA: Final = "Falta este dato."


@dataclass(frozen=True)
class Filled:
    """A form that was read: what to show again, the case where nothing is wrong, places to choose from."""

    form: Form
    details: CaseDetails | None = None
    choices: Mapping[str, Sequence[str]] = field(default_factory=dict)


@dataclass(frozen=True)
class CaseForm:
    """Given once by the wiring."""

    room: Room
    consequences: Consequences

    def new(self, language: str) -> dict[str, list[str]]:
        """What stands in a form that nobody has touched."""
        return {
            "person.nationality": [country_name(self.room.place.node.upper(), language)],
            "person.languages": ["es"],
            "consent.text": [text.option_version for text in current_texts() if text.language == "es"],
            "consent.purposes": [ConsentPurpose.REFERRAL.value, ConsentPurpose.STATISTICS.value],
            "consent.classes": sorted(one.value for one in COVERED_BY_DEFAULT),
        }

    @property
    def reader(self) -> Reader:
        """How texts are read today."""
        return Reader(self.room.today(), self.room.place.country, consent_texts())

    def read(self, values: Values) -> Filled:
        """A whole form, judged as the API and its act judge a body; each finding stands at the field that was typed into."""
        told = told_by(values, self.reader)
        told.body.update({name: values[name][0] for name in ("household_id",) if values.get(name)})
        loaded, faults = load(CaseBodySchema(self.room.place, self.room.clock, self.room.faults), told.body)
        if isinstance(loaded, CaseDetails):
            faults = {path: list(texts) for path, texts in self.room.faults(loaded).items()}
        form = Form(values, at_fields(told, faults))
        details = loaded if isinstance(loaded, CaseDetails) and not form.errors else None
        return Filled(form, details, told.choices)

    def read_step(self, values: Values, section: Section) -> Filled:
        """One section alone: what cannot be read or is missing there; the rules see the whole at the end."""
        told = told_by(values, self.reader, (section,))
        return Filled(Form(values, told.errors), choices=told.choices)

    def shown(self, filled: Filled, language: str, sections: tuple[Section, ...] = SECTIONS) -> dict[str, object]:
        """What the templates of the form are given."""
        with self.room.database.read() as connection:
            in_force = self.room.published.in_force(connection)
        directory = in_force.directory if in_force else None
        return {
            "form": filled.form,
            "choices": filled.choices,
            "sections": sections,
            "options": self.all_options(sections, language, directory),
            "names": names(sections, language),
            "aloud": {f"vulnerabilities.{code}": text for code, text in read_aloud(language).items()},
            "texts": current_texts(),
            "usual_countries": [country_name(code, language) for code in ("SV", "GT", "HN", "NI", "MX", "US", "CO", "VE", "CU", "EC")],
            "then": _then(self.consequences.by(in_force), language),
        }

    def shown_options(self, language: str, sections: tuple[Section, ...] = SECTIONS) -> Mapping[str, Options]:
        """What every field offers now, by its name."""
        with self.room.database.read() as connection:
            in_force = self.room.published.in_force(connection)
        return self.all_options(sections, language, in_force.directory if in_force else None)

    def all_options(self, sections: tuple[Section, ...], language: str, directory: Directory | None) -> Mapping[str, Options]:
        """The same under a directory."""
        return {one.name: self.options(one, language, directory) for one in every(sections) if one.kind in CHOSEN}

    def options(self, one: Field, language: str, directory: Directory | None) -> Options:
        """What a field offers, as code and words."""
        if one.kind is Kind.FLAG:
            return _told(YES_NO, language)
        if one.kind is Kind.ANSWER:
            known = labels("answer", language)
            return [(code, known[code]) for code in ANSWERED]
        if one.vocabulary:
            return list(labels(one.vocabulary, language).items())
        return self._offered(one.offers, language, directory)

    def _offered(self, offers: str, language: str, directory: Directory | None) -> Options:
        texts = [(text.option_version, _language(text.language, language)) for text in current_texts()]
        purposes = labels("consent_purpose", language)
        lists: Mapping[str, Options] = {
            "channels": _told(CHANNELS, language),
            "languages": [(code, _language(code, language)) for code in LANGUAGES],
            "consent_texts": texts,
            "consent_answers": _told(SAID, language),
            "purposes": [(purpose.value, purposes[purpose.value]) for purpose in ASKED_FOR],
            "institutions": [(one.id, one.name(language)) for one in directory.active] if directory else [],
            "countries": self._countries(language, directory),
        }
        return lists[offers]

    def _countries(self, language: str, directory: Directory | None) -> Options:
        """The other countries of the network."""
        home = self.room.place.country
        found = {one.country for one in directory.active} - {home} if directory else set()
        return [(code, country_name(code, language)) for code in sorted(found)]


def _then(
    found: Mapping[Vulnerability, tuple[Consequence, ...]], language: str
) -> Mapping[str, Sequence[Mapping[str, object]]]:
    """What each yes sets off, in words, by field."""
    urgencies = labels("urgency", language)
    return {
        f"vulnerabilities.{question}": [
            {"rule": one.rule, "urgency": urgencies[one.urgency], "texts": [text.en if language == "en" else text.es for text in one.texts]}
            for one in consequences
        ]
        for question, consequences in found.items()
    }


def current_texts() -> list[ConsentText]:
    """The consent texts to be read now, Spanish first."""
    return sorted((text for text in consent_texts() if text.current), key=lambda text: text.language != "es")


def at_fields(told: Told, faults: Mapping[str, Sequence[str]]) -> dict[str, list[str]]:
    """Findings by dotted path led back to fields; what could not be read says enough by itself."""
    needs = [str(need["code"]) for need in told.body.get("needs", [])]
    errors = {name: list(texts) for name, texts in told.errors.items()}
    for path, texts in faults.items():
        name = field_of(path, needs)
        if name not in told.errors and not (name == WHOLE and errors):
            errors.setdefault(name, []).extend(MISSING if text == _REQUIRED_BY_THE_SCHEMA else text for text in texts)
    return errors


def names(sections: tuple[Section, ...], language: str) -> dict[str, str]:
    """Questions whose words are a vocabulary's; all others are in the catalogue."""
    known = labels("vulnerability", language)
    return {one.name: known[one.label] for one in every(sections) if one.kind is Kind.ANSWER}


def _language(code: str, language: str) -> str:
    """What a language is called; ours first, for those that Babel has no Spanish or English name for."""
    own = LANGUAGES.get(code)
    return own.text(language) if own else language_name(code, language)


def _told(words: Mapping[str, Words], language: str) -> Options:
    return [(code, one.text(language)) for code, one in words.items()]
