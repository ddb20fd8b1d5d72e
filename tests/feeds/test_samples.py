"""Real messages of others, where their folder is present: each gives what its row of the index says.

The index was read off by a plain reader, not by this code. It writes what a message holds as `key=value; …`.
"""

import json
import re
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from cop.domain.area import Zone
from cop.domain.log import LogEntry
from cop.domain.report import Report, Retraction
from cop.domain.unit import Position, Unit
from cop.feeds.adapters import FORMATS
from cop.feeds.message import BadMessage, Message

from .payloads import adapter_of

SAMPLES = Path(__file__).resolve().parents[3] / "shared" / "samples"
NOW = datetime(2026, 11, 1, tzinfo=UTC)
ROWS: list[dict[str, Any]] = json.loads((SAMPLES / "INDEX.json").read_text("utf-8")) if SAMPLES.is_dir() else []
pytestmark = pytest.mark.skipif(not ROWS, reason="the folder ../shared/samples is not here")


def rows(form: str) -> list[Any]:
    """The index's rows of a format, as parameters."""
    found = [pytest.param(row, id=row["file"]) for row in ROWS if row["fmt"] == form]
    return found or [pytest.param({}, id="absent")]


def decode(form: str, row: dict[str, Any]) -> list[Report]:
    """What comes out of a sample; the adapter is fresh."""
    adapter, reports = adapter_of(form), []
    for topic, payload in FORMATS[form].split((SAMPLES / row["file"]).read_bytes()):
        reports += adapter.decode(Message(topic or "", payload, NOW))
    return reports


def said(row: dict[str, Any], key: str) -> str | None:
    """A value of the row's own notation; None where the message does not hold it or holds "unknown"."""
    match = re.search(rf"(?:^|[; ]){re.escape(key)}=('.*?'|.*?)(?=;|$| (?:lat|lon|hae|ce|le|speed)=| m/s)", row["exp"])
    if match is None or match[1] == "None" or "(unknown)" in match[1] or match[1] == "NaN":
        return None
    return match[1]


def number(row: dict[str, Any], key: str) -> float | None:
    """A figure of the row."""
    text = said(row, key)
    return float(text) if text is not None else None


def only(reports: list[Report], kind: type) -> Any:
    """The one body of a kind."""
    (body,) = (report.body for report in reports if isinstance(report.body, kind))
    return body


def has_place(row: dict[str, Any]) -> bool:
    """Whether the row's coordinates are a place."""
    return said(row, "lat") is not None and "0,0 = no position" not in row["flag"]


@pytest.mark.parametrize("row", rows("cot-xml"))
def test_that_a_cot_sample_gives_what_its_row_says(row: dict[str, Any]) -> None:
    event_type = said(row, "type")
    if row["exp"].startswith("nothing") or event_type is None or "INVALID" in row["flag"]:
        with pytest.raises(BadMessage):
            decode("cot-xml", row)
        return
    reports = decode("cot-xml", row)
    if event_type.startswith(("t-x-c", "t-x-takp", "t-x-m", "b-f-t", "b-t-f-")):
        assert reports == []
        return
    time = datetime.fromisoformat(said(row, "time") or "")
    assert reports
    assert {report.body.at for report in reports} == {time}
    assert {(report.source.original_id, report.source.original_type) for report in reports} == {
        (said(row, "uid"), event_type)
    }
    if event_type == "t-x-d-d":
        assert [(report.body.id, report.body.kind) for report in reports] == [
            (re.search(r"link uid=([^;]+)", row["exp"])[1], "unit")
        ]
    elif event_type.startswith("b-a-o"):
        unit = only(reports, Unit)
        assert unit.status == ("unknown" if "cancel=true" in row["exp"] else "emergency")
        linked = re.search(r"link uid=([^;]+)", row["exp"])
        if linked or (said(row, "uid") or "").endswith("-9-1-1"):
            assert unit.id == (linked[1] if linked else (said(row, "uid") or "")[: -len("-9-1-1")])
        check_position(row, only(reports, Position), said(row, "uid") or "", at_unit=False)
    elif event_type.startswith("a-"):
        unit = only(reports, Unit)
        assert unit.id == said(row, "uid")
        assert unit.callsign == (said(row, "callsign") or "")
        assert {report.stale_at for report in reports} == {datetime.fromisoformat(said(row, "stale") or "")}
        if has_place(row):
            check_position(row, only(reports, Position), said(row, "uid") or "")
        else:
            assert not [report for report in reports if isinstance(report.body, Position)]
    elif event_type == "b-t-f":
        entry = only(reports, LogEntry)
        assert entry.text == (said(row, "remarks") or "").strip("'")
        assert entry.by == re.search(r"sender=([^;]+)", row["exp"])[1]
    elif event_type.startswith(("u-", "b-m")):
        zone = only(reports, Zone)
        assert zone.name == (said(row, "callsign") or "")
        vertices = re.search(r"(\d+) vertices", row["exp"])
        if vertices:
            drawn = zone.geometry["coordinates"]
            corners = drawn[0] if zone.geometry["type"] == "Polygon" else drawn
            closed = event_type == "u-d-r"  # a rectangle names its corners once
            assert len(corners) == int(vertices[1]) + closed
        assert bool(zone.geometry) == (has_place(row) or bool(vertices) or event_type == "u-d-f-m")


def check_position(row: dict[str, Any], position: Position, uid: str, *, at_unit: bool = True) -> None:
    """The figures of a position are those of the row, and unknown where it says unknown."""
    assert position.id == uid or not at_unit
    assert (position.lat, position.lon) == (number(row, "lat"), number(row, "lon"))
    assert position.alt_m == number(row, "hae")
    assert position.accuracy_m == number(row, "ce")
    track = re.search(r"track course=(\S+) speed=(\S+)", row["exp"])
    course, speed = track.groups() if track else ("None", "None")
    assert position.course_deg == (None if course == "None" else pytest.approx(float(course) % 360))
    assert position.speed_mps == (None if speed == "None" else abs(float(speed)))


@pytest.mark.parametrize("row", rows("owntracks-json"))
def test_that_an_owntracks_sample_gives_what_its_row_says(row: dict[str, Any]) -> None:
    kind = (said(row, "_type") or "").split(":")[0]
    if row["exp"].startswith("nothing") or kind == "encrypted":
        with pytest.raises(BadMessage):
            decode("owntracks", row)
        return
    reports = decode("owntracks", row)
    if kind not in ("location", "transition", "waypoint"):
        assert reports == []
        return
    tst = number(row, "tst")
    at = datetime.fromtimestamp(tst, UTC) if tst is not None else NOW
    assert {report.body.at for report in reports} == {at}
    if kind == "waypoint":
        zone = only(reports, Zone)
        assert zone.name == said(row, "desc")
        assert zone.geometry["type"] == ("Polygon" if number(row, "rad") else "Point")
        return
    position = only(reports, Position)
    assert (position.lat, position.lon) == (number(row, "lat"), number(row, "lon"))
    assert position.accuracy_m == number(row, "acc")
    if kind == "transition":
        assert said(row, "desc") in only(reports, LogEntry).text
        return
    vel = number(row, "vel")
    assert position.alt_m == number(row, "alt")
    assert position.course_deg == number(row, "cog")
    assert position.speed_mps == (None if vel is None else pytest.approx(vel / 3.6))
    unit = only(reports, Unit)
    assert unit.callsign == said(row, "tid")
    topic = said(row, "topic")
    assert unit.id == (topic.removeprefix("owntracks/").replace("/", "-") if topic else said(row, "tid"))


@pytest.mark.parametrize("row", rows("hfp"))
def test_that_an_hfp_sample_gives_what_its_row_says(row: dict[str, Any]) -> None:
    reports = decode("hfp", row)
    if row["n"] > 1:
        assert len({report.body.at for report in reports}) > 1
        return
    unit = only(reports, Unit)
    number_of_vehicle = (said(row, "id") or "").split("/")[1].lstrip("0")
    assert unit.id == (said(row, "id") or "").replace("/", "-")
    assert unit.callsign == " ".join(filter(None, (said(row, "desi"), number_of_vehicle)))
    assert unit.kind == "bus"
    assert {report.source.original_type for report in reports} == {said(row, "event")}
    assert unit.at == datetime.fromisoformat(said(row, "tst") or "")
    if said(row, "lat") is None:
        assert len(reports) == 1
        return
    position = only(reports, Position)
    spd = number(row, "spd")
    assert (position.lat, position.lon) == (number(row, "lat"), number(row, "lon"))
    assert position.speed_mps == (None if spd is None or spd < 0 else spd)
    assert position.course_deg == number(row, "hdg")
    assert position.accuracy_m is None


def test_that_trains_without_a_topic_are_known_by_operator_and_vehicle() -> None:
    reports = decode("hfp", {"file": "hfp/hfp-train-payloads.jsonl"})
    assert [report.body.id for report in reports if isinstance(report.body, Unit)] == [
        "90-1004",
        "90-6315",
        "90-1054",
        "90-1038",
        "90-1051",
    ]
    assert "90-1054" not in [report.body.id for report in reports if isinstance(report.body, Position)]


def test_that_a_late_vehicle_and_a_duplicate_keep_their_own_times() -> None:
    reports = decode("hfp", {"file": "hfp/hfp-v1-late-and-duplicate.txt"})
    positions = [report.body for report in reports if isinstance(report.body, Position)]
    assert [(one.id, one.at.strftime("%H:%M:%S")) for one in positions] == [
        ("0012-01009", "10:56:43"),
        ("0022-00993", "10:54:32"),
        ("0022-00993", "10:54:34"),
        ("0022-00993", "10:54:34"),
    ]
    assert [report.body.id for report in reports if isinstance(report.body, Unit)] == ["0012-01009", "0022-00993"]


@pytest.mark.parametrize("row", [param for param in rows("recordings") if "hfp" in str(param.id)] or [{}])
def test_that_a_recording_of_hfp_decodes_message_by_message(row: dict[str, Any]) -> None:
    messages = list(FORMATS["hfp"].split((SAMPLES / row["file"]).read_bytes()))
    assert len(messages) == row["n"]
    adapter = adapter_of("hfp")
    for topic, payload in messages:
        level = topic.split("/")
        assert level[1:3] == ["hfp", "v2"]
        for report in adapter.decode(Message(topic, payload, NOW)):
            assert report.body.id == f"{level[7]}-{level[8]}"
            assert not isinstance(report.body, Retraction)
