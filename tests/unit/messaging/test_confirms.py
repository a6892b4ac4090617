"""An ack counts for its own message alone (anchors-reliability.md 1: what kombu's confirm mode gets wrong)."""

import amqp

from shared.messaging.ports import Outcome
from shared.messaging.publisher import Confirms


def confirms(*ids: str) -> Confirms:
    found = Confirms()
    found.begin()
    for message_id in ids:
        found.published(message_id)
    return found


def returned(found: Confirms, message_id: str) -> None:
    found.returned(None, "intake.events", "sv.x.y", amqp.Message(b"", message_id=message_id))


def test_a_multiple_ack_answers_all_up_to_its_tag():
    found = confirms("a", "b", "c")
    found.acked(2, True)
    assert found.outcomes == {"a": Outcome.SENT, "b": Outcome.SENT}
    assert found.waiting == 1


def test_a_return_before_the_ack_means_not_sent():
    found = confirms("a", "b")
    returned(found, "a")
    found.acked(2, True)
    assert found.outcomes == {"a": Outcome.UNROUTABLE, "b": Outcome.SENT}


def test_a_nack_is_of_its_own_tag_only():
    found = confirms("a", "b", "c")
    found.acked(3, False)
    found.nacked(1, False)
    assert found.outcomes == {"c": Outcome.SENT, "a": Outcome.NACKED}
    assert found.waiting == 1


def test_a_late_ack_is_not_taken_for_the_next_batch():
    found = confirms("late")
    found.begin()
    found.published("next")
    found.acked(1, False)
    assert found.outcomes == {}
    found.nacked(2, False)
    assert found.outcomes == {"next": Outcome.NACKED}


def test_an_answer_to_nothing_is_ignored():
    found = confirms("a")
    found.acked(9, False)
    assert found.outcomes == {}
