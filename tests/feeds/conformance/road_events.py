"""Road events of many publishers."""

import json
import re
import xml.etree.ElementTree as ET
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import pytest

from cop.domain.area import Zone

from . import NOW, Marks, Row, decode


def iso(text: str, zone: Any = UTC) -> datetime:
    """A time as its publisher wrote it; UTC where no zone stands."""
    at = datetime.fromisoformat(text)
    return at if at.tzinfo else at.replace(tzinfo=zone)


def milliseconds(value: float) -> datetime:
    """A time in thousandths of a second."""
    return datetime.fromtimestamp(value / 1000, UTC)


def properties(read: Callable[[Any], Any]) -> Callable[[Any], Any]:
    """The same of a feature's properties."""
    return lambda feature: read(feature["properties"])


#: By the file's first word: the list in the document, a record's id, its time of change, whether it is over.
Reading = tuple[Callable[[Any], Any], Callable[[Any], Any], Callable[[Any], datetime], Callable[[Any], bool]]
never: Callable[[Any], bool] = lambda _: False  # noqa: E731 - one of the columns
JSON: dict[str, Reading] = {
    "drivebc": (lambda d: d["events"], lambda r: r["id"].replace("/", "%2F"), lambda r: iso(r["updated"]), never),
    "na511": (lambda d: d, lambda r: r["ID"], lambda r: datetime.fromtimestamp(r["LastUpdated"], UTC), never),
    "tfl": (lambda d: d, lambda r: r["id"], lambda r: iso(r["lastModifiedTime"]), never),
    "nt": (lambda d: d["response"], lambda r: r["obstructionId"], lambda r: iso(r["dateLastUpdated"]), never),
    "autobahn": (lambda d: d["roadworks"], lambda r: r["identifier"], lambda _: NOW, never),
    "trafikverket": (
        lambda d: [one for result in d["RESPONSE"]["RESULT"] for s in result["Situation"] for one in s["Deviation"]],
        lambda r: r["Id"],
        lambda r: iso(r["ModifiedTime"]),
        never,
    ),
    "nzta": (
        lambda d: d["features"],
        properties(lambda p: p["eventId"]),
        properties(lambda p: milliseconds(p["eventModified"])),
        properties(lambda p: p["status"] == "Resolved"),
    ),
    "qld": (
        lambda d: d["features"],
        properties(lambda p: p["id"]),
        properties(lambda p: iso(p["last_updated"])),
        never,
    ),
    "nsw": (
        lambda d: d["features"],
        lambda r: int(r["id"]),
        properties(lambda p: milliseconds(p["lastUpdated"])),
        properties(lambda p: p["ended"]),
    ),
    "vic": (lambda d: d["features"], properties(lambda p: p["id"]), properties(lambda p: iso(p["lastUpdated"])), never),
    "wa": (
        lambda d: d["features"],
        properties(lambda p: p["Id"]),
        properties(lambda p: datetime.strptime(p["EntryDate"], "%d/%m/%Y %H:%M:%S").replace(tzinfo=UTC)),
        never,
    ),
    "digitraffic": (
        lambda d: d["features"],
        properties(lambda p: p["situationId"]),
        properties(lambda p: iso(p["versionTime"])),
        never,
    ),
    "brussels": (lambda d: d["features"], lambda r: r["id"], properties(lambda p: iso(p["last_update"])), never),
}


def check(row: Row, marks: Marks) -> None:
    """Every record gives its zone, the first with what the row says of it."""
    zones = [report.body for report in decode("road-events", row)]
    assert all(isinstance(zone, Zone) for zone in zones)
    name = row.file.rpartition("/")[2].partition("_")[0]
    if name in JSON:
        check_json(row, marks, zones, JSON[name])
    elif row.said("root") == "status":
        check_cars(row, marks, zones)
    elif row.said("root") == "rss":
        check_rss(row, marks, zones)
    else:
        check_datex(row, marks, zones)


def check_json(row: Row, marks: Marks, zones: list[Any], reading: Reading) -> None:
    """By the columns of `JSON`, and the row's own words of the first."""
    listed, identity, changed, over = reading
    records = listed(json.loads(row.bytes))
    with marks.message(row.file):
        if "trafikverket" not in row.file and "nt_" not in row.file:  # these count situations, or answers
            assert len(records) == row.count
        check_first(row, zones[0])
    for record, zone in zip(records, zones, strict=True):
        with marks.message(f"{row.file} {identity(record)}"):
            assert zone.id == str(identity(record))
            assert zone.at == changed(record).astimezone(UTC)
            assert zone.deleted == over(record)
            geometry = record.get("geometry") or record.get("geography")
            if isinstance(geometry, dict) and "type" in geometry:
                assert zone.geometry["type"] == geometry["type"]
                assert "coordinates" not in geometry or zone.geometry["coordinates"] == geometry["coordinates"]
            elif "Latitude" in record:
                check_511(record, zone)


def check_511(record: dict[str, Any], zone: Zone) -> None:
    """The place of a record of a 511 site, and what is closed."""
    if record["Latitude"] == 0.0:
        assert zone.geometry == {}
    else:
        points = zone.geometry["coordinates"] if zone.geometry["type"] != "Point" else [zone.geometry["coordinates"]]
        nearest = min(abs(lon - record["Longitude"]) + abs(lat - record["Latitude"]) for lon, lat in points)
        assert nearest < 0.001
    assert (zone.kind == "road_closure") == record["IsFullClosure"]
    starts = record["StartDate"]
    assert zone.starts_at == (datetime.fromtimestamp(starts, UTC) if starts > 0 else None)


def check_first(row: Row, zone: Zone) -> None:
    """What the row says of the first record."""
    if row.said("ID"):
        assert zone.id == row.said("ID")
        assert zone.at.timestamp() == float((row.said("LastUpdated") or "").split()[0])
    elif row.said("updated"):
        assert zone.id == (row.said("id") or "").replace("/", "%2F")
        assert zone.at == iso(row.said("updated") or "")
        assert zone.geometry["type"] == row.said("geography")
        assert not zone.deleted


def check_datex(row: Row, marks: Marks, zones: list[Any]) -> None:
    """Every record of the document, by its own id and time; the row's words hold for the first that has one."""
    records = [one for one in ET.fromstring(row.bytes).iter() if one.tag.endswith("}situationRecord")]
    with marks.message(row.file):
        situations = [one for one in ET.fromstring(row.bytes).iter() if one.tag.endswith("}situation")]
        assert len(situations) == row.count
        assert len(zones) == len(records)
        start, end = row.said("overallStartTime"), row.said("overallEndTime")
        assert next(zone.starts_at for zone in zones if zone.starts_at) == iso(start or "")
        assert next(zone.expires_at for zone in zones if zone.expires_at) == iso(end or "")
        if row.number("latitude") is not None:
            lon, lat = first_position(next(zone.geometry for zone in zones if zone.geometry))
            assert (lat, lon) == pytest.approx((row.number("latitude"), row.number("longitude")), abs=0.001)
        else:  # all of it is in metres of a national system
            assert all(zone.geometry == {} for zone in zones)
    for record, zone in zip(records, zones, strict=True):
        with marks.message(f"{row.file} {record.get('id')}"):
            assert zone.id == record.get("id")
            changed = next(one.text for one in record if one.tag.endswith("}situationRecordVersionTime"))
            assert zone.at == iso(changed or "")
            latitudes = [float(one.text or "") for one in record.iter() if one.tag.endswith("}latitude")]
            assert bool(zone.geometry) == bool(latitudes)
            assert not zone.deleted


def first_position(geometry: dict[str, Any]) -> list[float]:
    """The first vertex of a geometry."""
    found = geometry["coordinates"]
    while isinstance(found[0], list):
        found = found[0]
    return [float(one) for one in found]


def check_cars(row: Row, marks: Marks, zones: list[Any]) -> None:
    """Incidents and lane closures, by their start location."""
    records = [one for one in ET.fromstring(row.bytes).iter() if re.search(r"\}(incident|laneClosure)$", one.tag)]
    for record, zone in zip(records, zones, strict=True):
        with marks.message(f"{row.file} {record.get('id')}"):
            assert zone.id == record.get("id")
            name = "{http://its.gov/c2c_icd}"
            assert zone.at == iso(record.findtext(f"{name}lastUpdatedTimestamp") or "")
            lat, lon = (float(record.findtext(f"{name}startLocation/{name}{one}") or "") for one in ("lat", "lon"))
            assert first_position(zone.geometry) == pytest.approx([lon / 1e6, lat / 1e6])


def check_rss(row: Row, marks: Marks, zones: list[Any]) -> None:
    """Every item, by its guid and place."""
    for item, zone in zip(ET.fromstring(row.bytes).iter("item"), zones, strict=True):
        with marks.message(f"{row.file} {item.findtext('guid')}"):
            assert zone.id == item.findtext("guid")
            lat, lon = map(float, (item.findtext("{http://www.georss.org/georss}point") or "").split())
            assert first_position(zone.geometry) == [lon, lat]
            assert zone.starts_at is not None
            assert zone.expires_at is not None
            assert zone.at.year == 2026


CHECKS = {"road-events": check}
