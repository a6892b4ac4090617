"""The made-up persons of the stories, and the users who serve them."""

from typing import Any

PLANTED = {
    "given_name": "Xiomara Guadalupe",
    "family_name": "Quintanillazeledón",
    "document": "04713862",
    "phone": "70218846",
    "narrative": "salió de madrugada hacia Tecún",
}
"""Words of a case that may stand nowhere in clear: no file, no mail, no log."""


def dui(eight: str) -> str:
    """A DUI with its check digit: weights 9…2, (10 − sum mod 10) mod 10 (contracts.md, HTTP)."""
    total = sum(int(digit) * weight for digit, weight in zip(eight, range(9, 1, -1), strict=True))
    return f"{eight}-{(10 - total % 10) % 10}"


def returned_woman(**changes: Any) -> dict[str, Any]:
    """A Salvadoran of La Unión who came back: papers (R11), belongings left abroad (R9), an abuse of rights (R7)."""
    return {
        "person": {
            "given_name": PLANTED["given_name"],
            "family_name": PLANTED["family_name"],
            "sex": "female",
            "birth_date": "1990-05-01",
            "nationality": "SV",
            "document": {"type": "dui", "number": dui(PLANTED["document"]), "country": "SV"},
            "languages": ["es"],
            "phone": f"+503{PLANTED['phone']}",
            "safe_to_contact": True,
            "origin": {"country": "SV", "department": "SV-UN", "municipality": "Conchagua"},
        },
        "situation": "returnee",
        "return": {"country": "MX", "date": None},
        "needs": [{"code": "documentation"}, {"code": "recovery_of_belongings"}, {"code": "rights_violation"}],
        "consent": {"status": "granted", "purposes": ["referral", "statistics", "contact"]},
        "notes": PLANTED["narrative"],
        **changes,
    }


DESKS_OF_THE_RETURNED_WOMAN = {
    "alcaldia-la-union": ["documentation"],
    "rree": ["recovery_of_belongings"],
    "pddh": ["rights_violation"],
}
