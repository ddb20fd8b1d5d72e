"""Whoever changes a journal is found, and what was changed is named: by anyone who edits the file as a database."""

import os
import shutil
import sqlite3
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from cop.journal.block import Block
from cop.journal.chain import digests
from cop.journal.keys import make_key, read_public_key
from cop.journal.packing import decode, encode
from cop.journal.reading import JournalReader
from cop.journal.record import MARK, Record
from cop.journal.signing import load_signer
from cop.journal.tail import decode_tail, encode_tail
from cop.journal.verdict import Verdict
from cop.journal.verifying import verify
from cop.journal.volume import BlockRow
from tests.journal.blocks import block_of
from tests.journal.histories import Desk, read, three_days

_TABLES = {
    "block": ("first", "last", "since", "until", "said_since", "hash"),
    "content": ("first", "packed"),
    "tail": ("first", "last", "hash", "packed"),
    "note": ("number", "at", "kind", "payload"),
    "signature": ("number", "at", "hash", "public_key", "signature"),
}


class Original:
    """A journal of several files, the last with a tail, as it lies on the disk; `copy` is for those who change it."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.key_file = folder / "desk.pem"
        make_key(self.key_file)
        desk = three_days(folder / "written", self.key_file)
        shutil.copytree(desk.folder, folder / "journal")
        desk.close()
        for file in (folder / "journal").glob("*.sqlite"):
            with sqlite3.connect(file) as connection:
                connection.execute("PRAGMA journal_mode=DELETE")
            connection.close()
        self.records = read(folder / "journal")
        self._copies = 0

    def copy(self) -> Path:
        """A copy of its own for each who changes something."""
        self._copies += 1
        to = self.folder / f"copy-{self._copies}"
        shutil.copytree(self.folder / "journal", to)
        return to

    def verify(self, folder: Path, *, key: bool = False) -> Verdict:
        return verify(folder, keys=[read_public_key(self.key_file)] if key else [])


@pytest.fixture(scope="module")
def original(tmp_path_factory: pytest.TempPathFactory) -> Original:
    return Original(tmp_path_factory.mktemp("original"))


_PROPERTY = settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])


def _files(folder: Path) -> list[Path]:
    return sorted(folder.glob("*.sqlite"), key=lambda one: int(one.name.split(".")[-2]))


def _sql(file: Path, statement: str, values: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
    connection = sqlite3.connect(file, isolation_level=None)
    try:
        return connection.execute(statement, values).fetchall()
    finally:
        connection.close()


def _rows(folder: Path, table: str) -> list[tuple[Path, int]]:
    key = "number" if table in ("note", "signature") else "first"
    return [(file, row[0]) for file in _files(folder) for row in _sql(file, f"SELECT {key} FROM {table} ORDER BY 1")]


def _found(folder: Path) -> list[int]:
    """The numbers at which something was found, the first fault first; [0] if it cannot even be opened."""
    try:
        return [one.number for one in verify(folder).faults]
    except (OSError, ValueError):
        return [0]


def test_that_an_untouched_journal_is_whole_and_says_how_far_it_is_proved(original: Original) -> None:
    verdict = original.verify(original.copy(), key=True)
    assert verdict.faults == []
    assert verdict.records == len(original.records)
    assert verdict.head is not None
    assert verdict.head.number == len(original.records)
    assert [one.given for one in verdict.signed] == [True]


@_PROPERTY
@given(st.data())
def test_that_no_byte_of_a_file_is_changed_unseen(original: Original, data: st.DataObject) -> None:
    folder = original.copy()
    file = data.draw(st.sampled_from(_files(folder)))
    content = bytearray(file.read_bytes())
    at = data.draw(st.integers(0, len(content) - 1))
    content[at] ^= data.draw(st.integers(1, 255))
    file.write_bytes(content)
    try:
        unseen = verify(folder).whole
    except (OSError, ValueError):
        unseen = False
    if unseen:  # of a byte that holds nothing
        assert read(folder) == original.records
    shutil.rmtree(folder)


@_PROPERTY
@given(st.data())
def test_that_no_value_of_any_row_is_changed_unseen(original: Original, data: st.DataObject) -> None:
    folder = original.copy()
    table = data.draw(st.sampled_from(sorted(_TABLES)))
    column = data.draw(st.sampled_from(_TABLES[table]))
    file, key = data.draw(st.sampled_from(_rows(folder, table)))
    (before,) = _sql(file, f"SELECT {column} FROM {table} WHERE {_TABLES[table][0]} = ?", (key,))[0]
    after = data.draw(_another(before))
    try:
        _sql(file, f"UPDATE {table} SET {column} = ? WHERE {_TABLES[table][0]} = ?", (after, key))
    except sqlite3.Error:
        shutil.rmtree(folder)
        return
    found = _found(folder)
    if not found:
        assert table in ("content", "tail"), (table, column, before, after)
        assert read(folder) == original.records  # the same contents, packed otherwise
    elif table in ("block", "content", "tail"):
        assert found[0] in (*range(key, key + 40), after, 0), (table, column, found)
    else:
        assert found[0] in (key, after), (table, column, found)
    shutil.rmtree(folder)


def _is_figure(text: str) -> bool:
    try:
        float(text)
    except ValueError:
        return False
    return True


def _another(value: Any) -> st.SearchStrategy[Any]:
    kinds: list[st.SearchStrategy[Any]] = [
        st.none(),
        st.integers(-3, 400),
        st.floats(allow_nan=False),
        st.text().filter(lambda text: not _is_figure(text)),  # SQLite would keep it as the number that it is
        st.binary(),
    ]
    if isinstance(value, bytes) and value:
        flipped = st.tuples(st.integers(0, len(value) - 1), st.integers(1, 255)).map(
            lambda one: value[: one[0]] + bytes([value[one[0]] ^ one[1]]) + value[one[0] + 1 :]
        )
        kinds = [flipped, st.just(value[:-1]), st.just(value + b"\0"), *kinds]
    if isinstance(value, float):
        kinds.append(st.just(value + 1e-6))
    return st.one_of(kinds).filter(lambda one: one != value)


@_PROPERTY
@given(st.data())
def test_that_no_row_is_removed_unseen(original: Original, data: st.DataObject) -> None:
    folder = original.copy()
    table = data.draw(st.sampled_from([one for one in sorted(_TABLES) if one != "signature"]))
    rows = _rows(folder, table)
    file, key = data.draw(st.sampled_from(rows[:-1] if table == "tail" else rows))  # the last one is the end cut off
    _sql(file, f"DELETE FROM {table} WHERE {_TABLES[table][0]} = ?", (key,))
    assert _found(folder)[0] == key
    shutil.rmtree(folder)


@pytest.mark.parametrize("table", ["block", "content", "tail", "note"])
def test_that_no_row_is_put_there_twice_unseen(original: Original, table: str) -> None:
    for file, key in _rows(original.folder / "journal", table)[::3]:
        copy = original.copy()
        at = copy / file.name
        columns = ", ".join(
            ("first + 1", *_TABLES[table][1:]) if "first" in _TABLES[table] else ("number + 1", *_TABLES[table][1:])
        )
        try:
            _sql(at, f"INSERT INTO {table} SELECT {columns} FROM {table} WHERE {_TABLES[table][0]} = ?", (key,))
        except sqlite3.IntegrityError:
            continue
        assert _found(copy)[0] in (key, key + 1)


def test_that_no_row_is_put_there_twice_where_the_table_was_made_anew(original: Original) -> None:
    for table in ("block", "content", "tail", "note"):
        copy = original.copy()
        file = _files(copy)[-1]
        for statement in (
            f"CREATE TABLE other AS SELECT * FROM {table}",
            f"DROP TABLE {table}",
            f"ALTER TABLE other RENAME TO {table}",
            f"INSERT INTO {table} SELECT * FROM {table} ORDER BY 1 LIMIT 1",
        ):
            _sql(file, statement)
        assert _found(copy), table


# --- whoever unpacks a block and packs it again ---

Change = Callable[[list[Record], bytearray, int, int], None]


def _altered(records: list[Record], checks: bytearray, at: int, other: int) -> None:
    records[at] = records[at]._replace(payload=records[at].payload + b"!")


def _moved_in_time(records: list[Record], checks: bytearray, at: int, other: int) -> None:
    records[at] = records[at]._replace(received_at=records[at].received_at + 1e-6)


def _other_topic(records: list[Record], checks: bytearray, at: int, other: int) -> None:
    records[at] = records[at]._replace(topic=records[at].topic + "x")


def _removed(records: list[Record], checks: bytearray, at: int, other: int) -> None:
    del records[at], checks[2 * at : 2 * at + 2]


def _inserted(records: list[Record], checks: bytearray, at: int, other: int) -> None:
    records.insert(at, records[at]._replace(payload=b"never said"))
    checks[2 * at : 2 * at] = b"\x00\x00"


def _doubled(records: list[Record], checks: bytearray, at: int, other: int) -> None:
    records.insert(at + 1, records[at])
    checks[2 * at + 2 : 2 * at + 2] = checks[2 * at : 2 * at + 2]


def _swapped(records: list[Record], checks: bytearray, at: int, other: int) -> None:
    records[at], records[other] = records[other], records[at]


def _swapped_with_checks(records: list[Record], checks: bytearray, at: int, other: int) -> None:
    _swapped(records, checks, at, other)
    a, b = slice(2 * at, 2 * at + 2), slice(2 * other, 2 * other + 2)
    checks[a], checks[b] = checks[b], checks[a]


_CHANGES: dict[str, tuple[Change, str, int]] = {
    "altered": (_altered, "altered: it is not", 0),
    "its time altered": (_moved_in_time, "altered: it is not", 0),
    "its topic altered": (_other_topic, "altered: it is not", 0),
    "removed": (_removed, "removed: the record", 0),
    "inserted": (_inserted, "inserted: it was", 0),
    "doubled": (_doubled, "inserted: it was", 1),
    "swapped": (_swapped, "reordered: another", 0),
    "swapped with its check": (_swapped_with_checks, "reordered: another", 0),
}


def _edited(block: Block, change: Change, at: int, other: int) -> Block:
    records, checks = list(block), bytearray(block.checks)
    change(records, checks, at, other)
    return replace(block_of(records, block.sources, block.first), checks=bytes(checks))


@pytest.mark.parametrize("name", _CHANGES)
@settings(max_examples=12, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.data())
def test_that_the_very_record_is_named_where_a_block_was_unpacked_and_changed(
    original: Original, name: str, data: st.DataObject
) -> None:
    change, words, later = _CHANGES[name]
    folder = original.copy()
    file, key = data.draw(st.sampled_from(_rows(folder, "content")))
    block = decode(_sql(file, "SELECT packed FROM content WHERE first = ?", (key,))[0][0])
    if len(block) < 6:  # a snapshot's
        shutil.rmtree(folder)
        return
    at = data.draw(st.integers(0, len(block) - 3))
    other = data.draw(st.integers(at + 1, len(block) - 2))
    edited = _edited(block, change, at, other)
    _sql(file, "UPDATE content SET packed = ? WHERE first = ?", (encode(edited), key))
    first = verify(folder).faults[0]
    assert first.number == key + at + later
    assert first.what.startswith(words)
    assert first.place is not None
    assert first.place.topic in str(first)
    shutil.rmtree(folder)


def test_that_the_very_record_is_named_where_the_tail_was_changed(original: Original) -> None:
    folder = original.copy()
    file, key = _rows(folder, "tail")[0]
    tail = decode_tail(_sql(file, "SELECT packed FROM tail WHERE first = ?", (key,))[0][0])
    edited = _edited(tail, _altered, 2, 0)
    packed = encode_tail(key, list(edited), dict(enumerate(edited.sources)), edited.checks)
    _sql(file, "UPDATE tail SET packed = ? WHERE first = ?", (packed, key))
    assert verify(folder).faults[0].number == key + 2


def test_that_blocks_that_changed_places_are_found_at_the_first(original: Original) -> None:
    folder = original.copy()
    file = _files(folder)[1]
    (one, a), (other, b) = _sql(file, "SELECT first, packed FROM content ORDER BY length(packed) DESC LIMIT 2")
    for key, packed in ((one, b), (other, a)):
        moved = replace(decode(packed), first=key)
        _sql(file, "UPDATE content SET packed = ? WHERE first = ?", (encode(moved), key))
    assert _found(folder)[0] == min(one, other)


def test_that_a_fault_hides_no_other(original: Original) -> None:
    folder = original.copy()
    blocks = [one for one in _rows(folder, "content") if one[1] % 2][::2]
    for file, key in blocks:
        block = decode(_sql(file, "SELECT packed FROM content WHERE first = ?", (key,))[0][0])
        edited = _edited(block, _altered, 0, 0)
        _sql(file, "UPDATE content SET packed = ? WHERE first = ?", (encode(edited), key))
    assert len(blocks) > 2
    assert {key for _, key in blocks} <= set(_found(folder))


# --- whole files ---


def test_that_a_file_taken_away_is_named_by_the_records_that_are_missing(original: Original) -> None:
    names = [one.name for one in _files(original.folder / "journal")]
    for n, name in enumerate(names[:-1]):
        folder = original.copy()
        begin, end = (int(one.split(".")[-2]) for one in names[n : n + 2])
        (folder / name).unlink()
        first = verify(folder).faults[0]
        assert first.number == begin
        assert f"removed: records {begin}–{end - 1} are missing" in first.what


def test_that_files_that_changed_places_or_names_or_were_doubled_are_found(original: Original) -> None:
    folder = original.copy()
    a, b = _files(folder)[:2]
    a.rename(folder / "x")
    b.rename(a)
    (folder / "x").rename(b)
    assert any("renamed" in one.what for one in verify(folder).faults)
    folder = original.copy()
    a = _files(folder)[0]
    shutil.copy(a, a.with_name(a.name.replace(".1.sqlite", ".9999.sqlite")))
    assert any("inserted" in one.what for one in verify(folder).faults)


def test_that_a_file_of_another_journal_is_found(original: Original, tmp_path: Path) -> None:
    other = three_days(tmp_path / "other", said=b"another")
    other.close()
    folder = original.copy()
    theirs = _files(tmp_path / "other")[1]
    shutil.copy(theirs, folder / _files(folder)[1].name)
    assert _found(folder)


# --- what was let go of ---


@pytest.fixture
def kept(tmp_path: Path) -> Iterator[Desk]:
    """A desk that keeps two days; some blocks and a whole file are gone."""
    desk = Desk(tmp_path / "kept", keep_days=2.0)
    for _ in range(40):
        desk.hear(8)
        desk.commit()
        desk.wait(61.0)
        desk.note(MARK)
        desk.wait(3 * 3_600.0)
    desk.hear(2)
    desk.commit()
    yield desk
    desk.close()


def test_that_what_was_let_go_of_by_age_is_no_fault_and_is_told(kept: Desk) -> None:
    verdict = verify(kept.folder)
    assert verdict.faults == []
    assert verdict.first is not None
    assert verdict.first.number > 1
    assert any(f"records 1–{verdict.first.number - 1} were let go of by age or size" in one for one in verdict.remarks)
    assert JournalReader(kept.folder).first == verdict.first.number


def test_that_more_than_was_let_go_of_is_not_removed_unseen(kept: Desk) -> None:
    first = verify(kept.folder).first
    assert first is not None
    kept.close()
    file = _files(kept.folder)[0]
    (upto,) = _sql(file, "SELECT last FROM block ORDER BY first LIMIT 1")[0]
    for table, key in (("block", "first"), ("content", "first"), ("note", "number")):
        _sql(file, f"DELETE FROM {table} WHERE {key} <= ?", (upto,))
    fault = verify(kept.folder).faults[0]
    assert f"records 1–{upto} are missing" in fault.what or f"removed: records {first.number}–{upto}" in fault.what


def test_that_the_first_record_that_was_kept_is_held_against_the_note(kept: Desk) -> None:
    kept.close()
    file = _files(kept.folder)[0]
    key, packed = _sql(file, "SELECT first, packed FROM content ORDER BY first LIMIT 1")[0]
    _sql(file, "UPDATE content SET packed = ? WHERE first = ?", (encode(_edited(decode(packed), _altered, 0, 0)), key))
    assert _found(kept.folder)[0] == key


def test_that_a_damaged_file_that_was_left_aside_is_named_and_what_came_after_it_is_proved(tmp_path: Path) -> None:
    desk = three_days(tmp_path / "journal")
    desk.close()
    damaged = _files(desk.folder)[-1]
    damaged.write_bytes(b"garbage" * 3_000)
    desk.journal = desk._open()
    desk.hear(5)
    desk.commit()
    verdict = verify(desk.folder)
    (fault,) = verdict.faults
    assert (fault.file, fault.number) == (damaged.name, int(damaged.name.split(".")[-2]))
    assert "no journal that can be read" in fault.what
    assert any("says why the record breaks off before it" in one for one in verdict.remarks)
    assert verify(_files(desk.folder)[-1]).whole
    desk.close()


# --- whoever makes all hashes anew ---


def _forge(folder: Path, number: int, key_file: Path | None = None) -> None:
    """Alter one record and make everything after it fit again, but for signatures; with a key, those too."""
    digest = b""
    for file in _files(folder):
        if digest:
            _sql(file, "UPDATE head SET value = ? WHERE key = 'seed'", (digest.hex(),))
        digest = bytes.fromhex(_sql(file, "SELECT value FROM head WHERE key = 'seed'")[0][0])
        at_number: dict[int, bytes] = {}
        for first, packed in _sql(file, "SELECT first, packed FROM content ORDER BY first"):
            block = decode(packed)
            if block.first <= number <= block.last:
                block = _edited(block, _altered, number - block.first, 0)
            found = list(digests(block, digest))
            digest = found[-1]
            block = replace(block, checks=b"".join(one[:2] for one in found))
            _sql(file, "UPDATE content SET packed = ? WHERE first = ?", (encode(block), first))
            _sql(file, "UPDATE block SET hash = ? WHERE first = ?", (digest, first))
            at_number.update(enumerate(found, start=first))
        for first, packed in _sql(file, "SELECT first, packed FROM tail ORDER BY first"):
            tail = decode_tail(packed)
            found = list(digests(tail, digest))
            digest = found[-1]
            again = encode_tail(first, list(tail), dict(enumerate(tail.sources)), b"".join(one[:2] for one in found))
            _sql(file, "UPDATE tail SET packed = ?, hash = ? WHERE first = ?", (again, digest, first))
            at_number.update(enumerate(found, start=first))
        if key_file is not None:
            signer = load_signer(key_file)
            for at_record, at in _sql(file, "SELECT number, at FROM signature"):
                row = (
                    at_number[at_record],
                    signer.public_key,
                    signer.sign(at_record, at, at_number[at_record]),
                    at_record,
                )
                _sql(file, "UPDATE signature SET hash = ?, public_key = ?, signature = ? WHERE number = ?", row)


def _a_message(original: Original, beyond: int) -> int:
    """The number of a message, no note, that stands inside a block."""
    last = max(key for _, key in _rows(original.folder / "journal", "content"))
    return next(n for n, one in original.records if beyond < n < last and one[2] != 3)


@pytest.mark.parametrize("beyond", [0, 20, 60])
def test_that_who_makes_all_hashes_anew_is_found_at_the_next_signature(original: Original, beyond: int) -> None:
    folder = original.copy()
    number = _a_message(original, beyond)
    _forge(folder, number)
    signed = [n for _, n in _rows(folder, "signature") if n >= number]
    faults = verify(folder).faults
    assert faults[0].number == signed[0]
    assert "signed with another digest" in faults[0].what


def test_that_who_makes_hashes_and_signatures_anew_is_found_with_the_desks_key_alone(
    original: Original, tmp_path: Path
) -> None:
    folder = original.copy()
    make_key(tmp_path / "forger.pem")
    _forge(folder, _a_message(original, 20), tmp_path / "forger.pem")
    without = verify(folder)
    assert without.whole
    assert "compare its fingerprint" in without.text()
    assert "from here on signed by another key" in original.verify(folder, key=True).faults[0].what


def test_that_without_signatures_it_is_said_what_cannot_be_found(original: Original) -> None:
    folder = original.copy()
    for file in _files(folder):
        _sql(file, "DELETE FROM signature")
    head = verify(folder)
    _forge(folder, _a_message(original, 20))
    forged = verify(folder)
    assert forged.whole
    assert "not signed: who can write the file can make all of it anew" in forged.text()
    assert forged.digest != head.digest
    assert forged.digest.hex() in forged.text()
    assert "no signature by the key" in original.verify(folder, key=True).faults[0].what


def test_that_signatures_that_stop_are_found_with_the_desks_key(original: Original) -> None:
    folder = original.copy()
    last = _rows(folder, "signature")[2][1]
    for file in _files(folder):
        _sql(file, "DELETE FROM signature WHERE number > ?", (last,))
    faults = original.verify(folder, key=True).faults
    assert [one.number for one in faults] == [last + 1]
    assert "are not signed, though a signature was due" in faults[0].what
    assert verify(folder).whole


def test_that_an_end_that_was_cut_off_is_found_where_a_signature_speaks_of_it(original: Original) -> None:
    folder = original.copy()
    file = _files(folder)[-1]
    _sql(file, "DELETE FROM tail")
    (signed,) = _sql(file, "SELECT max(number) FROM signature")[0]
    _sql(file, "DELETE FROM block WHERE last >= ?", (signed,))
    _sql(file, "DELETE FROM content WHERE first NOT IN (SELECT first FROM block)")
    _sql(file, "DELETE FROM note WHERE number > (SELECT max(last) FROM block)")
    faults = verify(folder).faults
    assert [one.number for one in faults] == [signed]
    assert "was signed, and is not there" in faults[0].what


def test_that_hostile_files_end_in_a_verdict(original: Original) -> None:
    hostile: Iterator[tuple[str, Any]] = iter(
        [
            ("UPDATE content SET packed = ?", os.urandom(400)),
            ("UPDATE content SET packed = ?", encode(block_of([], [], 1))),
            ("UPDATE block SET last = ?", 1 << 61),
            ("UPDATE block SET hash = ?", b""),
            ("UPDATE tail SET packed = ?", "text"),
            ("UPDATE note SET number = -number, kind = ?", 7),
            ("UPDATE head SET value = ? WHERE key = 'seed'", "zz"),
            ("UPDATE head SET value = ? WHERE key = 'first'", "-1"),
            ("UPDATE head SET value = ? WHERE key = 'operation'", "\x1b]0;x\x07"),
            ("UPDATE signature SET public_key = ?", b"\xff" * 32),
            ("UPDATE signature SET signature = ?", 7),
        ]
    )
    for statement, value in hostile:
        folder = original.copy()
        for file in _files(folder):
            _sql(file, statement, (value,))
        try:
            verdict = verify(folder)
        except (OSError, ValueError):
            continue
        assert not verdict.whole, statement
        assert "\x1b" not in verdict.text()
    assert BlockRow._fields == _TABLES["block"]


def test_that_a_topic_with_a_terminals_commands_is_shown_harmless(tmp_path: Path) -> None:
    desk = Desk(tmp_path)
    source = desk.journal.source("f", "a", "x")
    desk.journal.append([Record(desk.now, source, 0, "t/\x1b[2J\u202e", b"x")])
    desk.commit()
    shown = verify(tmp_path).text()
    assert "t/" in shown
    assert "\x1b" not in shown
    assert "\u202e" not in shown
    desk.close()
