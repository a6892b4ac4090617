"""Made-up cases for a demo, always the same: the number of a case says everything about it."""

import random
from collections.abc import Mapping
from pathlib import Path

from services.console.demo_network import Network
from services.console.http import post
from services.console.which import Service
from shared.contracts.addresses import Address

EXAMPLE = "demo-example"
"""The file that remembers that the example was registered; it may have been closed since."""
COUNT = "demo-cases"
"""The file that remembers how many were registered."""

WOMEN = ("Ana", "Blanca", "Carmen", "Dinora", "Elsa", "Flor", "Gloria", "Irma", "Julia", "Lidia")
MEN = ("Adán", "Benito", "César", "Darío", "Efraín", "Félix", "Germán", "Hugo", "Iván", "Julio")
FAMILY = ("Deprueba", "Inventado", "Ficticio", "Ejemplo", "Muestra")
NEEDS = (
    "documentation", "consular_protection", "recovery_of_belongings", "rights_violation", "legal_aid", "livelihood",
    "education", "health", "transport", "food_and_items", "family_tracing", "labour_abuse",
)
COUNTRIES = {"sv": "SV", "gt": "GT", "mx": "MX"}
HOMES = {"sv": ("SV-UN", "Conchagua"), "gt": ("GT-12", "Ayutla"), "mx": ("MX-CHP", "Tapachula")}


def register_cases(network: Network, tokens: Mapping[str, str], count: int) -> None:
    """Register cases until there are ``count``, in turn at every window; those of an earlier start count."""
    file = network.folder / COUNT
    done = int(file.read_text()) if file.exists() else 0
    windows = [place for place in network.places() if place.service is Service.INTAKE]
    for number in range(done, count):
        place = windows[number % len(windows)]
        token = tokens[f"staff@{place.address.name}"]
        post(f"{place.url}/api/v1/cases", token, case(number, place.address.node), key=f"demo-case-{number}")
        if number % 50 == 49 or number == count - 1:
            _remember(file, number + 1)


def register_example(network: Network, tokens: Mapping[str, str]) -> None:
    """Register the case with which somebody new finds their way, once in the life of a demo; nothing where there is no ``sv``."""
    file = network.folder / EXAMPLE
    places = [place for place in network.places() if place.address == Address.window("sv", "la-union")]
    if file.exists() or not places:
        return
    post(f"{places[0].url}/api/v1/cases", tokens["staff@la-union"], example(), key=EXAMPLE)
    file.touch()


def example() -> dict[str, object]:
    """Nobody: a returnee who lost papers and belongings, as ``POST /cases`` takes her. It says of itself what it is."""
    return {
        "person": {
            "given_name": "PERSONA", "family_name": "DE EJEMPLO", "sex": "female", "estimated_age": 30, "nationality": "SV",
            "languages": ["es"], "origin": {"country": "SV", "department": "SV-UN", "municipality": "Conchagua"},
        },
        "situation": "returnee",
        "return": {"country": "MX"},
        "needs": [{"code": "documentation"}, {"code": "recovery_of_belongings"}],
        "consent": {"status": "granted"},
        "notes": "CASO DE EJEMPLO: no es de nadie. Sirve para ensayar; puede cambiarlo y cerrarlo.",
    }


def case(number: int, node: str) -> dict[str, object]:
    """The made-up person of this number, as ``POST /cases`` takes them."""
    dice = random.Random(number)  # noqa: S311 - the same persons every time
    female = dice.random() < 0.5
    country, (department, municipality) = COUNTRIES[node], HOMES[node]
    return {
        "person": {
            "given_name": dice.choice(WOMEN if female else MEN),
            "family_name": f"{dice.choice(FAMILY)} {dice.choice(FAMILY)}",
            "sex": "female" if female else "male",
            "birth_date": f"{dice.randint(1950, 2005)}-{dice.randint(1, 12):02}-{dice.randint(1, 28):02}",
            "nationality": country,
            "languages": ["es"],
            "origin": {"country": country, "department": department, "municipality": municipality},
        },
        "situation": "returnee",
        "needs": [{"code": code} for code in dice.sample(NEEDS, dice.randint(1, 3))],
        "consent": {"status": "granted"},
    }


def _remember(file: Path, count: int) -> None:
    half = file.with_suffix(".half")
    half.write_text(str(count))
    half.replace(file)
