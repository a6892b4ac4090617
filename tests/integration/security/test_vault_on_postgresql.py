"""Persons' keys in a database of their own, as hubs with several replicas keep them."""

import threading
from pathlib import Path

import pytest

from shared.contracts.addresses import Address
from shared.security.keys import generate
from shared.security.vault import Erased, Vault
from tests.unit.security.given import NOW

HUB = Address.hub("sv")


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    generate(tmp_path, [HUB], now=NOW)
    return tmp_path / HUB.key


def test_replicas_share_keys_and_forget_together(folder: Path, postgresql_url: str) -> None:
    one, two = Vault(folder, postgresql_url), Vault(folder, postgresql_url)
    sealed = one.seal("p", "r", {"given_name": "María"})
    assert two.open("p", "r", sealed) == {"given_name": "María"}
    two.forget("p", now=NOW)
    third = Vault(folder, postgresql_url)
    with pytest.raises(Erased):
        third.open("p", "r", sealed)
    with pytest.raises(Erased):
        third.seal("p", "r", {})
    for vault in (one, two, third):
        vault.close()
    assert not (folder / "persons.sqlite").exists()


def test_replicas_that_start_and_meet_the_same_people_at_once_agree(folder: Path, postgresql_url: str) -> None:
    people = [f"p{number}" for number in range(300)]
    vaults: list[Vault] = []
    together = threading.Barrier(4)

    def start(order: list[str]) -> None:
        together.wait()
        vault = Vault(folder, postgresql_url)
        vault.ensure(order)
        vaults.append(vault)

    threads = [threading.Thread(target=start, args=(people[::step],)) for step in (1, -1, 1, -1)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)
    assert len(vaults) == 4
    for person in people:
        sealed = vaults[0].seal(person, "r", {"of": person})
        assert {vault.open(person, "r", sealed)["of"] for vault in vaults} == {person}
    for vault in vaults:
        vault.close()
