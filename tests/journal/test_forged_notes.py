"""Who has the file, and not the desk's key, lets go of what tells against them, and notes it as the desk would."""

import json
from pathlib import Path

import pytest

from cop.journal.block import Source
from cop.journal.chain import digests
from cop.journal.keys import make_key, read_public_key
from cop.journal.record import DROPPED, MARK, Record, Way
from cop.journal.tail import decode_tail, encode_tail
from cop.journal.verifying import verify
from tests.journal.blocks import block_of
from tests.journal.histories import Desk
from tests.journal.test_verifying import Original, _files, _rows, _sql

_OWN = Source("the journal", "", "")


@pytest.fixture(scope="module")
def original(tmp_path_factory: pytest.TempPathFactory) -> Original:
    return Original(tmp_path_factory.mktemp("original"))


def _let_go_of(folder: Path, file: Path, first: int, last: int) -> int:
    """Take a block away, and write at the end that it was let go of; the number of that note."""
    (hash_,) = _sql(file, "SELECT hash FROM block WHERE first = ?", (first,))[0]
    for table in ("content", "block"):
        _sql(file, f"DELETE FROM {table} WHERE first = ?", (first,))
    for table in ("note", "signature"):
        _sql(file, f"DELETE FROM {table} WHERE number BETWEEN ? AND ?", (first, last))
    newest = _files(folder)[-1]
    end, digest, packed = _sql(newest, "SELECT last, hash, packed FROM tail ORDER BY first DESC LIMIT 1")[0]
    at = float(decode_tail(packed).received_at[-1]) + 1.0
    says = json.dumps({"from_number": first, "to_number": last, "hash": hash_.hex(), "why": "age"}).encode()
    note = Record(at, 0, Way.NOTED, "", says, kind=DROPPED)
    (made,) = digests(block_of([note], [_OWN], end + 1), digest)
    row = (end + 1, end + 1, made, encode_tail(end + 1, [note], {0: _OWN}, made[:2]))
    _sql(newest, "INSERT INTO tail VALUES (?, ?, ?, ?)", row)
    _sql(newest, "INSERT INTO note VALUES (?, ?, ?, ?)", (end + 1, at, DROPPED, says))
    return int(end + 1)


@pytest.mark.parametrize("place", [0, 1, 2])
def test_that_letting_go_is_believed_only_where_the_desk_has_signed_it(original: Original, place: int) -> None:
    folder = original.copy()
    file, first = _rows(folder, "block")[place]
    (last,) = _sql(file, "SELECT last FROM block WHERE first = ?", (first,))[0]
    number = _let_go_of(folder, file, first, last)
    verdict = original.verify(folder, key=True)
    assert [one.number for one in verdict.faults] == [first]
    assert f"record {number}" in verdict.faults[0].what
    assert "not signed" in verdict.faults[0].what
    assert f"record {number}, which says so, is not signed" in verify(folder).text()


def test_that_a_desk_signs_what_it_lets_go_of_before_it_does(tmp_path: Path) -> None:
    make_key(tmp_path / "desk.pem")
    desk = Desk(tmp_path / "kept", tmp_path / "desk.pem", keep_days=0.01)
    for _ in range(30):
        desk.hear(8)
        desk.commit()
        desk.note(MARK)
        desk.wait(61.0)
        verdict = verify(desk.folder, keys=[read_public_key(tmp_path / "desk.pem")])
        assert verdict.faults == []
        assert "is not signed" not in " ".join(one for one in verdict.remarks if "let go of" in one)
    assert "were let go of" in verdict.text()
    desk.close()
