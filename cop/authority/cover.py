"""What an agency keeps at home: whether a unit's going leaves its ground without one of its kind."""

from datetime import datetime

import numpy as np
import shapely
from numpy.typing import NDArray

from cop.domain.rules.fitting import kind_called
from cop.domain.words import UNIT_KINDS
from cop.picture.ground import Ground
from cop.picture.names import agency_name
from cop.picture.picture import Picture
from cop.picture.tracks import KIND_CODES, STATUS_CODES

#: kinds that a ground is expected to have one of, ready to go
COVERING = ("patrol", "engine", "ladder", "hazmat", "rescue", "arff", "ambulance", "air_ambulance", "boat")
#: an available unit that was not heard of for so long covers nothing
SILENT_S = 3600.0
_AVAILABLE = STATUS_CODES["available"]
COVERS = np.array([kind in COVERING for kind in UNIT_KINDS])
_KNOWN = {KIND_CODES[kind]: kind for kind in COVERING}


def ready(picture: Picture, now: datetime, busy: NDArray[np.bool_], *, live: bool) -> NDArray[np.bool_]:
    """Which units could go at once, wherever they are: available, at work on nothing, heard of; no drill where live.

    One whose agency tells no positions is as ready as it says.
    """
    tracks = picture.tracks
    found: NDArray[np.bool_] = tracks.present & (tracks.status == _AVAILABLE) & ~busy
    found &= ~(tracks.stale_at < now.timestamp() - SILENT_S)
    if live:
        found &= ~tracks.exercise
    return found


class Cover:
    """Answers for single units; `conflicts` keeps the whole of it."""

    def __init__(self, picture: Picture, ground: Ground, *, live: bool) -> None:
        self._picture = picture
        self._live = live
        own: dict[str, list[shapely.Geometry]] = {}
        for one in ground.jurisdictions:
            if one.level != "planning_zone":
                own.setdefault(one.agency, []).append(one.geometry)
        self._own = {agency: np.array(parts, dtype=object) for agency, parts in own.items()}

    def left_without(self, row: int, ready_rows: NDArray[np.bool_]) -> str:
        """What is gone from home when this unit goes: "last available engine of Gastonia FD"; empty if nothing.

        `ready_rows` is of `ready`. A unit that is away leaves nothing behind.
        """
        tracks = self._picture.tracks
        code = int(tracks.kind[row])
        if code not in _KNOWN or not ready_rows[row]:
            return ""
        agency_code = tracks.agency[row]
        rows = np.flatnonzero(ready_rows & (tracks.kind == code) & (tracks.agency == agency_code))
        at_home = rows[self._at_home(tracks.agencies[agency_code], rows)]
        if len(at_home) != 1 or at_home[0] != row:
            return ""
        return (
            f"last available {kind_called(_KNOWN[code])} of {agency_name(self._picture, tracks.agencies[agency_code])}"
        )

    def _at_home(self, agency: str, rows: NDArray[np.intp]) -> NDArray[np.bool_]:
        """Which of an agency's rows are on its ground; all are where it has none, and who is not located is."""
        grounds = self._own.get(agency)
        lat, lon = self._picture.tracks.lat[rows], self._picture.tracks.lon[rows]
        found: NDArray[np.bool_] = np.isnan(lat) | (grounds is None)
        if grounds is not None:
            for one in grounds:
                found |= shapely.intersects_xy(one, lon, lat)
        return found
