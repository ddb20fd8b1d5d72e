"""The page on the journal tells its files so exactly that a verifier written from it alone agrees with ours."""

import re
import sqlite3
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from cop.journal import record
from cop.journal.reading import JournalReader
from cop.journal.verifying import verify
from cop.journal.volume import SCHEMA, VERSION, Head
from cop.journal_commands import journal
from tests.journal.histories import Desk, three_days

_PAGE = (Path(__file__).parents[2] / "docs" / "journal.md").read_text(encoding="utf-8")


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Desk]:
    written = three_days(tmp_path / "journal")
    written.hear(9)
    written.commit()
    yield written
    written.close()


def _code(language: str) -> str:
    found = re.findall(rf"```{language}\n(.*?)```", _PAGE, flags=re.DOTALL)
    assert len(found) == 1
    return str(found[0])


def test_that_the_page_shows_the_tables_as_they_are() -> None:
    assert _code("sql").strip() == SCHEMA.strip()
    row = next(line for line in _PAGE.splitlines() if line.startswith("| `head` |"))
    assert set(re.findall(r"`(\w+)`", row)) == {"head", *Head._fields}
    assert VERSION == "1"


def test_that_the_page_tells_every_way_every_note_and_every_command() -> None:
    names = set(re.findall(r"^\| (`\w+`(?:, `\w+`)*) \|", _PAGE, flags=re.MULTILINE))
    told = {word for one in names for word in re.findall(r"\w+", one)}
    assert {one.name.lower() for one in record.Way} <= told
    notes = {getattr(record, name) for name in dir(record) if name.isupper() and isinstance(getattr(record, name), str)}
    assert notes <= told
    assert set(re.findall(r"^\| `cop journal (\w+)", _PAGE, flags=re.MULTILINE)) == set(journal.commands)


def test_that_a_verifier_written_from_the_page_comes_to_the_same_head(desk: Desk, tmp_path: Path) -> None:
    program = tmp_path / "verifier.py"
    program.write_text(_code("python"), encoding="utf-8")
    newest = JournalReader(desk.folder).volumes[-1].path

    def run() -> str:
        ended = subprocess.run([sys.executable, program, newest], capture_output=True, text=True, check=False)
        return ended.stdout + ended.stderr

    verdict = verify(newest)
    assert verdict.head is not None
    assert run() == f"whole up to record {verdict.head.number}, digest {verdict.digest.hex()}\n"
    desk.close()
    with sqlite3.connect(newest) as connection:
        connection.execute("UPDATE block SET hash = zeroblob(32) WHERE first = (SELECT min(first) FROM block)")
    assert run().startswith("not whole: up to record ")
