"""Briefing maps for tests: of a busy day, and of any picture, with few pixels and no ground."""

import base64
from pathlib import Path
from typing import Any

import numpy as np

from cop.briefing.leaving import leaving
from cop.briefing.occasion import Occasion
from cop.briefing.page.order import PageOrder
from cop.briefing.page.page import briefing_page
from cop.domain.desk import Operator
from cop.picture.ground import Ground
from cop.picture.picture import Picture
from tests.map import scenes

DOT = base64.b64decode("iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAQAAAC1HAwCAAAAC0lEQVR42mNkYAAAAAYAAjCB0C8AAAAASUVORK5CYII=")
OURS = "charlotte-fire"
MINUTES = 20


def busy_picture() -> Picture:
    """Two hundred units, which came from the east for twenty minutes; incidents, tasks, zones, alerts."""
    picture = Picture()
    scenes.busy_day(picture)
    scenes.bad_day(picture)
    tracks = picture.tracks
    rows = np.flatnonzero(~np.isnan(tracks.lat))
    units = [tracks.keys[row] for row in rows.tolist()]
    lat, lon = tracks.lat[rows].copy(), tracks.lon[rows].copy()
    for minute in range(1, MINUTES + 1):
        at = scenes.NOON + (minute - MINUTES) * (scenes.NOON - scenes.NOON.replace(minute=35, second=8))
        where = lon + 0.004 * (MINUTES - minute)
        picture.apply(scenes.positions(picture, units, lat, where, at=at))
    return picture


def occasion(**fields: Any) -> Occasion:
    """Of the busy day."""
    given: dict[str, Any] = {
        "operation": "Operation Steel Rail",
        "at": scenes.NOON,
        "made_at": scenes.NOON,
        "operator": Operator(agency=OURS, role="commander", name="A. Rivera"),
        "classification": "FOR OFFICIAL USE ONLY",
        "exercise": "Steel Rail",
    }
    return Occasion(**{**given, **fields})


def write_page(
    path: Path, picture: Picture, about: Occasion, *, ground: Ground | None = None, draw: Any = None, **order: Any
) -> Path:
    """The page of what leaves for whom the occasion names."""
    leaves = leaving(picture, about.at, reader=about.reader, own=OURS, operation=about.operation)
    wanted = PageOrder(draw=draw or (lambda _: DOT), ground=ground or Ground(()), region=scenes.REGION, **order)
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(briefing_page(leaves, about, wanted))
    return path
