"""What is let go of, by age and size: the oldest blocks of the oldest file first, told in the chain before they go.

A kill between the note and the deed leaves more than the note says, never less.
"""

import contextlib
import logging
import sqlite3
from pathlib import Path
from typing import NamedTuple

from cop.journal.folder import FileName, files_of
from cop.journal.volume import BlockRow, Volume

_LOG = logging.getLogger(__name__)
_DAY_S = 86_400.0
_ROW_BYTES = 128  # what a block takes beside its content
#: how much goes at once: what is deleted must not keep the network waiting
_BLOCKS_AT_ONCE, _PAGES_AT_ONCE = 48, 512


class Dropping(NamedTuple):
    """What goes next: all of a file's blocks up to a number. `why` is "age" or "size"."""

    path: Path
    whole: bool
    first: BlockRow
    last: BlockRow
    records: int
    blocks: int
    why: str

    def says(self) -> dict[str, object]:
        """What the note of it holds; `hash` is the digest at `to_number`, which the rest is chained to."""
        return {
            "from_number": self.first.first,
            "to_number": self.last.last,
            "hash": self.last.hash.hex(),
            "begin": self.first.since,
            "end": self.last.until,
            "records": self.records,
            "blocks": self.blocks,
            "why": self.why,
            "file": self.path.name,
            "whole_file": self.whole,
        }


class Retention:
    """How long the files of one operation are kept; days and megabytes, 0 keeps them."""

    def __init__(self, folder: Path, operation: str, keep_days: float, keep_mb: float) -> None:
        self._folder = folder
        self._operation = operation
        self._keep_s = keep_days * _DAY_S
        self._keep_bytes = keep_mb * 1e6

    @property
    def asked(self) -> bool:
        """Whether anything is ever let go of."""
        return bool(self._keep_s or self._keep_bytes)

    def next(self, current: Volume, now: float | None) -> Dropping | None:
        """What goes next, None if all may stay. `now` is None while the clock is not to be trusted: no age is judged.

        The newest block stays, and a file that cannot be read is left to people.
        """
        try:
            return self._next(current, now)
        except (sqlite3.Error, OSError) as error:
            _LOG.warning("what is too old in %s cannot be looked for: %s", self._folder, error)
            return None

    def carry_out(self, dropping: Dropping, current: Volume) -> bool:
        """Let it go; False where that is not possible now."""
        try:
            self._carry_out(dropping, current)
        except (sqlite3.Error, OSError, ValueError) as error:
            _LOG.warning("what is too old in %s cannot be let go of: %s", self._folder, error)
            return False
        return True

    def _next(self, current: Volume, now: float | None) -> Dropping | None:
        names = files_of(self._folder, self._operation)
        sizes = {one.path: _size(one.path) for one in names}
        sizes[current.path] = current.used_bytes()
        over = sum(sizes.values()) - self._keep_bytes if self._keep_bytes else 0.0
        for name in names:
            if name.path == current.path:
                return self._of(current, over, now, whole=False)
            with contextlib.suppress(ValueError, sqlite3.DatabaseError), _opened(name) as volume:
                over -= sizes[name.path] - volume.used_bytes()
                if volume.tails():
                    continue  # never finished, and another came: it is left aside
                found = self._of(volume, over, now, whole=True)
                if found is not None or volume.blocks():
                    return found
        return None

    def _carry_out(self, dropping: Dropping, current: Volume) -> None:
        if dropping.whole:
            for suffix in ("-wal", "-shm", ""):
                dropping.path.with_name(dropping.path.name + suffix).unlink(missing_ok=True)
        elif dropping.path == current.path:
            current.drop(dropping.last.last)
            current.give_back(_PAGES_AT_ONCE)
        else:
            with _opened(FileName(dropping.path, "", 0)) as volume:
                volume.drop(dropping.last.last)
                volume.give_back(_PAGES_AT_ONCE)

    def _of(self, volume: Volume, over: float, now: float | None, *, whole: bool) -> Dropping | None:
        """Of one file: its oldest blocks that are too old, or too much. `whole`: all of it may go."""
        blocks = volume.blocks()
        sizes = volume.sizes()
        old_before = now - self._keep_s if now is not None and self._keep_s else None
        chosen, why = 0, ""
        for row in blocks if whole else blocks[:-1]:
            old = old_before is not None and row.until < old_before
            if not old and over <= 0:
                break
            why = why or ("age" if old else "size")
            over -= sizes.get(row.first, 0) + _ROW_BYTES
            chosen += 1
        if not chosen:
            return None
        all_of_it = whole and chosen == len(blocks)
        if not all_of_it:
            chosen = min(chosen, _BLOCKS_AT_ONCE)
        rows = blocks[:chosen]
        records = sum(one.last - one.first + 1 for one in rows)
        return Dropping(volume.path, all_of_it, rows[0], rows[-1], records, chosen, why)


def _opened(name: FileName) -> "contextlib.closing[Volume]":
    return contextlib.closing(Volume(name.path))


def _size(path: Path) -> int:
    with contextlib.suppress(OSError):
        return path.stat().st_size
    return 0
