"""GeoJSON (RFC 7946): opens in any GIS. Longitude before latitude; what has no place has a null geometry."""

import json
from collections.abc import Iterator
from itertools import islice
from typing import IO, Any

from cop.briefing.exports.export import Export, clauses_as_json, head
from cop.briefing.exports.things import Thing, Way, moment_words, things, ways
from cop.domain.lettered_grid import Grid, cells, standing_grids

USUAL = ("unit", "incident", "resource", "zone", "alert")
POSSIBLE = (*USUAL, "task", "log", "trail")
#: of all lettered grids together: anybody may publish grids without end
_MOST_CELLS = 20_000
_Feature = dict[str, Any]


def write(export: Export, to: IO[bytes]) -> int:
    """Write a FeatureCollection; how many features it has."""
    document = feature_collection(export)
    text = json.dumps(document, ensure_ascii=False, allow_nan=False)
    to.write(text.encode("utf-8", "replace"))  # half a pair of surrogates is no text
    return len(document["features"])


def feature_collection(export: Export) -> _Feature:
    """The objects as features, and of each lettered grid that holds now its cells, each as a feature of its own."""
    kinds = export.kinds(USUAL, POSSIBLE)
    features = [_feature(one) for one in things(export, kinds)]
    if "trail" in kinds:
        features.extend(_trail(one) for one in ways(export))
    if "zone" in kinds:
        zones = [one for key, one in export.leaving.picture.zones.items() if export.has("zone", *key)]
        # the smallest first: a huge one that anybody may publish must not leave out the one that is worked with
        grids = sorted(standing_grids(zones, export.at), key=_cells_of)
        features.extend(islice((cell for grid in grids for cell in _cells(grid)), _MOST_CELLS))
    clauses = {"clauses": clauses_as_json(export)} if export.leaving.applied else {}
    return {"type": "FeatureCollection", **head(export), **clauses, "features": features}


def _feature(one: Thing) -> _Feature:
    properties = {"kind_of_object": one.kind, **one.fields}
    return {"type": "Feature", "id": one.key, "geometry": one.geometry, "properties": properties}


def _trail(way: Way) -> _Feature:
    """A line of several parts, and the times of the places of each part beside it."""
    trail = way.trail
    parts = list(way.stretches())
    places = [
        [[lon, lat] for lon, lat in zip(trail.lon[one].tolist(), trail.lat[one].tolist(), strict=True)] for one in parts
    ]
    times = [[moment_words(at) for at in trail.at[one].tolist()] for one in parts]
    # a line has two places at least (§3.1.4): one that stands alone is said twice
    lines = [one if len(one) > 1 else one * 2 for one in places]
    return {
        "type": "Feature",
        "id": f"trail/{way.agency}/{way.unit}",
        "geometry": {"type": "MultiLineString", "coordinates": lines},
        "properties": {
            "kind_of_object": "trail",
            "agency": way.agency,
            "unit": way.unit,
            "callsign": way.callsign,
            "times": times,
        },
    }


def _cells_of(grid: Grid) -> int:
    return (grid.form.columns or 0) * (grid.form.rows or 0)


def _cells(grid: Grid) -> Iterator[_Feature]:
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
