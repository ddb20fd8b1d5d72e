"""What the desktop adds to the journal: snapshots of its picture, and marks for the time bar."""

import json
from collections.abc import Callable
from datetime import timedelta

import msgspec
import pytest

from cop.domain.area import Alert
from cop.domain.batch import Batch
from cop.ui.desk import Desk
from cop.ui.on_record import OnRecord
from tests import reports as r
from tests.ui.conftest import Clock, MakeDesk

Noted = list[tuple[str, Callable[[], bytes]]]


@pytest.fixture
def noted() -> Noted:
    return []


@pytest.fixture
def recorded(qapp: object, make_desk: MakeDesk, noted: Noted) -> tuple[Desk, OnRecord]:
    desk = make_desk()
    return desk, OnRecord(desk, lambda kind, pack: noted.append((kind, pack)), parent=desk)


def _marks(noted: Noted) -> list[dict[str, str]]:
    return [json.loads(pack()) for kind, pack in noted if kind == "mark"]


def _snapshots(noted: Noted) -> list[Batch]:
    return [msgspec.msgpack.decode(pack(), type=Batch) for kind, pack in noted if kind == "snapshot"]


def test_that_the_picture_is_put_on_record_soon_and_then_every_two_minutes_where_something_came(
    recorded: tuple[Desk, OnRecord], noted: Noted, clock: Clock
) -> None:
    desk, on_record = recorded
    desk.take_in(Batch(upto=10, upto_at=1.0))
    on_record.look()
    assert not _snapshots(noted)
    clock.now += timedelta(seconds=10)
    on_record.look()
    assert [one.upto for one in _snapshots(noted)] == [10]
    for seconds, upto in ((60, 11), (60, 12), (120, 12)):
        clock.now += timedelta(seconds=seconds)
        desk.take_in(Batch(upto=upto, upto_at=2.0))
        on_record.look()
    assert [one.upto for one in _snapshots(noted)] == [10, 12]


def test_that_it_is_put_on_record_sooner_when_much_came_that_replay_reads_one_by_one(
    recorded: tuple[Desk, OnRecord], noted: Noted, clock: Clock
) -> None:
    desk, on_record = recorded
    clock.now += timedelta(seconds=10)
    desk.take_in(Batch(upto=1, upto_at=1.0))
    on_record.look()
    desk.take_in(Batch(upto=9_000, upto_at=1.0, in_full=8_000))
    on_record.look()
    clock.now += timedelta(seconds=11)
    on_record.look()
    assert [one.upto for one in _snapshots(noted)] == [1, 9_000]


def test_that_a_clock_set_back_by_hours_does_not_keep_the_picture_off_the_record(
    recorded: tuple[Desk, OnRecord], noted: Noted, clock: Clock
) -> None:
    desk, on_record = recorded
    clock.now += timedelta(seconds=10)
    desk.take_in(Batch(upto=1, upto_at=1.0))
    on_record.look()
    clock.now -= timedelta(hours=5)
    desk.take_in(Batch(upto=2, upto_at=1.0))
    on_record.look()
    clock.now += timedelta(seconds=120)
    on_record.look()
    assert len(_snapshots(noted)) == 2


def test_that_what_happens_is_marked_once_and_what_was_said_long_ago_is_not(
    recorded: tuple[Desk, OnRecord], noted: Noted
) -> None:
    desk, _ = recorded
    noted.clear()
    old = r.report("york-county-em", r.incident("old-1", seconds=-3_600))
    new = r.report("york-county-em", r.incident("new-1", seconds=-5, title="<b>Fire</b>\nin a barn"))
    alert = Alert(id="a1", at=r.at(-5), rev=1, event="Flood", headline="Flood warning")
    task = r.report("charlotte-fire", r.task("t9", seconds=-5))
    for _ in range(2):
        desk.take_in(Batch(reports=[old, new, r.report("nws", alert), task]))
    desk.take_in(Batch(reports=[r.report("gastonia-fd", r.answer("t9", "accepted", seconds=-2))]))
    desk.take_in(Batch(reports=[r.report("gastonia-fd", r.answer("t9", "en_route", rev=2, seconds=-1))]))
    marks = [(one["kind"], one["agency"], one["id"], one["words"]) for one in _marks(noted)]
    assert ("incident", "york-county-em", "new-1", "<b>Fire</b> in a barn") in marks
    assert ("alert", "nws", "a1", "Flood warning") in marks
    assert [words for kind, *_, words in marks if kind == "task"] == [
        "Decon corridor: requested",
        "Decon corridor: accepted",
        "Decon corridor: en route",
    ]
    assert not any(one[2] == "old-1" for one in marks)
    assert len(marks) == len(set(marks))


def test_that_an_answer_to_what_was_asked_long_ago_is_marked(qapp: object, make_desk: MakeDesk, noted: Noted) -> None:
    desk = make_desk()
    desk.take_in(Batch(reports=[r.report("charlotte-fire", r.task("t9", seconds=-3_600))]))
    on_record = OnRecord(desk, lambda kind, pack: noted.append((kind, pack)), parent=desk)
    desk.take_in(Batch(reports=[r.report("gastonia-fd", r.answer("t9", "accepted", seconds=-2))]))
    assert [one["words"] for one in _marks(noted)] == ["Decon corridor: accepted"]
    assert on_record.parent() is desk


def test_that_a_new_conflict_is_marked_once(recorded: tuple[Desk, OnRecord], noted: Noted) -> None:
    desk, on_record = recorded
    on_record.look()
    standing = len(desk.authority.conflicts())
    marked = [one for one in _marks(noted) if one["kind"] == "conflict"]
    assert len(marked) <= standing
    on_record.look()
    assert [one for one in _marks(noted) if one["kind"] == "conflict"] == marked


def test_that_what_left_this_desk_is_on_record(recorded: tuple[Desk, OnRecord], noted: Noted) -> None:
    desk, _ = recorded
    desk.left.emit("Briefing map for Anyone, as of 14:02: map.html")
    assert _marks(noted) == [
        {
            "kind": "left",
            "agency": "charlotte-fire",
            "id": "",
            "words": "Briefing map for Anyone, as of 14:02: map.html",
        }
    ]
