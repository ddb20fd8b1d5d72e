"""OwnTracks."""

from datetime import UTC, datetime

import pytest

from cop.domain.area import Zone
from cop.domain.log import LogEntry
from cop.domain.report import Report
from cop.domain.unit import Position, Unit

from . import NOW, Marks, Row, decode, only


def check(row: Row, marks: Marks) -> None:
    """One payload gives what its type is."""
    kind = (row.said("_type") or "").split(":")[0]
    if row.must_be_refused or kind == "encrypted":
        with marks.refusal(row.file):
            decode("owntracks", row)
        return
    with marks.message(row.file):
        check_payload(row, decode("owntracks", row), kind)


def check_payload(row: Row, reports: list[Report], kind: str) -> None:
    """What came out of a payload that can be read."""
    if kind not in ("location", "transition", "waypoint"):
        assert reports == []
        return
    tst = row.number("tst")
    at = datetime.fromtimestamp(tst, UTC) if tst is not None else NOW
    assert {report.body.at for report in reports} == {at}
    if kind == "waypoint":
        zone = only(reports, Zone)
        assert zone.name == row.said("desc")
        assert zone.geometry["type"] == ("Polygon" if row.number("rad") else "Point")
        return
    position = only(reports, Position)
    assert (position.lat, position.lon) == (row.number("lat"), row.number("lon"))
    assert position.accuracy_m == row.number("acc")
    if kind == "transition":
        assert row.said("desc") in only(reports, LogEntry).text
        return
    vel = row.number("vel")
    assert position.alt_m == row.number("alt")
    assert position.course_deg == row.number("cog")
    assert position.speed_mps == (None if vel is None else pytest.approx(vel / 3.6))
    unit = only(reports, Unit)
    assert unit.callsign == row.said("tid")
    topic = row.said("topic")
    assert unit.id == (topic.removeprefix("owntracks/").replace("/", "-") if topic else row.said("tid"))


CHECKS = {"owntracks-json": check}
