"""How far a stream was committed: ``through`` never passes a gap and never falls."""

import random

from hypothesis import given
from hypothesis import strategies as st

from shared.messaging.positions import Progress


@given(st.lists(st.lists(st.integers(1, 60), max_size=12), max_size=12))
def test_through_is_the_highest_without_a_gap_whatever_the_order(batches):
    progress, seen = Progress(), set()
    for batch in batches:
        before = progress.through
        progress = progress.with_all(batch)
        seen |= set(batch)
        expected = next(number for number in range(62) if number + 1 not in seen)
        assert progress.through == expected >= before


@given(st.integers(1, 200), st.randoms(use_true_random=False))
def test_when_all_have_come_nothing_is_ahead(count, shuffle: random.Random):
    numbers = list(range(1, count + 1))
    shuffle.shuffle(numbers)
    progress = Progress()
    for number in numbers:
        progress = progress.with_all([number])
    assert progress == Progress(count, ())


@given(st.sets(st.integers(2, 100)))
def test_ranges_ahead_are_apart_and_hold_exactly_what_came(numbers):
    progress = Progress().with_all(numbers)
    held = {number for low, high in progress.ahead for number in range(low, high + 1)}
    assert held == numbers
    assert all(first[1] + 1 < second[0] for first, second in zip(progress.ahead, progress.ahead[1:], strict=False))


def test_the_same_again_changes_nothing():
    progress = Progress().with_all([1, 2, 5, 6, 9])
    assert progress.with_all([1, 2, 5, 6, 9]) == progress == Progress(2, ((5, 6), (9, 9)))
