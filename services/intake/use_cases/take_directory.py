"""The hub published the directory and the rules."""

from datetime import datetime

from services.intake.use_cases.ports import Work
from shared.contracts.directory_published import DirectoryPublished
from shared.routing.loading import directory_from_wire, rules_from_wire


def take_directory(published: DirectoryPublished, *, at: datetime, work: Work) -> None:
    """Put them in force at this window. ``at`` is when the hub published them.

    Twice: the same. Late or out of order: what was published last stands. What is not whole and sound is
    ``Unreadable``, becomes a dead letter, and what was in force stays.
    """
    directory_from_wire(published.directory)
    rules_from_wire(published.rules)
    work.directories.keep(published, at)
