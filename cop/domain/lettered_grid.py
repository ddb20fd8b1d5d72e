"""The lettered reference grid that somebody drew over an area: letters across, numbers down, "B3" for everybody."""

import math
import re
from collections.abc import Iterable, Iterator
from datetime import datetime
from typing import NamedTuple

from cop.domain.area import Zone, ZoneForm
from cop.domain.report import Report
from cop.domain.rules.alarm import phase
from cop.domain.zone_forms import fits, refusal_of

KIND = "reference_grid"
_CELL = re.compile(r"^([A-Z]{1,2})[ -]?([0-9]{1,3})$")

#: west, south, east, north in degrees
Bounds = tuple[float, float, float, float]


class Grid(NamedTuple):
    """A grid that stands: whose it is, how it is called, and its form."""

    agency: str
    id: str
    name: str
    form: ZoneForm


def column_name(column: int) -> str:
    """The letters of a column counted from 0: A … Z, AA … ZZ."""
    first, last = divmod(column, 26)
    return (chr(ord("A") + first - 1) if first else "") + chr(ord("A") + last)


def column_of(letters: str) -> int:
    """The inverse of `column_name`."""
    column = 0
    for letter in letters:
        column = column * 26 + ord(letter) - ord("A") + 1
    return column - 1


def bounds_of(form: ZoneForm) -> Bounds:
    """West, south, east, north of a grid, degrees."""
    (x, y), (x2, y2) = form.points[0], form.points[-1]
    return min(x, x2), min(y, y2), max(x, x2), max(y, y2)


def cell_at(form: ZoneForm, lat: float, lon: float) -> str:
    """The cell in which a place lies, "B3"; empty outside the grid. A line between two belongs to the next one."""
    if form.shape != "grid" or not form.columns or not form.rows:
        return ""
    west, south, east, north = bounds_of(form)
    if not (west <= lon <= east and south <= lat <= north and west < east and south < north):
        return ""
    column = min(form.columns - 1, math.floor((lon - west) / (east - west) * form.columns))
    row = min(form.rows - 1, math.floor((north - lat) / (north - south) * form.rows))
    return f"{column_name(column)}{row + 1}"


def cell_bounds(form: ZoneForm, name: str) -> Bounds | None:
    """West, south, east, north of a cell; None if the grid has none of this name."""
    found = _CELL.match(name.strip().upper())
    if found is None or form.shape != "grid" or not form.columns or not form.rows:
        return None
    column, row = column_of(found[1]), int(found[2]) - 1
    if not (0 <= column < form.columns and 0 <= row < form.rows):
        return None
    return _bounds(form, form.columns, form.rows, column, row)


def cells(form: ZoneForm) -> Iterator[tuple[str, Bounds]]:
    """Every cell with its name, row by row from the north west."""
    columns, rows = form.columns or 0, form.rows or 0
    for row in range(rows):
        for column in range(columns):
            yield f"{column_name(column)}{row + 1}", _bounds(form, columns, rows, column, row)


def grid_of(zone: Zone) -> ZoneForm | None:
    """The grid that a zone is; None if it is none, or if its form says other than its geometry."""
    form = zone.form
    if form is None or form.shape != "grid" or refusal_of(form) or not fits(form, zone.geometry):
        return None
    return form


def standing_grids(zones: Iterable[Report], now: datetime) -> Iterator[Grid]:
    """The grids among these zones that hold now."""
    for report in zones:
        zone = report.body
        if isinstance(zone, Zone) and zone.form is not None and phase(zone.starts_at, zone.expires_at, now) == "now":
            form = grid_of(zone)
            if form is not None:
                yield Grid(report.agency, zone.id, zone.name, form)


def _bounds(form: ZoneForm, columns: int, rows: int, column: int, row: int) -> Bounds:
    west, south, east, north = bounds_of(form)
    across, down = (east - west) / columns, (north - south) / rows
    return west + column * across, north - (row + 1) * down, west + (column + 1) * across, north - row * down
