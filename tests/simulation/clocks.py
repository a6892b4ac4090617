"""One time for the world, a clock per node that may be wrong, and ids that the seed decides."""

from datetime import UTC, datetime, timedelta

START = datetime(2026, 11, 23, 8, tzinfo=UTC)


class Time:
    """The true time. Nothing waits for it: it is moved."""

    def __init__(self) -> None:
        self.now = START

    def passes(self, seconds: float) -> None:
        self.now += timedelta(seconds=seconds)


class NodeClock:
    """What one node believes the time to be."""

    def __init__(self, time: Time) -> None:
        self._time = time
        self.wrong_by = timedelta()

    def now(self) -> datetime:
        return self._time.now + self.wrong_by


class Ids:
    """Stands where ``uuid_utils`` stands in ``shared.ids``: UUIDv7 by the clock of the node that acts."""

    def __init__(self, clock: NodeClock) -> None:
        self.clock = clock
        self._made = 0

    def start_again(self) -> None:
        self.clock, self._made = NodeClock(Time()), 0

    def uuid7(self) -> str:
        self._made += 1
        moment = f"{int(self.clock.now().timestamp() * 1000):012x}"
        return f"{moment[:8]}-{moment[8:]}-7{self._made >> 12 & 0xFFF:03x}-8{self._made & 0xFFF:03x}-{self._made:012x}"
