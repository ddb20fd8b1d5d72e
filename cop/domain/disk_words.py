"""Why a file cannot be written or read, in a person's words."""

import errno
from pathlib import Path

#: primary result codes of SQLite (sqlite.org/rescode.html), as its errors carry them
_OF_SQLITE = {
    3: "this user may not write there",
    5: "another program keeps the file locked",
    6: "another program keeps the file locked",
    8: "the file, its folder or the disk is read-only",
    10: "the disk does not answer, or is full",
    13: "the disk is full",
    14: "the file cannot be opened",
}
_OF_SYSTEM = {
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


def in_words(error: BaseException, where: Path) -> str:
    """What went wrong, and where; an error of SQLite is told by its `sqlite_errorcode`."""
    code = getattr(error, "sqlite_errorcode", None)
    if code is not None:
        return f"{_OF_SQLITE.get(code & 0xFF, str(error))} ({where})"
    if isinstance(error, OSError) and error.errno is not None:
        return f"{_OF_SYSTEM.get(error.errno, error.strerror or str(error))} ({where})"
    return str(error)
