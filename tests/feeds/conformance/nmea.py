"""NMEA 0183: logs of receivers with what gpsd made of them, and lines of trackers."""

import json
from datetime import datetime

import pytest

from cop.domain.unit import Position
from cop.feeds.message import Message

from ..payloads import adapter_of
from . import NOW, SAMPLES, Marks, Row, bodies, messages


def check(row: Row, marks: Marks) -> None:
    """Line by line: what is broken is refused, every place is that of the line, and gpsd saw the same."""
    oracle = gpsd_of(row)
    received_at = max(oracle, default=NOW) if oracle else NOW
    adapter = adapter_of("nmea")
    seen: list[Position] = []
    sent: list[tuple[float, float]] = []
    for number, one in enumerate(messages("nmea", row), start=1):
        line = one.payload.decode("latin-1").strip()
        message, what = Message("gps/car-7/nmea", one.payload, received_at), f"{row.file} line {number}"
        if row.count == 0 or is_broken(line):  # a log of the receiver's binary protocol alone
            with marks.refusal(what):
                adapter.decode(message)
            continue
        with marks.message(what):
            sent += place_of(line)
            reports = adapter.decode(message)
            positions = bodies(reports, Position)
            seen += positions
            assert all((one.lat, one.lon) in rounded(sent[-4:]) for one in positions)
            assert "$" in line or reports == []
    if oracle and row.count:
        with marks.message(f"{row.file} and gpsd"):
            compare(seen, oracle)


def is_broken(line: str) -> bool:
    """Whether a line is no sentence, or its checksum is wrong: reckoned here anew, letter by letter."""
    if "$" not in line:
        return "!" not in line
    body, star, check = line.partition("$")[2].partition("*")
    if not star:
        return False
    for candidate in (body, body.strip()):
        total = 0
        for letter in candidate:
            total ^= ord(letter)
        if check.strip()[:2].upper().rjust(2, "0") == f"{total:02X}":
            return False
    return True


#: where latitude and validity stand, by sentence
FIELDS = {"RMC": (3, 2), "GGA": (2, 6), "GNS": (2, 6), "GLL": (1, 6)}


def place_of(line: str) -> list[tuple[float, float]]:
    """The degrees of a line whose place holds."""
    fields = line.partition("$")[2].partition("*")[0].split(",")
    at, status = FIELDS.get(fields[0][2:], (0, 0))
    if not at or len(fields) < at + 4 or fields[status].strip("N") in ("V", "0", "") or not fields[at]:
        return []
    lat = float(fields[at][:2]) + float(fields[at][2:]) / 60
    head, minutes = fields[at + 2].split(".")
    lon = float(head[:-2]) + float(f"{head[-2:]}.{minutes}") / 60
    return [(lat * (-1 if fields[at + 1] == "S" else 1), lon * (-1 if fields[at + 3] == "W" else 1))]


def rounded(places: list[tuple[float, float]]) -> list[object]:
    """Places that are the same to a thousandth of a metre."""
    return [tuple(pytest.approx(one, abs=1e-8) for one in place) for place in places]


def gpsd_of(row: Row) -> dict[datetime, dict]:
    """gpsd's own fixes by their time; nothing where no such file lies beside the log."""
    file = SAMPLES / f"{row.file}.chk"
    if not file.is_file():
        return {}
    found = {}
    for line in file.read_text("latin-1").splitlines():
        if line.startswith('{"class":"TPV"'):
            fix = json.loads(line)
            if "time" in fix and fix["mode"] >= 2:
                found[datetime.fromisoformat(fix["time"])] = fix
    return found


def compare(seen: list[Position], oracle: dict[datetime, dict]) -> None:
    """Every fix of gpsd's is one of ours, at the same time and place."""
    by_time = {one.at: one for one in seen}
    missing = [time for time in oracle if time not in by_time]
    assert not missing, f"{len(missing)} of {len(oracle)} fixes of gpsd's are none of ours: {missing[:3]}"
    for time, fix in oracle.items():
        ours = by_time[time]
        assert (ours.lat, ours.lon) == (pytest.approx(fix["lat"], abs=1e-7), pytest.approx(fix["lon"], abs=1e-7))
        if ours.speed_mps is not None and "speed" in fix:
            assert ours.speed_mps == pytest.approx(fix["speed"], abs=0.01)


CHECKS = {"nmea": check}
