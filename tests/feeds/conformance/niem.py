"""The formats on NIEM 2.0: calls for service, UICDS incidents, UICDS sensors and map features."""

from datetime import UTC, datetime
from typing import Any

import pytest
from lxml import etree

from cop.domain.area import Zone
from cop.domain.incident import Incident
from cop.domain.report import Report
from cop.domain.unit import Position, Unit

from . import NOW, Marks, Row, bodies, decode, only

VIRGINIA = {"bounds": [36.0, -84.0, 40.0, -75.0]}
_STATUSES = {"CREATED": "open", "OPEN": "active", "CLEARED": "closed"}
_TYPES = {"CBRNE": "hazmat", "Transport": "traffic"}
_SMI_M = 1609.344


def check_call(row: Row, marks: Marks) -> None:
    """A call is an incident; its coordinates are as written, or with bounds none at all: they are never put right."""
    with marks.message(row.file):
        reports = decode("niem-cfs", row)
        call = only(reports, Incident)
        assert (call.lat, call.lon) == (row.number("LatitudeDegreeValue"), row.number("LongitudeDegreeValue"))
        assert call.status == _STATUSES[row.said("StatusText") or ""]
        assert (call.type, call.title) == ("crash", row.said("CallTypeText"))
        assert call.opened_at == datetime.fromisoformat(row.said("DateTime") or "").replace(tzinfo=UTC)
        assert call.address == f"{row.said('AddressFullText')}, {row.said('LocationCityName')}"
        assert only(reports, Unit).id == "E3"
        assert not any(b"JACKSON" in repr(report).encode() for report in reports)
        bounded = only(inside := decode("niem-cfs", row, options=VIRGINIA), Incident)
        assert (bounded.lat, bounded.lon) == (None, None)
        assert inside[0].losses["place"].startswith("place outside the feed's bounds: 76.24433, 36.71762")


def check_incident(row: Row, marks: Marks) -> None:
    """An incident stands where its degrees, minutes and seconds say."""
    with marks.message(row.file):
        reports = decode("uicds", row)
        incident = only(reports, Incident)
        assert incident.title == row.said("ActivityName")
        assert incident.type == _TYPES[row.said("ActivityCategoryText") or ""]
        if said := row.said("AddressFullText"):
            assert incident.address == said
        if said := row.said("StreetName"):
            assert said in incident.address
        if said := row.said("DateTime"):
            assert incident.opened_at == datetime.fromisoformat(said).replace(tzinfo=UTC)
        check_place(row, incident, reports)


def check_place(row: Row, incident: Incident, reports: list[Report]) -> None:
    """Its place and its areas, against a plain reading of the file."""
    root = etree.fromstring(row.bytes)
    circles = [place_of(one) for one in root.iter("{*}CircularRegionCenterCoordinate")]
    corners = [place_of(one) for one in root.iter("{*}AreaPolygonGeographicCoordinate")]
    zones = bodies(reports, Zone)
    if row.said("LatitudeDegreeValue") is None:
        assert (incident.lat, incident.lon, zones) == (None, None, [])
        return
    figures = [row.number(f"{angle}{part}Value") or 0.0 for angle in ("Latitude", "Longitude") for part in _PARTS]
    first = pytest.approx((decimal(*figures[:3]), decimal(*figures[3:])))
    assert first == (corners or circles)[0]
    if circles:
        assert (incident.lat, incident.lon) == pytest.approx(circles[0])
    else:
        lats, lons = zip(*corners, strict=True)
        assert min(lats) < (incident.lat or 0.0) < max(lats)
        assert min(lons) < (incident.lon or 0.0) < max(lons)
    assert all((zone.incident, zone.incident_agency) == (incident.id, reports[0].agency) for zone in zones)
    radius = row.number("MeasurePointValue")
    assert len(zones) == bool(radius) + bool(corners)
    if radius:
        ring = zones[0].geometry["coordinates"][0]
        assert max(lat for _, lat in ring) - circles[0][0] == pytest.approx(radius * _SMI_M / 111_195.0, rel=1e-3)
    if corners:
        ring = zones[-1].geometry["coordinates"][0]
        assert [(lat, lon) for lon, lat in ring] == [pytest.approx(corner) for corner in corners]
    if row.file.endswith("UpdateTrafficIncident.xml"):  # its longitude has lost its sign: it lies in China
        bounded = only(inside := decode("uicds", row, options=VIRGINIA), Incident)
        assert (bounded.lat, bounded.lon, len(inside)) == (None, None, 1)
        assert "sign of the longitude lost" in inside[0].losses["place"]


_PARTS = ("Degree", "Minute", "Second")


def place_of(element: Any) -> tuple[float, float]:
    """Latitude and longitude below an element."""
    lat, lon = (
        decimal(*(float(element.find(f".//{{*}}{angle}{part}Value").text) for part in _PARTS))
        for angle in ("Latitude", "Longitude")
    )
    return lat, lon


def decimal(degrees: float, minutes: float, seconds: float) -> float:
    """Minutes and seconds go the way of the degrees' sign."""
    rest = minutes / 60 + seconds / 3600
    return degrees - rest if degrees < 0 else degrees + rest


def check_sensor(row: Row, marks: Marks) -> None:
    """A sensor is a unit that stands somewhere, a feature a marker; neither request has a time of its own."""
    with marks.message(row.file):
        reports = decode("uicds", row)
        if row.said("root") == "PublishProductRequest":
            zone = only(reports, Zone)
            assert zone.kind == "marker"
            lon, lat = zone.geometry["coordinates"]
            assert f"{lat} {lon}" == row.said("pos")
            return
        unit, position = only(reports, Unit), only(reports, Position)
        assert (unit.kind, unit.at, position.id) == ("sensor", NOW, unit.id)
        assert (position.lat, position.lon) == (row.number("latitude"), row.number("longitude"))


CHECKS = {"niem-cad-cfs": check_call, "niem-uicds-incident": check_incident, "uicds-sensor": check_sensor}
