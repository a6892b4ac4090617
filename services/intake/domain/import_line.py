"""One line of a file as the body of a case, and a case's faults as columns of the file (contracts.md, Commands)."""

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

NO_DATE = "No es una fecha que exista. Escriba año-mes-día o día/mes/año."
NO_YES = "Escriba si o no."

_ISO = re.compile(r"(\d{4})-(\d{1,2})-(\d{1,2})")
_DAY_FIRST = re.compile(r"(\d{1,2})[/.-](\d{1,2})[/.-](\d{4})")

_SEXES = {"f": "female", "m": "male"}
_YES_NO = {"si": True, "sí": True, "s": True, "no": False, "n": False}

_COLUMN_OF: tuple[tuple[str, str], ...] = (
    ("person.given_name", "nombres"),
    ("person.family_name", "apellidos"),
    ("person.sex", "sexo"),
    ("person.birth_date", "fecha_nacimiento"),
    ("person.nationality", "nacionalidad"),
    ("person.document.type", "tipo_documento"),
    ("person.document", "numero_documento"),
    ("person.phone", "telefono"),
    ("person.languages", "idioma"),
    ("person.origin.municipality", "municipio"),
    ("person.origin", "departamento"),
    ("occurred_on", "fecha"),
    ("situation", "situacion"),
    ("return", "pais_retorno"),
    ("unaccompanied_child", "no_acompanado"),
    ("vulnerabilities", "vulnerabilidades"),
    ("needs", "necesidades"),
    ("consent.given_by", "consentimiento_dado_por"),
    ("consent.language", "idioma"),
    ("consent", "consentimiento"),
    ("notes", "observaciones"),
)
"""Longer paths before the shorter that they begin with."""


def column_of(path: str) -> str:
    """The column from which a field of a case comes; the path itself when none does."""
    found = (column for head, column in _COLUMN_OF if path == head or path.startswith(f"{head}."))
    return next(found, path)


@dataclass(frozen=True)
class LineBody:
    """The body of ``POST /cases`` that a line says, and what could not be understood, by column."""

    body: Mapping[str, Any]
    faults: Mapping[str, str]


def body_of(cells: Mapping[str, str], *, country: str, phone: Callable[[str], str | None]) -> LineBody:
    """Translate a line. ``country`` is the window's; ``phone`` gives a number in E.164, None when it cannot exist."""
    reader = _Cells(cells, phone)
    body: dict[str, Any] = {
        "person": {
            "given_name": cells.get("nombres", ""),
            "family_name": cells.get("apellidos", ""),
            "sex": reader.code("sexo", _SEXES, "Escriba F o M."),
            "nationality": cells.get("nacionalidad", "").upper(),
            "birth_date": reader.day("fecha_nacimiento"),
            "document": reader.document(),
            "phone": reader.phone("telefono"),
            "safe_to_contact": reader.flag("telefono_seguro") or False,
            "languages": [cells.get("idioma") or "es"],
            "origin": reader.origin(country),
        },
        "occurred_on": reader.day("fecha"),
        "situation": cells.get("situacion", ""),
        "return": reader.returned(),
        "vulnerabilities": reader.codes("vulnerabilidades"),
        "needs": [{"code": code} for code in reader.codes("necesidades")],
        "consent": reader.consent(),
        "notes": cells.get("observaciones", ""),
    }
    alone = reader.flag("no_acompanado")
    if alone is not None:
        body["unaccompanied_child"] = alone
    if not cells.get("fecha"):
        reader.faults["fecha"] = "Falta la fecha."
    return LineBody(body, reader.faults)


class _Cells:
    """The cells of one line, read one by one; faults gather by column."""

    def __init__(self, cells: Mapping[str, str], phone: Callable[[str], str | None]) -> None:
        self._cells = cells
        self._phone = phone
        self.faults: dict[str, str] = {}

    def day(self, column: str) -> str | None:
        text = self._cells.get(column, "")
        if not text:
            return None
        try:
            return _date(text).isoformat()
        except ValueError:
            self.faults[column] = NO_DATE
            return None

    def code(self, column: str, known: Mapping[str, str], message: str) -> str:
        found = known.get(self._cells.get(column, "").casefold())
        if found is None:
            self.faults[column] = message
        return found or "unknown"

    def flag(self, column: str) -> bool | None:
        text = self._cells.get(column, "").casefold()
        if not text:
            return None
        if text not in _YES_NO:
            self.faults[column] = NO_YES
        return _YES_NO.get(text)

    def codes(self, column: str) -> list[str]:
        parts = (part.strip() for part in self._cells.get(column, "").split("|"))
        return list(dict.fromkeys(part for part in parts if part))

    def phone(self, column: str) -> str | None:
        text = self._cells.get(column, "")
        if not text:
            return None
        found = self._phone(text)
        if found is None:
            self.faults[column] = "No es un teléfono que pueda existir."
        return found

    def document(self) -> dict[str, Any] | None:
        kind, number = self._cells.get("tipo_documento", ""), self._cells.get("numero_documento", "")
        if number and not kind:
            self.faults["tipo_documento"] = "Falta el tipo de documento."
        return {"type": kind, "number": number or None} if kind else None

    def origin(self, country: str) -> dict[str, Any] | None:
        department, municipality = self._cells.get("departamento", "").upper(), self._cells.get("municipio", "")
        if not department and not municipality:
            return None
        return {
            "country": department[:2] or country,
            "department": department or None,
            "municipality": municipality or None,
        }

    def returned(self) -> dict[str, Any] | None:
        country = self._cells.get("pais_retorno", "").upper()
        return {"country": country} if country else None

    def consent(self) -> dict[str, Any]:
        granted = self.flag("consentimiento")
        if granted is None and "consentimiento" not in self.faults:
            self.faults["consentimiento"] = NO_YES
        return {
            "status": "granted" if granted else "refused",
            "given_by": self._cells.get("consentimiento_dado_por") or "self",
            "language": self._cells.get("idioma") or "es",
        }


def _date(text: str) -> date:
    match = _ISO.fullmatch(text)
    if match:
        return date(int(match[1]), int(match[2]), int(match[3]))
    match = _DAY_FIRST.fullmatch(text)
    if match:
        return date(int(match[3]), int(match[2]), int(match[1]))
    message = "not a date"
    raise ValueError(message)


def flattened(messages: object, path: str = "") -> Iterator[tuple[str, str]]:
    """Nested messages of a schema as dotted paths."""
    if isinstance(messages, Mapping):
        for name, below in messages.items():
            yield from flattened(below, path if name == "_schema" else f"{path}.{name}".lstrip("."))
    elif isinstance(messages, list):
        for message in messages:
            yield path, str(message)
