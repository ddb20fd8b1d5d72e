"""Places in the words of people who talk on the radio: USNG, degrees, and the scale of the map."""

import math

from cop.domain.place_words import ddm, degrees, dms, usng, utm

__all__ = [
    "ddm",
    "degrees",
    "dms",
    "length",
    "round_length",
    "round_us_length",
    "scale",
    "us_round_words",
    "usng",
    "utm",
]

_FOOT_M, _MILE_M = 0.3048, 1609.344


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


def round_us_length(metres: float) -> float:
    """The longest of 1, 2, 5, 10, … feet up to 2,000, then of 0.5, 1, 2, 5, … miles, that is no longer; in metres."""
    if metres >= 0.5 * _MILE_M:
        return round_length(metres / _MILE_M) * _MILE_M
    return round_length(metres / _FOOT_M) * _FOOT_M


def us_round_words(metres: float) -> str:
    """Such a length in words: "500 ft", "2,000 ft", "5 mi"."""
    if metres >= 0.4999 * _MILE_M:
        return f"{metres / _MILE_M:,.3g} mi"
    return f"{round(metres / _FOOT_M, 3):,.4g} ft"
