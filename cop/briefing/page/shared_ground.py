"""Ground that two agencies of one discipline both call theirs: on the live map it is striped in both colours."""

from typing import Any

import shapely

from cop.briefing.exports.looks import agency_colour
from cop.briefing.page.order import PageOrder
from cop.domain.area import Jurisdiction
from cop.picture.names import one_line
from cop.picture.picture import Picture

#: levels that lie over others by their nature: that they do is nothing to be marked
_LAID_OVER = frozenset({"county", "state", "corridor", "planning_zone"})
#: what is narrower was meant as one line: some thirty metres, in degrees
_SLIVER_DEG = 0.0003
_DIGITS = 5
#: with more than this a page would be nothing but stripes
_MOST = 300


def overlaps(order: PageOrder, picture: Picture) -> list[dict[str, Any]]:
    """The `names` and `colours` of both, and the ground that they share."""
    asked = [
        one
        for one in order.ground.jurisdictions
        if one.level not in _LAID_OVER and one.geometry.geom_type in {"Polygon", "MultiPolygon"}
    ]
    # prepared geometries are for the thread that made them
    shapes = shapely.from_wkb(shapely.to_wkb([one.geometry for one in asked]))
    if len(asked) < 2:
        return []
    found: list[dict[str, Any]] = []
    pairs = shapely.STRtree(shapes).query(shapes, predicate="intersects").T.tolist()
    for first, second in pairs:
        order.go_on()
        if first >= second or not _both_claim(asked[first], asked[second]) or len(found) >= _MOST:
            continue
        ground = shapely.intersection(shapely.make_valid(shapes[first]), shapely.make_valid(shapes[second]))
        if shapely.is_empty(shapely.buffer(ground, -_SLIVER_DEG / 2)):
            continue
        found.extend(
            {
                "names": [one_line(asked[one].name) for one in (first, second)],
                "colours": [agency_colour(picture, asked[one].agency) for one in (first, second)],
                "geometry": shapely.geometry.mapping(shapely.set_precision(part, 10.0**-_DIGITS)),
            }
            for part in shapely.get_parts(ground)
            if part.geom_type == "Polygon"
        )
    return found


def _both_claim(one: Jurisdiction, other: Jurisdiction) -> bool:
    return one.discipline == other.discipline and one.agency != other.agency
