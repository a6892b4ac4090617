"""Telephone numbers: *valid* for their country, not merely possible."""

from dataclasses import dataclass

import phonenumbers

_OLD_MEXICAN_MOBILE = "+521"


@dataclass(frozen=True)
class CheckedPhone:
    """A valid number in E.164; ``corrected`` when it is not the number as told and the user should be shown it."""

    e164: str
    corrected: bool = False


def check_phone(text: str, country: str | None = None) -> CheckedPhone | None:
    """A number as written, or ``None`` when it is not valid for its country.

    ``country`` (ISO 3166-1 alpha-2) reads numbers without ``+``; left out, only the international form counts.
    Old Mexican mobiles (``+52 1 …``) lose their 1, as the network itself does since 2019.
    """
    number = _parsed(text, country)
    if number is None:
        return None
    if phonenumbers.is_valid_number(number):
        return CheckedPhone(_e164(number))
    written = _e164(number)
    if not written.startswith(_OLD_MEXICAN_MOBILE):
        return None
    modern = _parsed("+52" + written[len(_OLD_MEXICAN_MOBILE) :], None)
    if modern is None or not phonenumbers.is_valid_number(modern):
        return None
    return CheckedPhone(_e164(modern), corrected=True)


def _parsed(text: str, country: str | None) -> phonenumbers.PhoneNumber | None:
    try:
        return phonenumbers.parse(text, country)
    except phonenumbers.NumberParseException:
        return None


def _e164(number: phonenumbers.PhoneNumber) -> str:
    return phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164)
