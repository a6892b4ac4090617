"""People at browsers of the running network: one who was dismissed is out everywhere, a window lets in with no hub."""

import re

import pytest
import requests

from services.console.demo_network import FIRST_WINDOW, HUB, NOTIFICATIONS
from tests.drivers.browser import Browser
from tests.drivers.network import Embedded
from tests.drivers.person import PASSWORD
from tests.drivers.probe import eventually

pytestmark = pytest.mark.story


def test_a_dismissed_member_of_staff_is_out_everywhere_by_pages_and_api(embedded: Embedded) -> None:
    # Given somebody of the window who is signed in there and at notifications, each in a browser of their own
    window, notices, admin = Browser(embedded.url(FIRST_WINDOW)), Browser(embedded.url(NOTIFICATIONS)), Browser(embedded.url(HUB))
    assert window.signs_in("staff@la-union")
    assert notices.signs_in("staff@la-union")
    assert admin.signs_in("admin@sv")

    # When an administrator disables them at the hub
    users = admin.http.get(f"{admin.url}/administracion/usuarios", timeout=20).text
    page = re.search(r'href="(/administracion/usuarios/[0-9a-f]+)">staff@la-union<', users)[1]
    admin.sends(page, f"{page}/deshabilitar")

    # Then the next request of each finds the door shut, and the API too
    for place in (window, notices):
        eventually(place.is_in, until=lambda inside: not inside, what=f"staff@la-union is out at {place.url}", seconds=20)
    with pytest.raises(AssertionError, match="401"):
        embedded.window("la-union").sync()

    # And when they are enabled again, they get in anew, and what was open stays shut
    admin.sends(page, f"{page}/habilitar")
    key = embedded.window("la-union").caller.token
    opens = lambda: opens_api(f"{window.url}/api/v1/sync", key)
    eventually(opens, until=bool, what="the window has heard that staff@la-union is enabled", seconds=40)
    assert Browser(embedded.url(FIRST_WINDOW)).signs_in("staff@la-union")
    assert not window.is_in()


def opens_api(address: str, key: str | None) -> bool:
    return requests.get(address, headers={"Authorization": f"Bearer {key}"}, timeout=20).ok


def test_a_password_changed_at_the_window_opens_notifications_too(embedded: Embedded) -> None:
    window = Browser(embedded.url(FIRST_WINDOW))
    assert window.signs_in("staff@la-union")
    new = "cuatro gatos bajo la lluvia"
    window.sends("/cuenta/contrasena", "/cuenta/contrasena", password=PASSWORD, new_password=new, again=new)
    assert window.is_in()
    made = window.sends("/cuenta/claves", "/cuenta/claves", name="informe", scope="read", days="30").text
    key = re.search(r"vtn_[A-Za-z0-9_-]{43}", made)[0]

    # the key was made after the password: where it is known, so is the password
    address = f"{embedded.url(NOTIFICATIONS)}/api/v1/notifications"
    eventually(lambda: opens_api(address, key), until=bool, what="the new key opens notifications", seconds=40)
    assert Browser(embedded.url(NOTIFICATIONS)).signs_in("staff@la-union", new)
    assert window.is_in()
