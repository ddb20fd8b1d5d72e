"""The journal is read beside its writer: nothing is missed, nothing given twice, whatever becomes of rows and files."""

import math
import shutil
import sqlite3
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cop.journal.reading import JournalReader
from cop.journal.record import GAP, MARK, SNAPSHOT, STARTED, STOPPED, Way
from cop.journal.verifying import verify
from tests.journal.histories import BEGIN, Desk, three_days

_STEPS = st.lists(
    st.one_of(
        st.tuples(st.just("hear"), st.integers(1, 20)),
        st.tuples(st.just("note"), st.sampled_from([SNAPSHOT, MARK])),
        st.tuples(st.just("wait"), st.sampled_from([0.0, 30.0, 61.0, 3_600.0, 86_400.0])),
        st.tuples(st.just("restart")),
        st.tuples(st.just("killed")),
        st.tuples(st.just("commit")),
    ),
    max_size=25,
)


@pytest.fixture
def written(tmp_path: Path) -> Iterator[Desk]:
    desk = three_days(tmp_path / "journal")
    yield desk
    desk.close()


def _numbers(reader: JournalReader, after: int = 0, upto: int = 1 << 40) -> list[int]:
    return [number for block in reader.blocks(after, upto) for number in range(block.first, block.last + 1)]


@settings(max_examples=40, deadline=None)
@given(_STEPS)
def test_that_a_journal_of_any_history_verifies_and_gives_each_record_once(steps: list[tuple[object, ...]]) -> None:
    with tempfile.TemporaryDirectory() as folder:
        desk = Desk(Path(folder) / "0")
        desk.note(STARTED)
        desk.commit()
        reader = JournalReader(desk.folder)
        for n, (step, *arguments) in enumerate(steps):
            if step == "killed":
                reader.close()
                desk.commit()
                desk.killed(Path(folder) / str(n + 1))
                desk.commit()
                reader = JournalReader(desk.folder)
            else:
                getattr(desk, str(step))(*arguments)
                desk.commit()
            reader.refresh()
            assert (reader.first, reader.last) == (1, len(desk.said))
            found = [one for block in reader.blocks(0, reader.last) for one in block]
            assert [(one.topic, one.payload, one.kind, one.way) for one in found] == [
                (one.topic, one.payload, one.kind, one.way) for one in desk.said
            ]
            skimmed = reader.skimmed(0, reader.last, lambda block: block.way != Way.HEARD)
            assert [number for block in skimmed for number in range(block.first, block.last + 1)] == [
                *range(1, reader.last + 1)
            ]
            assert (reader.first_at, reader.last_at) == (desk.said[0].received_at, desk.said[-1].received_at)
        assert reader.unread == []
        reader.close()
        verdict = verify(desk.folder)
        assert verdict.faults == []
        assert verdict.records == len(desk.said)
        desk.close()
        assert verify(desk.folder).faults == []


@settings(max_examples=30, deadline=None)
@given(st.lists(st.integers(0, 3), min_size=1, max_size=12))
def test_that_a_record_that_becomes_part_of_a_block_while_one_reads_is_given_once(steps: list[int]) -> None:
    with tempfile.TemporaryDirectory() as folder:
        desk = Desk(Path(folder))
        for _ in range(6):
            desk.hear(4)
            desk.commit()
        reader = JournalReader(Path(folder))
        found: list[int] = []
        blocks = reader.blocks(0, 1 << 40)
        for step in steps:
            block = next(blocks, None)
            if block is None:
                break
            found += range(block.first, block.last + 1)
            if step == 0:
                desk.hear(3)
                desk.commit()
            elif step == 1:
                desk.wait(61.0)
                desk.close()
                desk.journal = desk._open()
            elif step == 2:
                reader.refresh()
        found += [number for block in blocks for number in range(block.first, block.last + 1)]
        assert found == list(range(1, len(found) + 1))
        assert len(found) >= 24
        desk.close()
        reader.close()


def test_that_blocks_are_cut_to_the_numbers_asked_for(written: Desk) -> None:
    reader = JournalReader(written.folder)
    count = len(written.said)
    for after, upto in ((0, count), (3, 40), (17, 18), (count - 4, count), (count, count), (5, 5), (-3, 2)):
        assert _numbers(reader, after, upto) == list(range(max(1, after + 1), upto + 1))
    assert all(len(block) for block in reader.blocks(0, count))


def test_that_a_number_is_found_by_its_time_and_a_time_by_its_number(written: Desk) -> None:
    reader = JournalReader(written.folder)
    times = [one.received_at for one in written.said]
    for number, at in enumerate(times, start=1):
        assert reader.number_at(at) == max(n for n, one in enumerate(times, 1) if one <= at)
        assert reader.number_at(math.nextafter(at, 0)) == number - 1
        assert reader.at_of(number) == at
    assert reader.number_at(0.0) == 0
    assert reader.number_at(math.inf) == len(times)
    assert reader.at_of(0) == times[0]


def test_that_notes_are_found_by_kind_and_time_with_their_payload(written: Desk) -> None:
    reader = JournalReader(written.folder)
    said = [(n, one) for n, one in enumerate(written.said, 1) if one.way == 3]
    assert [(one.number, one.at, one.kind) for one in reader.notes()] == [
        (n, one.received_at, one.kind) for n, one in said
    ]
    snapshots = [(n, one) for n, one in said if one.kind == SNAPSHOT]
    assert [one.number for one in reader.notes(SNAPSHOT)] == [n for n, _ in snapshots]
    assert [one.number for one in reader.notes(SNAPSHOT, STARTED, until=BEGIN + 1)] == [1]
    number, middle = snapshots[1]
    found = reader.last_note(SNAPSHOT, middle.received_at)
    assert found is not None
    assert (found.number, found.payload) == (number, middle.payload)
    before = reader.last_note(SNAPSHOT, math.nextafter(middle.received_at, 0))
    assert before is not None
    assert before.number == snapshots[0][0]
    assert reader.last_note(SNAPSHOT, BEGIN) is None
    assert reader.last_note(GAP) is None


def test_that_late_blocks_hold_every_record_said_before_a_time(written: Desk) -> None:
    reader = JournalReader(written.folder)
    for number, one in enumerate(written.said, start=1):
        if number % 9 or math.isnan(one.said_at):
            continue
        found = {n for block in reader.late_blocks(number, one.said_at) for n in range(block.first, block.last + 1)}
        late = {n for n, other in enumerate(written.said, 1) if n > number and other.said_at <= one.said_at}
        assert late <= found
        assert not found or min(found) > number


def test_that_blocks_of_a_time_hold_every_record_of_it(written: Desk) -> None:
    reader = JournalReader(written.folder)
    since, until = written.said[30].received_at, written.said[45].received_at
    found = {n for block in reader.blocks_received(since, until) for n in range(block.first, block.last + 1)}
    assert set(range(31, 47)) <= found
    assert len(found) < len(written.said)


def test_that_a_reader_sees_the_next_days_file_and_the_end_of_the_one_before(tmp_path: Path) -> None:
    desk = Desk(tmp_path)
    desk.hear(5)
    desk.commit()
    reader = JournalReader(tmp_path)
    desk.wait(86_400.0)
    desk.hear(5)
    desk.commit()
    reader.refresh()
    assert len(reader.volumes) == 2
    assert _numbers(reader) == list(range(1, 11))
    desk.close()


def test_that_a_file_alone_is_read_by_itself(written: Desk) -> None:
    second = sorted(written.folder.glob("*.sqlite"))[1]
    reader = JournalReader(second)
    assert reader.first > 1
    assert _numbers(reader) == list(range(reader.first, reader.last + 1))
    assert reader.last < len(written.said)
    assert verify(second).whole


def test_that_a_file_on_a_medium_that_cannot_be_written_is_read(written: Desk, tmp_path: Path) -> None:
    written.close()
    shutil.copytree(written.folder, tmp_path / "copy")
    for file in (tmp_path / "copy").iterdir():
        if file.suffix == ".sqlite":
            file.chmod(0o444)
        else:
            file.unlink()
    (tmp_path / "copy").chmod(0o555)
    try:
        assert _numbers(JournalReader(tmp_path / "copy")) == list(range(1, len(written.said) + 1))
        assert verify(tmp_path / "copy").whole
    finally:
        (tmp_path / "copy").chmod(0o755)


def test_that_of_a_damaged_journal_what_can_be_read_is_read_and_the_rest_is_told(written: Desk) -> None:
    written.close()
    first, second, *_, third = sorted(written.folder.glob("*.sqlite"))
    with sqlite3.connect(first) as connection:
        rows = connection.execute("SELECT first, last FROM block ORDER BY first").fetchall()
        connection.execute("UPDATE content SET packed = zeroblob(9) WHERE first = ?", rows[1][:1])
        connection.execute("DELETE FROM content WHERE first = ?", rows[3][:1])
        connection.execute("UPDATE block SET since = 'noon' WHERE first = ?", rows[4][:1])
    second.write_bytes(b"not a database" * 500)
    reader = JournalReader(written.folder)
    lost = {n for begin, end in (rows[1], rows[3], rows[4]) for n in range(begin, end + 1)}
    of_first = set(range(1, rows[-1][1] + 1)) - lost
    of_others = set(range(reader.volumes[1].head.first, reader.last + 1))
    assert _numbers(reader) == sorted(of_first | of_others)
    told = "\n".join(reader.unread)
    for words in (
        f"records {rows[1][0]}–{rows[1][1]} of {first.name}: ",
        f"records {rows[3][0]}–{rows[3][1]} of {first.name}: they are missing",
        f"block of record {rows[4][0]} of {first.name}: ",
        f"{second.name} is no journal that can be read",
    ):
        assert words in told
    assert third.name not in told


@pytest.mark.parametrize("content", [b"", b"not a database" * 100, b"SQLite format 3\x00" + b"\xff" * 5000])
def test_that_a_file_that_is_no_journal_is_said_to_be_none(content: bytes, tmp_path: Path) -> None:
    file = tmp_path / "steel-rail.2026-11-22.1.sqlite"
    file.write_bytes(content)
    for where in (file, tmp_path, tmp_path / "nothing"):
        with pytest.raises(OSError, match="no journal"):
            JournalReader(where)


def test_that_another_database_or_a_journal_of_later_days_is_refused(tmp_path: Path) -> None:
    file = tmp_path / "x.2026-11-22.1.sqlite"
    with sqlite3.connect(file) as connection:
        connection.execute("CREATE TABLE recipes (name TEXT)")
    with pytest.raises(OSError, match="no such table: head"):
        JournalReader(file)
    desk = Desk(tmp_path / "later")
    desk.hear(1)
    desk.commit()
    desk.close()
    (later,) = (tmp_path / "later").glob("*.sqlite")
    with sqlite3.connect(later) as connection:
        connection.execute("UPDATE head SET value = '2' WHERE key = 'version'")
    with pytest.raises(OSError, match="version 2, this program reads version 1"):
        JournalReader(later)


def test_that_restarts_are_on_record(tmp_path: Path) -> None:
    desk = Desk(tmp_path)
    desk.hear(1)
    desk.restart()
    desk.commit()
    assert [one.kind for one in JournalReader(tmp_path).notes()] == [STOPPED, STARTED]
    desk.close()
