"""What must be there before anybody's voluntary return is asked for (R2, R10). Pure."""

from services.intake.domain.age import is_child
from shared.routing.case import CaseDetails
from shared.routing.facts import child_alone
from shared.vocabulary.codes import ConsentGivenBy, Need, Vulnerability

PRIORITY = (
    Vulnerability.UNACCOMPANIED_CHILD,
    Vulnerability.SEPARATED_CHILD,
    Vulnerability.DISABILITY,
    Vulnerability.OLDER_PERSON,
    Vulnerability.URGENT_MEDICAL,
    Vulnerability.PREGNANT_OR_LACTATING,
)
"""What the region's reserve fund looks at first (anchors-mission 4.1); pregnancy is ours."""


def missing_for_return(details: CaseDetails) -> dict[str, list[str]]:
    """What is missing, by field; empty when an institution may apply.

    Guidance comes first, then the declaration of voluntariness (R10). For a child alone the best-interests decision
    (R2); for a child with its family whoever answers for it.
    """
    found: dict[str, list[str]] = {}
    if Need.VOLUNTARY_RETURN not in {need.code for need in details.needs}:
        found["needs"] = ["El caso no pide el retorno voluntario."]
    papers = details.voluntary_return
    if papers is None or papers.guidance_on is None:
        found["voluntary_return.guidance_on"] = ["Falta la orientación previa, con su fecha."]
    if papers is None or papers.declared_on is None:
        found["voluntary_return.declared_on"] = ["Falta la declaración de voluntariedad, con su fecha."]
    if child_alone(details):
        if details.best_interests is None:
            found["best_interests"] = ["Falta la determinación del interés superior de la niñez."]
    elif is_child(details.person, details.occurred_on) and not _guarded(details):
        found["consent.guardian"] = ["Falta la madre, el padre o la persona encargada."]
    return found


def fears_return(details: CaseDetails) -> bool:
    """Whether returning must be talked over again: the person fears it, or asks for protection (R1)."""
    asks = Need.INTERNATIONAL_PROTECTION in {need.code for need in details.needs}
    return asks or details.answered_yes(Vulnerability.FEAR_OF_RETURN)


def _guarded(details: CaseDetails) -> bool:
    return details.consent.guardian is not None or details.consent.given_by is ConsentGivenBy.GUARDIAN
