"""What is searched for, and which part of what was found."""

from dataclasses import dataclass

from services.intake.domain.case import CaseStatus, Delivery
from services.intake.web.forms.kinds import Version, choice, line
from shared.contracts.fields import ValueSchema
from shared.vocabulary.codes import Need


@dataclass(frozen=True)
class Search:
    """Words, and what leaves out the rest."""

    q: str = ""
    status: CaseStatus | None = None
    need: Need | None = None
    delivery: Delivery | None = None
    page: int = 1


class SearchForm(ValueSchema):
    """All of it may be left out."""

    makes = Search
    q = line()
    status = choice(CaseStatus, required=False)
    need = choice(Need, required=False)
    delivery = choice(Delivery, required=False)
    page = Version(load_default=1)
