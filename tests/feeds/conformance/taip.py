"""TAIP: reports of trackers and of modems, cut by the columns of the protocol's text."""

from datetime import UTC, datetime, timedelta

import pytest

from cop.domain.report import Report
from cop.domain.unit import Position, Unit
from cop.feeds.message import Message

from ..payloads import adapter_of
from . import NOW, Marks, Row, bodies, messages, only

MPH_MPS = 1609.344 / 3600
#: what the row says of single ones that have a date of their own
DATED = {
    ">RGP230615010248": ("2015-06-23T01:02:48Z", -26.82523, -65.23682),
    ">REV481599462982": ("2010-09-02T17:29:42Z", 25.78391, -80.29452),
}
#: what the row says of the manuals' ones: place, mph, course, unit
MANUALS = {
    ">RPV81854": (49.02565, 122.09967, 0, 0, None),
    ">RPV15714": (37.39438, -122.03846, 15, 126, "1234"),
    ">RPV73511": (45.49542, -73.66431, 0, 358, None),
    ">RPV56655": (45.49542, -73.66433, 0, 0, "ADAM12"),
}


def check(row: Row, marks: Marks) -> None:
    """Line by line: a wrong checksum and a date that is none are refused, every other says its unit."""
    for number, one in enumerate(messages("taip", row), start=1):
        line, what = one.payload.decode().strip(), f"{row.file} line {number}"
        adapter, message = adapter_of("taip"), Message("modems/m77", one.payload, NOW)
        if wrong_checksum(line) or "00000000000" in line[6:17] or line[4:].startswith("00,010170"):
            with marks.refusal(what):
                adapter.decode(message)
            continue
        with marks.message(what):
            check_line(line, adapter.decode(message))


def check_line(line: str, reports: list[Report]) -> None:
    """What came out of one line."""
    _, _, named = line.partition("ID=")
    unit = named.split(";")[0].rstrip("<") or "m77"
    assert only(reports, Unit).id == unit
    positions = bodies(reports, Position)
    kind = line[2:4]
    if kind == "PV":
        check_columns(line[4:], 1e5, 5, 7, positions, NOW.replace(hour=0, minute=0))
    elif kind == "EV":
        week, day = int(line[6:10]), int(line[10])
        check_columns(
            line[11:], 1e5, 5, 7, positions, datetime(1980, 1, 6, tzinfo=UTC) + timedelta(days=week * 7 + day)
        )
    elif kind == "LN":
        check_columns(line[4:], 1e7, 8, 9, positions, NOW.replace(hour=0, minute=0))
    elif kind == "CP":
        check_columns(line[4:], 1e4, 5, 6, positions, NOW.replace(hour=0, minute=0))
    elif kind in ("AL", "PI", "TT", "UV"):
        assert positions == []
    else:
        check_dated(line, positions)
    for start, (time, lat, lon) in DATED.items():
        if line.startswith(start):
            assert [(one.at, one.lat, one.lon) for one in positions] == [(datetime.fromisoformat(time), lat, lon)]
    for start, (lat, lon, mph, course, known) in MANUALS.items():
        if line.startswith(start):
            (one,) = positions
            assert one.id == (known or "m77")
            assert (one.lat, one.lon, one.course_deg) == (lat, lon, course)
            assert one.speed_mps == pytest.approx(mph * MPH_MPS)


def check_columns(
    text: str, scale: float, clock: int, digits: int, positions: list[Position], midnight: datetime
) -> None:
    """Time, latitude and longitude stand in columns; the time of day is that of the nearest day."""
    seconds = int(text[:clock]) / (1000 if clock == 8 else 1)
    lat = int(text[clock : clock + digits + 1]) / scale
    lon = int(text[clock + digits + 1 : clock + 2 * digits + 3]) / scale
    (one,) = positions
    assert (one.lat, one.lon) == (lat, lon)
    at = midnight + timedelta(seconds=seconds)
    assert one.at in (at, at - timedelta(days=1))
    if midnight.date() == NOW.date():
        assert abs(one.at - NOW) <= timedelta(hours=12)
    rest = text[clock + 2 * digits + 3 :]
    if digits == 7:
        assert one.speed_mps == pytest.approx(int(rest[:3]) * MPH_MPS)
        assert one.course_deg == int(rest[3:6])
    elif digits == 9:
        assert one.alt_m == pytest.approx(int(rest[:9]) / 100 * 0.3048, abs=0.01)
        assert one.course_deg == int(rest[18:22]) / 10


def check_dated(line: str, positions: list[Position]) -> None:
    """Day, month, year, hour, minute, second before a latitude; fix mode 0 has no place."""
    sign = min(at for at in (line.find("+"), line.find("-")) if at > 0)
    at = datetime.strptime(line[sign - 12 : sign], "%d%m%y%H%M%S").replace(tzinfo=UTC)
    if "." in line[sign : sign + 8]:
        degrees = [float(line[sign + 1 : sign + 3]) + float(line[sign + 3 : sign + 10]) / 60]
        degrees.append(float(line[sign + 11 : sign + 14]) + float(line[sign + 14 : sign + 21]) / 60)
        lat, lon = -degrees[0], -degrees[1]
        after = line[sign + 21 + 6 :]
    else:
        lat, lon = int(line[sign : sign + 8]) / 1e5, int(line[sign + 8 : sign + 17]) / 1e5
        after = line[sign + 17 + 6 :]
    if line[2:4] in ("GP", "US") and after[0] == "0":
        assert positions == []
        return
    (one,) = positions
    assert one.at == at
    assert (one.lat, one.lon) == (pytest.approx(lat, abs=1e-6), pytest.approx(lon, abs=1e-6))


def wrong_checksum(line: str) -> bool:
    """Reckoned with the star and without it, for both are sent."""
    body, star, said = line.rstrip("<").rpartition("*")
    if not star:
        return False
    total = 0
    for letter in body:
        total ^= ord(letter)
    return said not in (f"{total:02X}", f"{total ^ 0x2A:02X}")


CHECKS = {"taip": check}
