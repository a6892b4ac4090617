"""One summary per institution and batch of imported cases."""

from shared.vocabulary.codes import Urgency


def import_of(world, count, *, first=0, institution="pddh", batch="maria-lopez.csv"):
    return [
        world.change(
            "requested", "institution", batch=batch, institution=institution,
            referral_id=f"0192f000-0000-7000-8000-{number:012d}",
            urgency=Urgency.EMERGENCY if number == 1 else Urgency.ROUTINE,
        )
        for number in range(first, first + count)
    ]


def test_a_batch_is_one_letter_for_each_officer_of_each_institution(world) -> None:
    world.hears(*import_of(world, 5), *import_of(world, 3, first=100, institution="rree"))
    world.delivers()
    assert world.sink.messages == []
    world.clock.forward(seconds=21)
    world.delivers()
    mails = {str(mail["To"]): mail for mail in world.sink.wait_for(3)}
    assert set(mails) == {"officer@pddh.example", "colleague@pddh.example", "officer@rree.example"}
    assert mails["officer@pddh.example"]["Subject"] == "Referencias nuevas (emergencia): 5"
    assert mails["officer@rree.example"]["Subject"] == "Referencias nuevas (ordinaria): 3"
    assert all("maria" not in mail.as_string() for mail in mails.values())


def test_a_batch_that_goes_on_is_waited_for(world) -> None:
    for first in (0, 2, 4):
        world.hears(*import_of(world, 2, first=first))
        world.clock.forward(seconds=15)
        world.delivers()
    assert world.sink.messages == []
    world.clock.forward(seconds=10)
    world.delivers()
    assert {str(mail["Subject"]).rpartition(" ")[2] for mail in world.sink.wait_for(2)} == {"6"}


def test_what_comes_after_the_summary_brings_no_second_one(world) -> None:
    world.hears(*import_of(world, 2))
    world.clock.forward(seconds=21)
    world.delivers()
    world.hears(*import_of(world, 2, first=2))
    world.clock.forward(hours=2)
    world.delivers()
    assert len(world.sink.messages) == 2


def test_answers_to_imported_cases_are_told_one_by_one(world) -> None:
    world.hears(world.change("accepted", "window", batch="b"))
    world.delivers()
    assert len(world.sink.wait_for(2)) == 2


def test_two_replicas_tell_a_batch_once(world) -> None:
    other = world.another()
    try:
        world.hears(*import_of(world, 2))
        world.clock.forward(seconds=21)
        other.deliveries.turn()
        world.delivers()
        assert len(world.sink.wait_for(2)) == 2
    finally:
        other.close()
