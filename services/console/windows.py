"""``ventanilla windows``: who the windows are, and who of them may come in.

A window that is added by command stands in the hub's database: an update of the software does not touch it.
"""

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from services.console.carried import Carried
from services.console.hub import at_hub
from services.console.operator import IN_PART, Operator, operator_of, tell_left
from services.console.options import ConfigFile, ManagementUrl
from services.console.window_place import place_of
from shared.config import Settings, load_settings
from shared.contracts.addresses import Address
from shared.errors import ConfigError, TryAgain
from shared.messaging import set_up
from shared.messaging.routes import broker_user
from shared.messaging.set_up import vhost_of
from shared.messaging.topology import EXCHANGES, declare
from shared.security.keys import TRUST_FILE, NodeKey, entry_of, read_trust
from shared.vocabulary.places import WindowPlace
from shared.vocabulary.windows import WINDOWS

if TYPE_CHECKING:
    from services.referrals.use_cases.door_ports import Door
    from services.referrals.wiring import Wiring as Hub

app = typer.Typer(no_args_is_help=True, help="The windows of the network, and who of them may come in.")

Name = Annotated[str, typer.Argument(help="The window (la-union).")]
Into = Annotated[Path, typer.Option(help="A folder for all that must be carried to the window's PC.", file_okay=False)]
PublicKey = Annotated[
    Path | None,
    typer.Option(help="The trust.json that `ventanilla keys window` made on the PC; left out: keys are made here.", dir_okay=False),
]
BrokerAddress = Annotated[
    str | None,
    typer.Option("--broker", help="The broker as the window reaches it (amqps://broker.example:5671/); left out: as the hub does."),
]


@app.command("add")
def add(
    name: Name,
    config: ConfigFile,
    into: Into,
    letters: Annotated[str | None, typer.Option(help="Three capital letters of its case codes; never changed again.")] = None,
    title: Annotated[str | None, typer.Option("--name", help="What it is called: Ventanilla de Sonsonate.")] = None,
    municipality: Annotated[str | None, typer.Option(help="Its municipality or district.")] = None,
    department: Annotated[str | None, typer.Option(help="Its department (SV-SO), where the municipality does not say it.")] = None,
    district: Annotated[str | None, typer.Option(help="Its district, where the municipality does not say it.")] = None,
    public_key: PublicKey = None,
    broker: BrokerAddress = None,
    management_url: ManagementUrl = None,
) -> None:
    """Add a window: its place in the directory, its keys, its queue and its broker user. Repeat it if it was cut off.

    A window of the data files needs no letters, name and municipality. What is there already stays as it is.
    """
    settings = load_settings(config)
    window, operator = _address(settings, name), operator_of(settings, management_url)
    carried = Carried(into, window)
    place = None
    if letters or title or municipality:
        place = place_of(
            settings.node, name, letters=letters, name=title, municipality=municipality, department=department, district=district
        )
    with at_hub(settings) as hub:
        keys = _keys(hub, carried, public_key)
        door = _added(hub, window, place, keys)
    if keys:
        carried.believe([*_hubs_own(settings), *keys])
    declare(operator.broker, settings.node, [name])
    if door.suspended_at is not None:
        print(f"{window.source} is suspended: `ventanilla windows resume {name}` lets it in.")
        return
    print(f"{window.source} is in the directory. To carry to its PC, and to keep nowhere else: {into}")
    if keys:
        print(f"  KEY_STORE: {carried.key_store} (keys that were made on the PC stay there; trust.json goes beside them)")
    print(f"  settings: deploy/config/intake.yml with WINDOW={name}" + (f" and WINDOW_LETTERS={place.letters}" if place else ""))
    word = carried.password()
    if word is None and _is_open(operator, window):
        print(f"  {broker_user(window)} keeps its password (`ventanilla windows password {name}` gives a new one)")
    else:
        word = word or carried.new_password(broker or settings.amqp_uri)
    _let_in(operator, carried, word)


@app.command("rekey")
def rekey(
    name: Name, config: ConfigFile, into: Into, public_key: PublicKey = None, management_url: ManagementUrl = None
) -> None:
    """Give a suspended window new keys: its PC was stolen, or is another. Then `windows resume` lets it in.

    What waited for it was sealed for the old keys: it is dropped from its queue and told again by the hub.
    """
    settings = load_settings(config)
    window, operator = _address(settings, name), operator_of(settings, management_url)
    carried = Carried(into, window)
    keys = carried.read_keys(public_key) if public_key else carried.make_keys()
    with at_hub(settings) as hub:
        _added(hub, window, None, keys)
    carried.believe([*_hubs_own(settings), *keys])
    set_up.empty_queue(operator.broker, window)
    print(f"{window.source} has new keys; for its PC: {carried.key_store}")


@app.command("suspend")
def suspend(name: Name, config: ConfigFile, management_url: ManagementUrl = None) -> None:
    """Shut a window out: its signature at once, then its broker user. Its queue, staff and cases stay as they are.

    Status 1 when the broker could not be reached: the signature is refused all the same, and what is left is printed.
    """
    from services.referrals import commands

    settings = load_settings(config)
    window, operator = _address(settings, name), operator_of(settings, management_url)
    with at_hub(settings) as hub:
        door = commands.suspend_window(hub, name)
    print(f"{window.source}: suspended since {door.suspended_at:%Y-%m-%d %H:%M} UTC; nothing that it signs is taken.")
    status = tell_left(set_up.shut_out(operator.management, window))
    if status:
        raise typer.Exit(status)
    print(f"Its broker user {broker_user(window)} has no password any more, and no connection.")


@app.command("resume")
def resume(
    name: Name, config: ConfigFile, into: Into, broker: BrokerAddress = None, management_url: ManagementUrl = None
) -> None:
    """Let a window in again, with a new password of its broker user. Then replay what was kept meanwhile."""
    from services.referrals import commands

    settings = load_settings(config)
    window, operator = _address(settings, name), operator_of(settings, management_url)
    with at_hub(settings) as hub:
        commands.resume_window(hub, name)
    print(f"{window.source}: its signature is believed again. `ventanilla dead-letters replay all` takes what was kept.")
    carried = Carried(into, window)
    _let_in(operator, carried, carried.new_password(broker or settings.amqp_uri))


@app.command("password")
def password(
    name: Name, config: ConfigFile, into: Into, broker: BrokerAddress = None, management_url: ManagementUrl = None
) -> None:
    """Give a window's broker user a new password. The old one opens nothing from the window's next connection on."""
    from services.referrals import commands

    settings = load_settings(config)
    window, operator = _address(settings, name), operator_of(settings, management_url)
    with at_hub(settings) as hub:
        found = [one for one in commands.list_windows(hub) if one.place.id == name]
    if not found or found[0].suspended_at is not None:
        message = f"{name} is no window that is open: see `ventanilla windows list`."
        raise ConfigError(message)
    carried = Carried(into, window)
    _let_in(operator, carried, carried.new_password(broker or settings.amqp_uri))


@app.command("rebuild")
def rebuild(name: Name, config: ConfigFile) -> None:
    """Give a window that lost its database back all that the hub knows of its cases; safe to repeat (settings of the hub).

    The hub's service sends it little by little. What was withdrawn or closed goes back as such; whoever was forgotten does
    not. What never left the window cannot come back.
    """
    from services.referrals import commands

    with at_hub(load_settings(config)) as hub:
        print(f"{commands.give_window_back(hub, name)} cases go back to {name}.")


@app.command("do-not-wait")
def do_not_wait(name: Name, config: ConfigFile) -> None:
    """After a restore of the hub: go on without a window that does not come back (settings of the hub).

    What it held and the hub forgot, withdrawals among it, is not known then: ask its staff first.
    """
    from services.referrals import commands

    with at_hub(load_settings(config)) as hub:
        commands.do_not_wait(hub, name)
    print(f"The hub waits for {name} no longer.")


@app.command("list")
def list_windows(
    node: Annotated[str | None, typer.Option(help="Only this node's.")] = None,
    config: Annotated[Path | None, typer.Option(help="A hub's settings: its own windows, and how they stand.", dir_okay=False)] = None,
) -> None:
    """List the windows of the data files, or with a hub's settings all of that hub."""
    if config is None:
        for name, places in WINDOWS.items():
            for place in places.values() if node in {None, name} else ():
                print(_line(place))
        return
    from services.referrals import commands

    with at_hub(load_settings(config)) as hub:
        for one in commands.list_windows(hub):
            state = f"suspended {one.suspended_at:%Y-%m-%d %H:%M}" if one.suspended_at else "open"
            heard = f"heard {one.heard_at:%Y-%m-%d %H:%M}" if one.heard_at else "never heard"
            print(f"{_line(one.place)}  {state}, {heard}{', added by command' if one.added else ''}")


def how_they_stand(settings: Settings) -> str:
    """For ``doctor``; ``ConfigError`` names users whom the broker lets write under every key."""
    from services.referrals import commands

    with at_hub(settings) as hub:
        found = commands.list_windows(hub)
    shut = [f"{one.place.id} since {one.suspended_at:%Y-%m-%d %H:%M} UTC" for one in found if one.suspended_at]
    if not settings.embedded and settings.management_url:
        operator = operator_of(settings)
        unguarded = operator.management.unguarded(vhost_of(operator.broker), EXCHANGES) if operator.management else []
        if unguarded:
            message = f"the topic permission is missing of {', '.join(unguarded)}: run ventanilla topology apply"
            raise ConfigError(message)
    return f"{len(found) - len(shut)} windows open" + (f"; suspended: {', '.join(shut)}" if shut else "")


def _address(settings: Settings, name: str) -> Address:
    try:
        return Address.window(settings.node, name)
    except ValueError as error:
        message = f"{error}: small letters, digits and hyphens."
        raise ConfigError(message) from error


def _keys(hub: "Hub", carried: Carried, public_key: Path | None) -> Sequence[NodeKey]:
    """The window's public keys: as given, as the folder has them, or made now; none where the hub knows them already."""
    if public_key is not None:
        return carried.read_keys(public_key)
    if carried.key_store.exists() or not hub.keyring.kids_of(carried.window):
        return carried.make_keys()
    return ()


def _hubs_own(settings: Settings) -> Sequence[NodeKey]:
    hub = Address.hub(settings.node)
    return [key for key in read_trust(settings.key_store / TRUST_FILE) if key.address == hub]


def _added(hub: "Hub", window: Address, place: WindowPlace | None, keys: Sequence[NodeKey]) -> "Door":
    from services.referrals import commands
    from services.referrals.use_cases.add_window import AddWindow

    return commands.add_window(hub, AddWindow(window.name, place, tuple(entry_of(key) for key in keys)))


def _is_open(operator: Operator, window: Address) -> bool:
    """Whether the broker has this user with a password; who cannot be asked is taken for new."""
    try:
        return operator.management is not None and operator.management.may_come_in(broker_user(window))
    except TryAgain:
        return False


def _let_in(operator: Operator, carried: Carried, word: str | None) -> None:
    if word is not None:
        print(f"  VENTANILLA_AMQP_URI_FILE: {carried.amqp_uri_file} (holds the password of {broker_user(carried.window)})")
    if tell_left(set_up.let_in(operator.broker, operator.management, carried.window, word)):
        raise typer.Exit(IN_PART)


def _line(place: WindowPlace) -> str:
    return f"{place.node}  {place.id:16} {place.letters}  {place.name} ({place.municipality})"
