"""The picture as GeoJSON (RFC 7946): opens in any GIS, and is what we can hand to an agency without a desk."""

import math
from collections.abc import Iterable, Iterator
from datetime import datetime
from itertools import islice
from typing import Any

from cop.briefing.state import state
from cop.briefing.withheld import as_shown_to_all
from cop.domain.lettered_grid import Grid, cells, standing_grids
from cop.domain.rules.share import Sharing
from cop.picture.picture import Picture

#: of all lettered grids together: anybody may publish grids without end
_MOST_CELLS = 20_000


def feature_collection(picture: Picture, now: datetime, *, operation: str = "") -> dict[str, Any]:
    """Units, incidents, resources, zones and alerts as features, lon before lat; without a place: null geometry.

    Units are where their owners show them to everybody; `operation` is as clauses name it. The cells of each lettered
    grid that holds now follow, each as a feature of its own.
    """
    whole = state(picture, now)
    sharing = Sharing(picture.agreements, picture.consents)
    units = [as_shown_to_all(unit, sharing, now, operation=operation) for unit in whole["units"]]
    features = [
        _feature(kind, entry)
        for kind, entries in (
            ("unit", units),
            ("incident", whole["incidents"]),
            ("resource", whole["resources"]),
            ("zone", whole["zones"]),
            ("alert", whole["alerts"]),
        )
        for entry in entries
    ]
    # the smallest first: a huge one that anybody may publish must not leave out the one that is worked with
    grids = sorted(standing_grids(picture.zones.values(), now), key=_cells_of)
    features.extend(islice((cell for grid in grids for cell in _cells(grid)), _MOST_CELLS))
    return {"type": "FeatureCollection", "features": features, "as_of": whole["at"]}


def _cells_of(grid: Grid) -> int:
    return (grid.form.columns or 0) * (grid.form.rows or 0)


def _cells(grid: Grid) -> Iterator[dict[str, Any]]:
    """Each cell of a lettered grid by its name, for who has no desk to ask what "B3" is."""
    for name, (west, south, east, north) in cells(grid.form):
        corners = [(west, south), (east, south), (east, north), (west, north), (west, south)]
        yield {
            "type": "Feature",
            "id": f"zone/{grid.agency}/{grid.id}/{name}",
            "geometry": {"type": "Polygon", "coordinates": [[[round(x, 7), round(y, 7)] for x, y in corners]]},
            "properties": {
                "kind_of_object": "grid_cell",
                "name": name,
                "grid": grid.id,
                "agency": grid.agency,
            },
        }


def _feature(kind: str, entry: dict[str, Any]) -> dict[str, Any]:
    properties = dict(entry)
    geometry = properties.pop("geometry", None)
    lat, lon = properties.pop("lat", None), properties.pop("lon", None)
    if geometry is None and _are_degrees((lat, lon)):
        geometry = {"type": "Point", "coordinates": [round(lon, 6), round(lat, 6)]}
    return {
        "type": "Feature",
        "id": f"{kind}/{entry['agency']}/{entry.get('unit') or entry.get('id')}",
        "geometry": geometry,
        "properties": {"kind_of_object": kind, **properties},
    }


def _are_degrees(values: Iterable[Any]) -> bool:
    return all(isinstance(value, float | int) and math.isfinite(value) for value in values)
