"""What a tool is given to work with: colours, what a click means, where its result stays, how lengths are said."""

import math
from dataclasses import dataclass

from PySide6.QtCore import QPointF

from cop.domain.incident import Incident
from cop.map.layers.sketches import SketchLayer
from cop.map.lettering import clean
from cop.map.measures import Measures
from cop.map.palette import Palette
from cop.map.pointing import Pointing
from cop.map.projection import place_to_degrees
from cop.map.viewport import Viewport
from cop.picture.picture import Picture

_SNAP_PX = 14.0


@dataclass(frozen=True, slots=True)
class Spot:
    """A place that was pointed at, degrees WGS 84; `name` is that of the unit or incident that stands there."""

    lat: float
    lon: float
    name: str = ""


@dataclass(frozen=True, slots=True)
class ToolContext:
    """Given to every tool when it is taken in hand."""

    palette: Palette
    picture: Picture
    pointing: Pointing
    sketches: SketchLayer
    measures: Measures

    def spot(self, at: QPointF, view: Viewport) -> Spot:
        """The unit or incident within 14 px of a point of the screen, else the ground below it."""
        found = self._object(at, view)
        if found is not None:
            away = view.place(found.lat, found.lon) - at
            if math.hypot(away.x(), away.y()) <= _SNAP_PX:
                return found
        return Spot(*place_to_degrees(*view.metres(at)))

    def _object(self, at: QPointF, view: Viewport) -> Spot | None:
        kind, *key = self.pointing.object_at(at, view)
        if kind == "unit" and (row := self.picture.tracks.row_of(*key)) is not None:
            lat, lon = float(self.picture.tracks.lat[row]), float(self.picture.tracks.lon[row])
            return Spot(lat, lon, clean(self.picture.tracks.callsigns[row] or key[1])) if math.isfinite(lat) else None
        report = self.picture.incidents.get((key[0], key[1])) if kind == "incident" else None
        body = report.body if report is not None else None
        if isinstance(body, Incident) and body.lat is not None and body.lon is not None:
            return Spot(body.lat, body.lon, clean(body.title or body.id))
        return None
