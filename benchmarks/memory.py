"""(e) Bytes a track: what one more unit costs the picture, beside its bare columns."""

import tracemalloc

import numpy as np

from benchmarks.row import Row
from cop.domain.batch import POSITION_ROW, Batch, TrackName
from cop.picture.picture import Picture

_UNITS = 100_000


def run() -> list[Row]:
    """All of the picture that grows with a unit: columns, keys, names, slots; the incoming batch not counted."""
    rows = np.zeros(_UNITS, dtype=POSITION_ROW)
    rows["slot"] = np.arange(_UNITS)
    rows["lat"] = 35.0
    rows["reported_at"] = 1.0
    packed = rows.tobytes()
    tracemalloc.start()
    before = tracemalloc.take_snapshot()
    picture = Picture()
    names = [TrackName(n, f"agency-{n % 12}", f"unit-{n}", "feed", "cop-json", f"unit-{n}") for n in range(_UNITS)]
    picture.apply(Batch(epoch=1, tracks=names, positions=packed))
    del names
    after = tracemalloc.take_snapshot()
    tracemalloc.stop()
    grown = sum(one.size_diff for one in after.compare_to(before, "filename"))
    columns = picture.tracks.bytes_a_track
    return [
        Row(
            "e",
            "bytes a track, all told, beside its columns",
            "bytes",
            grown / _UNITS,
            columns,
            grown / _UNITS / columns,
            "",
        )
    ]


if __name__ == "__main__":
    print(*run(), sep="\n")
