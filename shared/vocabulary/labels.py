"""What people read for a code, from ``data/vocabulary.yml``."""

from collections.abc import Mapping
from enum import StrEnum
from functools import cache
from importlib import resources
from typing import Any

import yaml

from shared.vocabulary import codes

VOCABULARIES: Mapping[str, type[StrEnum]] = {
    "situation": codes.Situation,
    "sex": codes.Sex,
    "age_band": codes.AgeBand,
    "document": codes.DocumentType,
    "need": codes.Need,
    "vulnerability": codes.Vulnerability,
    "answer": codes.Answer,
    "urgency": codes.Urgency,
    "institution_kind": codes.InstitutionKind,
    "consent_status": codes.ConsentStatus,
    "consent_purpose": codes.ConsentPurpose,
    "consent_method": codes.ConsentMethod,
    "consent_given_by": codes.ConsentGivenBy,
    "consent_ground": codes.ConsentGround,
    "referral_status": codes.ReferralStatus,
    "outcome": codes.Outcome,
    "need_met": codes.NeedMet,
    "reject_reason": codes.RejectReason,
    "fail_reason": codes.FailReason,
    "cancel_reason": codes.CancelReason,
    "close_reason": codes.CloseReason,
    "hold_reason": codes.HoldReason,
    "erasure_answer": codes.ErasureAnswer,
    "training_audience": codes.TrainingAudience,
    "training_topic": codes.TrainingTopic,
    "guidance_topic": codes.GuidanceTopic,
    "data_class": codes.DataClass,
}
"""The name of each list in the file, and the codes that it must label."""

PROTECTED = "protected"
"""Stands in the place of a need that this reader may not know (domain.md, Who may know what)."""


@cache
def _file() -> Mapping[str, Any]:
    text = (resources.files("shared.vocabulary") / "data" / "vocabulary.yml").read_text(encoding="utf-8")
    loaded: Mapping[str, Any] = yaml.safe_load(text)
    return loaded


def vocabulary_version() -> int:
    """The version of the labels."""
    return int(_file()["version"])


def labels(vocabulary: str, language: str = "es") -> Mapping[str, str]:
    """Every code of a list with its label, in the list's order; ``KeyError`` for a list that there is not."""
    told = _file()["labels"][vocabulary]
    return {code.value: str(told[code.value][_told(language)]) for code in VOCABULARIES[vocabulary]}


def label(vocabulary: str, code: str, language: str = "es") -> str:
    """One code's label, Spanish unless English is asked for; ``protected`` has one in every list."""
    if code == PROTECTED:
        return str(_file()[PROTECTED][_told(language)])
    return labels(vocabulary, language)[code]


def read_aloud(language: str = "es") -> Mapping[str, str]:
    """The question of each code of the screening, as it is read to a person."""
    return {code.value: str(_file()["read_aloud"][code.value][_told(language)]) for code in codes.Vulnerability}


def _told(language: str) -> str:
    return "en" if language.partition("-")[0] == "en" else "es"
