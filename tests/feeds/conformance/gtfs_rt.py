"""GTFS Realtime in protobuf and in JSON."""

import json
from datetime import UTC, datetime

import pytest
from google.transit import gtfs_realtime_pb2 as gtfs

from cop.domain.area import Alert
from cop.domain.report import Report
from cop.domain.unit import Position, Unit

from . import NOW, Marks, Row, bodies, decode


def check(row: Row, marks: Marks) -> None:
    """The whole message, then each entity of it."""
    reports = decode("gtfs-rt", row)
    if row.file.endswith(".pb"):
        feed = gtfs.FeedMessage.FromString(row.bytes)
        for entity in feed.entity:
            with marks.message(f"{row.file} {entity.id}"):
                check_entity(entity, feed.header.timestamp, reports)
        with marks.message(f"{row.file} whole"):
            vehicles = sum(one.HasField("vehicle") for one in feed.entity)
            alerts = sum(one.HasField("alert") for one in feed.entity)
            assert (len(bodies(reports, Unit)), len(bodies(reports, Alert))) == (vehicles, alerts)
            assert len(reports) == vehicles + alerts + len(bodies(reports, Position))
        return
    said = json.loads(row.bytes)
    for entity in said.get("entity") or [said["payload"]]:
        with marks.message(f"{row.file} {entity['id']}"):
            check_json(entity["vehicle"], reports)


def check_entity(entity: gtfs.FeedEntity, sent: int, reports: list[Report]) -> None:
    """A vehicle or an alert, as Google's own classes read it; predictions and what is deleted give nothing."""
    if entity.HasField("alert"):
        (alert,) = (one for one in bodies(reports, Alert) if one.id == entity.id)
        texts = [one.text for one in entity.alert.header_text.translation if one.language in ("en", "")]
        assert alert.headline == (texts[0] if texts else "")
        assert alert.at == datetime.fromtimestamp(sent, UTC)
        assert alert.event == {4: "Detour", 9: "Stop moved"}[entity.alert.effect]
        (period,) = entity.alert.active_period
        assert alert.starts_at == datetime.fromtimestamp(period.start, UTC)
        assert alert.expires_at == (datetime.fromtimestamp(period.end, UTC) if period.end else None)
        return
    if not entity.HasField("vehicle"):
        assert not [report for report in reports if report.source.original_id == entity.id and entity.id != "1"]
        return
    vehicle = entity.vehicle
    name = (vehicle.vehicle.id or vehicle.vehicle.label).replace("/", "%2F")
    (unit,) = (one for one in bodies(reports, Unit) if one.id == name)
    seconds = vehicle.timestamp or sent
    assert unit.at == (datetime.fromtimestamp(seconds, UTC) if seconds else NOW)
    assert unit.callsign == (vehicle.vehicle.label or vehicle.vehicle.id)
    positions = [one for one in bodies(reports, Position) if one.id == name]
    assert len(positions) == vehicle.HasField("position")
    for one in positions:
        assert one.lat == pytest.approx(vehicle.position.latitude, abs=1e-6)
        assert one.lon == pytest.approx(vehicle.position.longitude, abs=1e-6)
        assert one.course_deg == (vehicle.position.bearing if vehicle.position.HasField("bearing") else None)
        assert one.speed_mps == (vehicle.position.speed if vehicle.position.HasField("speed") else None)


def check_json(vehicle: dict, reports: list[Report]) -> None:
    """The same of a vehicle in JSON."""
    name = vehicle["vehicle"]["id"]
    (unit,) = (one for one in bodies(reports, Unit) if one.id == name)
    assert unit.at == datetime.fromtimestamp(vehicle["timestamp"], UTC)
    assert unit.callsign == vehicle["vehicle"].get("label", name)
    positions = [one for one in bodies(reports, Position) if one.id == name]
    if "position" not in vehicle:
        assert positions == []
        return
    (one,) = positions
    place = vehicle["position"]
    assert (one.lat, one.lon) == (place["latitude"], place["longitude"])
    assert (one.course_deg, one.speed_mps) == (place["bearing"], place["speed"])


CHECKS = {"gtfs-rt": check}
