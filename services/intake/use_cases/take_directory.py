"""The hub published the directory and the rules."""

from datetime import datetime

from services.intake.use_cases.ports import Work
from shared.contracts.directory_published import DirectoryPublished


def take_directory(published: DirectoryPublished, *, at: datetime, work: Work) -> None:
    """Put them in force at this window. ``at`` is when the hub published them.

    Twice: the same. Late or out of order: what was published last stands.
    """
    work.directories.keep(published, at)
