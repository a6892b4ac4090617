"""A consent was taken back: what was not yet said is not said, and who must act is told all the same."""


def test_what_still_waits_about_a_referral_is_not_sent_after_a_withdrawal(world) -> None:
    world.hears(world.change("completed", "window", version=3))
    world.hears(world.change("consent-withdrawn", version=4, silences=True))
    world.delivers()
    assert world.sink.messages == []
    assert {(row["status"], row["reason"]) for row in world.rows()} == {("suppressed", "consent_withdrawn")}


def test_an_institution_is_told_to_stop_and_nothing_older(world) -> None:
    world.hears(world.change("requested", "institution", version=1))
    world.hears(world.change("stop-requested", "institution", version=4, silences=True))
    world.delivers()
    mails = world.sink.wait_for(2)
    assert {mail["To"] for mail in mails} == {"officer@pddh.example", "colleague@pddh.example"}
    assert sorted(row["reason"] or "" for row in world.rows()) == ["", "", "consent_withdrawn", "consent_withdrawn"]


def test_what_comes_late_from_before_a_withdrawal_is_not_said_either(world) -> None:
    world.hears(world.change("erasure-asked", "institution", version=6, silences=True))
    world.hears(world.change("accepted", "window", version=3))
    world.hears(world.change("erasure-answered", "window", version=7, by="officer@pddh"))
    world.delivers()
    told = {(row["version"], row["audience"]): (row["status"], row["reason"]) for row in world.rows()}
    assert told[3, "window"] == ("suppressed", "consent_withdrawn")
    assert told[7, "window"] == ("sent", None)


def test_another_referral_of_the_same_person_is_not_silenced(world) -> None:
    world.hears(world.change("completed", "window", version=3, referral_id="0192f000-0000-7000-8000-0000000000ff"))
    world.hears(world.change("consent-withdrawn", version=4, silences=True))
    world.delivers()
    assert len(world.sink.wait_for(2)) == 2


def test_a_block_that_took_something_back_is_told_to_the_supervisor_alone_of_the_window(world) -> None:
    world.hears(world.change("cancelled", "supervisor", version=2))
    world.delivers()
    (mail,) = world.sink.wait_for(1)
    assert mail["To"] == "supervisor@la-union.example"
    words = mail.get_body(("plain",)).get_content()
    assert not any(word in words.casefold() for word in ("temor", "bloque", "fear", "block"))
