"""The directory and the rules, for all windows of the node."""

from services.referrals.use_cases.ports import Work
from shared.contracts.addresses import Address
from shared.contracts.directory_published import DirectoryPublished
from shared.routing.wire import directory_to_wire, rules_to_wire


def publish_directory(*, work: Work) -> None:
    """At a start, and whenever something was changed: publish what is in force, unless it was published last. Twice: once."""
    version = work.directory.version
    if work.streams.published() != version:
        work.streams.publish(version)
        publish_again(work)


def publish_again(work: Work) -> None:
    """Say it whole; while an older one still waits to be sent, this one takes its place."""
    work.outbox.append(
        DirectoryPublished(
            work.directory.version, directory_to_wire(work.directory.in_force()), rules_to_wire(work.country.rules)
        ),
        to=Address.everyone(work.country.node),
        subject="directory",
        version=1,
        sequenced=False,
    )
