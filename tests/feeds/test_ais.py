"""AIS over several messages: parts that come apart, what is known of a ship, transmitters in distress."""

from datetime import UTC, datetime, timedelta
from functools import reduce
from operator import xor
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pyais.encode import encode_dict

from cop.domain.area import Zone
from cop.domain.report import Report
from cop.domain.unit import Position, Unit
from cop.feeds.adapters import ais_sentences, ais_vessels, format_of
from cop.feeds.adapters.adapter import Adapter
from cop.feeds.message import BadMessage, Message

from .payloads import RECEIVED_AT, adapter_of

STATIC = {"type": 5, "mmsi": 366912340, "shipname": "CATAWBA RESCUE 1", "ship_type": 51, "destination": "LAKE NORMAN"}
MOVING = {"type": 1, "mmsi": 366912340, "lon": -80.95, "lat": 35.43, "second": 60, "speed": 5, "course": 90}


def said(sequence: int = 0, channel: str = "A", **fields: Any) -> list[bytes]:
    """The sentences of a message."""
    return [one.encode() for one in encode_dict(fields, radio_channel=channel, seq_id=sequence)]


def tagged(tags: str, sentence: bytes) -> bytes:
    """A sentence behind a tag block."""
    return f"\\{tags}*{reduce(xor, tags.encode()):02X}\\".encode() + sentence


def decode(adapter: Adapter, *payloads: bytes, topic: str = "ais/a", after_s: float = 0.0) -> list[Report]:
    """Everything that comes out; raises BadMessage for the first that is refused."""
    at = RECEIVED_AT + timedelta(seconds=after_s)
    return [report for one in payloads for report in adapter.decode(Message(topic, one, at))]


def names(reports: list[Report]) -> list[str]:
    """The callsigns of all units."""
    return [report.body.callsign for report in reports if isinstance(report.body, Unit)]


def test_that_parts_in_two_messages_make_one() -> None:
    adapter = adapter_of("ais")
    first, second = said(**STATIC)
    assert decode(adapter, first) == []
    assert names(decode(adapter, second, after_s=2)) == ["CATAWBA RESCUE 1"]


def test_that_parts_of_two_messages_at_a_time_are_kept_apart_by_channel_sequence_and_topic() -> None:
    adapter = adapter_of("ais")
    other = {**STATIC, "mmsi": 366912341, "shipname": "ENGINE 41"}
    for apart in ({"channel": "B"}, {"sequence": 4}):
        first, second = said(**STATIC), said(**apart, **other)
        assert names(decode(adapter, first[0], second[0], second[1], first[1]))[0] == "ENGINE 41"
        adapter = adapter_of("ais")
    first, second = said(**STATIC), said(**other)
    decode(adapter, first[0], topic="ais/north")
    decode(adapter, second[0], topic="ais/south")
    assert names(decode(adapter, first[1], topic="ais/north")) == ["CATAWBA RESCUE 1"]
    assert names(decode(adapter, second[1], topic="ais/south")) == ["ENGINE 41"]


def test_that_stations_on_one_topic_are_kept_apart_by_their_tag_blocks() -> None:
    adapter = adapter_of("ais")
    first, second = said(**STATIC), said(**{**STATIC, "mmsi": 366912341, "shipname": "ENGINE 41"})
    decode(adapter, tagged("s:north", first[0]), tagged("s:south", second[0]))
    assert names(decode(adapter, tagged("s:north", first[1]))) == ["CATAWBA RESCUE 1"]
    assert names(decode(adapter, tagged("s:south", second[1]))) == ["ENGINE 41"]


def test_that_a_tag_block_before_the_first_part_alone_holds_for_all() -> None:
    adapter = adapter_of("ais")
    first, second = said(**STATIC)
    decode(adapter, tagged("s:north,c:1777895900", first))
    (unit,) = decode(adapter, second)
    assert unit.body.at == datetime(2026, 5, 4, 11, 58, 20, tzinfo=UTC)
    assert unit.losses["station"] == "north"


def test_that_a_part_which_comes_too_late_is_refused() -> None:
    adapter = adapter_of("ais")
    first, second = said(**STATIC)
    decode(adapter, first)
    with pytest.raises(BadMessage, match="without the parts before it"):
        decode(adapter, second, after_s=31)


def test_that_what_never_came_complete_is_counted_and_does_not_mix_with_the_next() -> None:
    adapter = adapter_of("ais")
    first, second = said(**STATIC), said(**{**STATIC, "mmsi": 366912341, "shipname": "ENGINE 41"})
    decode(adapter, first[0])
    with pytest.raises(BadMessage, match="never came"):
        decode(adapter, second[0], after_s=1)
    assert names(decode(adapter, second[1], after_s=1)) == ["ENGINE 41"]


def test_that_parts_without_end_do_not_fill_the_memory(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(ais_sentences, "_GROUPS_LIMIT", 20)
    assembly, sentences = ais_sentences.Assembly(), ais_sentences.Sentences(UTC)
    part = sentences.read(said(**STATIC)[0])
    assert part is not None
    refused = 0
    for number in range(100):
        try:
            assembly.add(f"ais/{number}", part, RECEIVED_AT)
        except BadMessage:
            refused += 1
    assert len(assembly._groups) == 20
    assert refused == 80


def test_that_ships_without_end_do_not_fill_the_memory_and_the_newest_are_known(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(ais_vessels, "_VESSELS_REMEMBERED", 20)
    adapter = adapter_of("ais")
    for number in range(100):
        decode(adapter, *said(type=24, mmsi=366000001 + number, partno=0, shipname=f"SHIP {number}"))
    assert len(adapter._vessels._vessels) == 20  # type: ignore[attr-defined]
    assert names(decode(adapter, *said(**{**MOVING, "mmsi": 366000100, "status": 5}))) == ["SHIP 99"]


def test_that_a_name_stays_when_positions_come_and_a_new_status_is_said_with_it() -> None:
    adapter = adapter_of("ais")
    decode(adapter, *said(**STATIC))
    (unit, _) = decode(adapter, *said(**MOVING, status=0))
    assert (unit.body.callsign, unit.body.kind, unit.body.status) == ("CATAWBA RESCUE 1", "rescue", "under_way")
    assert unit.losses["destination"] == "LAKE NORMAN"
    assert names(decode(adapter, *said(**MOVING, status=0), after_s=9)) == []
    (unit, _) = decode(adapter, *said(**MOVING, status=6), after_s=19)
    assert (unit.body.callsign, unit.body.status) == ("CATAWBA RESCUE 1", "aground")


def test_that_a_late_name_does_not_take_back_a_newer_one() -> None:
    adapter = adapter_of("ais")
    half = {"type": 24, "mmsi": 338123456, "partno": 0}
    decode(adapter, tagged("c:1777895950", said(**half, shipname="NEW NAME")[0]))
    decode(adapter, tagged("c:1777895900", said(**half, shipname="OLD NAME")[0]))
    later = tagged("c:1777895960", said(**{**MOVING, "mmsi": 338123456}, status=1)[0])
    assert names(decode(adapter, later)) == ["NEW NAME"]


def test_that_a_station_whose_clock_is_ahead_teaches_nothing() -> None:
    adapter = adapter_of("ais")
    with pytest.raises(BadMessage, match="ahead"):
        decode(adapter, tagged("c:1777899600", said(type=24, mmsi=338123456, partno=0, shipname="FROM LATER")[0]))
    assert names(decode(adapter, *said(**{**MOVING, "mmsi": 338123456}))) == ["338123456"]


def test_that_a_transmitter_in_distress_calls_until_its_text_says_test() -> None:
    adapter = adapter_of("ais")
    distress = {**MOVING, "mmsi": 974012345}

    def states(*payloads: bytes) -> list[tuple[str, bool]]:
        return [(r.body.status, r.exercise) for r in decode(adapter, *payloads) if isinstance(r.body, Unit)]

    assert states(*said(**distress, status=14)) == [("emergency", False)]
    assert states(*said(**distress, status=14)) == []
    assert states(*said(type=14, mmsi=974012345, text="EPIRB TEST")) == [("unknown", True)]
    assert states(*said(type=14, mmsi=974012345, text="EPIRB ACTIVE")) == [("emergency", False)]
    assert states(*said(**distress, status=15)) == []  # what its text says holds


def test_that_a_marker_is_said_when_it_changes_and_not_each_time() -> None:
    adapter = adapter_of("ais")
    buoy = {"type": 21, "mmsi": 993661234, "aid_type": 24, "name": "CHANNEL 7", "lon": -80.95, "lat": 35.45}

    def zones(**fields: Any) -> int:
        return sum(isinstance(report.body, Zone) for report in decode(adapter, *said(**{**buoy, **fields})))

    assert zones(second=1) == 1
    assert zones(second=1) == zones(second=31) == zones(second=31, lat=35.4501) == 0
    assert zones(second=41, off_position=1) == 1
    assert zones(second=51, lat=35.46, off_position=1) == 1


def test_that_a_moment_of_fix_is_in_the_minute_before_the_hearing() -> None:
    adapter = adapter_of("ais")
    for second in range(60):
        found = decode(adapter, *said(**{**MOVING, "second": second}), after_s=30)
        (position,) = (report.body for report in found if isinstance(report.body, Position))
        late_s = (RECEIVED_AT + timedelta(seconds=30) - position.at).total_seconds()
        assert late_s == (0 if 30 < second <= 35 else (30 - second) % 60)


def test_that_sentences_without_an_end_of_line_between_them_are_cut() -> None:
    one = said(**MOVING)[0]
    two = tagged("c:1777895950", said(**{**MOVING, "mmsi": 366912399})[0])
    assert len(decode(adapter_of("ais"), one + two + one)) == 5


def test_that_more_sentences_than_the_limit_are_refused_and_counted() -> None:
    with pytest.raises(BadMessage, match="more than 1,000") as bad:
        decode(adapter_of("ais"), b"\n".join(said(**MOVING) * 1_100))
    assert len(bad.value.reports) == 1_001


def test_that_a_recording_is_cut_into_lines_with_their_times() -> None:
    sentence = said(**MOVING)[0]
    log = b"epoch,sentence\r\n1777895940," + sentence + b"\r\n# comment\r\n2026-05-04 07:59:00, " + sentence + b"\r\n"
    log += tagged("c:1777895941", sentence) + b"\n" + sentence
    assert [(one.at, sentence in one.payload) for one in format_of("ais").split(log)] == [
        (datetime(2026, 5, 4, 11, 59, tzinfo=UTC), True),
        (datetime(2026, 5, 4, 7, 59), True),  # noqa: DTZ001 - the log names no zone
        (datetime(2026, 5, 4, 11, 59, 1, tzinfo=UTC), True),
        (None, True),
    ]


ARMOUR = bytes((*range(48, 88), *range(96, 120)))


@given(
    payload=st.lists(st.sampled_from(ARMOUR), min_size=1, max_size=80).map(bytes),
    number=st.integers(0, 27),
    fill=st.integers(0, 5),
)
@settings(max_examples=300, deadline=None)
def test_that_any_bits_of_any_type_are_refused_or_read(payload: bytes, number: int, fill: int) -> None:
    covered = b"AIVDM,1,1,,A,%b,%d" % (bytes([ARMOUR[number]]) + payload, fill)
    line = b"!%b*%02X" % (covered, reduce(xor, covered))
    try:
        reports = decode(adapter_of("ais"), line)
    except BadMessage:
        return
    assert all(report.body.at <= RECEIVED_AT for report in reports)
