"""A file that leaves is there whole, or not at all."""

import contextlib
import os
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import IO


def check_not_read(path: Path, *read: Path | None) -> None:
    """Raises ValueError where a file would be written over what it is made from: a record is kept, whatever is said."""
    for one in read:
        if one is None or not path.exists():
            continue
        if one.samefile(path) or (one.is_dir() and path.resolve().is_relative_to(one.resolve())):
            raise ValueError(f"{path} is what this is made from: name another file")


def write_whole(path: Path, content: bytes) -> None:
    """Put it in place of what stood there, once all of it is on disk. Raises OSError; then what stood there stands."""
    with whole(path) as file:
        file.write(content)


@contextlib.contextmanager
def whole(path: Path) -> Iterator[IO[bytes]]:
    """The same for what is written bit by bit; whatever ends it early, what stood there stands. Raises OSError."""
    part = path.with_name(f".cop-{os.getpid()}-{threading.get_ident()}.part")
    try:
        with part.open("xb") as file:
            yield file
            file.flush()
            os.fsync(file.fileno())
        part.replace(path)
    except BaseException as error:
        with contextlib.suppress(OSError):
            part.unlink()
        if isinstance(error, OSError):
            error.filename = str(path)  # the part is nobody's business
        raise
