"""AIS: sentences of every type against gpsd's own decoding of them, recordings of a day against that of pyais."""

import json
from datetime import UTC, datetime, timedelta, tzinfo
from typing import Any
from zoneinfo import ZoneInfo

import pyais
import pytest

from cop.domain.area import Zone
from cop.domain.log import LogEntry
from cop.domain.report import Report
from cop.domain.unit import Position, Unit
from cop.feeds.message import BadMessage, Message

from ..payloads import adapter_of
from . import NOW, SAMPLES, Marks, Row, bodies, messages, only

KNOT_MPS = 1852 / 3600
MOVING = (1, 2, 3, 9, 18, 19, 27)
#: what "unknown" is for the speed of a type, in knots
NO_SPEED = {9: 1023, 27: 63}


def check(row: Row, marks: Marks) -> None:
    """The file of every type with its oracle beside it, or sentences behind a time in brackets."""
    if row.file.endswith(".aivdm"):
        check_every_type(row, marks)
    else:
        check_tagged(row, marks)


def check_every_type(row: Row, marks: Marks) -> None:
    """Each message of the oracle came out as gpsd reads it, and nothing else did."""
    adapter, reports = adapter_of("ais"), list[Report]()
    for one in messages("ais", row):
        reports += adapter.decode(Message("", one.payload, NOW))
    oracle = [json.loads(line) for line in (SAMPLES / f"{row.file}.js.chk").read_text("utf-8").splitlines()]
    positions, zones = bodies(reports, Position), bodies(reports, Zone)
    located = [said for said in oracle if said["type"] in MOVING and abs(said["lat"]) <= 90]
    assert [position.id for position in positions] == [f"{said['mmsi']:09d}" for said in located]
    for position, said in zip(positions, located, strict=True):
        with marks.message(f"type {said['type']} of {said['mmsi']}"):
            check_position(position, said)
    for said in oracle:
        with marks.message(f"type {said['type']} of {said['mmsi']}"):
            number, words = (
                f"{said['mmsi']:09d}",
                [body for body in bodies(reports, Unit) if int(body.id) == said["mmsi"]],
            )
            if said["type"] in (5, 19, 24):
                assert said["shipname"] in {unit.callsign for unit in words}
            elif said["type"] in (12, 14) and said["text"]:
                assert any(
                    said["text"] in entry.text for entry in bodies(reports, LogEntry) if entry.id.startswith(number)
                )
            elif said["type"] in (4, 21) and abs(said["lat"]) <= 90:
                (zone,) = (zone for zone in zones if zone.id == number)
                assert zone.geometry["coordinates"] == pytest.approx([said["lon"], said["lat"]], abs=2e-6)
                assert zone.kind == ("base_station" if said["type"] == 4 else "aid_to_navigation")
                assert not words
            elif said["type"] not in MOVING:
                assert not {report.source.original_type for report in reports} & {str(said["type"])} - {"4", "12", "14"}


def check_position(position: Position, said: dict[str, Any]) -> None:
    """A position beside gpsd's words."""
    number = said["type"]
    assert (position.lat, position.lon) == pytest.approx(
        (said["lat"], said["lon"]), abs=0.051 if number == 27 else 2e-6
    )
    course = said["course"]
    assert position.course_deg == (None if course >= 360 else pytest.approx(course))
    speed = said["speed"]
    unknown = speed in ("nan", "not available") or speed == NO_SPEED.get(number, 102.3)
    assert position.speed_mps == (None if unknown else pytest.approx(speed * KNOT_MPS))
    assert position.alt_m == said.get("alt")


def check_tagged(row: Row, marks: Marks) -> None:
    """The time in brackets is that of the receipt; a fix is no later, and no minute older."""
    adapter = adapter_of("ais")
    found = messages("ais", row)
    assert len(found) == row.count
    for one in found:
        with marks.message(one.payload.decode()):
            heard = datetime.strptime(one.payload[1:20].decode(), "%Y%m%dT%H%M%S.%f").replace(tzinfo=UTC)
            assert one.at == heard
            said = pyais.decode(one.payload.partition(b"]")[2])
            reports = adapter.decode(Message("", one.payload, NOW))
            if said.msg_type == 4:
                assert only(reports, Zone).kind == "base_station"
                continue
            position = only(reports, Position)
            assert (position.id, position.lat, position.lon) == (f"{said.mmsi:09d}", said.lat, said.lon)
            assert heard - timedelta(seconds=60) < position.at <= heard


def check_recording(row: Row, marks: Marks) -> None:
    """Sentence by sentence, and at the end of the day every ship where pyais saw it last."""
    # the clock of the log from Vernon was that of France
    zone: tzinfo = ZoneInfo("Europe/Paris") if "vernon" in row.file else UTC
    found = messages("ais", row)
    assert len(found) == row.bytes.count(b"!")
    adapter = adapter_of("ais", zone=str(zone))
    last: dict[str, Position] = {}
    expected: dict[str, tuple[float, float]] = {}
    begun: dict[bytes, bytes] = {}
    for one in found:
        said = plainly(one.payload[one.payload.index(b"!") :], begun)
        try:
            reports = adapter.decode(Message("ais/log", one.payload, NOW))
        except BadMessage:
            if said == "damaged":
                marks.refused += 1
            else:
                marks.wrong.append(f"refused: {one.payload!r}")
            continue
        positions = bodies(reports, Position)
        place = None
        if said is not None and not isinstance(said, str) and said.msg_type in MOVING and on_globe(said):
            place = expected[f"{said.mmsi:09d}"] = (said.lat, said.lon)
        if (
            said == "damaged"
            or [(position.lat, position.lon) for position in positions] != [place][: place is not None]
        ):
            marks.wrong.append(f"{one.payload!r}: {positions}")
            continue
        for position in positions:
            last[position.id] = position
            heard = one.at if one.at.tzinfo is not None else one.at.replace(tzinfo=zone)
            if not heard - timedelta(seconds=60) < position.at <= heard:
                marks.wrong.append(f"{one.payload!r}: fixed at {position.at}")
        marks.right += 1
    with marks.message("last positions"):
        assert {unit: (position.lat, position.lon) for unit, position in last.items()} == expected


def plainly(sentence: bytes, begun: dict[bytes, bytes]) -> Any:
    """What pyais reads in a sentence, None as long as parts are missing, "damaged" where nobody can read it."""
    covered, _, checksum = sentence[1:].partition(b"*")
    total = 0
    for byte in covered:
        total ^= byte
    _, parts, part, sequence, channel, *_ = sentence.split(b",")
    key = sequence + channel
    if total != int(checksum[:2], 16):
        return "damaged"
    if parts == b"1":
        said = pyais.decode(sentence)
        return "damaged" if said.msg_type in MOVING and said.lat is None else said
    if part == b"1":
        begun[key] = sentence
        return None
    return pyais.decode(begun.pop(key), sentence) if key in begun else "damaged"


def on_globe(said: Any) -> bool:
    """Whether a message holds a fix: second 63 says that the positioning system does not work."""
    return abs(said.lat) <= 90 and abs(said.lon) <= 180 and getattr(said, "second", 60) != 63


CHECKS = {"ais-nmea": check, "recordings/ais": check_recording}
