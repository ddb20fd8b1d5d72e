"""Traccar's relatives: OsmAnd's JSON and flespi's messages."""

import json
from datetime import UTC, datetime

import pytest

from cop.domain.report import Report
from cop.domain.unit import Position, Unit
from cop.feeds.message import Message

from ..payloads import adapter_of
from . import NOW, Marks, Row, bodies, messages, only


def check(row: Row, marks: Marks) -> None:
    """One payload; each object of an array is looked at on its own, with an adapter of its own."""
    (one,) = messages("traccar", row)
    said = json.loads(one.payload)
    for number, track in enumerate(said if isinstance(said, list) else [said]):
        with marks.message(f"{row.file} {number}"):
            reports = adapter_of("traccar").decode(Message("", json.dumps(track).encode(), NOW))
            if "location" in track:
                check_location(row, track, reports)
            else:
                check_message(track, reports)
    if isinstance(said, list):
        with marks.message(f"{row.file} whole"):
            reports = adapter_of("traccar").decode(Message("", one.payload, NOW))
            located = sum(track.get("position.valid") is not False for track in said)
            assert len(bodies(reports, Position)) == located


def check_location(row: Row, track: dict, reports: list[Report]) -> None:
    """OsmAnd: the row's figures are those of the file; -1 is unknown."""
    coords = track["location"]["coords"]
    assert f"lat={coords['latitude']}" in row.says
    unit, position = only(reports, Unit), only(reports, Position)
    assert unit.id == position.id == row.said("device_id")
    assert unit.at == position.at == datetime.fromisoformat(row.said("time") or "")
    assert (position.lat, position.lon) == (coords["latitude"], coords["longitude"])
    figures = [coords[name] for name in ("speed", "heading", "accuracy", "altitude")]
    assert [position.speed_mps, position.course_deg, position.accuracy_m, position.alt_m] == [
        None if figure == -1 else figure for figure in figures
    ]


def check_message(track: dict, reports: list[Report]) -> None:
    """flespi: km/h; what is not valid has no place."""
    unit = only(reports, Unit)
    assert unit.id == track["ident"]
    assert unit.at == datetime.fromtimestamp(track["timestamp"], UTC)
    calls = track.get("alarm.event.trigger") is True or track.get("custom.SOS") == 1
    assert (unit.status == "emergency") == calls
    if track.get("position.valid") is False:
        assert bodies(reports, Position) == []
        return
    position = only(reports, Position)
    assert (position.lat, position.lon) == (track["position.latitude"], track["position.longitude"])
    assert position.speed_mps == pytest.approx(track["position.speed"] / 3.6)
    assert position.course_deg == track["position.direction"]
    assert position.alt_m == track.get("position.altitude")


CHECKS = {"traccar-json": check}
