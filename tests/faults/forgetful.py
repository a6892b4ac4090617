"""A disk that keeps of every SQLite file only what was synced: what a power cut leaves.

It stands under the very library that ``sqlite3`` uses: a VFS (sqlite.org/vfs.html) that is the ordinary one, but for
``xSync``, after which it notes what the file holds. What is on the disk after a cut is that, and of what was written
since then nothing, or any of its sectors.
"""

import ctypes
import random
import sqlite3
from collections.abc import Callable
from pathlib import Path

SECTOR = 512
"""What a disk writes whole or not at all."""
OK = 0

_open_t = ctypes.CFUNCTYPE(
    ctypes.c_int, ctypes.c_void_p, ctypes.c_void_p, ctypes.c_void_p, ctypes.c_int, ctypes.c_void_p
)
"""The name is handed on as the pointer that it is: SQLite keeps it for as long as the file is open."""
_sync_t = ctypes.CFUNCTYPE(ctypes.c_int, ctypes.c_void_p, ctypes.c_int)


class _Vfs(ctypes.Structure):
    """``sqlite3_vfs`` up to what is changed here, and the rest as it is."""

    _fields_ = (
        ("version", ctypes.c_int),
        ("size_of_file", ctypes.c_int),
        ("longest_path", ctypes.c_int),
        ("next", ctypes.c_void_p),
        ("name", ctypes.c_char_p),
        ("data", ctypes.c_void_p),
        ("open", ctypes.c_void_p),
        ("others", ctypes.c_void_p * 15),
    )


class _Methods(ctypes.Structure):
    """``sqlite3_io_methods``, version 3."""

    _fields_ = (
        ("version", ctypes.c_int),
        ("close_read_write_truncate", ctypes.c_void_p * 4),
        ("sync", ctypes.c_void_p),
        ("others", ctypes.c_void_p * 13),
    )


class ForgetfulDisk:
    """From its making on under every SQLite file that this process opens; for processes that serve nothing else."""

    def __init__(self) -> None:
        self.synced: dict[Path, bytes] = {}
        self.before_sync: Callable[[], object] = lambda: None
        self._kept: list[object] = []  # the library holds no reference to what we hand it
        library = _library()
        library.sqlite3_vfs_find.restype = ctypes.POINTER(_Vfs)
        ordinary = library.sqlite3_vfs_find(None).contents
        ours = _Vfs.from_buffer_copy(ordinary)
        ours.name = b"forgetful"
        self._open = _open_t(ordinary.open)
        ours.open = self._pointer(_open_t(self._opened))
        self._kept.append(ours)
        done = library.sqlite3_vfs_register(ctypes.byref(ours), 1)
        assert done == OK, f"SQLite does not take our VFS: {done}"

    def after_a_cut(self, file: Path, rng: random.Random | None) -> bytes:
        """What a file holds then: what was synced; by ``rng`` also any sectors that were written since."""
        synced, written = self.synced.get(file, b""), file.read_bytes()
        if rng is None or synced == written:
            return synced
        length = rng.choice([len(synced), len(written)])
        longest = max(len(synced), len(written))
        synced, written = synced.ljust(longest, b"\0"), written.ljust(longest, b"\0")
        sectors = (rng.choice([synced, written])[at : at + SECTOR] for at in range(0, longest, SECTOR))
        return b"".join(sectors)[:length]

    def _opened(self, vfs: int, name: int | None, file: int, flags: int, out_flags: int) -> int:
        done = self._open(vfs, name, file, flags, out_flags)
        if done != OK or name is None:
            return done
        methods = ctypes.c_void_p.from_address(file)
        changed = _Methods.from_buffer_copy(_Methods.from_address(methods.value))
        sync = _sync_t(changed.sync)
        path = Path(ctypes.string_at(name).decode())

        def synced(handle: int, how: int) -> int:
            self.before_sync()
            result: int = sync(handle, how)
            if result == OK:
                self.synced[path] = path.read_bytes()
            return result

        changed.sync = self._pointer(_sync_t(synced))
        self._kept.append(changed)
        methods.value = ctypes.addressof(changed)
        return done

    def _pointer(self, function: object) -> int | None:
        self._kept.append(function)
        return ctypes.cast(function, ctypes.c_void_p).value


def _library() -> ctypes.CDLL:
    """The SQLite that ``sqlite3`` uses, be it a library of the system or a part of the module."""
    sqlite3.connect(":memory:").close()
    loaded = {line.split()[-1] for line in Path("/proc/self/maps").read_text().splitlines() if "sqlite3" in line}
    shared = sorted(name for name in loaded if "libsqlite3" in name)
    return ctypes.CDLL(shared[0] if shared else next(name for name in loaded if "_sqlite3" in name))
