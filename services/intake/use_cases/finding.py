"""Finding what an act is about."""

from services.intake.domain.case import Case
from services.intake.use_cases.ports import Work
from shared.errors import Refused
from shared.routing.rules import RuleSet


def case_or_refuse(case_id: str, *, work: Work) -> Case:
    """One case of this window; ``not_found`` for any other id."""
    case = work.cases.find(case_id)
    if case is None:
        raise Refused("not_found")
    return case


def rules_or_refuse(*, work: Work) -> RuleSet:
    """The rules that the hub published last; ``no_directory`` before the first."""
    rules = work.known.rules()
    if rules is None:
        raise Refused("no_directory")
    return rules
