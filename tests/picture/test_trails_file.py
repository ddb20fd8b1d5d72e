"""Trails across a restart."""

import io
import json
import threading
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from cop.picture.trail_points import POINT
from cop.picture.trails import Trails
from cop.picture.trails_file import TrailsFile
from tests.picture.test_trails import KEY, START, rows_of, said, same, times, trails_of

ROOT = "cop/v1"


def read(file: Path, root: str = ROOT, trails: Trails | None = None) -> Trails:
    """What a desk has that starts with this file."""
    trails = trails if trails is not None else Trails()
    kept = TrailsFile(file, trails, root)
    kept.begin_reading()
    kept.close(START)
    return trails


def written(trails: Trails, file: Path, now: float = START + 100) -> Path:
    kept = TrailsFile(file, trails, ROOT)
    kept.begin_reading()
    trails.revision += 1
    kept.close(now)
    return file


def test_that_a_desk_that_closes_before_it_has_read_leaves_the_file_alone(tmp_path: Path) -> None:
    file = written(trails_of(said(0)), tmp_path / "trails.npz")
    TrailsFile(file, trails_of(said(50)), ROOT).close(START + 60)
    assert times(read(file).of(KEY)) == [0]


def test_that_trails_outlive_the_desk(tmp_path: Path) -> None:
    trails = trails_of(said(0), said(20), said(80), said(100))
    trails.part(KEY, START + 90)
    file = written(trails, tmp_path / "trails.npz")
    again = read(file)
    assert same(again.of(KEY), trails.of(KEY))
    assert again.of(KEY).joined.tolist() == [False, True, False, False]
    assert [one.name for one in tmp_path.iterdir()] == ["trails.npz"]


def test_that_what_was_heard_before_the_file_was_read_is_kept_and_thinned_as_before(tmp_path: Path) -> None:
    file = written(trails_of(said(0), said(20)), tmp_path / "trails.npz")
    other = ("a", "other")
    trails = Trails()
    trails.record(np.array([0]), [other], rows_of(said(30)), np.array([False]))
    trails.record(np.array([1]), [other, KEY], rows_of(said(40)), np.array([False]))
    read(file, trails=trails)
    trails.record(np.array([1]), [other, KEY], rows_of(said(41)), np.array([False]))
    trails.record(np.array([1]), [other, KEY], rows_of(said(45)), np.array([False]))
    assert times(trails.of(KEY)) == [0, 20, 40, 45]
    assert times(trails.of(other)) == [30]
    assert trails.count == 5


def test_that_a_full_ring_takes_over_nothing_but_stays_what_it_is(tmp_path: Path) -> None:
    file = written(trails_of(said(0), said(20)), tmp_path / "trails.npz")
    trails = trails_of(*(said(100 + 10.0 * index) for index in range(15)), capacity=10)
    before = times(trails.of(KEY))
    read(file, trails=trails)
    assert times(trails.of(KEY)) == before
    trails.record(np.array([0]), [KEY], rows_of(said(300)), np.array([False]))
    trails.record(np.array([0]), [KEY], rows_of(said(301)), np.array([False]))  # thinned out: the slot is known still
    assert times(trails.of(KEY)) == [*before[1:], 300]


def test_that_what_is_older_than_any_trail_is_not_kept(tmp_path: Path) -> None:
    trails = trails_of(said(0), said(39_000))
    assert times(read(written(trails, tmp_path / "trails.npz", START + 39_000)).of(KEY)) == [39_000]


def test_that_the_trails_of_other_work_are_not_taken_over(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    file = written(trails_of(said(0)), tmp_path / "trails.npz")
    assert read(file, "exercise/steel-rail/v1").count == 0
    assert "trails begin anew" in caplog.text


def _stored(**arrays: np.ndarray) -> bytes:
    file = io.BytesIO()
    np.savez(file, **arrays)  # type: ignore[arg-type]
    return file.getvalue()


def _about(**changed: object) -> np.ndarray:
    about = {"layout": 1, "root": ROOT, "keys": [["a", "u"]], "partings": {}, **changed}
    return np.frombuffer(json.dumps(about).encode(), dtype=np.uint8)


POINTS = np.zeros(2, dtype=POINT)


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"PK\x03\x04 not a zip",
        b"\x93NUMPY\x01\x00",
        _stored(points=POINTS),
        _stored(about=_about()),
        _stored(about=np.frombuffer(b"{", dtype=np.uint8), points=POINTS),
        _stored(about=np.frombuffer(b"[]", dtype=np.uint8), points=POINTS),
        _stored(about=_about(keys=[["a"]]), points=POINTS),
        _stored(about=_about(keys=None), points=POINTS),
        _stored(about=_about(keys=[]), points=POINTS),
        _stored(about=_about(layout=2), points=POINTS),
        _stored(about=_about(partings={"7": [1.0]}), points=POINTS),
        _stored(about=_about(partings={"0": [{}]}), points=POINTS),
        _stored(about=_about(), points=np.zeros(3)),
        _stored(about=_about(), points=np.zeros((2, 2), dtype=POINT)),
    ],
)
def test_that_a_spoilt_file_means_no_trails_and_a_line_in_the_log(
    tmp_path: Path, content: bytes, caplog: pytest.LogCaptureFixture
) -> None:
    file = tmp_path / "trails.npz"
    file.write_bytes(content)
    assert read(file).count == 0
    assert "trails begin anew" in caplog.text


def test_that_a_file_cut_short_means_no_trails(tmp_path: Path) -> None:
    file = written(trails_of(*(said(10.0 * index) for index in range(50))), tmp_path / "trails.npz")
    whole = file.read_bytes()
    for length in range(0, len(whole), 97):
        file.write_bytes(whole[:length])
        assert read(file).count == 0


def test_that_no_file_is_no_trouble_and_a_folder_that_cannot_be_written_is_said(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    assert read(tmp_path / "none.npz").count == 0
    assert not caplog.text
    written(trails_of(said(0)), tmp_path / "no such folder" / "trails.npz")
    assert "cannot be kept" in caplog.text


def test_that_points_are_copied_where_they_are_written_and_not_where_the_screen_is(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    trails, copied_on = trails_of(said(0)), []
    copied = Trails._copied

    def watched(*of: Any) -> Any:
        copied_on.append(threading.current_thread().name)
        return copied(*of)

    kept = TrailsFile(tmp_path / "trails.npz", trails, ROOT)
    kept.begin_reading()
    while not kept.adopt():
        pass
    trails.revision += 1
    monkeypatch.setattr(Trails, "_copied", watched)
    kept.write_soon(START + 1)
    kept.close(START + 1)
    assert copied_on == ["trails"]


def test_that_what_comes_while_points_are_copied_is_not_taken_for_the_oldest_of_them() -> None:
    trails = trails_of(*(said(10.0 * index) for index in range(10)), capacity=8)
    kept = trails.kept(0)
    for index in range(10, 13):
        trails.record(np.array([0]), [KEY], rows_of(said(10.0 * index)), np.array([False]))
    assert [one - START for one in kept.points()["at"].tolist()] == [50, 60, 70, 80, 90]
    assert [one - START for one in trails.kept(0).points()["at"].tolist()] == [50 + 10 * index for index in range(8)]


def test_that_names_beyond_number_are_written_in_parts_and_read_as_one(tmp_path: Path) -> None:
    trails, keys = Trails(), [("a", f'u"{index}é') for index in range(12_001)]
    rows = rows_of(*[said(index / 1000) for index in range(len(keys))])
    trails.record(np.arange(len(keys)), keys, rows, np.zeros(len(keys), dtype=np.bool_))
    again = read(written(trails, tmp_path / "trails.npz"))
    assert [times(again.of(key)) for key in keys[::1500]] == [[index / 1000] for index in range(0, len(keys), 1500)]
