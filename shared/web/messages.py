"""What marshmallow says by itself, in Spanish: a table, complete for the version that is installed.

Fields of ours speak Spanish already and pass through. The test of this module walks every field, validator
and schema message of marshmallow and fails when one has no line here.
"""

import re
from collections.abc import Mapping

SPANISH: Mapping[str, str] = {
    "Missing data for required field.": "Falta este dato.",
    "Field may not be null.": "No puede ser nulo.",
    "Invalid value.": "El valor no es válido.",
    "Invalid type.": "No es del tipo esperado.",
    "Invalid input type.": "Se esperaba un objeto.",
    "Unknown field.": "Campo desconocido.",
    "Not a valid list.": "Se esperaba una lista.",
    "Not a valid tuple.": "Se esperaba una lista de longitud fija.",
    "Not a valid string.": "Se esperaba un texto.",
    "Not a valid utf-8 string.": "No es un texto UTF-8 válido.",
    "Not a valid UUID.": "No es un identificador (UUID) válido.",
    "Not a valid number.": "Se esperaba un número.",
    "Number too large.": "El número es demasiado grande.",
    "Not a valid integer.": "Se esperaba un número entero.",
    "Special numeric values (nan or infinity) are not permitted.": "No se admite infinito ni «no es un número».",
    "Not a valid boolean.": "Se esperaba verdadero o falso (true, false).",
    "Not a valid datetime.": "No es una fecha y hora válida (como 2026-11-23T15:40:00Z).",
    "Not a valid time.": "No es una hora válida (como 15:40:00).",
    "Not a valid aware datetime.": "La fecha y hora debe llevar su zona (como 2026-11-23T15:40:00Z).",
    "Not a valid naive datetime.": "La fecha y hora no debe llevar zona.",
    "Not a valid date.": "No es una fecha válida (como 2026-11-23).",
    '"{input}" cannot be formatted as a {obj_type}.': "No se puede escribir como fecha u hora.",
    '"{input}" cannot be formatted as a date.': "No se puede escribir como fecha.",
    "Not a valid period of time.": "No es una duración válida.",
    "{input!r} cannot be formatted as a timedelta.": "No se puede escribir como duración.",
    "Not a valid mapping type.": "Se esperaba un objeto.",
    "Not a valid URL.": "No es una dirección web válida.",
    "Not a valid email address.": "No es un correo electrónico válido.",
    "Not a valid IP address.": "No es una dirección IP válida.",
    "Not a valid IPv4 address.": "No es una dirección IPv4 válida.",
    "Not a valid IPv6 address.": "No es una dirección IPv6 válida.",
    "Not a valid IP interface.": "No es una interfaz IP válida.",
    "Not a valid IPv4 interface.": "No es una interfaz IPv4 válida.",
    "Not a valid IPv6 interface.": "No es una interfaz IPv6 válida.",
    "Must be one of: {choices}.": "Debe ser uno de: {choices}.",
    "Must be greater than or equal to {min}.": "Debe ser {min} o más.",
    "Must be greater than {min}.": "Debe ser más de {min}.",
    "Must be less than or equal to {max}.": "Debe ser {max} o menos.",
    "Must be less than {max}.": "Debe ser menos de {max}.",
    "Must be greater than or equal to {min} and less than or equal to {max}.": "Debe estar entre {min} y {max}.",
    "Must be greater than {min} and less than or equal to {max}.": "Debe ser más de {min} y a lo sumo {max}.",
    "Must be greater than or equal to {min} and less than {max}.": "Debe ser al menos {min} y menos de {max}.",
    "Must be greater than {min} and less than {max}.": "Debe ser más de {min} y menos de {max}.",
    "Shorter than minimum length {min}.": "Demasiado corto: al menos {min}.",
    "Longer than maximum length {max}.": "Demasiado largo: a lo sumo {max}.",
    "Length must be between {min} and {max}.": "La longitud debe estar entre {min} y {max}.",
    "Length must be {equal}.": "La longitud debe ser {equal}.",
    "Must be equal to {other}.": "Debe ser igual a {other}.",
    "String does not match expected pattern.": "No tiene la forma esperada.",
    "Invalid input.": "El valor no es válido.",
    "One or more of the choices you made was not in: {choices}.": "Hay valores que no están en: {choices}.",
    "One or more of the choices you made was in: {values}.": "Hay valores que no se admiten: {values}.",
}

_PLACE = re.compile(r"\\{(\w+)(?:!r)?\\}")


def _pattern(english: str) -> re.Pattern[str]:
    return re.compile(_PLACE.sub(r"(?P<\1>.*?)", re.escape(english)), re.DOTALL)


_WITH_PLACES = [(_pattern(english), SPANISH[english]) for english in sorted(SPANISH, key=len, reverse=True) if "{" in english]
"""The longest first: one range is the beginning of another."""


def spanish(message: str) -> str:
    """A message in Spanish; what is not marshmallow's own is returned as it is."""
    if message in SPANISH:
        return SPANISH[message]
    for pattern, text in _WITH_PLACES:
        found = pattern.fullmatch(message)
        if found:
            return text.format(**found.groupdict())
    return message
