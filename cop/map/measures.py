"""Lengths, areas, bearings and speeds in the units that a desk speaks: US customary, metric, or both."""

import math
from typing import Literal

UnitsChoice = Literal["both", "metric", "us"]

FOOT_M = 0.3048
MILE_M = 1609.344
_ACRE_M2 = 4046.8564224
_BETWEEN = " · "


class Measures:
    """Says figures in words. All of a desk's maps and tools speak through one of these."""

    def __init__(self, choice: UnitsChoice = "both") -> None:
        self.choice: UnitsChoice = choice

    def length(self, metres: float) -> str:
        """ "820 m · 2,690 ft", "12.4 km · 7.7 mi"."""
        return self._said(metric_length(metres), us_length(metres))

    def area(self, square_metres: float) -> str:
        """ "3.20 ha · 7.91 acres", "12.4 km² · 4.79 sq mi"."""
        return self._said(metric_area(square_metres), us_area(square_metres))

    def speed(self, metres_per_second: float) -> str:
        """ "34 km/h · 21 mph"."""
        return self._said(f"{metres_per_second * 3.6:.0f} km/h", f"{metres_per_second * 3600 / MILE_M:.0f} mph")

    def _said(self, metric: str, us: str) -> str:
        return {"metric": metric, "us": us}.get(self.choice, f"{metric}{_BETWEEN}{us}")


def metric_length(metres: float) -> str:
    """ "0.5 m", "820 m", "1.24 km", "124 km"."""
    if metres < 9.95:
        return f"{metres:.1f} m"
    return f"{metres:.0f} m" if metres < 999.5 else f"{three_digits(metres / 1000)} km"


def us_length(metres: float) -> str:
    """ "1.6 ft", "2,690 ft", "1.24 mi"; feet up to half a mile."""
    feet = metres / FOOT_M
    if feet < 9.95:
        return f"{feet:.1f} ft"
    return f"{feet:,.0f} ft" if feet < 2640 else f"{three_digits(metres / MILE_M)} mi"


def metric_area(square_metres: float) -> str:
    """ "820 m²", "3.20 ha", "12.4 km²"."""
    if square_metres < 9_995:
        return f"{square_metres:,.0f} m²"
    return (
        f"{three_digits(square_metres / 1e4)} ha"
        if square_metres < 999_500
        else f"{three_digits(square_metres / 1e6)} km²"
    )


def us_area(square_metres: float) -> str:
    """ "8,830 sq ft", "7.91 acres", "4.79 sq mi"; acres from half of one up to 640 of them."""
    acres = square_metres / _ACRE_M2
    if acres < 0.5:
        return f"{square_metres / FOOT_M**2:,.0f} sq ft"
    return f"{three_digits(acres)} acres" if acres < 639.5 else f"{three_digits(acres / 640)} sq mi"


def bearing(degrees: float) -> str:
    """A bearing from true north, three digits as it is said on the radio: "047° true"."""
    return f"{round(degrees) % 360:03d}° true"


def three_digits(value: float) -> str:
    """A figure with three digits that count: "1.24", "12.4", "1,240"."""
    if not math.isfinite(value):
        return "—"
    places = 2 if value < 9.995 else 1 if value < 99.95 else 0
    return f"{value:,.{places}f}"
