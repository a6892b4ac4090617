"""What of a person is compared with others, in comparable form."""

from collections.abc import Mapping
from datetime import date
from typing import Any

from services.intake.domain.duplicates import Features
from shared.spelling import plain, spelling_key, word_keys

_NO_DOCUMENT = "none"


def features_of(person: Mapping[str, Any], occurred_on: date) -> Features:
    """From the JSON values of a person (``shared/contracts/case.py``), known as far as they go."""
    birth, estimated = person.get("birth_date"), person.get("estimated_age")
    return Features(
        names=word_keys(f"{person.get('given_name') or ''} {person.get('family_name') or ''}"),
        birth_date=date.fromisoformat(birth) if birth else None,
        born_about=occurred_on.year - estimated if estimated is not None else None,
        document=_document(person.get("document")),
        municipality=_place(person.get("origin")) or _place(person.get("residence")),
    )


def comparable_number(number: str) -> str:
    """A paper's number as it is compared and searched: letters and digits only."""
    return plain(number).replace(" ", "")


def _document(document: Mapping[str, Any] | None) -> str | None:
    if not document or document["type"] == _NO_DOCUMENT or not document.get("number"):
        return None
    return f"{document['type']} {comparable_number(document['number'])}"


def _place(address: Mapping[str, Any] | None) -> str | None:
    if not address or not address.get("municipality"):
        return None
    return f"{address['country']} {spelling_key(address['municipality'])}"
