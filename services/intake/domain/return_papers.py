"""What must be there before anybody's voluntary return is asked for, and the steps that lead there (R2, R10). Pure."""

from dataclasses import replace
from datetime import date

from services.intake.domain.age import is_child
from shared.errors import Refused
from shared.routing.case import BestInterests, CaseDetails, CaseNeed, GuidanceGiven, VoluntaryReturn
from shared.routing.facts import child_alone
from shared.texts import said
from shared.vocabulary.codes import ConsentGivenBy, ConsentMethod, GuidanceTopic, Need, Vulnerability

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
        found["needs"] = [said("El caso no pide el retorno voluntario.")]
    papers = details.voluntary_return
    if papers is None or papers.guidance_on is None:
        found["voluntary_return.guidance_on"] = [said("Falta la orientación previa, con su fecha.")]
    if papers is None or papers.declared_on is None:
        found["voluntary_return.declared_on"] = [said("Falta la declaración de voluntariedad, con su fecha.")]
    if child_alone(details):
        if details.best_interests is None:
            found["best_interests"] = [said("Falta la determinación del interés superior de la niñez.")]
    elif is_child(details.person, details.occurred_on) and not _guarded(details):
        found["consent.guardian"] = [said("Falta la madre, el padre o la persona encargada.")]
    return found


def asked_for(details: CaseDetails) -> CaseDetails:
    """With the need itself; the same when it is there."""
    if Need.VOLUNTARY_RETURN in {need.code for need in details.needs}:
        return details
    return replace(details, needs=(*details.needs, CaseNeed(Need.VOLUNTARY_RETURN)))


def guided(details: CaseDetails, on: date) -> CaseDetails:
    """With the guidance given, and its text noted as read; whoever was guided before was guided then."""
    papers = details.voluntary_return or VoluntaryReturn()
    topics = details.guidance.topics if details.guidance else ()
    if GuidanceTopic.VOLUNTARY_RETURN not in topics:
        details = replace(details, guidance=GuidanceGiven((*topics, GuidanceTopic.VOLUNTARY_RETURN)))
    return replace(details, voluntary_return=replace(papers, guidance_on=papers.guidance_on or on))


def declared(details: CaseDetails, on: date, method: ConsentMethod) -> CaseDetails:
    """With the declaration of voluntariness; refused before the guidance: nobody declares what was not explained."""
    papers = details.voluntary_return
    if papers is None or papers.guidance_on is None:
        raise Refused("invalid", fields={"voluntary_return.declared_on": [said("Primero se lee la orientación.")]})
    return replace(details, voluntary_return=replace(papers, declared_on=on, method=method))


def decided(details: CaseDetails, decision: BestInterests) -> CaseDetails:
    """With the best-interests decision of the child authority (R2)."""
    return replace(details, best_interests=decision)


def fears_return(details: CaseDetails) -> bool:
    """Whether returning must be talked over again: the person fears it, or asks for protection (R1)."""
    asks = Need.INTERNATIONAL_PROTECTION in {need.code for need in details.needs}
    return asks or details.answered_yes(Vulnerability.FEAR_OF_RETURN)


def _guarded(details: CaseDetails) -> bool:
    return details.consent.guardian is not None or details.consent.given_by is ConsentGivenBy.GUARDIAN
