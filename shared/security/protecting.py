"""Locks a window's key store, opens it with the coordination's key, and takes the lock off again.

Each may be cut off anywhere and is completed by doing it again. The store's file is what decides: once it is there
the window is protected, and plain files that are left beside it are wiped by the next ``protect``.
"""

import os
import secrets
from dataclasses import dataclass
from pathlib import Path

from shared.errors import ConfigError
from shared.files import wipe, write_whole
from shared.security import jose
from shared.security.keys import (
    KEY_FILE,
    MASTER_FILE,
    STORE_FILE,
    NodeKey,
    Use,
    private_file,
    read_master,
    read_private,
    sealing_key,
)
from shared.security.store_file import (
    KEY_BYTES,
    RecoveryKey,
    Secrets,
    StoreFile,
    alone_with,
    key_by_password,
    key_by_recovery,
    read_store,
    sealed_store,
    unsealed,
    with_recovery,
    with_wrap,
    wrap_under,
    write_store,
)

OLD_KEYS = f"{KEY_FILE}.old"
_CODE_LETTERS = "ABCDEFGHJKLMNPQRSTUVWXYZ23456789"
_CODE_LENGTH = 20
"""100 bits; shown in groups of four."""


@dataclass(frozen=True)
class Staff:
    """A member of staff and their password."""

    username: str
    password: str


def is_protected(folder: Path) -> bool:
    """Whether a key store is locked."""
    return (folder / STORE_FILE).exists()


def protect(folder: Path, *, recovery: RecoveryKey | None, first: Staff | None) -> None:
    """Lock a key store: for a recovery key, a first member of staff, or both.

    Locked already: plain files that a run which was cut off has left are wiped, and nothing else. ``ConfigError``
    when nobody could open it, or the plain keys are not whole.
    """
    if not is_protected(folder):
        _write_store(folder, recovery, first)
    for file in left_in_plain(folder):
        _take_away(folder, file)


def left_in_plain(folder: Path) -> list[Path]:
    """Files of a protected store that still hold a secret in plain, the signing key aside."""
    if not is_protected(folder):
        return []
    halves = [*folder.glob(f".{KEY_FILE}.*"), *folder.glob(f".{MASTER_FILE}.*")]
    found = [*halves, folder / OLD_KEYS, folder / MASTER_FILE]
    plain = [file for file in found if file.exists()]
    # the key file first: while it is replaced, what it was lies under the old name too
    return [folder / KEY_FILE, *(file for file in plain if file.name != OLD_KEYS)] if _sealing(folder) else plain


def recover(store_file: Path, key: RecoveryKey, username: str) -> str:
    """With the coordination's key: a code that opens the store once, for ``username``; their older wrap gives way.

    The file may be a copy that was brought to the coordination: it is brought back, the key never travels.
    ``ConfigError`` when this key does not open it.
    """
    store_key = key_by_recovery(read_store(store_file), key)
    if store_key is None:
        message = f"{store_file} was not protected for this recovery key."
        raise ConfigError(message)
    code = "".join(secrets.choice(_CODE_LETTERS) for _ in range(_CODE_LENGTH))
    with alone_with(store_file):
        store = read_store(store_file)
        wrap = wrap_under(code, store_key, address=store.address, username=username)
        write_store(store_file, with_wrap(store, username, wrap.for_once()))
    return "-".join(code[start : start + 4] for start in range(0, _CODE_LENGTH, 4))


def unprotect(folder: Path, way_in: RecoveryKey | Staff) -> None:
    """Put the plain files back, then take the lock away; until that last step the store stays locked.

    ``ConfigError`` when this does not open it.
    """
    store = read_store(folder / STORE_FILE)
    secret = _secrets_by(store, way_in)
    if secret is None:
        message = "That does not open this key store."
        raise ConfigError(message)
    address, private = read_private(folder / KEY_FILE)
    signing = [key for key in private if key.use is not Use.SEAL]
    write_whole(folder / KEY_FILE, private_file(address, [*_as_keys(store, secret), *signing]))
    write_whole(folder / MASTER_FILE, secret.master.hex().encode() + b"\n")
    (folder / STORE_FILE).unlink()


def _write_store(folder: Path, recovery: RecoveryKey | None, first: Staff | None) -> None:
    if recovery is None and first is None:
        message = "Nobody could open it: name a recovery key, a first member of staff, or both."
        raise ConfigError(message)
    address, private = read_private(folder / KEY_FILE)
    sealing = {key.kid: jose.unb64(key.jwk["d"]) for key in private if key.use is Use.SEAL}
    if not sealing:
        message = f"{folder / KEY_FILE} holds no key that opens what is sealed for this node."
        raise ConfigError(message)
    store_key = bytearray(secrets.token_bytes(KEY_BYTES))
    store = sealed_store(address, Secrets(read_master(folder), sealing), store_key)
    if first is not None:
        wrap = wrap_under(first.password, store_key, address=address, username=first.username)
        store = with_wrap(store, first.username, wrap)
    if recovery is not None:
        store = with_recovery(store, recovery, store_key)
    write_store(folder / STORE_FILE, store)
    store_key[:] = bytes(KEY_BYTES)


def _take_away(folder: Path, file: Path) -> None:
    """The key file keeps its signing key: it is replaced, and the bytes that it was are wiped after."""
    if file.name != KEY_FILE:
        wipe(file)
        return
    old = folder / OLD_KEYS
    if old.exists() and not old.samefile(file):
        wipe(old)  # of a run before the lock was taken off again
    if not old.exists():
        os.link(file, old)
    address, private = read_private(file)
    write_whole(file, private_file(address, [key for key in private if key.use is not Use.SEAL]))
    wipe(old)


def _sealing(folder: Path) -> bool:
    return any(key.use is Use.SEAL for key in read_private(folder / KEY_FILE)[1])


def _secrets_by(store: StoreFile, way_in: RecoveryKey | Staff) -> Secrets | None:
    if isinstance(way_in, Staff):
        store_key = key_by_password(store, way_in.username, way_in.password)
    else:
        store_key = key_by_recovery(store, way_in)
    return unsealed(store, store_key) if store_key is not None else None


def _as_keys(store: StoreFile, secret: Secrets) -> list[NodeKey]:
    return [sealing_key(store.address, key) for key in secret.sealing.values()]
