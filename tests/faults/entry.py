"""The ``ventanilla`` command on a machine whose clock is wrong by what stands in the file ``FAULTS_CLOCK``, in seconds.

The file is read at each look, so that the clock jumps while the service runs, as when somebody sets it right. Wrong
are the times that our services take and the ids that they make; nothing that is measured (leases of sockets, waits).
"""

import os
from datetime import UTC, datetime, timedelta
from pathlib import Path
from uuid import UUID

import uuid_utils

from shared import ids
from shared.clock import SystemClock

FILE = "FAULTS_CLOCK"
_MILLISECOND = 1 << 80
"""In a UUIDv7, whose first 48 bits count milliseconds."""


def _wrong_by() -> float:
    return float(Path(os.environ[FILE]).read_text() or 0)


def _now(_clock: SystemClock) -> datetime:
    return datetime.now(UTC) + timedelta(seconds=_wrong_by())


def _new_id(*, nanoseconds: int | None = None) -> str:
    if nanoseconds is not None:
        return str(uuid_utils.uuid7(nanoseconds=nanoseconds))  # of a moment that somebody else's clock told
    true = UUID(str(uuid_utils.uuid7()))
    return str(UUID(int=true.int + round(_wrong_by() * 1000) * _MILLISECOND))


def _make_wrong() -> None:
    SystemClock.now = _now
    ids.uuid_utils = _Ids()


class _Ids:
    """What ``shared.ids`` asks of ``uuid_utils``."""

    uuid7 = staticmethod(_new_id)


if __name__ == "__main__":
    from services.console.main import main

    _make_wrong()
    main()
