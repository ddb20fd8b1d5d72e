"""Cursor on Target in XML."""

import re
from datetime import datetime

import pytest

from cop.domain.area import Zone
from cop.domain.log import LogEntry
from cop.domain.report import Report
from cop.domain.unit import Position, Unit

from . import Marks, Row, decode, only


def has_place(row: Row) -> bool:
    """Whether the row's coordinates are a place."""
    return row.said("lat") is not None and "0,0 = no position" not in row.flag


def check(row: Row, marks: Marks) -> None:
    """One event gives the kind of object that its type is, with its times and figures."""
    event_type = row.said("type")
    if row.must_be_refused or event_type is None or "INVALID" in row.flag:
        with marks.refusal(row.file):
            decode("cot-xml", row)
        return
    with marks.message(row.file):
        check_event(row, decode("cot-xml", row), event_type)


def check_event(row: Row, reports: list[Report], event_type: str) -> None:
    """What came out of an event that can be read."""
    if event_type.startswith(("t-x-c", "t-x-takp", "t-x-m", "b-f-t", "b-t-f-")):
        assert reports == []
        return
    time = datetime.fromisoformat(row.said("time") or "")
    assert reports
    assert {report.body.at for report in reports} == {time}
    assert {(report.source.original_id, report.source.original_type) for report in reports} == {
        (row.said("uid"), event_type)
    }
    if event_type == "t-x-d-d":
        assert [(report.body.id, report.body.kind) for report in reports] == [
            (re.search(r"link uid=([^;]+)", row.says)[1], "unit")
        ]
    elif event_type.startswith("b-a-o"):
        unit = only(reports, Unit)
        assert unit.status == ("unknown" if "cancel=true" in row.says else "emergency")
        linked = re.search(r"link uid=([^;]+)", row.says)
        if linked or (row.said("uid") or "").endswith("-9-1-1"):
            assert unit.id == (linked[1] if linked else (row.said("uid") or "")[: -len("-9-1-1")])
        check_position(row, only(reports, Position), row.said("uid") or "", at_unit=False)
    elif event_type.startswith("a-"):
        unit = only(reports, Unit)
        assert unit.id == row.said("uid")
        assert unit.callsign == (row.said("callsign") or "")
        assert {report.stale_at for report in reports} == {datetime.fromisoformat(row.said("stale") or "")}
        if has_place(row):
            check_position(row, only(reports, Position), row.said("uid") or "")
        else:
            assert not [report for report in reports if isinstance(report.body, Position)]
    elif event_type == "b-t-f":
        entry = only(reports, LogEntry)
        assert entry.text == (row.said("remarks") or "").strip("'")
        assert entry.by == re.search(r"sender=([^;]+)", row.says)[1]
    elif event_type.startswith(("u-", "b-m")):
        zone = only(reports, Zone)
        assert zone.name == (row.said("callsign") or "")
        vertices = re.search(r"(\d+) vertices", row.says)
        if vertices:
            drawn = zone.geometry["coordinates"]
            corners = drawn[0] if zone.geometry["type"] == "Polygon" else drawn
            closed = event_type == "u-d-r"  # a rectangle names its corners once
            assert len(corners) == int(vertices[1]) + closed
        assert bool(zone.geometry) == (has_place(row) or bool(vertices) or event_type == "u-d-f-m")


def check_position(row: Row, position: Position, uid: str, *, at_unit: bool = True) -> None:
    """The figures of a position are those of the row, and unknown where it says unknown."""
    assert position.id == uid or not at_unit
    assert (position.lat, position.lon) == (row.number("lat"), row.number("lon"))
    assert position.alt_m == row.number("hae")
    assert position.accuracy_m == row.number("ce")
    track = re.search(r"track course=(\S+) speed=(\S+)", row.says)
    course, speed = track.groups() if track else ("None", "None")
    assert position.course_deg == (None if course == "None" else pytest.approx(float(course) % 360))
    assert position.speed_mps == (None if speed == "None" else abs(float(speed)))


CHECKS = {"cot-xml": check}
