"""A journal recalled without a window: whose it is, and the picture of any moment, as the desk knew it."""

from pathlib import Path

import pytest

from cop.domain.incident import Incident
from cop.domain.unit import Position
from cop.feeds.message import Feed
from cop.replay.heard import moment_of as moment
from cop.replay.recall import Recall
from tests.replay.stage import NOON, OPERATION, OPERATOR, OWN, Stage, document

FEEDS = (Feed(name="cop", format="cop-json", topic="cop/v1/#"),)


def _staged(folder: Path) -> tuple[Stage, dict[float, dict[str, object]]]:
    """Half a minute in which a unit moves and an incident is opened and closed; what was seen at some moments."""
    stage, seen = Stage(folder, FEEDS), {}
    for second in range(30):
        stage.wait(1.0)
        stage.say(OWN, Position(id="e1", at=moment(stage.now), lat=35.2 + second / 1000, lon=-80.8))
        if second in (5, 20):
            status = "open" if second == 5 else "closed"
            stage.say(
                OWN, Incident(id="i1", at=moment(stage.now), rev=second, title="Fire", type="fire", status=status)
            )
        if second == 12:
            stage.snapshot()
        stage.pulse()
        if second in (3, 10, 15, 25):
            seen[stage.now] = document(stage.picture, stage.now)
    stage.stopped()
    return stage, seen


def test_that_the_picture_recalled_is_the_one_that_was_seen(tmp_path: Path) -> None:
    _stage, seen = _staged(tmp_path)
    recall = Recall(tmp_path, OPERATION)
    for at, document_then in seen.items():
        assert document(recall.picture(at), at) == document_then
    recall.close()


def test_that_a_record_says_whose_desk_it_is(tmp_path: Path) -> None:
    _staged(tmp_path)
    recall = Recall(tmp_path)
    assert recall.whose.operator == OPERATOR
    assert (recall.whose.operation, recall.whose.root, recall.whose.exercise) == (OPERATION, "cop/v1", "")
    recall.close()


def test_that_trails_are_recalled_where_they_are_asked_for(tmp_path: Path) -> None:
    _staged(tmp_path)
    recall = Recall(tmp_path)
    at = recall.record.last_at
    assert len(recall.picture(at).trails.of((OWN, "e1")).at) <= 2
    assert len(recall.picture(at, trails=True).trails.of((OWN, "e1")).at) > 3
    recall.close()


def test_that_a_moment_outside_of_the_record_is_its_first_or_last(tmp_path: Path) -> None:
    stage, _seen = _staged(tmp_path)
    recall = Recall(tmp_path)
    last = recall.record.last_at
    assert document(recall.picture(NOON + 1e9), last) == document(stage.picture, last)
    assert not recall.picture(0.0).incidents
    assert recall.moment("") == last
    with pytest.raises(ValueError, match="no time"):
        recall.moment("soon")
    recall.close()


def test_that_what_is_no_record_is_refused(tmp_path: Path) -> None:
    with pytest.raises(OSError, match="nothing"):
        Recall(tmp_path / "nothing")
