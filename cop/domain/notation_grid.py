"""US National Grid (FGDC-STD-011-2001), MGRS and UTM as people write them."""

import math
import re
import warnings
from itertools import product

import mgrs
from mgrs.core import MGRSError

from cop.domain.geodesic import Place, distance_and_bearing
from cop.domain.place_read import NotAPlace, Read
from cop.domain.place_words import BANDS, NORTHERNMOST, SOUTHERNMOST, band_of, usng, utm, utm_projection

_MGRS = mgrs.MGRS()
_FULL = re.compile(r"([0-9]{1,2})([A-Z])([A-Z]{2})([0-9]{0,20})")
_SQUARE = re.compile(r"([A-HJ-NP-Z][A-HJ-NP-V]) ?([0-9]{2,10}|[0-9]{1,5} [0-9]{1,5})")
_FIGURES = re.compile(r"([0-9]{3,5}) ([0-9]{3,5})")
_NAMED = re.compile(r"(?:USNG|MGRS|NATIONAL GRID|GRID)[ :=]+")
_UTM = re.compile(
    r"(?:UTM )?(?:ZONE )?([0-9]{1,2}) ?([A-Z])? ?"
    r"(?:ZONE )?([0-9]{5,8}(?:\.[0-9]{0,4})?) ?(M ?E|E|M)?(?: ?, ?| )"
    r"([0-9]{1,8}(?:\.[0-9]{0,4})?) ?(M ?N|N|M)?"
)
#: the northing of the equator as a southern zone counts, and how far east and west a zone's figures make sense
_SOUTHERN_M, _WEST_M, _EAST_M = 10_000_000.0, 100_000.0, 900_000.0
#: figures in whole metres may lie so far outside of their band
_EDGE_DEG = 2e-5
_GRID = "US National Grid"


def read_grid(text: str, near: Place | None = None) -> list[Read]:
    """A cell of the grid at any precision; without its zone or square, the one nearest to `near`. Raises NotAPlace."""
    said = _NAMED.sub("", text.upper(), count=1)
    if len(said) > 40:
        return []
    words = re.sub(r"[-,./ ]+", " ", said).strip()
    full = _FULL.fullmatch(words.replace(" ", ""))
    if full is not None:
        return [_full(full, words)]
    if re.fullmatch(r"[ABYZ][A-Z]{2}[0-9]{2,10}", words.replace(" ", "")) and words[0] in "YZ":
        raise NotAPlace("The grid of the poles is not read here; give degrees.")
    square = _SQUARE.fullmatch(words)
    if square is not None and near is not None:
        return _near(square[1], _even(square[2]), near)
    figures = _FIGURES.fullmatch(words)
    if figures is not None and near is not None and words == said:
        return _near("", _even(words), near)
    return []


def _full(found: re.Match[str], words: str) -> Read:
    zone, band, square = found[1], found[2], found[3]
    if not 1 <= int(zone) <= 60:
        raise NotAPlace(f"There is no zone {zone}: they go from 1 to 60.")
    if band not in BANDS:
        raise NotAPlace(f"There is no band {band}: they go from C to X without I and O.")
    tail = words[words.rfind(square[-1]) + 1 :].strip() if found[4] else ""
    figures = _even(tail) if tail else ""
    one = _cell(f"{int(zone)}{band}{square}{figures}")
    if one is None:
        raise NotAPlace(f"There is no square {square} in {zone}{band}.")
    return one


def _even(figures: str) -> str:
    """The digits of easting and northing together. Raises NotAPlace if they are not equally many."""
    parts = figures.split(" ")
    if (len(parts) == 2 and len(parts[0]) != len(parts[1])) or len("".join(parts)) % 2:
        raise NotAPlace("Easting and northing need the same number of digits.")
    if len("".join(parts)) > 10:
        raise NotAPlace("A grid reference has at most five digits each way: that is a metre.")
    return "".join(parts)


def _cell(packed: str, note: str = "") -> Read | None:
    """A cell by its whole name; None if there is none of this name."""
    head = re.match(r"[0-9]+[A-Z]{3}", packed)
    if head is None:
        return None
    digits = (len(packed) - head.end()) // 2
    side = 10.0 ** (5 - digits)
    try:
        with warnings.catch_warnings(record=True) as warned:
            warnings.simplefilter("always")  # that the figures lie outside of the band
            zone, hemisphere, east, north = _MGRS.MGRSToUTM(packed)
    except MGRSError:
        return None
    west, south = math.floor(east / side) * side, math.floor(north / side) * side
    projection = utm_projection(int(zone), south=_is_south(hemisphere))
    cell = f"{int(head[0][:-3]):02d}{head[0][-3:-2]} {head[0][-2:]}"
    figures = packed[head.end() :]
    name = f"{cell} {figures[:digits]} {figures[digits:]}".strip()

    def place(right: float, up: float) -> Place:
        lon, lat = projection(west + right * side, south + up * side, inverse=True)
        return float(lat), float(lon)

    # the middle; where the cell is cut by the edge of its zone or band, whatever of it is within
    inner = [(0.5, 0.5), *product((0.02, 0.25, 0.5, 0.75, 0.98), repeat=2)]
    within = next((at for at in inner if usng(*place(*at), digits) == name), None)
    if within is None and warned:
        return None
    within = within or (0.5, 0.5)  # a sliver on the edge of its band
    corners = tuple(place(*at) for at in ((0, 0), (1, 0), (1, 1), (0, 1)))
    return Read(*place(*within), _GRID, name, side, corners, note)


def _near(square: str, figures: str, near: Place) -> list[Read]:
    """The cell of this name nearest to a place: its square may be that of a neighbouring zone."""
    here = usng(*near, 0)
    if not here:
        raise NotAPlace("The grid ends at 84° north and 80° south: give degrees.")
    if square:
        at = BANDS.index(here[2])
        zones = [(int(here[:2]) + step - 1) % 60 + 1 for step in (-1, 0, 1)]
        names = [f"{zone}{band}{square}" for zone in zones for band in BANDS[max(0, at - 1) : at + 2]]
    else:
        lat, lon = near
        step = min(4.0, 0.9 / max(0.05, math.cos(math.radians(lat))))
        around = [(lat + up * 0.9, lon + right * step) for up in (-1, 0, 1) for right in (-1, 0, 1)]
        names = sorted({usng(*place, 0).replace(" ", "") for place in around} - {""})
    cells = [one for name in names if (one := _cell(f"{name}{figures}")) is not None]
    if not cells:
        raise NotAPlace(f"There is no square {square} near here: say its zone.")
    nearest = min(cells, key=lambda one: distance_and_bearing(near, (one.lat, one.lon))[0])
    note = "Zone assumed: the nearest" if square else "Zone and square assumed"
    return [Read(nearest.lat, nearest.lon, _GRID, nearest.text, nearest.precision_m, nearest.cell, note)]


def read_utm(text: str, near: Place | None = None) -> list[Read]:
    """Zone, easting and northing; a letter S may be the band or the south, and both are tried. Raises NotAPlace."""
    if len(text) > 60:
        return []
    found = _UTM.fullmatch(text.upper().replace("WGS84 ", "").replace("WGS 84 ", ""))
    if found is None or (len(found[3].split(".")[0]) < 6 and not found[4] and not text.upper().startswith("UTM")):
        return []
    zone, letter, east, north = int(found[1]), found[2] or "", float(found[3]), float(found[5])
    if not 1 <= zone <= 60:
        raise NotAPlace(f"There is no zone {zone}: they go from 1 to 60.")
    if letter and letter not in BANDS:
        raise NotAPlace(f"There is no band {letter}: they go from C to X without I and O.")
    if not _WEST_M <= east <= _EAST_M:
        raise NotAPlace(f"An easting goes from 100,000 to 900,000, not {east:,.0f}; it comes before the northing.")
    if north > _SOUTHERN_M:
        raise NotAPlace("A northing goes to 10,000,000.")
    decimals = min(len(part.partition(".")[2]) for part in (found[3], found[5]))
    readings = [
        Read(lat, lon, "UTM", utm(lat, lon) or f"{zone} {east:.0f} {north:.0f}", 10.0**-decimals, note=note)
        for south, note in _hemispheres(letter, near)
        if (place := _of_utm(zone, east, north, south=south)) is not None
        for lat, lon in (place,)
        if not letter or letter in {"N", "S"} or _in_band(lat, letter)
    ]
    if letter == "S":
        by_band = [one for one in readings if _in_band(one.lat, "S")]
        readings = by_band + [one for one in readings if one.lat < 0]
        if len(readings) == 2:
            notes = ("S read as the band", "S read as the southern hemisphere")
            readings = [
                Read(one.lat, one.lon, one.notation, one.text, one.precision_m, note=note)
                for one, note in zip(readings, notes, strict=True)
            ]
    if not readings:
        raise NotAPlace(f"This northing is not in band {letter}." if letter else "There is no such place in UTM.")
    return readings


def _in_band(lat: float, letter: str) -> bool:
    """Whether a place is in a band, its edge included: whole metres may lie on the wrong side of it."""
    return letter in {band_of(lat - _EDGE_DEG), band_of(lat + _EDGE_DEG)}


def _hemispheres(letter: str, near: Place | None) -> list[tuple[bool, str]]:
    """Whether the northing may be counted in the south, the likelier first, and what that assumes."""
    if not letter:
        guesses = [(False, "Northern hemisphere assumed"), (True, "Southern hemisphere assumed")]
        return guesses[::-1] if near is not None and near[0] < 0 else guesses
    if letter == "S":
        return [(False, ""), (True, "")]
    return [(letter < "N", "")]


def _of_utm(zone: int, east: float, north: float, *, south: bool) -> Place | None:
    lon, lat = utm_projection(zone, south=south)(east, north, inverse=True)
    off = abs((lon - (6 * zone - 183) + 180.0) % 360.0 - 180.0)
    return (
        (float(lat), float(lon))
        if SOUTHERNMOST - _EDGE_DEG <= lat <= NORTHERNMOST + _EDGE_DEG and off <= 45.0
        else None
    )


def _is_south(hemisphere: str | bytes) -> bool:
    return hemisphere in {"S", b"S"}
