"""Whether a refusal means that the file itself is damaged, and how."""

import sqlite3
from pathlib import Path

_DAMAGED = (sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB, sqlite3.SQLITE_FORMAT, sqlite3.SQLITE_ERROR)
_SHORT_READ = 522  # SQLITE_IOERR_SHORT_READ: the file ends where a page should be


def is_damaged(error: BaseException, path: Path) -> bool:
    """Whether the file, not the disk, is what is wrong: waiting would mend nothing."""
    if path.is_dir():
        return True
    if isinstance(error, sqlite3.Error):
        code = getattr(error, "sqlite_errorcode", 0)
        return code & 0xFF in _DAMAGED or code == _SHORT_READ or isinstance(error, sqlite3.IntegrityError)
    return isinstance(error, ValueError)


def damage_in_words(error: BaseException, path: Path) -> str:
    """What is wrong with a file."""
    if path.is_dir():
        return "a folder stands in its place"
    if isinstance(error, sqlite3.Error):
        return f"it is damaged ({error})"
    return str(error)
