"""GeoJSON: examples of the standard, and real boundaries."""

import json
import re
from typing import Any

import pytest
from shapely.geometry import Point, shape

from cop.domain.area import Zone
from cop.feeds.adapters.geometries import MAX_VERTICES

from . import Marks, Row, decode


def check(row: Row, marks: Marks) -> None:
    """Every feature gives its zone where it lies, and a hole stays one."""
    said = json.loads(row.bytes)
    features = said.get("features", [{"geometry": said, "properties": None}])
    zones = [report.body for report in decode("geojson", row)]
    with marks.message(row.file):
        assert len(zones) == len(features)
        assert len({zone.id for zone in zones}) == len(zones)
        point = re.search(r"Point lon (\S+) lat (\S+);", row.says)
        if point:
            assert zones[0].geometry == {"type": "Point", "coordinates": [float(point[1]), float(point[2])]}
        area = re.search(r"= (\S+) square degrees; (\S+),(\S+) is OUTSIDE", row.says)
        if area:
            drawn = shape(zones[0].geometry)
            assert drawn.area == pytest.approx(float(area[1]))
            assert not drawn.contains(Point(float(area[2]), float(area[3])))
    for feature, zone in zip(features, zones, strict=True):
        with marks.message(f"{row.file} {zone.name}"):
            assert isinstance(zone, Zone)
            assert zone.geometry == feature["geometry"]


def check_boundaries(row: Row, marks: Marks) -> None:
    """The number of features and their kinds; each is where it was drawn, thinned ones nearly so."""
    features = json.loads(row.bytes)["features"]
    reports = decode("geojson", row, max_bytes=64 << 20)
    with marks.message(row.file):
        assert f"{len(reports)} features" in row.says
        kinds = sorted({report.body.geometry["type"] for report in reports})
        assert f"geometry types {kinds}" in row.says
    for feature, report in zip(features, reports, strict=True):
        with marks.message(f"{row.file} {feature['properties']['name']}"):
            assert report.body.name == feature["properties"]["name"].strip()
            check_outline(feature["geometry"], report.body.geometry, report.losses.get("geometry", ""))


def check_outline(drawn: dict[str, Any], ours: dict[str, Any], said: str) -> None:
    """The same outline; of one with too many vertices the same ground, and that is said."""
    before = [position for polygon in _polygons(drawn) for ring in polygon for position in ring]
    if len(before) <= MAX_VERTICES:
        assert ours == drawn
        assert not said
        return
    after = [position for polygon in _polygons(ours) for ring in polygon for position in ring]
    assert f"of {len(before)} vertices" in said
    assert len(after) <= MAX_VERTICES
    assert shape(ours).area == pytest.approx(shape(drawn).area, rel=0.001)
    assert shape(ours).bounds == pytest.approx(shape(drawn).bounds, abs=0.005)


def _polygons(geometry: dict[str, Any]) -> list[Any]:
    return list(geometry["coordinates"] if geometry["type"] == "MultiPolygon" else [geometry["coordinates"]])


CHECKS = {"geojson": check, "geojson-boundaries": check_boundaries}
