"""What the writer's tests have in common: a clock, a few words, and the record read back."""

from pathlib import Path

from cop.journal.journal import Journal
from cop.journal.reading import JournalReader
from cop.journal.record import Record, Way

#: noon of 4 May 2026, UTC
NOON = 1_777_896_000.0


class Clock:
    """Stands still unless it is told otherwise."""

    def __init__(self, now: float = NOON) -> None:
        self.now = now

    def __call__(self) -> float:
        """Seconds."""
        return self.now


def say(journal: Journal, count: int, at: float = NOON, payload: bytes = b"x") -> None:
    """Append positions, one a second."""
    source = journal.source("f", "a", "cop-json")
    rows = [Record(at + n, source, Way.HEARD, f"t/{n % 5}", payload, at + n, "position") for n in range(count)]
    journal.append(rows)


def on_record(folder: Path, operation: str = "") -> list[tuple[int, Record]]:
    """All that is on record, with its numbers."""
    reader = JournalReader(folder, operation)
    try:
        return [(block.first + index, one) for block in reader.blocks(0, 1 << 60) for index, one in enumerate(block)]
    finally:
        reader.close()
