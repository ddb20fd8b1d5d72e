"""Trails kept across a restart of the desk: one file, written beside the desk's work, never in its way."""

import json
import logging
import threading
import zipfile
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from cop.picture.trail_points import POINT
from cop.picture.trails import Key, Trails

_LOG = logging.getLogger(__name__)

#: as long a trail as can be asked for, and the time that a restart may take
KEPT_S = 10.5 * 3600.0
#: of another layout the file would be misread
_LAYOUT = 1
_NAMES_AT_ONCE = 5_000


_Kept = tuple[list[Key], NDArray[Any], dict[int, list[float]]]


class TrailsFile:
    """Reads and writes `trails.npz`. Reading, copying and writing run on a thread of their own.

    `root` is the topic root of the work: the trails of other work are not ours.
    """

    def __init__(self, file: Path, trails: Trails, root: str) -> None:
        self._file = file
        self._trails = trails
        self._root = root
        self._thread: threading.Thread | None = None
        self._found: _Kept | None = None
        self._written_revision = trails.revision
        self._adopted = False

    @property
    def adopted(self) -> bool:
        """Whether what an earlier run has kept is taken over, if there was anything."""
        return self._adopted

    def begin_reading(self) -> None:
        """Start to read what an earlier run has kept."""
        self._run(self._read)

    def adopt(self) -> bool:
        """Take over what was read; False while it is still being read. To be called where the picture is applied."""
        if self._busy():
            return False
        found, self._found = self._found, None
        self._adopted = True
        if found is not None:
            try:
                self._trails.adopt(*found)
            except (ValueError, IndexError) as error:
                _LOG.warning("%s cannot be used, trails begin anew: %s", self._file, error)
        return True

    def write_soon(self, now: float) -> None:
        """Write what is known at `now` (epoch seconds), unless nothing is new or the last writing still runs."""
        if self._busy() or not self._adopted or self._trails.revision == self._written_revision:
            return
        self._written_revision = self._trails.revision
        kept = self._trails.kept(now - KEPT_S)
        self._run(lambda: self._write(kept.keys, kept.points(), kept.partings))

    def close(self, now: float) -> None:
        """Write for the last time, and wait for it; what was never read is not written over."""
        if self._thread is None:
            return
        self._wait()
        if not self._adopted:
            self.adopt()
        self.write_soon(now)
        self._wait()

    def _busy(self) -> bool:
        return self._thread is not None and self._thread.is_alive()

    def _wait(self) -> None:
        if self._thread is not None:
            self._thread.join()

    def _run(self, work: Any) -> None:
        self._thread = threading.Thread(target=work, name="trails", daemon=True)
        self._thread.start()

    def _read(self) -> None:
        try:
            with np.load(self._file, allow_pickle=False) as stored:
                about, points = json.loads(stored["about"].tobytes()), np.array(stored["points"])
            self._found = _parsed(about, points, self._root)
        except FileNotFoundError:
            return
        except (OSError, ValueError, KeyError, TypeError, AttributeError, EOFError, zipfile.BadZipFile) as error:
            _LOG.warning("%s cannot be used, trails begin anew: %s", self._file, error)

    def _write(self, keys: list[Key], points: NDArray[Any], partings: dict[int, list[float]]) -> None:
        used = np.flatnonzero(np.bincount(points["unit"], minlength=len(keys)))
        number_of = np.full(len(keys) + 1, -1, dtype=np.int32)
        number_of[used] = np.arange(len(used))
        points["unit"] = number_of[points["unit"]]
        other = {
            "layout": _LAYOUT,
            "root": self._root,
            "partings": {int(number_of[number]): at for number, at in partings.items() if number_of[number] >= 0},
        }
        names = [keys[number] for number in used.tolist()]
        # in parts: to write a million names at once would hold up the screen's thread too
        parts = (
            json.dumps(names[start : start + _NAMES_AT_ONCE])[1:-1] for start in range(0, len(names), _NAMES_AT_ONCE)
        )
        about = f'{json.dumps(other)[:-1]}, "keys": [{", ".join(parts)}]}}'
        beside = self._file.with_suffix(".new")
        try:
            with beside.open("wb") as file:
                np.savez(file, about=np.frombuffer(about.encode(), dtype=np.uint8), points=points)
            beside.replace(self._file)  # whole or not at all
        except OSError as error:
            _LOG.warning("trails cannot be kept in %s: %s", self._file, error)


def _parsed(about: Any, points: NDArray[Any], root: str) -> _Kept:
    """Keys, points and partings as `Trails.adopt` takes them. Raises what there is to raise of a spoilt file."""
    if about["layout"] != _LAYOUT or points.dtype != POINT or points.ndim != 1:
        raise ValueError("it has another layout")
    if about["root"] != root:
        raise ValueError(f"it is of {about['root']!r}")
    keys = [(str(agency), str(unit)) for agency, unit in about["keys"]]
    partings = {int(number): [float(at) for at in times] for number, times in about["partings"].items()}
    if any(not 0 <= number < len(keys) for number in partings):
        raise ValueError("it names units that it does not know")
    return keys, points, partings
