"""What was written is there: raw, in order, chained over blocks, files, days and kills."""

import os
import signal
import sqlite3
import subprocess
import sys
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cop.journal.folder import day_of, file_of, files_of, safe_name
from cop.journal.journal import Journal
from cop.journal.keys import make_key, read_public_key
from cop.journal.record import GAP, SNAPSHOT, Mark, Record, Way
from cop.journal.verifying import verify
from tests.journal.writing import NOON, Clock, on_record, say


def test_that_raw_bytes_come_back_in_the_order_they_came(tmp_path: Path) -> None:
    journal = Journal(tmp_path, "Live")
    source = journal.source("buses", "cats-transit", "hfp")
    said = [
        Record(NOON + n / 8, source, Way.HEARD, f"hfp/{n % 3}", bytes([n % 256]) * n, NOON - n, "position", Mark.ALONE)
        for n in range(300)
    ]
    journal.append(said)
    journal.commit()
    before = on_record(tmp_path)
    journal.close()
    assert before == on_record(tmp_path)
    assert [one._replace(source=source) for _, one in before] == said
    assert [number for number, _ in before] == list(range(1, 301))


@settings(max_examples=25, deadline=None)
@given(
    st.lists(
        st.tuples(
            st.floats(-1e10, 1e10) | st.just(float("nan")),
            st.integers(0, 3),
            st.text(max_size=8),
            st.binary(max_size=64),
            st.floats(),
            st.text(max_size=4),
            st.integers(0, 255),
        ),
        max_size=30,
    ),
    st.integers(1, 9),
)
def test_that_whatever_is_appended_stays_a_whole_chain(
    tmp_path_factory: pytest.TempPathFactory, rows: list[tuple[float, int, str, bytes, float, str, int]], step: int
) -> None:
    folder = tmp_path_factory.mktemp("journal")
    journal = Journal(folder, "Live")
    sources = [journal.source("f", agency, "x") for agency in ("a", "b")]
    for begin in range(0, len(rows), step):
        for at, way, topic, payload, said_at, kind, marks in rows[begin : begin + step]:
            kind = "" if kind == SNAPSHOT else kind  # noqa: PLW2901 - a test of its own
            journal.append([Record(at, sources[marks % 2], way, topic, payload, said_at, kind, marks)])
        journal.commit()
    journal.close()
    if rows:
        assert [(one.way, one.payload, one.marks) for _, one in on_record(folder)] == [(r[1], r[3], r[6]) for r in rows]
        assert verify(folder).whole, verify(folder).faults


def test_that_numbers_and_chain_go_on_over_several_runs(tmp_path: Path) -> None:
    for _ in range(3):
        journal = Journal(tmp_path, "Live")
        say(journal, 4)
        journal.close()
    assert [number for number, _ in on_record(tmp_path)] == list(range(1, 13))
    assert verify(tmp_path).whole


def test_that_a_block_is_made_when_it_is_full_and_when_a_minute_is_over(tmp_path: Path) -> None:
    clock = Clock()
    journal = Journal(tmp_path, "Live", clock=clock, steady=clock)
    say(journal, 20_000)
    journal.commit()
    clock.now += 61
    say(journal, 1)
    journal.commit()
    say(journal, 1)
    while _count(tmp_path, "tail") > 1:
        journal.commit()
    assert _count(tmp_path, "block") == 3
    assert [number for number, _ in on_record(tmp_path)] == list(range(1, 20_003))
    journal.close()
    assert _count(tmp_path, "tail") == 0
    assert verify(tmp_path).whole


def test_that_a_snapshot_has_a_block_of_its_own_and_the_index_leaves_its_bytes_out(tmp_path: Path) -> None:
    journal = Journal(tmp_path, "Live")
    say(journal, 3)
    journal.commit()
    journal.note(SNAPSHOT, b"s" * 10_000)
    say(journal, 2)
    journal.close()
    (name,) = files_of(tmp_path, "Live")
    with sqlite3.connect(name.path) as file:
        assert file.execute("SELECT first, last FROM block").fetchall() == [(1, 3), (4, 4), (5, 6)]
        assert file.execute("SELECT number, kind, payload FROM note").fetchall() == [(4, SNAPSHOT, b"")]
    assert on_record(tmp_path)[3][1].payload == b"s" * 10_000


def test_that_a_snapshot_made_before_numbers_are_known_is_left_out(tmp_path: Path) -> None:
    journal = Journal(tmp_path, "Live")
    journal.note(SNAPSHOT, b"it says up to which record it goes")
    say(journal, 1)
    journal.close()
    assert [one.kind for _, one in on_record(tmp_path)] == ["position"]


def test_that_last_tells_the_newest_appended_number(tmp_path: Path) -> None:
    journal = Journal(tmp_path, "Live")
    say(journal, 2)
    assert journal.last == 0  # what lies in the folder is not known yet
    journal.commit()
    say(journal, 3)
    assert (journal.last, journal.last_at) == (5, NOON + 2)
    journal.close()


_WRITER = """
import pathlib, sys, time
from cop.journal.journal import Journal
from cop.journal.record import Record, SNAPSHOT
j = Journal(pathlib.Path(sys.argv[1]), "Live"); s = j.source("f", "a", "cop-json")
j.commit()
n = int(sys.argv[2])
while True:
    j.append([Record(time.time(), s, 0, f"t/{k % 7}", b"%d" % (n + k)) for k in range(700)]); n += 700
    if n % 3 == 0:
        j.note(SNAPSHOT, b"picture" * 5_000)
    j.commit()
    print(n, flush=True)
"""


def test_that_a_writer_killed_again_and_again_loses_nothing_that_was_committed(tmp_path: Path) -> None:
    committed = 0
    for lines in (1, 14, 3, 27, 9):
        writer = subprocess.Popen(
            [sys.executable, "-c", _WRITER, str(tmp_path), str(committed)], stdout=subprocess.PIPE, text=True
        )
        assert writer.stdout is not None
        for _ in range(lines):
            committed = int(writer.stdout.readline())
        os.kill(writer.pid, signal.SIGKILL)  # in the midst of the next one, or of folding
        committed = max([committed, *(int(line) for line in writer.stdout if line.endswith("\n"))])
        writer.wait()
        writer.stdout.close()
        heard = [int(one.payload) for _, one in on_record(tmp_path) if one.way == Way.HEARD]
        assert set(range(committed)) <= set(heard)
        verdict = verify(tmp_path)
        assert verdict.whole, verdict.faults
        committed = max(heard) + 1
        assert heard == list(range(committed))
    journal = Journal(tmp_path, "Live")
    say(journal, 1)
    journal.close()
    (name,) = files_of(tmp_path, "Live")
    with sqlite3.connect(name.path) as file:
        assert file.execute("PRAGMA integrity_check").fetchone() == ("ok",)
    assert verify(tmp_path).whole
    assert not [one for _, one in on_record(tmp_path) if one.kind == GAP]


def test_that_each_day_has_a_file_chained_to_the_one_before(tmp_path: Path) -> None:
    clock = Clock(NOON + 11.99 * 3600)
    journal = Journal(tmp_path, "Steel Rail", clock=clock, steady=clock)
    say(journal, 3, clock.now)
    journal.commit()
    clock.now += 3600
    say(journal, 2, clock.now)
    journal.close()
    names = files_of(tmp_path, "Steel Rail")
    assert [(one.day, one.first) for one in names] == [("2026-05-04", 1), ("2026-05-05", 4)]
    assert names[0].path == file_of(tmp_path, "Steel Rail", "2026-05-04", 1)
    assert [number for number, _ in on_record(tmp_path)] == [1, 2, 3, 4, 5]
    assert verify(tmp_path).whole


def test_that_days_on_which_nothing_is_said_have_no_file(tmp_path: Path) -> None:
    clock = Clock()
    journal = Journal(tmp_path, "Live", clock=clock, steady=clock)
    for _ in range(3):
        say(journal, 1, clock.now)
        for _ in range(2):
            journal.commit()
            clock.now += 86_400
    journal.close()
    assert [one.first for one in files_of(tmp_path, "Live")] == [1, 2, 3]
    assert verify(tmp_path).whole


def test_that_a_clock_set_to_another_year_and_back_reorders_nothing(tmp_path: Path) -> None:
    clock = Clock()
    steady = Clock(0.0)
    journal = Journal(tmp_path, "Live", clock=clock, steady=steady)
    for now in (NOON, NOON + 365 * 86_400, NOON + 5, NOON - 86_400, NOON + 10):
        clock.now = now
        say(journal, 1, now)
        journal.commit()
    journal.close()
    assert [one.received_at for _, one in on_record(tmp_path)] == [
        NOON,
        NOON + 365 * 86_400,
        NOON + 5,
        NOON - 86_400,
        NOON + 10,
    ]
    assert [number for number, _ in on_record(tmp_path)] == [1, 2, 3, 4, 5]
    assert verify(tmp_path).whole


def test_that_a_clock_that_is_put_back_a_second_at_midnight_begins_no_file(tmp_path: Path) -> None:
    clock = Clock(NOON + 12 * 3600)
    journal = Journal(tmp_path, "Live", clock=clock, steady=clock)
    for step in (0, -1, 0.5, -0.25):
        clock.now += step
        say(journal, 1, clock.now)
        journal.commit()
    journal.close()
    assert len(files_of(tmp_path, "Live")) == 1


def test_that_names_of_operations_are_safe_and_never_the_same() -> None:
    assert safe_name("Steel Rail") == "steel-rail"
    assert safe_name("  steel  RAIL ") == "steel-rail"
    hostile = ["../../etc/passwd", "a/b", "a b", "a.b", "con", "Übung", "учения", "", "x" * 500, "x" * 501, "\ud800"]
    names = [safe_name(one) for one in hostile]
    assert len(set(names)) == len(hostile)
    assert all(name.replace("-", "").isalnum() and name.isascii() and len(name) < 80 for name in names)
    assert day_of(1e300) == day_of(float("nan")) == "0001-01-01"


def test_that_two_operations_in_one_folder_have_chains_of_their_own(tmp_path: Path) -> None:
    for operation in ("Flood", "Fire", "Flood"):
        journal = Journal(tmp_path, operation)
        say(journal, 2)
        journal.close()
    assert [number for number, _ in on_record(tmp_path, "Flood")] == [1, 2, 3, 4]
    assert verify(tmp_path, "Flood").whole
    assert verify(tmp_path, "Fire").whole


def test_that_a_second_writer_is_refused_in_words_until_the_first_is_gone(tmp_path: Path) -> None:
    first, second = Journal(tmp_path, "Live"), Journal(tmp_path, "Live")
    say(first, 1)
    first.commit()
    say(second, 1)
    with pytest.raises(OSError, match="another desk already records"):
        second.commit()
    first.close()
    second.commit()
    second.close()
    assert [number for number, _ in on_record(tmp_path)] == [1, 2]


def test_that_the_folder_of_another_desk_is_refused_in_words(tmp_path: Path) -> None:
    journal = Journal(tmp_path, "Live", desk="fire")
    say(journal, 1)
    journal.close()
    other = Journal(tmp_path, "Live", desk="police")
    say(other, 1)
    with pytest.raises(OSError, match="the journal of desk 'fire'"):
        other.commit()


def test_that_a_key_signs_once_a_minute_and_at_the_end(tmp_path: Path) -> None:
    key_file = tmp_path / "desk.pem"
    make_key(key_file)
    clock = Clock()
    journal = Journal(tmp_path / "journal", "Live", key_file=str(key_file), clock=clock, steady=clock)
    for _ in range(5):
        say(journal, 2, clock.now)
        journal.commit()
        clock.now += 20
    journal.close()
    verdict = verify(tmp_path / "journal", keys=[read_public_key(key_file)])
    assert verdict.whole, verdict.faults
    assert (journal.key_error, [(one.signatures, one.number) for one in verdict.signed]) == ("", [(3, 10)])


@pytest.mark.parametrize("content", [None, b"", b"no key", b"-----BEGIN PRIVATE KEY-----\nAAAA\n"])
def test_that_a_key_that_cannot_be_used_is_said_and_the_record_goes_on(tmp_path: Path, content: bytes | None) -> None:
    key_file = tmp_path / "desk.pem"
    if content is not None:
        key_file.write_bytes(content)
    journal = Journal(tmp_path / "journal", "Live", key_file=str(key_file))
    say(journal, 2)
    journal.close()
    assert str(key_file) in journal.key_error
    assert len(on_record(tmp_path / "journal")) == 2


def test_that_agencies_invented_without_end_do_not_fill_the_table_of_sources(tmp_path: Path) -> None:
    journal = Journal(tmp_path, "Live")
    numbers = {journal.source("f", f"a{n}", "cop-json") for n in range(10_500)}
    assert len(numbers) <= 10_001


def test_that_text_that_is_no_text_keeps_nothing_else_from_the_disk(tmp_path: Path) -> None:
    journal = Journal(tmp_path, "Live")
    source = journal.source("f", "a\udcff", "x")
    journal.append([Record(NOON, source, 0, "t\ud800", b"1"), Record(NOON, source, 0, "t", b"2")])
    journal.close()
    assert [one.payload for _, one in on_record(tmp_path)] == [b"1", b"2"]
    assert verify(tmp_path).whole


def _count(folder: Path, table: str) -> int:
    (name,) = files_of(folder, "Live")
    with sqlite3.connect(name.path) as file:
        (count,) = file.execute(f"SELECT count(*) FROM {table}").fetchone()
        return int(count)
