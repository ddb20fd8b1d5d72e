"""What a desk's journal holds, as the tests count it."""

import sqlite3
from contextlib import closing
from pathlib import Path


def heard(folder: Path, operation: str) -> set[bytes]:
    """The payloads of all messages on record as heard; empty where there is no journal."""
    try:
        from cop.journal.reading import JournalReader
        from cop.journal.record import Way
    except ImportError:
        with closing(sqlite3.connect(folder / "journal.sqlite")) as file:
            return {bytes(one) for (one,) in file.execute("SELECT payload FROM record WHERE NOT sent")}
    try:
        reader = JournalReader(folder, operation)
    except OSError:
        return set()
    return {record.payload for block in reader.blocks(0, reader.last) for record in block if record.way == Way.HEARD}
