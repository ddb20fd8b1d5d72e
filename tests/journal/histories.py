"""Journals for the tests, of any history: days, restarts, kills; and those who change their files afterwards."""

import shutil
from collections.abc import Iterator
from pathlib import Path

from cop.journal.block import Block
from cop.journal.journal import Journal
from cop.journal.reading import JournalReader
from cop.journal.record import SNAPSHOT, STARTED, STOPPED, Mark, Record, Way

#: ten minutes before midnight, UTC
BEGIN = 1_794_959_400.0
_KINDS = ("position", "incident", "mixed", "bad")


class Desk:
    """A writer with a clock that stands still unless told otherwise; `said` is what it has committed."""

    def __init__(
        self,
        folder: Path,
        key_file: Path | None = None,
        operation: str = "Steel Rail",
        said: bytes = b"payload",
        keep_days: float = 0.0,
    ) -> None:
        self.now = BEGIN
        self.said: list[Record] = []
        self.folder = folder
        self._operation = operation
        self._said = said
        self._keep_days = keep_days
        self._key_file = str(key_file) if key_file is not None else ""
        self._waiting: list[Record] = []
        self._count = 0
        self.journal = self._open()

    def hear(self, count: int) -> None:
        """Receive messages; they are on disk after the next `commit`."""
        for _ in range(count):
            self._count += 1
            n = self._count
            self.now += 0.125
            source = self.journal.source(f"feed {n % 2}", f"agency-{n % 3}", "cop-json")
            said_at = self.now - n % 5 if n % 4 else float("nan")
            kind, marks = _KINDS[n % 4], Mark(n % 4)
            one = Record(self.now, source, n % 3, f"topic/{n % 7}", b"%b %d" % (self._said, n), said_at, kind, marks)
            self.journal.append([one])
            self._waiting.append(one)

    def note(self, kind: str) -> None:
        """Put a note on record."""
        self._count += 1
        self.now += 0.125
        payload = b'{"n": %d}' % self._count
        self.journal.note(kind, payload)
        self._waiting.append(Record(self.now, 0, Way.NOTED, "", payload, kind=kind))

    def commit(self) -> None:
        """Write what was received."""
        self.journal.commit()
        self.said += self._waiting
        self._waiting = []

    def wait(self, seconds: float) -> None:
        """Let time go by, and what is due be done."""
        self.now += seconds
        self.commit()
        self.journal._folding.done(wait=True)  # a thread does it
        self.commit()

    def restart(self) -> None:
        """End in order, and begin anew."""
        self.note(STOPPED)
        self.journal.close()
        self.said += self._waiting
        self._waiting = []
        self.journal = self._open()
        self.note(STARTED)

    def killed(self, folder: Path) -> None:
        """Go on from what a kill at this moment leaves on the disk."""
        shutil.copytree(self.folder, folder)
        self.close()
        self.folder, self._waiting = folder, []
        self.journal = self._open()
        self.note(STARTED)

    def close(self) -> None:
        """Write the rest."""
        self.journal.close()

    def _open(self) -> Journal:
        return Journal(
            self.folder,
            self._operation,
            desk="desk",
            key_file=self._key_file,
            keep_days=self._keep_days,
            clock=lambda: self.now,
            steady=lambda: self.now,
        )


def three_days(folder: Path, key_file: Path | None = None, said: bytes = b"payload") -> Desk:
    """A journal of three files with several blocks each, whose last records are still in the tail."""
    desk = Desk(folder, key_file, said=said)
    desk.note(STARTED)
    for day in range(3):
        for n in range(4):
            desk.hear(5 + n)
            desk.commit()
            if n == 1:
                desk.note(SNAPSHOT)
            desk.wait(61.0)
        desk.commit()
        if day < 2:
            desk.wait(86_400.0)
    desk.hear(4)
    desk.commit()
    desk.hear(3)
    desk.commit()
    return desk


def read(folder: Path) -> list[tuple[int, tuple[object, ...]]]:
    """All records with their numbers, as a reader gets them; NaN as None, the source by its names."""
    reader = JournalReader(folder)
    try:
        return list(_records(reader.blocks(reader.first - 1, reader.last)))
    finally:
        reader.close()


def _records(blocks: Iterator[Block]) -> Iterator[tuple[int, tuple[object, ...]]]:
    for block in blocks:
        for number, one in enumerate(block, start=block.first):
            said_at = None if one.said_at != one.said_at else one.said_at
            yield number, (*one._replace(source=0, said_at=0.0), said_at, block.sources[one.source])
