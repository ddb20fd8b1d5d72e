"""What a disk's refusal means: in a person's words, and whether the file itself is what is wrong."""

import errno
import sqlite3
from pathlib import Path

_DAMAGED = (sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB, sqlite3.SQLITE_FORMAT, sqlite3.SQLITE_ERROR)
_SHORT_READ = 522  # SQLITE_IOERR_SHORT_READ: the file ends where a page should be
_WORDS = {
    sqlite3.SQLITE_FULL: "the disk is full",
    sqlite3.SQLITE_READONLY: "the file, its folder or the disk is read-only",
    sqlite3.SQLITE_BUSY: "another program keeps the file locked",
    sqlite3.SQLITE_LOCKED: "another program keeps the file locked",
    sqlite3.SQLITE_CANTOPEN: "the file cannot be opened",
    sqlite3.SQLITE_PERM: "this user may not write there",
    sqlite3.SQLITE_IOERR: "the disk does not answer, or is full",
}
_SYSTEM_WORDS = {
    errno.ENOSPC: "the disk is full",
    errno.EDQUOT: "the disk quota is used up",
    errno.EFBIG: "the file may grow no larger",
    errno.EROFS: "the disk is read-only",
    errno.EACCES: "this user may not write there",
    errno.EPERM: "this user may not write there",
    errno.ENOTDIR: "a file stands where the folder should be",
    errno.EEXIST: "a file stands where the folder should be",
    errno.EIO: "the disk does not answer",
}


def in_words(error: BaseException, folder: Path) -> str:
    """Why nothing can be recorded, and where."""
    if isinstance(error, sqlite3.Error):
        code = getattr(error, "sqlite_errorcode", 0)
        return f"{_WORDS.get(code & 0xFF, str(error))} ({folder})"
    if isinstance(error, OSError) and error.errno is not None:
        return f"{_SYSTEM_WORDS.get(error.errno, error.strerror or str(error))} ({folder})"
    return str(error)


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
