"""(u) Telling jumps from moves: 10,000 units move in a pulse, judged by where they were, beside placing them."""

import time

import numpy as np
from numpy.typing import NDArray

from benchmarks.row import Row
from cop.domain.batch import POSITION_ROW, TrackName
from cop.picture.tracks import Tracks

_UNITS = 10_000
_PULSES = 90
_STEP_S = 1 / 30


def run() -> list[Row]:
    """Medians over pulses of 30 a second; the order of the units is another one each time, as it is from feeds."""
    random = np.random.default_rng(1)
    tracks = Tracks()
    for number in range(_UNITS):
        tracks.names[tracks.row(f"agency-{number % 12}", f"unit-{number}")] = TrackName(number, "", "", "feed", "")
    lat, lon = random.uniform(34.0, 36.0, _UNITS), random.uniform(-82.0, -80.0, _UNITS)
    placed: list[float] = []
    judged: list[float] = []
    for pulse in range(_PULSES):
        lat += random.normal(0.0, 1e-5, _UNITS)
        rows = random.permutation(_UNITS)
        positions = np.zeros(_UNITS, dtype=POSITION_ROW)
        positions["slot"], positions["lat"], positions["lon"] = rows, lat[rows], lon[rows]
        positions["reported_at"] = positions["received_at"] = 1.7e9 + pulse * _STEP_S
        began = time.perf_counter()
        tracks.place(rows, positions)
        between = time.perf_counter()
        _judge(tracks, rows, positions)
        judged.append(time.perf_counter() - between)
        placed.append(between - began)
    value, floor = 1000 * float(np.median(judged)), 1000 * float(np.median(placed))
    what = f"{_UNITS:,} units judged by where they were ÷ placed"
    return [Row("u", what, "ms", value, floor, value / floor, "≤ 1.3")]


def _judge(tracks: Tracks, rows: NDArray[np.intp], positions: NDArray[np.void]) -> None:
    tracks.earlier.note(rows, positions)
    tracks.earlier.jumped(rows, positions, tracks.fastest_mps(rows))


if __name__ == "__main__":
    print(*run(), sep="\n")
