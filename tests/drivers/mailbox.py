"""Whatever the network sent by e-mail."""

from dataclasses import dataclass

from tests.drivers.http import Caller, Json
from tests.drivers.probe import eventually


@dataclass(frozen=True)
class Mailbox:
    """The mail that the sink took."""

    caller: Caller

    def mails(self) -> list[Json]:
        return self.caller.everything("/mailbox")

    def gets_mail_to(self, *recipients: str, seconds: float = 30) -> list[Json]:
        """All mails, once there is one to each of these."""
        return eventually(
            self.mails,
            until=lambda mails: set(recipients) <= {mail["to"] for mail in mails},
            what=f"a mail to each of {', '.join(recipients)}",
            seconds=seconds,
        )
