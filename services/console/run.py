"""Runs services inside nameko containers: the console's only part that knows nameko and eventlet."""

from collections.abc import Callable, Sequence
from importlib import import_module

from services.console.which import Part, Service
from shared.messaging.nameko.containers import Containers, prepare

CLASSES = {
    Service.INTAKE: "Intake",
    Service.REFERRALS: "Referrals",
    Service.NOTIFICATIONS: "Notifications",
}
"""The nameko class of each service, in ``services.NAME.service``."""


def make_green() -> None:
    """Make waiting green in this process; before anything else is imported."""
    prepare()


def run_parts(parts: Sequence[Part], *, then: Callable[[], None]) -> None:
    """Start these services in turn, do ``then``, and go on until Ctrl-C, SIGTERM or the death of one; then stop all."""
    containers = Containers()
    try:
        for part in parts:
            module = import_module(f"services.{part.service}.service")
            containers.start(getattr(module, CLASSES[part.service]), {**part.settings.container(), "SETTINGS": part.settings})
        then()
        containers.run()
    finally:
        containers.stop()
