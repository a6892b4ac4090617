"""What two nodes both know of a window's cases, compared in a thousand bytes."""

import zlib
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from hashlib import sha256

from shared.contracts.fields import ValueSchema, text, whole

AT_ONCE = 500
"""Cases between two pauses: some milliseconds."""
BUCKETS = 16
"""Into so many parts the cases of a window are divided: what differs in one is told again without the others."""

Version = tuple[str, int, int]
"""A case's id, and the incarnation and version in which something was last told of it."""


@dataclass(frozen=True)
class Bucket:
    """How many cases there are in one part, and a hash of their ids and versions."""

    count: int
    hash: str


class BucketSchema(ValueSchema):
    """``digest[]``."""

    makes = Bucket
    count = whole(required=True)
    hash = text(required=True)


def bucket_of(case_id: str) -> int:
    """The part that a case is in, at every node."""
    return zlib.crc32(case_id.encode()) % BUCKETS


def digest_of(versions: Iterable[Version], *, pause: Callable[[], object] = int) -> tuple[Bucket, ...]:
    """One bucket for each part; the order in which the cases come does not matter.

    ``pause`` is called now and then, so that others of this process may go on: 100,000 cases are a while of computing.
    """
    parts: list[list[str]] = [[] for _ in range(BUCKETS)]
    for number, (case_id, incarnation, version) in enumerate(versions):
        parts[bucket_of(case_id)].append(f"{case_id} {incarnation} {version}")
        if number % AT_ONCE == 0:
            pause()
    found = []
    for part in parts:
        found.append(Bucket(len(part), sha256("\n".join(sorted(part)).encode()).hexdigest()[:32]))
        pause()
    return tuple(found)


def differing(mine: tuple[Bucket, ...], theirs: tuple[Bucket, ...]) -> tuple[int, ...]:
    """The parts in which the two do not know the same."""
    return tuple(number for number in range(BUCKETS) if mine[number] != theirs[number])
