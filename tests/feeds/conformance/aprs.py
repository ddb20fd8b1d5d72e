"""APRS: lines, frames, and a line of the Open Glider Network; aprslib reads the same where it reads at all."""

import aprslib
import pytest

from cop.domain.log import LogEntry
from cop.domain.report import Report, Retraction
from cop.domain.unit import Position, Unit
from cop.feeds.message import Message

from ..payloads import adapter_of
from . import NOW, Marks, Row, bodies, messages, only

#: by their beginning: what the file's lines are, read by eye: unit, latitude and longitude in degrees and minutes
LINES = {
    "KB8BMY-10": ("KB8BMY-10", 47 + 4.13 / 60, -122 - 42.73 / 60),
    "NICOLI": ("NICOLI", 46 + 5.21 / 60, -123 - 27.31 / 60),
    "MEISNR": ("EL-1369", 45 + 58.13 / 60, -122 - 59.58 / 60),
    "UCAPK": ("UCAPK", 46 + 58.39 / 60, -123 - 8.29 / 60),
    "FOO>APRS": ("FOO", 46 + 5.21 / 60, -123 - 27.31 / 60),
    "KF7HVM": ("KF7HVM", 46.17683, -122.98067),
    "N7LOL-14": ("W7ZA", 46 + 57.26 / 60, -123 - 48.18 / 60),
    "FOO>APZ069": ("AID %232", 49 + 3.5 / 60, -72 - 1.75 / 60),
    "FLRDDDEAD": ("FLRDDDEAD", 50.49767, 9.94967),
}


def check(row: Row, marks: Marks) -> None:
    """Packet by packet."""
    found = messages("aprs", row)
    assert len(found) == row.count
    for number, one in enumerate(found, start=1):
        with marks.message(f"{row.file} packet {number}"):
            reports = adapter_of("aprs").decode(Message("", one.payload, NOW))
            if row.file.endswith(".log"):
                check_frame(number, reports)
            else:
                check_line(one.payload.decode(), reports)


def check_line(line: str, reports: list[Report]) -> None:
    """What came out of a line."""
    kind = line.partition(":")[2][:1]
    source = line.partition(">")[0]
    if kind == ":":
        texts = [entry.text for entry in bodies(reports, LogEntry)]
        assert len(reports) == len(texts) == ("ackM1383" not in line)
        assert all(text in line and "{" not in text for text in texts)
        return
    if kind == ">":
        assert only(reports, Unit).id == source
        assert bodies(reports, Position) == []
        return
    ((unit, lat, lon),) = (said for start, said in LINES.items() if line.startswith(start))
    if kind in ";)":  # an object's id is none of a station
        unit = f"object {unit}"
    if ")AID #2_" in line:
        assert only(reports, Retraction).id == unit
        return
    assert only(reports, Unit).id == unit
    position = only(reports, Position)
    assert (position.lat, position.lon) == (pytest.approx(lat, abs=1e-5), pytest.approx(lon, abs=1e-5))
    try:
        theirs = aprslib.parse(line)
    except (aprslib.ParseError, aprslib.UnknownFormat):
        return
    assert position.lat == pytest.approx(theirs["latitude"], abs=1e-6)
    assert position.lon == pytest.approx(theirs["longitude"], abs=1e-6)
    figures = (position.speed_mps, position.course_deg, position.alt_m)
    expected = (theirs["speed"] / 3.6 if "speed" in theirs else None, theirs.get("course"), theirs.get("altitude"))
    for ours, other in zip(figures, expected, strict=True):
        assert ours == (None if other is None else pytest.approx(other, abs=0.01))


def check_frame(number: int, reports: list[Report]) -> None:
    """The first has a place, the second is telemetry of the same station."""
    assert only(reports, Unit).id == "W2GMD-6"
    places = [(one.lat, one.lon) for one in bodies(reports, Position)]
    assert places == ([(37.7625, -122.4675)] if number == 1 else [])


CHECKS = {"aprs": check}
