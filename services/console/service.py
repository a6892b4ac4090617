"""Commands about one service: run it, bring its database up to date, show its settings, look it over."""

import sys
from pathlib import Path
from typing import Annotated

import typer

from services.console.options import ConfigFile
from services.console.which import Part, Service, address_of, opened, service_of
from shared.config import in_effect, load_settings
from shared.errors import ConfigError, TryAgain
from shared.messaging.broker import LOST, Broker
from shared.observability.logs import configure
from shared.security.keyring import Keyring
from shared.security.protecting import is_protected


def run(which: Annotated[Service, typer.Argument(help="Which service.")], config: ConfigFile) -> None:
    """Run one service until Ctrl-C."""
    from services.console.run import run_parts

    settings = load_settings(config)
    if service_of(settings) is not which:
        message = f"The keys in {settings.key_store} are those of {address_of(settings).source}: not of {which}."
        raise ConfigError(message)
    configure(level=settings.log_level)
    run_parts([Part(which, settings)], then=lambda: print(f"ventanilla: {which} ready", flush=True))


def migrate(config: ConfigFile) -> None:
    """Bring a service's database to the newest schema; safe to repeat."""
    from shared.persistence.migrate import migrate as bring_up_to_date
    from shared.persistence.migrate import (
        pending,  # here: alembic takes 10 MB that a running service never needs
    )

    settings = load_settings(config)
    which = service_of(settings)
    with opened(settings) as database:
        changed = pending(database, which)
        bring_up_to_date(database, which)
    print(f"{which}: the database is {'now ' if changed else ''}at the newest schema.")


def config(config: ConfigFile) -> None:
    """Print the settings in effect, secrets hidden."""
    for name, value in in_effect(load_settings(config)).items():
        print(f"{name}: {value}")


def doctor(config: ConfigFile) -> None:
    """Look a service over: settings, keys, database, broker. Status 1 when something is wrong."""
    settings = load_settings(config)
    print(f"ok    settings ({settings.node}{'/' + settings.window if settings.window else ''})")
    wrong = 0
    for name, look in (("keys", _keys), ("database", _database), ("broker", _broker), ("doors", _doors)):
        try:
            found = look(config)
            if found:
                print(f"ok    {name} ({found})")
        except (ConfigError, TryAgain) as trouble:
            wrong += 1
            print(f"WRONG {name}: {trouble}")
    if settings.second_factor == "optional":
        print("note  SECOND_FACTOR is optional: at the hub a password alone opens personal data; for trials only")
    if wrong:
        sys.exit(1)


def _keys(config: Path) -> str:
    settings = load_settings(config)
    from services.console.locks import how_keys_lie

    lie = how_keys_lie(settings)
    if not is_protected(settings.key_store):
        Keyring.load(settings.key_store)
    return f"of {address_of(settings).source}; {lie}"


def _database(config: Path) -> str:
    from shared.persistence.migrate import pending

    settings = load_settings(config)
    which = service_of(settings)
    with opened(settings) as database:
        if pending(database, which):
            message = "revisions are missing: run ventanilla migrate"
            raise ConfigError(message)
    return f"{which}, newest schema"


def _broker(config: Path) -> str:
    settings = load_settings(config)
    if settings.embedded:
        return "embedded"
    broker = Broker(settings.amqp_uri, settings.amqp_ssl or False)
    try:
        with broker.connection() as connection:
            connection.connect()
    except LOST as error:
        message = f"it does not answer ({getattr(error, 'verify_message', '') or type(error).__name__})"
        raise TryAgain(message) from error
    if broker.in_clear:
        message = "it answers in clear: whoever is on the way reads its passwords (AMQP_URI: amqps://…, docs/tls.md)"
        raise ConfigError(message)
    return "answers"


def _doors(config: Path) -> str:
    """At a hub: who of the windows may come in, and whether the broker holds everybody to their own keys."""
    settings = load_settings(config)
    if service_of(settings) is not Service.REFERRALS:
        return ""
    from services.console.windows import how_they_stand

    return how_they_stand(settings)
