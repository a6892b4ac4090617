"""Reading a file as offices really write it: encoding, separator and quoting found out from the bytes."""

import csv
import hashlib
import io
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

COLUMNS = (
    "fecha", "ventanilla", "nombres", "apellidos", "sexo", "fecha_nacimiento", "nacionalidad", "tipo_documento",
    "numero_documento", "telefono", "telefono_seguro", "departamento", "municipio", "situacion", "pais_retorno",
    "no_acompanado", "vulnerabilidades", "necesidades", "consentimiento", "consentimiento_dado_por", "idioma",
    "observaciones",
)
"""contracts.md, Commands."""

NEEDED = frozenset({
    "fecha", "ventanilla", "nombres", "apellidos", "sexo", "fecha_nacimiento", "nacionalidad", "situacion",
    "necesidades", "consentimiento",
})
"""Without these columns no line can be taken; the others may be absent."""

OURS = ("line", "field", "reason")
"""The head of a refused file: it may be corrected and given again as it is."""

WHOLE_LINE = "línea"
"""Named as the field when a line does not fit its header."""


class NotThisFile(Exception):
    """The file cannot be taken at all; the message says why, for whoever started the import."""


@dataclass(frozen=True)
class FileLine:
    """One record: ``number`` is the line in the file where it begins (the header is 1). ``fault`` when it has no shape."""

    number: int
    raw: tuple[str, ...]
    cells: Mapping[str, str]
    fault: str | None = None


@dataclass(frozen=True)
class CaseFile:
    """A file's header as written, its records, and its digest, by which an import is resumed."""

    header: tuple[str, ...]
    lines: Sequence[FileLine]
    digest: str


def read_file(data: bytes) -> CaseFile:
    """All records of a file; raises ``NotThisFile`` when it is empty or its header lacks a needed column."""
    text = _decoded(data)
    separator = _separator(text)
    rows = _rows(text, separator)
    header = tuple(next((row for _, row in rows), ()))
    names = [name.strip().casefold() for name in header]
    missing = sorted(NEEDED - set(names))
    if missing:
        message = f"Faltan las columnas {', '.join(missing)}." if header else "El archivo está vacío."
        raise NotThisFile(message)
    unknown = sorted(set(names) - set(COLUMNS) - set(OURS) - {""})
    if unknown:
        message = f"No se conocen las columnas {', '.join(unknown)}."
        raise NotThisFile(message)
    if len(set(names)) != len(names):
        message = "Hay columnas repetidas."
        raise NotThisFile(message)
    lines = [_line(number, row, names) for number, row in rows if any(cell.strip() for cell in row)]
    return CaseFile(header, lines, hashlib.sha256(data).hexdigest())


def _decoded(data: bytes) -> str:
    """UTF-8, with or without its mark; else Windows-1252, in which five bytes mean nothing and are kept visible."""
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError:
        return data.decode("cp1252", errors="replace")


def _separator(text: str) -> str:
    """The one of comma, semicolon and tabulator that the header has most of."""
    head = text.lstrip("\r\n").partition("\n")[0]
    return max(",;\t", key=head.count)


def _rows(text: str, separator: str) -> Iterator[tuple[int, list[str]]]:
    """Each record with the number of its first line."""
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=separator)
    begins = 1
    while True:
        try:
            row = next(reader)
        except StopIteration:
            return
        except csv.Error as error:
            message = f"La línea {reader.line_num} no se puede leer."
            raise NotThisFile(message) from error
        yield begins, row
        begins = reader.line_num + 1


def _line(number: int, row: list[str], names: Sequence[str]) -> FileLine:
    cells = {name: cell.strip() for name, cell in zip(names, row, strict=False) if name in COLUMNS}
    fault = None
    if len(row) > len(names):
        fault = f"Tiene {len(row)} columnas y el encabezado {len(names)}."
    elif len(row) < len(names):
        fault = f"Tiene solo {len(row)} columnas y el encabezado {len(names)}."
    return FileLine(number, tuple(row), cells, fault)
