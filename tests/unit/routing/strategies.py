"""Any case a window could send."""

from hypothesis import strategies as st

from shared.routing.case import Address, Against, CaseDetails, CaseNeed, Consent
from shared.vocabulary.codes import ConsentStatus, Need, Situation, Vulnerability
from tests.unit.routing.given import BEST_INTERESTS, EVERY_PURPOSE, GUARDIAN, PAPERS, case, directory

NODES = ("sv", "gt", "mx")
COUNTRIES = st.sampled_from(["SV", "GT", "MX", "HN", "US"])
INSTITUTIONS = sorted(one.id for one in directory().institutions)
ADDRESSES = st.one_of(
    st.none(),
    st.sampled_from(
        [
            Address("SV", "SV-UN", "Conchagua"),
            Address("SV", "SV-UN", "Santa Rosa de Lima"),
            Address("SV", "SV-AH", "San Francisco Menéndez"),
            Address("SV", "SV-SM", "San Miguel"),
            Address("SV", "SV-UN", "nadie sabe"),
            Address("SV"),
            Address("GT", "GT-12", "Ayutla"),
            Address("HN"),
        ]
    ),
)
AGAINST = st.builds(Against, country=st.none() | COUNTRIES, institution=st.none() | st.sampled_from(INSTITUTIONS))
NEEDS = st.builds(CaseNeed, code=st.sampled_from(Need), against=st.none() | AGAINST)
PLAIN_NEEDS = st.builds(
    CaseNeed, code=st.sampled_from(Need), against=st.none() | st.builds(Against, country=st.none() | COUNTRIES)
)
ANSWERS = st.frozensets(st.sampled_from(Vulnerability), max_size=5)


@st.composite
def cases(draw: st.DrawFn, *, needs: st.SearchStrategy[CaseNeed] = NEEDS, limited: bool = True) -> CaseDetails:
    """A granted case; ``limited``: its consent may name recipients, countries and purposes."""
    recipients = draw(st.lists(st.sampled_from(INSTITUTIONS), max_size=4, unique=True)) if limited else []
    consent = Consent(
        ConsentStatus.GRANTED,
        purposes=draw(st.sampled_from([EVERY_PURPOSE, EVERY_PURPOSE[:2]])) if limited else EVERY_PURPOSE,
        recipients=tuple(recipients),
        countries=tuple(draw(st.lists(COUNTRIES, max_size=3, unique=True))) if limited else (),
        guardian=draw(st.sampled_from([None, GUARDIAN])),
    )
    return case(
        *draw(st.lists(needs, min_size=1, max_size=5)),
        answers=sorted(draw(ANSWERS)),
        age=draw(st.integers(0, 90)),
        nationality=draw(COUNTRIES),
        other_nationalities=tuple(draw(st.lists(COUNTRIES, max_size=2, unique=True))),
        origin=draw(ADDRESSES),
        residence=draw(ADDRESSES),
        situation=draw(st.sampled_from([one.value for one in Situation])),
        located_in=draw(st.none() | COUNTRIES),
        consent=consent,
        voluntary_return=draw(st.sampled_from([None, PAPERS])),
        best_interests=draw(st.sampled_from([None, BEST_INTERESTS])),
    )


PEERS = st.frozensets(st.sampled_from(NODES))
