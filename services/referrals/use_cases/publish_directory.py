"""The directory and the rules, for all windows of the node."""

from services.referrals.use_cases.ports import Work
from shared.contracts.addresses import Address
from shared.contracts.directory_published import DirectoryPublished
from shared.routing.wire import directory_to_wire, rules_to_wire


def publish_directory(*, work: Work) -> None:
    """At a start: publish what is in force, if it is not what was published last. Twice: once."""
    if work.streams.published() != work.country.published:
        work.streams.publish(work.country.published)
        publish_again(work)


def publish_again(work: Work) -> None:
    """Say it whole; while an older one still waits to be sent, this one takes its place."""
    country = work.country
    work.outbox.append(
        DirectoryPublished(country.published, directory_to_wire(country.directory), rules_to_wire(country.rules)),
        to=Address.everyone(country.node),
        subject="directory",
        version=1,
        sequenced=False,
    )
