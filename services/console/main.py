"""The ``ventanilla`` command. An operator's mistake is answered in one sentence, never with a trace."""

import sys

import click
import typer
from sqlalchemy.exc import SQLAlchemyError

from services.console import access, broker, cases, demo_command, keys, letters, service
from shared.errors import Broken, ConfigError, Refused, TryAgain

FAILED = 2
"""Status of a command that could not do its work (1 is for work done in part: ``import``, ``doctor``)."""

app = typer.Typer(
    name="ventanilla",
    help="The referral network of the migrant windows.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
)
app.command("demo")(demo_command.demo)
app.command("run")(service.run)
app.command("migrate")(service.migrate)
app.command("config")(service.config)
app.command("doctor")(service.doctor)
app.command("import")(cases.import_file)
app.add_typer(access.users, name="users")
app.add_typer(access.tokens, name="tokens")
app.add_typer(keys.app, name="keys")
app.add_typer(broker.topology, name="topology")
app.add_typer(broker.windows, name="windows")
app.add_typer(letters.app, name="dead-letters")


def main() -> None:
    """Run a command; the process ends with its status."""
    try:
        status = app(standalone_mode=False)
    except click.exceptions.Abort:
        sys.exit(130)
    except click.ClickException as error:
        error.show()
        sys.exit(FAILED)
    except Refused as error:
        fields = "".join(f" {name}: {' '.join(texts)}" for name, texts in error.fields.items())
        sys.exit(_sentence(error.text("en") + fields))
    except (ConfigError, TryAgain, Broken) as error:
        sys.exit(_sentence(str(error)))
    except SQLAlchemyError as error:
        sys.exit(_sentence(f"The database refused: {str(getattr(error, 'orig', error)).splitlines()[0]}"))
    except KeyboardInterrupt:
        sys.exit(130)
    sys.exit(status if isinstance(status, int) else 0)


def _sentence(text: str) -> int:
    print(f"ventanilla: {text}", file=sys.stderr)
    return FAILED


if __name__ == "__main__":
    main()
