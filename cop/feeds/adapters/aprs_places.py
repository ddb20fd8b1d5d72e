"""Where an APRS packet says somebody is: plain, compressed and Mic-E places with what stands behind them (APRS 1.0.1).

Angles are degrees, as everywhere; a plain place has minutes to two digits, and whoever wants to say less leaves digits
blank: then the middle of the cell is taken, and half its diagonal is the accuracy.
"""

import re
from math import cos, hypot, radians
from typing import NamedTuple

from cop.feeds.adapters import clocks, readings
from cop.feeds.message import BadMessage

_METRES_A_MINUTE = 1853.25  # of a great circle on the mean sphere
#: hundredths of a minute of the cell by how many digits are blank (chapter 6)
_CELLS = (1, 10, 100, 1000, 6000)
_PLAIN = re.compile(
    r"(?P<lat>\d\d)(?P<lat_min>[0-9 ]{2}\.[0-9 ]{2})(?P<north>[NSns])(?P<table>[!-~])"
    r"(?P<lon>\d{3})(?P<lon_min>[0-9 ]{2}\.[0-9 ]{2})(?P<east>[EWew])(?P<code>[ -~])"
)
_COMPRESSED = re.compile(
    r"(?P<table>[/\\A-Za-j])(?P<lat>[!-{]{4})(?P<lon>[!-{]{4})(?P<code>[ -~])(?P<cs>[ -{]{2})(?P<t>[ -~])"
)
_COURSE_SPEED = re.compile(r"(\d{3}|\.{3}| {3})/(\d{3}|\.{3}| {3})")
_STRENGTH = re.compile(r"PHG\d[0-~]\d\d|RNG\d{4}|DFS\d[0-~]\d\d")
_BEARING = re.compile(r"/(\d{3}/\d{3})")
_ALTITUDE = re.compile(r"/A=(-\d{5}|\d{6})")
_PRECISION = re.compile(r"!([Ww])([!-{]{2})!")
_MIC_E_ALTITUDE = re.compile(r"(?P<kind>[^!-{]?|[>\]`'])(?P<height>[!-{]{3})\}")
_MIC_E_DESTINATION = re.compile(r"[0-9A-LP-Z]{3}[0-9LP-Z]{3}")
#: bits of the first three characters of the destination (chapter 10)
_MIC_E_WORDS = {
    "111": "off duty",
    "110": "en route",
    "101": "in service",
    "100": "returning",
    "011": "committed",
    "010": "special",
    "001": "priority",
    "000": "emergency",
}


class Place(NamedTuple):
    """A place with its symbol (table and code) and what stands behind it; no latitude is no place."""

    lat: float | None
    lon: float | None
    symbol: str
    rest: str
    accuracy_m: float | None = None
    course_deg: float | None = None
    speed_mps: float | None = None
    alt_m: float | None = None
    word: str = ""
    losses: tuple[tuple[str, str], ...] = ()


def plain_or_compressed(text: str) -> Place:
    """The place at the beginning of a text. Raises BadMessage for one that is none."""
    match = _PLAIN.match(text)
    place = _plain(match) if match is not None else _compressed(text)
    return _extended(place)


def mic_e(destination: str, text: str) -> Place:
    """A Mic-E place: the latitude stands in the destination, the rest in the text. Raises BadMessage."""
    if not _MIC_E_DESTINATION.fullmatch(destination[:6]) or len(text) < 8:
        raise BadMessage("no position of Mic-E")
    digits = "".join(_mic_e_digit(letter) for letter in destination[:6])
    figures = [ord(letter) - 28 for letter in text[:6]]
    if min(figures) < 0 or max(figures) > 99:
        raise BadMessage("no position of Mic-E")
    north, far, west = (letter >= "P" for letter in destination[3:6])
    degrees = figures[0] + 100 * far
    if 180 <= degrees <= 189:
        degrees -= 80
    elif 190 <= degrees <= 199:
        degrees -= 190
    hundredths = figures[1] % 60 * 100 + figures[2]
    lat_deg = digits[:2]
    if not lat_deg.isdecimal():
        raise BadMessage("no position of Mic-E")
    blank = _blank(digits[2:])
    lat = int(lat_deg) + _middle(_hundredths(digits[2:]), blank)
    lon = degrees + _middle(hundredths, blank)
    lat, lon = lat if north else -lat, -lon if west else lon
    speed, course = figures[3] * 10 + figures[4] // 10, figures[4] % 10 * 100 + figures[5]
    speed, course = speed - 800 * (speed >= 800), course - 400 * (course >= 400)
    rest = text[8:]
    alt_m = None
    if height := _MIC_E_ALTITUDE.match(rest):
        alt_m = float(_base91(height["height"]) - 10_000)
        rest = height["kind"] + rest[height.end() :]
    place = Place(
        lat,
        lon,
        text[7] + text[6],
        rest,
        accuracy_m=_accuracy(lat, blank),
        course_deg=float(course) if 0 < course <= 360 else None,
        speed_mps=speed * clocks.KNOT_MPS,
        alt_m=alt_m,
        word=_mic_e_word(destination[:3]),
    )
    return _commented(_checked(place))


def _plain(match: re.Match[str]) -> Place:
    lat_min, lon_min = match["lat_min"].replace(".", ""), match["lon_min"].replace(".", "")
    blank = max(_blank(lat_min), _blank(lon_min))
    minutes = [_hundredths(digits) for digits in (lat_min, lon_min)]
    if max(minutes) >= 6000:
        raise BadMessage("coordinates are not degrees and minutes")
    lat = int(match["lat"]) + _middle(minutes[0], blank)
    lon = int(match["lon"]) + _middle(minutes[1], blank)
    lat, lon = -lat if match["north"] in "Ss" else lat, -lon if match["east"] in "Ww" else lon
    rest = match.string[match.end() :]
    return _checked(Place(lat, lon, match["table"] + match["code"], rest, accuracy_m=_accuracy(lat, blank)))


def _compressed(text: str) -> Place:
    """Base 91 (chapter 9); two bytes behind it are course and speed, a range, or a height."""
    match = _COMPRESSED.match(text)
    if match is None:
        raise BadMessage("no position of APRS")
    lat, lon = 90.0 - _base91(match["lat"]) / 380_926.0, -180.0 + _base91(match["lon"]) / 190_463.0
    course = speed = alt_m = None
    losses: list[tuple[str, str]] = []
    first, second, kind = (ord(letter) - 33 for letter in match["cs"] + match["t"])
    if first >= 0 and second >= 0:
        if kind >= 0 and kind & 0x18 == 0x10:
            alt_m = 1.002 ** (first * 91 + second) * clocks.FOOT_M
        elif first <= 89:
            course, speed = first * 4.0, (1.08**second - 1.0) * clocks.KNOT_MPS
        elif first == 90:
            losses.append(("range_miles", f"{2.0 * 1.08**second:.1f}"))
        if kind >= 0 and not kind & 0x20:
            losses.append(("fix", "the last one, not the current one"))
    return _checked(
        Place(
            round(lat, 7),
            round(lon, 7),
            match["table"] + match["code"],
            text[match.end() :],
            course_deg=course,
            speed_mps=speed,
            alt_m=alt_m,
            losses=tuple(losses),
        )
    )


def _extended(place: Place) -> Place:
    """Course and speed, or figures of an antenna, in the seven characters behind a place (chapter 7)."""
    if place.symbol[1:] == "_":  # of a weather station these are the wind's
        return place._replace(losses=(*place.losses, ("weather", place.rest)), rest="")
    rest = place.rest
    losses = list(place.losses)
    if match := _COURSE_SPEED.match(rest):
        rest = rest[7:]
        course, speed = (int(text) if text.isdecimal() else None for text in match.groups())
        if course or speed:  # 000/000 says that nothing is known
            place = place._replace(
                course_deg=float(course) if course and course <= 360 else None,
                speed_mps=None if speed is None else speed * clocks.KNOT_MPS,
            )
        if bearing := _BEARING.match(rest):
            losses.append(("bearing", bearing[1]))
            rest = rest[8:]
    elif match := _STRENGTH.match(rest):
        losses.append((match[0][:3], match[0][3:]))
        rest = rest[7:]
    return _commented(place._replace(rest=rest, losses=tuple(losses)))


def _commented(place: Place) -> Place:
    """What a comment says of the place: its height, and further digits."""
    rest, lat, lon = place.rest, place.lat, place.lon
    if match := _ALTITUDE.search(rest):
        place = place._replace(alt_m=int(match[1]) * clocks.FOOT_M)
        rest = rest[: match.start()] + rest[match.end() :]
    if (match := _PRECISION.search(rest)) and lat is not None and lon is not None and place.accuracy_m is None:
        digits = match[2]
        if match[1] == "W" and digits.isdecimal():
            more = [int(digit) * 0.001 for digit in digits]
        elif match[1] == "w":
            more = [(ord(digit) - 33) * 0.00011 for digit in digits]
        else:
            more = [0.0, 0.0]
        lat += more[0] / 60.0 * (1 if lat >= 0 else -1)
        lon += more[1] / 60.0 * (1 if lon >= 0 else -1)
        rest = rest[: match.start()] + rest[match.end() :]
        place = _checked(place._replace(lat=lat, lon=lon))
    alt_m = readings.within(place.alt_m, -12_000.0, 1e6)
    return place._replace(rest=rest.strip(" /"), alt_m=None if alt_m is None else round(alt_m, 2))


def _checked(place: Place) -> Place:
    """Raises BadMessage outside the globe; 0,0 is how a tracker without a fix says so (chapter 6)."""
    lat, lon = place.lat, place.lon
    if lat is None or lon is None:
        return place
    readings.check_coordinates(lat, lon)
    if abs(lat) < 1e-3 and abs(lon) < 1e-3:
        return place._replace(lat=None, lon=None)
    return place._replace(lat=round(lat, 7), lon=round(lon, 7))


def _blank(digits: str) -> int:
    """How many digits of a minute are left out: all from the first blank on."""
    first = digits.find(" ")
    return 0 if first < 0 else 4 - first


def _hundredths(digits: str) -> int:
    return int(digits.replace(" ", "0"))


def _middle(hundredths: int, blank: int) -> float:
    """Degrees of a minute, of the middle of its cell where digits are blank."""
    cell = _CELLS[blank]
    return (hundredths if not blank else hundredths // cell * cell + cell / 2.0) / 6000.0


def _accuracy(lat: float, blank: int) -> float | None:
    half_m = _CELLS[blank] / 200.0 * _METRES_A_MINUTE
    return round(hypot(half_m, half_m * cos(radians(lat))), 1) if blank else None


def _base91(text: str) -> int:
    value = 0
    for letter in text:
        value = value * 91 + ord(letter) - 33
    return value


def _mic_e_digit(letter: str) -> str:
    """A digit of the latitude, blank where it is left out."""
    if letter in "KLZ":
        return " "
    return letter if letter.isdecimal() else chr(ord(letter) - (32 if letter >= "P" else 17))


def _mic_e_word(letters: str) -> str:
    """The word of the three bits; those of a station's own meaning are numbered."""
    bits = "".join("0" if letter <= "9" or letter == "L" else "1" for letter in letters)
    if any("A" <= letter <= "K" for letter in letters) and bits != "000":
        return f"custom {7 - int(bits, 2)}"
    return _MIC_E_WORDS[bits]
