"""What the ``ventanilla`` command does with this service's folder or database, without running it."""

from services.notifications.wiring import build
from shared.config import Settings
from shared.messaging.inbox import Replayed


def replay_letter(settings: Settings, letter_id: str) -> Replayed:
    """Try a dead letter again (``ventanilla dead-letters replay``); works while the service runs, and while it does not."""
    wiring = build(settings)
    try:
        return wiring.inbox.replay(letter_id)
    finally:
        wiring.close()
