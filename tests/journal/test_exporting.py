"""What leaves the journal is what was said, in order, and harms no program that reads it."""

import base64
import csv
import io
import json
import math
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cop.journal.block import Source
from cop.journal.exporting import COLUMNS, Exported, Form, Wanted, export, payload_as_text, safe_cell
from cop.journal.record import Mark, Record, Way
from tests.journal.blocks import block_of

_SOURCES = [Source("bus", "cats-transit", "hfp"), Source("own", "charlotte-fire", "cop-json"), Source("own", "", "x")]
_ALL = Wanted()
_BODY = b'{"lat": 35.20, "a": 1, "a": 2}'


def _record(at: float, source: int = 0, **rest: Any) -> Record:
    return Record(at, source, rest.pop("way", Way.HEARD), rest.pop("topic", "t/1"), rest.pop("payload", _BODY), **rest)


def _out(records: list[Record], wanted: Wanted = _ALL, form: Form = "jsonl") -> tuple[list[dict[str, Any]], Exported]:
    out = io.StringIO(newline="")
    half = len(records) // 2
    told = export([block_of(records[:half], _SOURCES), block_of(records[half:], _SOURCES, half + 1)], wanted, form, out)
    if form == "csv":
        return list(csv.DictReader(io.StringIO(out.getvalue(), newline=""))), told
    return [json.loads(line) for line in out.getvalue().splitlines()], told


def test_that_a_record_goes_out_with_all_that_is_known_of_it() -> None:
    record = _record(1_795_000_000.25, said_at=1_794_999_999.0, kind="position", marks=Mark.RETAINED | Mark.ALONE)
    (line, other), told = _out([record, _record(1_795_000_001.0, 1, way=Way.SAID, payload=b"\xff")])
    assert line == {
        "number": 1,
        "received_at": "2026-11-18T11:06:40.250000Z",
        "said_at": "2026-11-18T11:06:39.000000Z",
        "way": "heard",
        "feed": "bus",
        "agency": "cats-transit",
        "format": "hfp",
        "topic": "t/1",
        "kind": "position",
        "marks": "retained alone",
        "payload": {"lat": 35.2, "a": 2},
        "payload_is": "json",
    }
    assert tuple(line) == COLUMNS
    assert (other["said_at"], other["way"], other["payload"], other["payload_is"]) == (None, "said", "/w==", "base64")
    assert told == Exported(2, 0)


def test_that_json_goes_out_as_it_was_written_on_one_line() -> None:
    assert payload_as_text(b'{"lat": 35.20,\r\n "a": 1, "a": 2}\n') == ('{"lat": 35.20,   "a": 1, "a": 2}', "json")


@pytest.mark.parametrize(
    ("payload", "is_"),
    [
        (b"", "text"),
        (b"$GPGGA,1\r\n", "text"),
        (b"NaN", "text"),
        (b'{"a":NaN}', "text"),
        (b"\xef\xbb\xbf{}", "text"),
        (b"{} {}", "text"),
        (b"[" * 5000 + b"]" * 5000, "text"),
        (b"[" * 65 + b"]" * 65, "text"),
        (b"[" + b"[]," * 500 + b"{}]", "json"),
        (b'["' + b"[" * 500 + b'"]', "json"),
        (b"a\x00b", "base64"),
        (b"\x1b[31m", "base64"),
        (b"\xff\xfe", "base64"),
    ],
)
def test_that_what_is_no_json_that_everybody_reads_is_text_or_base64(payload: bytes, is_: str) -> None:
    assert payload_as_text(payload)[1] == is_


@given(st.binary() | st.text().map(str.encode))
def test_that_no_payload_breaks_a_line_and_each_comes_back(payload: bytes) -> None:
    (line, _), _ = _out([_record(1.0, payload=payload), _record(2.0)])
    if line["payload_is"] == "base64":
        assert base64.b64decode(line["payload"]) == payload
    elif line["payload_is"] == "text":
        assert line["payload"].encode() == payload
    else:
        assert json.loads(payload) == line["payload"]


@given(st.text(), st.text())
def test_that_no_cell_of_a_csv_is_a_formula_and_none_breaks_its_row(topic: str, payload: str) -> None:
    records = [_record(1.0, topic=topic.replace("\x00", ""), payload=payload.encode()), _record(2.0)]
    rows, _ = _out(records, form="csv")
    assert [row["number"] for row in rows] == ["1", "2"]
    for cell in (rows[0]["topic"], rows[0]["payload"]):
        assert not cell.lstrip(" ").startswith(("=", "+", "-", "@", "\t", "\r", "\uff1d"))
    assert rows[0]["topic"].isprintable() or not records[0].topic.isascii()


@pytest.mark.parametrize("form", ["jsonl", "csv"])
def test_that_a_topic_that_is_no_whole_text_goes_out_escaped(form: Form) -> None:
    (line, _), _ = _out([_record(1.0, topic="t/\ud800\x1b[2J"), _record(2.0)], form=form)
    assert line["topic"] == ("t/\ud800\x1b[2J" if form == "jsonl" else r"t/\ud800\u001b[2J")


@pytest.mark.parametrize("cell", ["=1+1", "+1", "-1", "@SUM(A1)", "\t=1", "  =1", "\uff1d1"])
def test_that_a_spreadsheet_is_shown_text_where_it_would_calculate(cell: str) -> None:
    assert safe_cell(cell) == "'" + cell


def _numbers(wanted: Wanted) -> list[int]:
    records = [
        _record(10.0, kind="position"),
        _record(20.0, 1, kind="incident"),
        _record(30.0, 1, kind="mixed"),
        _record(40.0, 2, kind="task", topic="cop/v1/gaston-sheriff/task/1"),
        _record(50.0, 1, kind="snapshot", way=Way.NOTED, payload=b"\xff" * 100),
        _record(60.0, 1, kind="started", way=Way.NOTED),
    ]
    return [line["number"] for line in _out(records, wanted)[0]]


@pytest.mark.parametrize(
    ("wanted", "numbers"),
    [
        (Wanted(), [1, 2, 3, 4, 6]),
        (Wanted(since=20.0, until=40.0), [2, 3, 4]),
        (Wanted(agencies=["charlotte-fire"]), [2, 3, 6]),
        (Wanted(agencies=["gaston-sheriff"]), [4]),
        (Wanted(agencies=["sheriff"]), []),
        (Wanted(kinds=["position"]), [1, 3]),
        (Wanted(kinds=["snapshot"]), [3, 5]),
        (Wanted(agencies=["charlotte-fire", "cats-transit"], kinds=["incident", "position"], until=20.0), [1, 2]),
    ],
)
def test_that_only_what_is_wanted_goes_out(wanted: Wanted, numbers: list[int]) -> None:
    assert _numbers(wanted) == numbers


@pytest.mark.parametrize("said_at", [math.inf, 1e300, -1e18])
def test_that_a_senders_time_no_calendar_knows_is_said_as_the_number_it_was(said_at: float) -> None:
    (line, _), _ = _out([_record(1.0, said_at=said_at), _record(2.0)])
    assert float(line["said_at"]) == said_at
