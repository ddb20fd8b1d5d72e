"""`cop export`: from a record or a state, for whom, of when."""

import csv
import io
import json
import zipfile
from pathlib import Path

import gpxpy
import pytest
from click.testing import CliRunner, Result

from cop.briefing.state import state
from cop.cli import main
from cop.domain.batch import Batch
from cop.domain.incident import Incident
from cop.domain.unit import Position, Unit
from cop.feeds.message import Feed
from cop.picture.picture import Picture
from cop.replay.heard import moment_of as moment
from cop.replay.recall import Recall
from cop.replay.stretch import been, spacing
from tests import reports as r
from tests.replay.stage import NOON, OWN, Stage

FEEDS = (Feed(name="cop", format="cop-json", topic="cop/v1/#"),)


@pytest.fixture(scope="module")
def journal(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Twenty-five minutes in which two units move, one of them after the desk was started anew, and an incident."""
    folder = tmp_path_factory.mktemp("journal")
    stage = Stage(folder, FEEDS)
    stage.say(OWN, Unit(id="e1", at=moment(stage.now), callsign="Engine 1", kind="engine"))
    stage.say(OWN, Incident(id="i1", at=moment(stage.now), title="Fire", type="fire", lat=35.2, lon=-80.8))
    for step in range(150):
        stage.wait(10.0)
        stage.say(OWN, Position(id="e1", at=moment(stage.now), lat=35.2 + step / 10_000, lon=-80.8))
        stage.say(OWN, Position(id="e2", at=moment(stage.now), lat=35.3, lon=-80.8 - step / 10_000))
        if step % 40 == 12:
            stage.snapshot()
        stage.pulse()
    stage.stopped()
    return folder


def run(*arguments: object) -> Result:
    return CliRunner().invoke(main, ["export", *map(str, arguments)])


def at(minutes: float) -> str:
    return moment(NOON + 60.0 * minutes).isoformat()


def test_that_a_trail_of_a_span_reaches_from_its_beginning_to_its_end(journal: Path, tmp_path: Path) -> None:
    file = tmp_path / "e1.gpx"
    result = run("--journal", journal, "--from", at(2), "--to", at(22), "--unit", f"{OWN}/e1", "-o", file)
    assert result.exit_code == 0, result.output
    [track] = gpxpy.parse(file.read_text(encoding="utf-8")).tracks
    assert track.name == "Engine 1"
    times = [point.time for segment in track.segments for point in segment.points if point.time is not None]
    assert min(times) >= moment(NOON + 120)
    assert (min(times) - moment(NOON + 120)).total_seconds() <= 15
    assert 0 <= (moment(NOON + 22 * 60) - max(times)).total_seconds() <= 15
    assert len(times) > 100


def test_that_positions_over_time_are_a_table(journal: Path, tmp_path: Path) -> None:
    file = tmp_path / "been.csv"
    assert run("--journal", journal, "--from", at(0), "--kinds", "trails", "-o", file).exit_code == 0
    rows = list(csv.DictReader(io.StringIO(file.read_text(encoding="utf-8"), newline="")))
    assert {row["unit"] for row in rows} == {"e1", "e2"}
    assert [row["at"] for row in rows if row["unit"] == "e1"] == sorted(
        row["at"] for row in rows if row["unit"] == "e1"
    )
    assert {row["file_replay"] for row in rows} == {"From the record: what this desk knew at that time"}


def test_that_the_moment_is_the_one_that_was_asked_for(journal: Path, tmp_path: Path) -> None:
    file = tmp_path / "then.geojson"
    assert run("--journal", journal, "--at", at(10), "-o", file).exit_code == 0
    document = json.loads(file.read_text(encoding="utf-8"))
    assert document["as_of"] == at(10).replace("+00:00", ".000Z")
    unit = next(one for one in document["features"] if one["id"] == f"unit/{OWN}/e1")
    assert unit["geometry"]["coordinates"][1] == pytest.approx(35.2059)


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (("-o", "x.docx"), "what format?"),
        (("-o", "x.csv", "--kinds", "units,tasks"), "one table"),
        (("-o", "x.gpx", "--kinds", "tasks"), "GPX holds"),
        (("-o", "x.geojson", "--kinds", "cats"), "no such kind"),
        (("-o", "x.geojson", "--unit", "e1"), "AGENCY/UNIT"),
        (("-o", "x.geojson", "--at", "12:00Z", "--to", "12:01Z"), "either --at"),
        (("-o", "x.gpx", "--from", "2030-01-01T00:00Z"), "not before --to"),
        (("-o", "x.geojson", "--at", "soon"), "no time"),
        (("-o", "nowhere/x.geojson"), "could not be written"),
    ],
)
def test_that_what_cannot_be_is_said_in_words(
    journal: Path, arguments: tuple[str, ...], words: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    result = run("--journal", journal, *arguments)
    assert result.exit_code in (1, 2)
    assert words in result.output
    assert not list(tmp_path.iterdir())


def test_that_a_state_is_written_too_but_has_no_trails(tmp_path: Path) -> None:
    picture = Picture()
    picture.apply(Batch(epoch=1, reports=[r.report("city", r.unit("e1", kind="engine"))]))
    picture.apply(r.positions_batch(("city", "e1", 35.2, -80.9, 0.0)))
    (tmp_path / "state.json").write_text(json.dumps(state(picture, r.at(30))), encoding="utf-8")
    assert run("--state", tmp_path / "state.json", "-o", tmp_path / "all.zip").exit_code == 0
    with zipfile.ZipFile(tmp_path / "all.zip") as archive:
        assert "positions.csv" in archive.namelist()
    result = run("--state", tmp_path / "state.json", "-o", tmp_path / "x.gpx")
    assert "--journal" in result.output
    assert result.exit_code == 2


def test_that_no_place_is_further_apart_than_there_is_need_for(journal: Path) -> None:
    assert spacing(200, 3600.0) == 5.0
    assert spacing(1_000, 86_400.0) > 60.0
    recall = Recall(journal)
    [one] = been(recall, NOON, NOON + 1500.0, units=2)
    recall.close()
    assert set(one.units) == {(OWN, "e1"), (OWN, "e2")}
