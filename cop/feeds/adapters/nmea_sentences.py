"""The sentences of NMEA 0183 that say where and when: what stands in their fields.

Trackers send sentences without a checksum, with an id before the `$` and figures behind the checksum. `pynmeagps`
makes nothing of these, passes over a date that is none and takes ten times as long; so the seven sentences are read
here, and the tests compare with it.
"""

import re
from datetime import date
from functools import reduce
from operator import xor
from typing import NamedTuple

from cop.feeds.adapters import clocks, readings
from cop.feeds.message import BadMessage

#: NMEA allows 82 characters; receivers and trackers send more
_LENGTH = 512
_NOWHERE = None, None
_NAME = re.compile(r"[A-Z][A-Z0-9]{2,9}")
_ENCAPSULATED = re.compile(r"![A-Z]{5},")
_ID = re.compile(r"[A-Za-z0-9/_:.-]{1,64}")
_MODES_WITHOUT_FIX = frozenset("N")
#: what is a loss: a fix that is not measured by satellites
_MODES = {"E": "estimated", "M": "manual", "S": "simulator"}
_QUALITIES = {6: "E", 7: "M", 8: "S"}


class Sentence(NamedTuple):
    """A sentence, and who sent it where an id stands before the `$` or in its tag block."""

    name: str
    fields: list[str]
    sender: str


class Epoch(NamedTuple):
    """What one or several sentences say of one moment; `valid` is None where they do not tell."""

    seconds: float | None = None
    day: date | None = None
    day_said: str = ""
    lat: float | None = None
    lon: float | None = None
    valid: bool | None = None
    alt_m: float | None = None
    speed_mps: float | None = None
    course_deg: float | None = None
    accuracy_m: float | None = None
    mode: str = ""
    hdop: str = ""
    satellites: str = ""

    @property
    def located(self) -> bool:
        """Whether it says a place that holds."""
        return self.lat is not None and self.valid is not False


def parse(line: str) -> Sentence | None:
    """A sentence; None for one of AIS (`!`). Raises BadMessage for what is none, and for a wrong checksum."""
    if len(line) > _LENGTH:
        raise BadMessage("a line is longer than 512 characters")
    tag: dict[str, str] = {}
    if line.startswith("\\"):  # a tag block of NMEA 4.1
        block, _, line = line[1:].partition("\\")
        tag = dict(pair.partition(":")[::2] for pair in block.partition("*")[0].split(",") if ":" in pair)
    prefix, dollar, body = line.partition("$")
    if not dollar:
        if _ENCAPSULATED.search(line):
            return None
        raise BadMessage("no sentence of NMEA 0183")
    body, star, check = body.partition("*")
    if star:
        _verify(body, check.strip()[:2])
    fields = body.strip().split(",")
    if not _NAME.fullmatch(fields[0]):
        raise BadMessage("no sentence of NMEA 0183")
    return Sentence(fields[0], fields[1:], _id_of(prefix) or tag.get("s", ""))


def _id_of(prefix: str) -> str:
    """The id that a tracker puts before the `$`; the rest of a line cut off is none."""
    text = prefix.strip(" ,;:/|")
    return text if _ID.fullmatch(text) else ""


def read(sentence: Sentence) -> Epoch | None:
    """What a sentence says; None for one that says neither where nor when. Raises BadMessage."""
    name = sentence.name
    if len(name) != 5 or name.startswith("P"):  # of one maker
        return None
    reader = _READERS.get(name[-3:])
    if reader is None:
        return None
    return reader([*sentence.fields, *[""] * 14])


def _verify(body: str, check: str) -> None:
    """Raises BadMessage for a checksum that is not the exclusive or of all characters between `$` and `*`."""
    try:
        said = int(check, 16)
    except ValueError:
        raise BadMessage("checksum is none") from None
    # Some put blanks around the star afterwards.
    if said not in (_checksum(body), _checksum(body.strip())):
        raise BadMessage("checksum is wrong")


def _checksum(body: str) -> int:
    return reduce(xor, body.encode("latin-1", "replace"), 0)


def _rmc(fields: list[str]) -> Epoch:
    place = _place(fields[2:6])
    mode = fields[11][:1]
    return Epoch(
        seconds=_time(fields[0]),
        day=_date(fields[8]),
        day_said=fields[8],
        lat=place[0],
        lon=place[1],
        valid=_status(fields[1], mode) or False,  # who does not say so does not vouch for it
        speed_mps=_times(fields[6], clocks.KNOT_MPS, 12_000.0),
        course_deg=readings.course(_figure(fields[7])),
        mode=_MODES.get(mode, ""),
    )


def _gga(fields: list[str]) -> Epoch:
    place = _place(fields[1:5])
    quality = _figure(fields[5])
    altitude, separation = _figure(fields[8]), _figure(fields[10])
    if altitude is not None and separation is not None and fields[9] == fields[11] == "M":
        altitude += separation  # above the ellipsoid
    elif fields[9] not in ("M", ""):
        altitude = None
    return Epoch(
        seconds=_time(fields[0]),
        lat=place[0],
        lon=place[1],
        valid=quality is not None and quality > 0,
        alt_m=_rounded(readings.within(altitude, -12_000.0, 1e6)),
        mode=_MODES.get(_QUALITIES.get(int(quality), ""), "") if quality is not None and 0 <= quality < 10 else "",
        hdop=_kept(fields[7]),
        satellites=_kept(fields[6]),
    )


def _gns(fields: list[str]) -> Epoch:
    place = _place(fields[1:5])
    modes = fields[5]
    altitude, separation = _figure(fields[8]), _figure(fields[9])
    if altitude is not None and separation is not None:
        altitude += separation
    measured = set(modes) - _MODES_WITHOUT_FIX
    return Epoch(
        seconds=_time(fields[0]),
        lat=place[0],
        lon=place[1],
        valid=bool(measured) if modes else None,
        alt_m=_rounded(readings.within(altitude, -12_000.0, 1e6)),
        mode=_MODES.get(next(iter(measured)), "") if len(measured) == 1 else "",
        hdop=_kept(fields[7]),
        satellites=_kept(fields[6]),
    )


def _gll(fields: list[str]) -> Epoch:
    place = _place(fields[:4])
    mode = fields[6][:1]
    return Epoch(
        seconds=_time(fields[4]), lat=place[0], lon=place[1], valid=_status(fields[5], mode), mode=_MODES.get(mode, "")
    )


def _vtg(fields: list[str]) -> Epoch:
    if fields[8][:1] in _MODES_WITHOUT_FIX:
        return Epoch()
    speed = _times(fields[4], clocks.KNOT_MPS, 12_000.0)
    if speed is None:
        speed = _times(fields[6], clocks.KMH_MPS, 12_000.0)
    return Epoch(course_deg=readings.course(_figure(fields[0])), speed_mps=speed)


def _zda(fields: list[str]) -> Epoch:
    figures = [_whole(field) for field in fields[1:4]]
    day = None if None in figures else clocks.calendar_day(*(figure or 0 for figure in figures))
    return Epoch(seconds=_time(fields[0]), day=day)


def _gst(fields: list[str]) -> Epoch:
    north, east = _figure(fields[5]), _figure(fields[6])
    accuracy = None if north is None or east is None else (north * north + east * east) ** 0.5
    return Epoch(seconds=_time(fields[0]), accuracy_m=_rounded(readings.within(accuracy, 0.0, 1e7)))


_READERS = {"RMC": _rmc, "GGA": _gga, "GNS": _gns, "GLL": _gll, "VTG": _vtg, "ZDA": _zda, "GST": _gst}


def _status(status: str, mode: str) -> bool | None:
    """A is valid (D in some trackers), V is not; nor is the mode N, which came with NMEA 2.3."""
    if mode in _MODES_WITHOUT_FIX:
        return False
    return status in ("A", "D") if status else None


def _time(text: str) -> float | None:
    """Seconds of the day of hhmmss.sss; None for no time. Raises BadMessage for one that is none."""
    if not text:
        return None
    hours, minutes, seconds = _whole(text[:2]), _whole(text[2:4]), _figure(text[4:])
    if hours is None or minutes is None or seconds is None or not (hours < 24 and minutes < 60 and 0 <= seconds < 61):
        raise BadMessage("time of day is out of range")
    return round(hours * 3600 + minutes * 60 + seconds, 3)


def _date(text: str) -> date | None:
    if len(text) != 6:
        return None
    figures = [_whole(text[at : at + 2]) for at in (0, 2, 4)]
    return None if None in figures else clocks.calendar_day(*(figure or 0 for figure in figures))


def _place(fields: list[str]) -> tuple[float | None, float | None]:
    """Degrees of ddmm.mmmm with hemispheres; nothing where one is missing. Raises BadMessage outside the globe."""
    lat_text, north, lon_text, east = fields
    if not (lat_text and lon_text and north and east):
        return _NOWHERE
    lat, lon = _degrees(lat_text, north, "N", "S"), _degrees(lon_text, east, "E", "W")
    if not lat and not lon:
        return _NOWHERE  # trackers without a fix send zeros
    readings.check_coordinates(lat, lon)
    return lat, lon


def _degrees(text: str, side: str, positive: str, negative: str) -> float:
    figure = _figure(text)
    if figure is None or figure < 0 or figure > 18_000 or side not in (positive, negative):
        raise BadMessage("coordinates are not degrees and minutes")
    degrees, minutes = divmod(figure, 100.0)
    if minutes >= 60.0:
        raise BadMessage("coordinates are not degrees and minutes")
    return round((degrees + minutes / 60.0) * (1 if side == positive else -1), 9)


def _figure(text: str) -> float | None:
    """A decimal figure; None for an empty field. Exponents and the words for infinity are none of NMEA."""
    return readings.figure(text) if text and not text.strip("+-.0123456789") else None


def _whole(text: str) -> int | None:
    return int(text) if text.isdecimal() and text.isascii() and len(text) <= 6 else None


def _times(text: str, factor: float, most: float) -> float | None:
    figure = _figure(text)
    return None if figure is None else readings.within(figure * factor, 0.0, most)


def _rounded(figure: float | None) -> float | None:
    return None if figure is None else round(figure, 3)


def _kept(text: str) -> str:
    return text if _figure(text) is not None else ""
