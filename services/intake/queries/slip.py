"""The referral slip of a case: where to go, when, what to bring, what is not needed; nothing of who and why.

A slip names an institution only where its name gives nothing away, or the person wants it (``slip.yml``).
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

import segno

from services.intake.domain.case import Case
from services.intake.queries.hours import DayHours, Hours, week_of
from services.intake.queries.world import InForce
from services.intake.store.slip_words import SlipTexts, SlipWords, slip_words
from services.intake.store.work import WindowWork
from services.intake.use_cases.finding import case_or_refuse
from shared.contracts.referral import Appointment, ReferralState
from shared.directory.entries import Assurance
from shared.directory.finding import At, Found, seen
from shared.routing.rules import Text
from shared.vocabulary.codes import PROTECTED_NEEDS, ReferralStatus

OVER = frozenset(
    {
        ReferralStatus.REJECTED, ReferralStatus.COMPLETED, ReferralStatus.FAILED, ReferralStatus.CANCELLED,
        ReferralStatus.ENTERED_IN_ERROR,
    }
)
"""Nobody is sent where nothing is expected any more."""
QR_SCALE = 4
"""Units to a module: on A5 the code is some 30 mm wide (anchors: at least 25)."""


@dataclass(frozen=True)
class Claim:
    """The code to ask with; ``qr_svg`` is an inline SVG that holds the code and nothing else."""

    code: str
    groups: tuple[str, ...]
    qr_svg: str


@dataclass(frozen=True)
class Where:
    """A place to go to, today and in the week that begins today. No week at all: the hours are not known."""

    name: str
    address: str
    municipality: str | None
    district: str | None
    phones: tuple[str, ...]
    accessibility: str | None
    today: tuple[Hours, ...]
    week: tuple[DayHours, ...]


@dataclass(frozen=True)
class SlipReferral:
    """One place to go to. ``discreet``: it is not named, and nothing of it says what it is."""

    referral_id: str
    label: str
    discreet: bool
    where: tuple[Where, ...]
    appointment: Appointment | None
    bring: tuple[str, ...]
    not_needed: tuple[str, ...]
    languages: tuple[str, ...]
    fees: tuple[str, ...]
    to_confirm: bool


@dataclass(frozen=True)
class Slip:
    """Everything that a printed slip needs, in one language."""

    case_code: str
    language: str
    prepared_on: date
    claim: Claim | None
    texts: SlipTexts
    referrals: tuple[SlipReferral, ...]


@dataclass(frozen=True)
class SlipAsked:
    """For which case, in which language (None: the person's), named or not (None: as the rules for slips say)."""

    case_id: str
    language: str | None = None
    discreet: bool | None = None


def slip_of(work: WindowWork, known: InForce | None, asked: SlipAsked, *, now: datetime) -> Slip:
    """The slip as of now, with every open referral that the hub told of. Without a directory: labels and hours lack."""
    case = case_or_refuse(asked.case_id, work=work)
    language, words = _language(case, asked.language), slip_words()
    today = work.place.moment(now).today
    writer = _Writer(known, words, language, today, now)
    states = [state for state in work.referrals.of_case(case.id) if state.status not in OVER]
    return Slip(
        case_code=case.code,
        language=language,
        prepared_on=today,
        claim=_claim(case.claim_code),
        texts=words.told(language),
        referrals=tuple(writer.referral(state, asked.discreet) for state in states),
    )


def _language(case: Case, wanted: str | None) -> str:
    """Spanish or English: what was asked for, else the person's first language."""
    told = wanted or next(iter(case.details.person.languages), "es")
    return "en" if told.partition("-")[0] == "en" else "es"


def _claim(code: str | None) -> Claim | None:
    if code is None:
        return None
    qr = segno.make(code, error="m", micro=False)
    return Claim(code, tuple(code.split("-")), qr.svg_inline(scale=QR_SCALE))


@dataclass(frozen=True)
class _Writer:
    """Writes the referrals of one slip."""

    known: InForce | None
    words: SlipWords
    language: str
    today: date
    now: datetime

    def referral(self, state: ReferralState, wanted: bool | None) -> SlipReferral:
        """One referral, named or discreet."""
        if self._reveals(state) if wanted is None else wanted:
            return self._discreet(state)
        services = self._services(state)
        appointment = state.appointment
        bring = [text for one in services for text in self._told(one.service.required_documents)]
        return SlipReferral(
            referral_id=state.id,
            label=self._name(state.institution),
            discreet=False,
            where=self._where(services),
            appointment=appointment,
            bring=_once([*bring, *(appointment.bring if appointment else ())]),
            not_needed=_once([text for one in services for text in self._told(one.service.not_needed)]),
            languages=_once([language for one in services for language in one.service.languages]),
            fees=_once([text for one in services if one.service.fees for text in self._told([one.service.fees])]),
            to_confirm=all(one.assurance is not Assurance.CURRENT for one in services),
        )

    def _discreet(self, state: ReferralState) -> SlipReferral:
        """When, and that is all: place and papers would tell."""
        appointment = state.appointment
        hidden = Appointment(appointment.at, "", (), appointment.kept) if appointment else None
        return SlipReferral(
            referral_id=state.id,
            label=self.words.told(self.language).discreet,
            discreet=True,
            where=(),
            appointment=hidden,
            bring=(),
            not_needed=(),
            languages=(),
            fees=(),
            to_confirm=False,
        )

    def _reveals(self, state: ReferralState) -> bool:
        institution = self.known.directory.find(state.institution) if self.known else None
        tells = institution is not None and institution.kind in self.words.revealing_kinds
        return tells or not PROTECTED_NEEDS.isdisjoint(state.needs)

    def _name(self, institution_id: str) -> str:
        institution = self.known.directory.find(institution_id) if self.known else None
        return institution.name(self.language) if institution else institution_id

    def _services(self, state: ReferralState) -> list[Found]:
        """The services of the institution that this referral asks for."""
        if self.known is None:
            return []
        services = self.known.directory.services_of(state.institution)
        asked = [one for one in services if one.given and not set(one.needs).isdisjoint(state.needs)]
        return [seen(self.known.directory, one, now=self.now, today=self.today) for one in asked]

    def _where(self, services: Sequence[Found]) -> tuple[Where, ...]:
        """Each place once, though several services are given there."""
        places = {at.location.id: at for one in services for at in one.places}
        return tuple(self._place(at) for at in places.values())

    def _place(self, at: At) -> Where:
        location = at.location
        week = week_of(at, self.today)
        return Where(
            name=self._told([location.name])[0],
            address=location.address,
            municipality=location.municipality,
            district=location.district,
            phones=location.phones,
            accessibility=self._told([location.accessibility])[0] if location.accessibility else None,
            today=week[0].hours if week else (),
            week=week,
        )

    def _told(self, texts: Sequence[Text]) -> list[str]:
        return [text.en if self.language == "en" else text.es for text in texts]


def _once(items: Sequence[str]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(items))
