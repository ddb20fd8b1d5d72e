"""ADS-B of readsb and its kin, against a plain reading of each file."""

import json
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from cop.domain.report import Report
from cop.domain.unit import Position, Unit

from . import NOW, Marks, Row, bodies, decode

KNOT_MPS = 1852 / 3600


def check(row: Row, marks: Marks) -> None:
    """Every aircraft of a list, one aircraft, or every point of a trace."""
    said = json.loads(row.bytes)
    reports = decode("adsb", row)
    if "trace" in said:
        check_trace(said, reports, marks)
        return
    aircraft = said.get("aircraft", said.get("ac", [said]))
    assert len(aircraft) == row.count
    assert len(bodies(reports, Unit)) == len(aircraft)
    now = datetime.fromtimestamp(said["now"], UTC) if "now" in said else NOW
    for one in aircraft:
        with marks.message(one["hex"]):
            check_aircraft(one, now, [report for report in reports if report.body.id == one["hex"]])


def check_aircraft(one: dict[str, Any], now: datetime, reports: list[Report]) -> None:
    """The unit; the position with its own age, the last one where there is no other, none where there is neither."""
    (unit,) = bodies(reports, Unit)
    assert unit.callsign == (one.get("flight", "").strip() or one.get("r") or one["hex"])
    assert unit.kind == ("helicopter" if one.get("t") == "EC45" else "aircraft")
    place = one if "lat" in one else one.get("lastPosition")
    positions = bodies(reports, Position)
    if place is None:
        assert positions == []
        return
    (position,) = positions
    assert (position.lat, position.lon) == (place["lat"], place["lon"])
    assert abs(position.at - (now - timedelta(seconds=place["seen_pos"]))) < timedelta(milliseconds=1)
    if place is not one:
        assert position.speed_mps is position.alt_m is position.course_deg is None
        return
    height_ft = one.get("alt_geom", one["alt_baro"])
    assert position.alt_m == (None if height_ft == "ground" else pytest.approx(height_ft * 0.3048))
    assert position.speed_mps == (pytest.approx(one["gs"] * KNOT_MPS) if "gs" in one else None)
    assert position.course_deg == one.get("track")


def check_trace(said: dict[str, Any], reports: list[Report], marks: Marks) -> None:
    """Point by point, each at its own time."""
    positions = bodies(reports, Position)
    with marks.message("aircraft"):
        (unit,) = bodies(reports, Unit)
        assert (unit.id, unit.callsign) == (said["icao"], said["r"])
        assert len(positions) == len(said["trace"])
    for point, position in zip(said["trace"], positions, strict=True):
        with marks.message(f"point at {point[0]}"):
            at = datetime.fromtimestamp(said["timestamp"] + point[0], UTC)
            assert abs(position.at - at) < timedelta(milliseconds=1)
            assert (position.lat, position.lon) == (point[1], point[2])
            height_ft = (point[8] or {}).get("alt_geom", point[3])
            assert position.alt_m == pytest.approx(height_ft * 0.3048)
            assert position.speed_mps == pytest.approx(point[4] * KNOT_MPS)
            assert position.course_deg == point[5]


CHECKS = {"adsb-json": check}
