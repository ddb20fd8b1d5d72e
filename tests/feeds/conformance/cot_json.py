"""Cursor on Target as JSON and as CloudTAK's GeoJSON."""

import json
from datetime import datetime

from cop.domain.area import Zone
from cop.domain.unit import Position, Unit

from . import Marks, Row, decode, only


def check_members(row: Row, marks: Marks) -> None:
    """An event as JSON gives the unit and its position."""
    with marks.message(row.file):
        reports = decode("cot-json", row)
        unit, position = only(reports, Unit), only(reports, Position)
        assert unit.id == position.id == row.said("uid")
        assert (position.lat, position.lon) == (row.number("lat"), row.number("lon"))
        assert position.accuracy_m == row.number("ce")
        assert {report.source.original_type for report in reports} == {row.said("type")}
        assert position.at == datetime.fromisoformat(json.loads(row.bytes)["event"]["time"])
        assert reports[0].losses["affiliation"] == "hostile"


def check_feature(row: Row, marks: Marks) -> None:
    """A feature gives the unit and its position, or the zone that it draws."""
    with marks.message(row.file):
        reports = decode("cot-json", row)
        geometry = json.loads(row.bytes)["geometry"]
        assert {report.body.at for report in reports} == {datetime.fromisoformat(row.said("time") or "")}
        assert {report.stale_at for report in reports} == {datetime.fromisoformat(row.said("stale") or "")}
        assert {report.source.original_type for report in reports} == {row.said("type")}
        assert {report.body.id for report in reports} == {row.said("id")}
        assert reports[0].losses["how"] == row.said("how")
        if (row.said("type") or "").startswith("a-"):
            unit, position = only(reports, Unit), only(reports, Position)
            assert unit.callsign == row.said("callsign")
            assert [position.lon, position.lat, position.alt_m] == geometry["coordinates"]
        else:
            zone = only(reports, Zone)
            assert zone.name == row.said("callsign")
            ring = [place[:2] for place in geometry["coordinates"][0]]
            assert zone.geometry == {"type": "Polygon", "coordinates": [ring]}


CHECKS = {"cot-json": check_members, "cot-geojson": check_feature}
