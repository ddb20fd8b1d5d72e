"""Places in the words of people who talk on the radio: USNG, degrees, and the scale of the map."""

import math

import mgrs

_MGRS = mgrs.MGRS()
#: outside these latitudes the grid is polar and its letters stand for something else
_NORTHERNMOST, _SOUTHERNMOST = 84.0, -80.0


def usng(lat: float, lon: float) -> str:
    """US National Grid, metre precision, spaced (FGDC-STD-011-2001): "17S NV 05214 99187"; empty near the poles."""
    if not (math.isfinite(lat) and math.isfinite(lon)) or not _SOUTHERNMOST <= lat <= _NORTHERNMOST:
        return ""
    text = _MGRS.toMGRS(lat, (lon + 180.0) % 360.0 - 180.0, MGRSPrecision=5)
    text = text.decode("ascii") if isinstance(text, bytes) else str(text)
    zone, square, digits = text[:-12], text[-12:-10], text[-10:]
    return f"{zone.strip().zfill(3)} {square} {digits[:5]} {digits[5:]}"


def degrees(lat: float, lon: float) -> str:
    """Decimal degrees with hemispheres: "35.24250° N 80.95300° W"."""
    return f"{abs(lat):.5f}° {'N' if lat >= 0 else 'S'} {abs(lon):.5f}° {'E' if lon >= 0 else 'W'}"


def scale(denominator: float) -> str:
    """A scale rounded to two digits: "1 : 180,000"."""
    digits = max(0, math.floor(math.log10(max(denominator, 1.0))) - 1)
    return f"1 : {round(denominator / 10**digits) * 10**digits:,}"


def round_length(metres: float) -> float:
    """The longest of 1, 2, 5, 10, 20, 50, … metres that is no longer than this."""
    power = 10.0 ** math.floor(math.log10(max(metres, 1e-9)))
    return next(step * power for step in (5.0, 2.0, 1.0) if step * power <= metres * (1 + 1e-9))


def length(metres: float) -> str:
    """A length on the scale bar: "500 m", "10 km"."""
    return f"{metres:g} m" if metres < 1000 else f"{metres / 1000:g} km"
