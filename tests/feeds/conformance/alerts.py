"""Alerts: CAP alone, in Atom feeds and in EDXL-DE, and as JSON of the US weather service."""

import json
import xml.etree.ElementTree as ET
from datetime import UTC, datetime, timedelta

import pytest

from cop.domain.area import Alert
from cop.domain.log import LogEntry
from cop.domain.report import Report
from cop.feeds.adapters import readings

from . import Marks, Row, bodies, decode, only


def check_cap(row: Row, marks: Marks) -> None:
    """Every alert of a file, read beside ours by a plain reader; Atom entries without an alert by their own words."""
    if row.must_be_refused:
        with marks.refusal(row.file):
            decode("cap", row)
        return
    alerts = plain_alerts(row)
    if not alerts:
        check_entries(row, marks)
        return
    # The row names the first block; an operator of that language gets it, one of ours the English one.
    language = text(alerts[0], "info/{*}language") or "en"
    check_row(row, marks, decode("cap", row, options={"language": language}))
    check_alerts(row, marks, alerts, decode("cap", row))


def check_distributed(row: Row, marks: Marks) -> None:
    """Every alert in an envelope."""
    reports = decode("edxl-de", row)
    check_row(row, marks, reports)
    check_alerts(row, marks, plain_alerts(row), reports)
    with marks.message(f"{row.file} as cap"):
        assert [report.body for report in decode("cap", row)] == [report.body for report in reports]


def check_row(row: Row, marks: Marks, reports: list[Report]) -> None:
    """The first alert of a file as its row says."""
    with marks.message(f"{row.file}: the first as the row says"):
        first = reports[0].body
        assert isinstance(first, Alert)
        assert reports[0].source.original_id == row.said("identifier")
        assert (first.event, first.status) == (row.said("event"), row.said("status"))
        if (words := row.said("urgency/severity/certainty")) != "//":
            assert "/".join((first.urgency, first.severity, first.certainty)) == words


def check_alerts(row: Row, marks: Marks, alerts: list[ET.Element], reports: list[Report]) -> None:
    """One report an alert, in order."""
    assert len(alerts) == len(reports) == int(row.says.split()[0])
    for number, (alert, report) in enumerate(zip(alerts, reports, strict=True)):
        with marks.message(f"{row.file} {number}"):
            check_alert(alert, report)


def check_alert(alert: ET.Element, report: Report) -> None:
    """What came out of one `alert` element."""
    body = report.body
    assert isinstance(body, Alert)
    info = chosen(alert)
    assert body.id == readings.identifier(text(alert, "identifier"))
    assert body.at == moment(text(alert, "sent"))
    assert body.status == text(alert, "status")
    assert report.exercise == (text(alert, "status") in ("Exercise", "Test"))
    assert (body.event, body.headline) == (text(info, "event"), text(info, "headline")[:256])
    assert " ".join(body.description.split()) == " ".join(text(info, "description").split())
    assert " ".join(body.instruction.split()) == " ".join(text(info, "instruction").split())
    words = (body.severity, body.urgency, body.certainty)
    assert words == tuple(text(info, name) or "Unknown" for name in ("severity", "urgency", "certainty"))
    assert body.area == "; ".join(
        filter(None, (one.text and one.text.strip() for one in info.iterfind("{*}area/{*}areaDesc")))
    )
    begins = text(info, "onset") or text(info, "effective")
    assert body.starts_at == (moment(begins) if begins else None)
    check_references(alert, body)
    check_end(alert, info, report)
    check_geometry(info, report)


def check_references(alert: ET.Element, body: Alert) -> None:
    """Update supersedes, Cancel cancels, an Alert refers to nothing."""
    referred = tuple(
        dict.fromkeys(readings.identifier(one.split(",")[1]) for one in text(alert, "references").split() if "," in one)
    )
    kind = text(alert, "msgType")
    assert body.supersedes == (tuple(one for one in referred if one != body.id) if kind == "Update" else ())
    assert body.cancels == (referred if kind == "Cancel" else ())


def check_end(alert: ET.Element, info: ET.Element, report: Report) -> None:
    """The end as said; 24 hours after the beginning where none is, and that is said; a cancellation has none."""
    body = report.body
    assert isinstance(body, Alert)
    expires = text(info, "expires")
    ends = {pair[0].text: pair[1].text for pair in info.iterfind("{*}parameter")}.get("eventEndingTime") or expires
    if text(alert, "msgType") == "Cancel":
        assert body.expires_at is None
    elif not ends:
        assert body.expires_at == moment(text(info, "effective") or text(alert, "sent")) + timedelta(hours=24)
        assert "24 h" in report.losses["expires"]
    else:
        assert body.expires_at == moment(ends)
    if expires and text(alert, "msgType") != "Cancel":
        assert report.stale_at == moment(expires)


def check_geometry(info: ET.Element, report: Report) -> None:
    """Every polygon and circle that can be read, longitude first; what cannot be read is a loss."""
    body = report.body
    assert isinstance(body, Alert)
    polygons = [ring for one in info.iterfind("{*}area/{*}polygon") if (ring := vertices(one.text or ""))]
    circles = [one.text or "" for one in info.iterfind("{*}area/{*}circle") if "cap:" not in (one.text or "")]
    geometry = body.geometry or {}
    kind, coordinates = geometry.get("type"), geometry.get("coordinates")
    drawn = {"Polygon": [coordinates], "MultiPolygon": coordinates}.get(kind or "", [])
    round_ones = [one for one in circles if float(one.split()[1]) > 0.0]
    assert [ring for (ring,) in drawn[: len(polygons)]] == polygons
    assert len(drawn) == len(polygons) + len(round_ones)
    if circles and not drawn:
        lat, lon = circles[0].split()[0].split(",")
        assert (kind, coordinates) == ("Point", [float(lon), float(lat)])
    for circle in round_ones:
        (lat, lon), radius_km = map(float, circle.split()[0].split(",")), float(circle.split()[1])
        north = max(position[1] for position in drawn[len(polygons)][0])
        assert north == pytest.approx(lat + radius_km / 111.195, abs=1e-4)
        assert any(position[0] == pytest.approx(lon, abs=1e-4) for position in drawn[len(polygons)][0])
    unread = [
        one for one in info.iterfind("{*}area/{*}polygon") if (one.text or "").strip() and not vertices(one.text or "")
    ]
    assert ("polygon" in report.losses) == bool(unread)
    assert ("circle" in report.losses) == any("cap:" in (one.text or "") for one in info.iterfind("{*}area/{*}circle"))


def check_entries(row: Row, marks: Marks) -> None:
    """Atom entries: alerts by their own CAP elements, or lines in the log where they only link to one."""
    entries = ET.fromstring(row.bytes).findall("{*}entry")
    reports = decode("cap", row)
    assert len(entries) == len(reports)
    for entry, report in zip(entries, reports, strict=True):
        with marks.message(f"{row.file} {text(entry, 'id')}"):
            assert report.source.original_id == text(entry, "id")[:255] + "…" * (len(text(entry, "id")) > 256)
            assert report.body.at == moment(text(entry, "updated"))
            if not text(entry, "event"):
                assert only([report], LogEntry).text == text(entry, "title")
                continue
            alert = only([report], Alert)
            assert (alert.event, alert.headline) == (text(entry, "event"), text(entry, "title"))
            assert (alert.severity, alert.area) == (text(entry, "severity"), text(entry, "areaDesc"))
            assert alert.expires_at == report.stale_at == moment(text(entry, "expires"))
            assert alert.status == text(entry, "status")
            assert alert.geometry is None


def check_weather(row: Row, marks: Marks) -> None:
    """Every feature of a collection, field by field."""
    features = json.loads(row.bytes)["features"]
    reports = decode("nws", row)
    assert len(features) == len(reports) == row.count
    for feature, report in zip(features, reports, strict=True):
        said = feature["properties"]
        with marks.message(f"{row.file} {said['id']}"):
            alert = only([report], Alert)
            assert alert.id == report.source.original_id == said["id"]
            assert alert.at == moment(said["sent"])
            assert (alert.event, alert.headline, alert.status) == (said["event"], said["headline"], said["status"])
            words = (said["severity"], said["urgency"], said["certainty"])
            assert (alert.severity, alert.urgency, alert.certainty) == words
            assert (alert.description, alert.instruction) == (said["description"], said["instruction"])
            assert alert.area == said["areaDesc"]
            assert alert.starts_at == moment(said["onset"])
            assert alert.expires_at == moment(said["ends"])
            assert report.stale_at == moment(said["expires"])
            assert alert.supersedes == tuple(one["identifier"] for one in said["references"])
            assert alert.geometry is None
            assert said["geocode"]["UGC"][0] in report.losses["geocode UGC"]
            assert said["affectedZones"][0] in report.losses["affectedZones"]
    with marks.message(f"{row.file}: the first as the row says"):
        assert only(reports[:1], Alert).id == row.said("first id")
        assert bodies(reports[:1], Alert)[0].expires_at == moment(row.said("ends") or "")


def plain_alerts(row: Row) -> list[ET.Element]:
    """The `alert` elements of a file, by the standard library."""
    return [one for one in ET.fromstring(row.bytes).iter() if one.tag.rpartition("}")[2] == "alert"]


def chosen(alert: ET.Element) -> ET.Element:
    """The block in English, else the first one; the samples have one hazard a language."""
    blocks = alert.findall("{*}info")
    return next((one for one in blocks if (text(one, "language") or "en").startswith("en")), blocks[0])


def vertices(said: str) -> list[list[float]]:
    """Positions, longitude first; nothing for what is none."""
    try:
        pairs = [pair.rstrip(",").split(",") for pair in said.split()]
        return [[float(lon), float(lat)] for lat, lon in pairs]
    except ValueError:
        return []


def text(element: ET.Element, name: str) -> str:
    """A child's text, "" if there is none."""
    return (element.findtext(f"{{*}}{name}") or "").strip()


def moment(said: str) -> datetime:
    """A time as UTC; the samples without a zone are those of a feed in UTC."""
    at = datetime.fromisoformat(said)
    return at.replace(tzinfo=UTC) if at.tzinfo is None else at.astimezone(UTC)


CHECKS = {"cap-xml": check_cap, "edxl-de": check_distributed, "nws-alert-json": check_weather}
