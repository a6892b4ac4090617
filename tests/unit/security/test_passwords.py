"""Passwords are hashed off the event loop, slowly, and tell nothing by their time."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

from argon2 import PasswordHasher, extract_parameters

from shared.security.passwords import Passwords


def plainly(call: Callable[[], str | bool]) -> str | bool:
    return call()


def test_a_password_fits_its_hash_and_no_other() -> None:
    passwords = Passwords(plainly)
    kept = passwords.hashed("ventanilla-demo")
    assert passwords.fits(kept, "ventanilla-demo")
    assert not passwords.fits(kept, "ventanilla-Demo")
    assert kept != passwords.hashed("ventanilla-demo")


def test_the_hash_costs_what_is_recommended_at_least() -> None:
    cost = extract_parameters(Passwords(plainly).hashed("x"))
    assert (cost.type.name, cost.memory_cost >= 19 * 1024, cost.time_cost >= 2) == ("ID", True, True)


def test_a_user_without_a_password_is_answered_after_the_same_work() -> None:
    calls: list[object] = []

    def counted(call: Callable[[], str | bool]) -> str | bool:
        calls.append(call)
        return call()

    passwords = Passwords(counted)
    assert not passwords.fits(None, "anything")
    assert not passwords.fits("no hash at all", "anything")
    assert len(calls) == 2


def test_hashing_runs_where_it_is_told_to() -> None:
    with ThreadPoolExecutor(1) as pool:
        passwords = Passwords(lambda call: pool.submit(call).result())
        assert passwords.fits(passwords.hashed("x"), "x")


def test_a_hash_of_weaker_settings_is_outdated() -> None:
    passwords = Passwords(plainly)
    assert passwords.is_outdated(PasswordHasher(time_cost=1, memory_cost=8 * 1024, parallelism=1).hash("x"))
    assert not passwords.is_outdated(passwords.hashed("x"))
