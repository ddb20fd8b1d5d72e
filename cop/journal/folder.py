"""The journal's folder: what its files are called, which of them follow one another, and that one process writes."""

import contextlib
import os
import re
import sys
import zlib
from datetime import UTC, datetime
from pathlib import Path
from typing import NamedTuple

SUFFIX = ".sqlite"
_LOCK = "journal.lock"
_NAME_LENGTH = 60
_RESERVED = re.compile(r"con|prn|aux|nul|com\d|lpt\d")


class FileName(NamedTuple):
    """One file: the day it was begun on (UTC, ISO) and the number of the record it begins with."""

    path: Path
    day: str
    first: int


def safe_name(operation: str) -> str:
    """An operation's name as every disk takes it. Spelling aside, two operations never have the same."""
    words = operation.casefold().split()
    name = re.sub(r"[^a-z0-9]+", "-", " ".join(words)).strip("-")[:_NAME_LENGTH]
    if name and name == re.sub(r"[ -]+", "-", " ".join(words)) and not _RESERVED.fullmatch(name):
        return name
    return f"{name or 'operation'}-{zlib.crc32(operation.encode('utf-8', 'surrogatepass')):08x}"


def day_of(at: float) -> str:
    """The UTC day of an epoch time, as ISO writes it; that of a clock beyond all days is the first."""
    with contextlib.suppress(ValueError, OverflowError, OSError):
        return datetime.fromtimestamp(at, UTC).date().isoformat()
    return "0001-01-01"


def file_of(folder: Path, operation: str, day: str, first: int) -> Path:
    """The path of the file that begins with a record."""
    return folder / f"{safe_name(operation)}.{day}.{first}{SUFFIX}"


def name_of(path: Path) -> FileName | None:
    """What a file's name tells; None if it is none of ours."""
    parts = path.name.removesuffix(SUFFIX).rsplit(".", 2)
    if not path.name.endswith(SUFFIX) or len(parts) != 3 or not re.fullmatch(r"[0-9]{1,18}", parts[2]):
        return None
    return FileName(path, parts[1], int(parts[2]))


def files_of(folder: Path, operation: str) -> list[FileName]:
    """The files of an operation, in the order of their records. Raises OSError."""
    begin = safe_name(operation) + "."
    named = [name_of(path) for path in folder.iterdir() if path.name.startswith(begin)]
    return sorted((one for one in named if one is not None), key=lambda one: (one.first, one.day))


class FolderLock:
    """Held while one process writes into a folder; the system lets it go when the process ends, however it ends."""

    def __init__(self) -> None:
        self._file = -1

    def take(self, folder: Path) -> None:
        """Take it, if it is not held yet. Raises OSError, in words where another process holds it."""
        if self._file >= 0:
            return
        file = os.open(folder / _LOCK, os.O_RDWR | os.O_CREAT, 0o644)
        try:
            _lock(file)
        except OSError:
            os.close(file)
            raise OSError(f"another desk already records into {folder}") from None
        self._file = file

    def leave(self) -> None:
        """Let it go."""
        if self._file >= 0:
            os.close(self._file)
            self._file = -1


def _lock(file: int) -> None:
    if sys.platform == "win32":
        import msvcrt  # noqa: PLC0415 - there alone

        msvcrt.locking(file, msvcrt.LK_NBLCK, 1)
    else:
        import fcntl  # noqa: PLC0415 - not on Windows

        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
