"""Files that hold keys: written whole or not at all, and taken away for good."""

import os
import secrets
from pathlib import Path


def write_whole(file: Path, content: bytes, mode: int = 0o600) -> None:
    """Put a file in the place of an older one: whole or not at all, on the disk, never readable by others in between."""
    half = file.with_name(f".{file.name}.{secrets.token_hex(4)}")
    descriptor = os.open(half, os.O_WRONLY | os.O_CREAT | os.O_EXCL, mode)
    with os.fdopen(descriptor, "wb") as output:
        output.write(content)
        output.flush()
        os.fsync(output.fileno())
    half.replace(file)
    sync_folder(file.parent)


def wipe(file: Path) -> None:
    """Overwrite a file's bytes, then remove it. Done twice it is done.

    A flash disk may keep the old blocks elsewhere all the same: only a disk that is encrypted as a whole hides those.
    """
    if not file.exists():
        return
    with file.open("r+b") as output:
        output.write(secrets.token_bytes(file.stat().st_size))
        output.flush()
        os.fsync(output.fileno())
    file.unlink()
    sync_folder(file.parent)


def sync_folder(folder: Path) -> None:
    """What was renamed or removed in a folder is so after a power cut too."""
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
