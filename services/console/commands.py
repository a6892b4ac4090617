"""All commands, and what becomes of what they raise."""

import sys

import click
import typer
from sqlalchemy.exc import SQLAlchemyError

from services.console import access, broker, cases, demo, keys, letters, service
from services.console.main import FAILED
from shared.errors import Broken, ConfigError, Refused, TryAgain

app = typer.Typer(
    name="ventanilla",
    help="The referral network of the migrant windows.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
)
app.command("demo")(demo.demo)
app.command("run")(service.run)
app.command("migrate")(service.migrate)
app.command("config")(service.config)
app.command("doctor")(service.doctor)
app.command("import")(cases.import_cases)
app.add_typer(access.users, name="users")
app.add_typer(access.tokens, name="tokens")
app.add_typer(keys.app, name="keys")
app.add_typer(broker.topology, name="topology")
app.add_typer(broker.windows, name="windows")
app.add_typer(letters.app, name="dead-letters")


def run_command() -> int:
    """The command that was typed; its exit status. What a person can act on is one sentence."""
    try:
        status = app(standalone_mode=False)
    except (click.exceptions.Abort, KeyboardInterrupt):
        return 130
    except click.ClickException as error:
        error.show()
        return FAILED
    except (Refused, ConfigError, TryAgain, Broken, SQLAlchemyError) as error:
        print(f"ventanilla: {_sentence(error)}", file=sys.stderr)
        return FAILED
    return status if isinstance(status, int) else 0


def _sentence(error: Exception) -> str:
    if isinstance(error, Refused):
        return error.text("en") + "".join(f" {name}: {' '.join(texts)}" for name, texts in error.fields.items())
    if isinstance(error, SQLAlchemyError):
        return f"The database refused: {str(getattr(error, 'orig', error)).splitlines()[0]}"
    return str(error)
