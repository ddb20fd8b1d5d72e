"""(j) On whose ground 50,000 moving units are, beside shapely's own bulk query of the same points.

Three grounds: the 3,233 counties of the USA at full detail as the package `plotly-geo` brings them, the exercise's
region, and 30,000 districts drawn here. Each pulse moves every unit by 5 to 300 m in any direction. Ours keeps up the
jurisdictions of each unit, boundary included (`Whereabouts.update`); the floor is `STRtree.query(points,
predicate="within")`, points made beforehand, which finds them all anew. Pulses of both take turns.

The last rows: of the same units those that do not leave their cell, and what is done for them.
"""

import gc
import statistics
import time
from collections.abc import Callable
from importlib.util import find_spec
from pathlib import Path

import numpy as np
import shapely

from benchmarks.row import Row
from cop.config import Config
from cop.domain.area import Jurisdiction
from cop.picture.boundaries.source import Boundaries
from cop.picture.ground import Ground, load_ground
from cop.picture.tracks import Tracks
from cop.picture.whereabouts import Whereabouts

_UNITS = 50_000
_PULSES = 15
_WARM = 3
_DISTRICTS = 30_000
_METRES_PER_DEGREE = 111_320.0
_Box = tuple[float, float, float, float]


def counties() -> Ground:
    """The counties of the USA, 1,039,365 vertices. Raises ModuleNotFoundError where plotly-geo is not installed."""
    package = find_spec("_plotly_geo")
    if package is None or package.origin is None:
        raise ModuleNotFoundError("plotly-geo is not installed: python -m pip install --editable '.[bench]'")
    file = Path(package.origin).parent / "package_data" / "cb_2016_us_county_500k.shp"
    return load_ground([Boundaries(file=str(file), id="GEOID", name="NAME", level_is="county")])


def districts(box: _Box) -> Ground:
    """30,000 districts side by side, of 57 vertices on average."""
    dice = np.random.default_rng(1)
    seeds = np.column_stack([dice.uniform(box[0], box[2], _DISTRICTS), dice.uniform(box[1], box[3], _DISTRICTS)])
    cells = shapely.get_parts(shapely.voronoi_polygons(shapely.MultiPoint(seeds), extend_to=shapely.box(*box)))
    shapes = shapely.segmentize(shapely.intersection(cells, shapely.box(*box)), 0.005)
    return Ground(
        Jurisdiction(f"d{n}", f"District {n}", "district", "fire", f"fd-{n}", one, one.area * 10_000)
        for n, one in enumerate(shapes)
    )


def _timed(work: Callable[[], object]) -> float:
    began = time.perf_counter()
    work()
    return time.perf_counter() - began


def _over(what: str, ground: Ground, box: _Box) -> list[Row]:
    dice = np.random.default_rng(7)
    tracks = Tracks(_UNITS)
    rows = np.array([tracks.row("agency", str(number)) for number in range(_UNITS)])
    tracks.lon[:], tracks.lat[:] = dice.uniform(box[0], box[2], _UNITS), dice.uniform(box[1], box[3], _UNITS)
    tree = shapely.STRtree([one.geometry for one in ground.jurisdictions])
    whereabouts = Whereabouts(ground)
    made_s = _timed(whereabouts.begin)
    ours, floor = [], []
    for _ in range(_WARM + _PULSES):
        _step(tracks, dice)
        points = shapely.points(tracks.lon, tracks.lat)
        ours.append(_timed(lambda: whereabouts.update(tracks, rows)))
        floor.append(_timed(lambda: tree.query(points, predicate="within")))  # noqa: B023 - it is done at once
    mine, theirs = (statistics.median(one[_WARM:]) for one in (ours, floor))
    rate, floor_rate = _UNITS / mine, _UNITS / theirs
    still_s, staying = _staying(whereabouts, tracks)
    return [
        Row("j", f"50,000 units move over {what}", "units/s", rate, floor_rate, rate / floor_rate, "≥ 0.7"),
        Row(
            "j",
            f"… {staying:,} of them stay in their cell: all that is done, a unit",
            "ns",
            still_s / staying * 1e9,
            theirs / _UNITS * 1e9,
            (still_s / staying) / (theirs / _UNITS),
            "≤ 0.05",
        ),
        Row(
            "j",
            "… its cells are made, once, beside one query of all",
            "ms",
            made_s * 1e3,
            theirs * 1e3,
            made_s / theirs,
            "",
        ),
    ]


def _step(tracks: Tracks, dice: np.random.Generator) -> None:
    metres, course = 5 * 60 ** dice.random(_UNITS), dice.uniform(0, 2 * np.pi, _UNITS)
    tracks.lat[:] += metres * np.cos(course) / _METRES_PER_DEGREE
    tracks.lon[:] += metres * np.sin(course) / _METRES_PER_DEGREE / np.cos(np.radians(tracks.lat))


def _staying(whereabouts: Whereabouts, tracks: Tracks) -> tuple[float, int]:
    """Seconds for a pulse in which units move within cells that no boundary crosses, and how many these are."""
    cells = whereabouts.begin()
    leaf = cells.leaves(tracks.lon, tracks.lat)
    tracks.lat[:] += 1.0 / _METRES_PER_DEGREE
    stays = np.flatnonzero((cells.leaves(tracks.lon, tracks.lat) == leaf) & (leaf >= 0) & (cells.crossed[leaf] < 0))
    tried = whereabouts.tried
    seconds = statistics.median(_timed(lambda: whereabouts.update(tracks, stays)) for _ in range(_PULSES))
    assert whereabouts.tried == tried, "a unit that stayed in its cell was looked at"
    return seconds, len(stays)


def run() -> list[Row]:
    """Over each of the grounds."""
    gc.disable()
    region, texas = Config().ground(), (-106.0, 26.0, -93.0, 36.0)
    return [
        *_over("3,233 counties", counties(), (-120.0, 26.0, -75.0, 48.0)),
        *_over("the exercise's region", region, tuple(shapely.total_bounds(region.geometries).tolist())),
        *_over("30,000 districts", districts(texas), texas),
    ]


if __name__ == "__main__":
    print(*run(), sep="\n")
