"""Signing in at notifications: for those whose password is all that their role needs; accounts are changed at the hub."""

from dataclasses import replace

from services.notifications.wiring import build
from tests.drivers.person import Person, password_hash
from tests.integration.notifications.world import user


def people(world):
    return [replace(user(name, role, **place), version=9, password_hash=password_hash()) for name, role, place in (
        ("officer@pddh", "officer", {"institution": "pddh"}), ("auditor@sv", "auditor", {}),
        ("staff@la-union", "staff", {"window": "la-union"}),
    )]


def test_whoever_needs_a_second_step_is_sent_to_the_hub_which_keeps_it(world):
    world.hears(world.access(*people(world)))
    person = Person(world.wiring.site)
    assert "entran por la central" in person.visits("/entrar").text
    person.signs_in("officer@pddh")
    assert person.page.status_code == 422
    for username in ("auditor@sv", "staff@la-union"):
        other = Person(world.wiring.site)
        other.signs_in(username)
        assert other.is_in
        assert "https://hub.example/cuenta" in other.text
        assert "/cuenta/contrasena" not in other.text


def test_a_trial_without_second_steps_lets_everybody_in(world):
    world.hears(world.access(*people(world)))
    world.wiring.close()
    world.settings = replace(world.settings, second_factor="optional")
    world.wiring = build(world.settings, clock=world.clock)
    person = Person(world.wiring.site)
    person.signs_in("officer@pddh")
    assert person.is_in


def test_whoever_the_hub_dismissed_is_out_with_the_next_request(world):
    world.hears(world.access(*people(world)))
    person = Person(world.wiring.site)
    person.signs_in("auditor@sv")
    assert person.is_in
    world.hears(world.access(replace(people(world)[1], version=10, active=False)))
    assert not person.is_in
