"""All commands, and what becomes of what they raise."""

import sys
from collections.abc import Mapping
from importlib import import_module

import typer
from sqlalchemy.exc import SQLAlchemyError

from shared.errors import Broken, ConfigError, Refused, TryAgain

FAILED = 2
"""Status of a command that could not do its work (1 is for work done in part: ``import``, ``doctor``)."""

COMMANDS: Mapping[str, tuple[str, str]] = {
    "demo": ("demo", "demo"),
    "run": ("service", "run"),
    "migrate": ("service", "migrate"),
    "config": ("service", "config"),
    "doctor": ("service", "doctor"),
    "import": ("cases", "import_cases"),
    "users": ("access", "users"),
    "tokens": ("access", "tokens"),
    "keys": ("keys", "app"),
    "topology": ("broker", "topology"),
    "windows": ("windows", "app"),
    "dead-letters": ("letters", "app"),
    "outbox": ("outbox", "app"),
    "backup": ("backup", "backup"),
    "restore": ("restore", "restore"),
}
"""Each command's module and what in it answers. Only the one that was typed is loaded: all take seconds."""


def application(word: str | None) -> typer.Typer:
    """The command that ``word`` names, or all of them (for ``--help``)."""
    app = typer.Typer(
        name="ventanilla",
        help="The referral network of the migrant windows.",
        no_args_is_help=True,
        add_completion=False,
        pretty_exceptions_enable=False,
        rich_markup_mode=None,
    )
    app.callback()(lambda: None)  # so that one command alone is still called by its name
    for name in [word] if word in COMMANDS else COMMANDS:
        module, attribute = COMMANDS[str(name)]
        found = getattr(import_module(f"services.console.{module}"), attribute)
        if isinstance(found, typer.Typer):
            app.add_typer(found, name=name)
        else:
            app.command(name)(found)
    return app


def run_command() -> int:
    """The command that was typed; its exit status. What a person can act on is one sentence."""
    try:
        application(sys.argv[1] if len(sys.argv) > 1 else None)()
    except (Refused, ConfigError, TryAgain, Broken, SQLAlchemyError) as error:
        print(f"ventanilla: {_sentence(error)}", file=sys.stderr)
        return FAILED
    return 0


def _sentence(error: Exception) -> str:
    if isinstance(error, Refused):
        return error.text("en") + "".join(f" {name}: {' '.join(texts)}" for name, texts in error.fields.items())
    if isinstance(error, SQLAlchemyError):
        return f"The database refused: {str(getattr(error, 'orig', error)).splitlines()[0]}"
    return str(error)
