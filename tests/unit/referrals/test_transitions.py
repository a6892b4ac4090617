"""Every pair of state and act, against the table of domain.md written out again here."""

import pytest

from services.referrals.domain.transitions import OPEN, TABLE, Act, Party, allowed, next_state
from shared.vocabulary.codes import ReferralStatus as S

# state: requested, received, accepted, in-progress, on-hold; "-" cannot be, "=" stays
DOMAIN_MD = {
    (Act.RECEIVE, Party.INSTITUTION): "received = - - -",
    (Act.ACCEPT, Party.INSTITUTION): "- accepted = - -",
    (Act.REJECT, Party.INSTITUTION): "- rejected - - -",
    (Act.START, Party.INSTITUTION): "- - in-progress - -",
    (Act.HOLD, Party.INSTITUTION): "- - on-hold on-hold -",
    (Act.RESUME, Party.INSTITUTION): "- - - - in-progress",
    (Act.COMPLETE, Party.INSTITUTION): "- - - completed completed",
    (Act.FAIL, Party.INSTITUTION): "- - failed failed failed",
    (Act.CANCEL, Party.WINDOW): "cancelled cancelled = = =",
    (Act.CANCEL, Party.ROUTING): "cancelled cancelled = = =",
    (Act.CANCEL, Party.INSTITUTION): "- - cancelled cancelled cancelled",
    (Act.FORWARD, Party.INSTITUTION): "- cancelled cancelled cancelled cancelled",
    (Act.SCHEDULE, Party.INSTITUTION): "- - = = =",
    (Act.CLAIM, Party.INSTITUTION): "= = = = =",
    (Act.ASSIGN, Party.INSTITUTION): "= = = = =",
    (Act.REOPEN, Party.MANAGER): "- - - - -",
}
COLUMNS = (S.REQUESTED, S.RECEIVED, S.ACCEPTED, S.IN_PROGRESS, S.ON_HOLD)


def expected(state: S, act: Act, party: Party) -> S | None:
    if act in {Act.COMMENT, Act.NOTE}:
        return state if (act is Act.COMMENT and party is not Party.ROUTING) or party in {Party.INSTITUTION, Party.MANAGER} else None
    if act is Act.MARK_IN_ERROR:
        return None if party is Party.ROUTING or state is S.ENTERED_IN_ERROR else S.ENTERED_IN_ERROR
    if (state, act, party) == (S.COMPLETED, Act.REOPEN, Party.MANAGER):
        return S.IN_PROGRESS
    like = Party.INSTITUTION if party is Party.MANAGER and act is not Act.REOPEN else party
    row = DOMAIN_MD.get((act, like))
    if row is None or state not in OPEN:
        return None
    cell = row.split()[COLUMNS.index(state)]
    return {"-": None, "=": state}.get(cell, cell)


@pytest.mark.parametrize("party", Party)
@pytest.mark.parametrize("act", Act)
@pytest.mark.parametrize("state", S)
def test_every_pair_of_state_and_act_leads_where_the_table_says(state: S, act: Act, party: Party) -> None:
    assert next_state(state, act, party) == expected(state, act, party)


def test_no_two_rows_speak_of_the_same_pair() -> None:
    seen = [(row.frm, row.act, party) for row in TABLE for party in row.who]
    assert len(seen) == len(set(seen))


def test_what_is_offered_is_what_would_change_something() -> None:
    assert Act.RECEIVE not in allowed(S.RECEIVED, Party.INSTITUTION)
    assert Act.ACCEPT in allowed(S.RECEIVED, Party.INSTITUTION)
    assert set(allowed(S.REJECTED, Party.INSTITUTION)) == {Act.COMMENT, Act.NOTE, Act.MARK_IN_ERROR}
