"""HSL high-frequency positioning, and recordings of it."""

from datetime import datetime

from cop.domain.report import Report, Retraction
from cop.domain.unit import Position, Unit
from cop.feeds.message import Message

from ..payloads import adapter_of
from . import NOW, Marks, Row, bodies, decode, messages, only


def check(row: Row, marks: Marks) -> None:
    """One event, or a file of several whose times and vehicles are known."""
    if row.file.endswith("hfp-train-payloads.jsonl"):
        check_trains(row, marks)
    elif row.count > 1:
        check_late_and_duplicate(row, marks)
    else:
        with marks.message(row.file):
            check_event(row, decode("hfp", row))


def check_event(row: Row, reports: list[Report]) -> None:
    """What came out of one event."""
    unit = only(reports, Unit)
    number_of_vehicle = (row.said("id") or "").split("/")[1].lstrip("0")
    assert unit.id == (row.said("id") or "").replace("/", "-")
    assert unit.callsign == " ".join(filter(None, (row.said("desi"), number_of_vehicle)))
    assert unit.kind == "bus"
    assert {report.source.original_type for report in reports} == {row.said("event")}
    assert unit.at == datetime.fromisoformat(row.said("tst") or "")
    if row.said("lat") is None:
        assert len(reports) == 1
        return
    position = only(reports, Position)
    spd = row.number("spd")
    assert (position.lat, position.lon) == (row.number("lat"), row.number("lon"))
    assert position.speed_mps == (None if spd is None or spd < 0 else spd)
    assert position.course_deg == row.number("hdg")
    assert position.accuracy_m is None


def check_trains(row: Row, marks: Marks) -> None:
    """Trains without a topic are known by operator and vehicle; one has no place."""
    located = dict.fromkeys(["90-1004", "90-6315", "90-1054", "90-1038", "90-1051"], True) | {"90-1054": False}
    adapter = adapter_of("hfp")
    for one, (train, has_place) in zip(messages("hfp", row), located.items(), strict=True):
        with marks.message(train):
            reports = adapter.decode(Message(one.topic or "", one.payload, NOW))
            assert only(reports, Unit).id == train
            assert len(bodies(reports, Position)) == has_place


def check_late_and_duplicate(row: Row, marks: Marks) -> None:
    """A late vehicle and a duplicate keep their own times."""
    expected = [
        ("0012-01009", "10:56:43", True),
        ("0022-00993", "10:54:32", True),
        ("0022-00993", "10:54:34", False),
        ("0022-00993", "10:54:34", False),
    ]
    adapter = adapter_of("hfp")
    for one, (vehicle, time, first) in zip(messages("hfp", row), expected, strict=True):
        with marks.message(f"{vehicle} {time}"):
            reports = adapter.decode(Message(one.topic or "", one.payload, NOW))
            position = only(reports, Position)
            assert (position.id, position.at.strftime("%H:%M:%S")) == (vehicle, time)
            assert len(bodies(reports, Unit)) == first


def check_recording(row: Row, marks: Marks) -> None:
    """Message by message: the vehicle is the topic's, the time of receipt the recording's."""
    found = messages("hfp", row)
    assert len(found) == row.count
    adapter = adapter_of("hfp")
    for one in found:
        with marks.message(one.topic or ""):
            level = (one.topic or "").split("/")
            assert level[1:3] == ["hfp", "v2"]
            assert one.at is not None
            reports = adapter.decode(Message(one.topic or "", one.payload, NOW))
            assert {report.body.id for report in reports} == {f"{level[7]}-{level[8]}"}
            assert not bodies(reports, Retraction)


CHECKS = {"hfp": check, "recordings/hfp": check_recording}
