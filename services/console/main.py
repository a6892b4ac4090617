"""The ``ventanilla`` command. An operator's mistake is answered in one sentence, never with a trace."""

import os
import sys
import warnings

GREEN = frozenset({"run", "demo"})
"""Commands that run services: all waiting must be green before anything else is imported."""


def main() -> None:
    """Run a command; the process ends with its status."""
    if sys.argv[1:2] and sys.argv[1] in GREEN:
        # eventlet announces its own retirement at import; docs/decisions/0001 answers it
        warnings.filterwarnings("ignore", message=r"(?s).*Eventlet is deprecated")
        # eventlet's own resolver takes 20 MB and reads no nsswitch.conf; ours asks the system, in a thread
        os.environ["EVENTLET_NO_GREENDNS"] = "yes"
        from services.console.run import make_green

        make_green()
    from services.console.commands import run_command

    sys.exit(run_command())


if __name__ == "__main__":
    main()
