"""What the picture does with single reports."""

import numpy as np

from cop.domain.batch import Batch, PositionFields
from cop.domain.log import LogEntry
from cop.domain.report import Retraction
from cop.picture.picture import Picture
from tests.reports import answer, at, incident, positions_batch, report, task, unit


def test_that_a_late_report_does_not_move_a_unit() -> None:
    picture = Picture()
    picture.apply(positions_batch(("charlotte-fire", "engine-30", 35.2, -80.9, 10)))
    change = picture.apply(positions_batch(("charlotte-fire", "engine-30", 36.0, -81.0, 5), epoch=2))
    assert change.moved.size == 0
    assert picture.tracks.lat[0] == 35.2


def test_that_a_unit_is_stale_from_the_moment_its_sender_promised_and_one_never_located_is_not() -> None:
    picture = Picture()
    picture.apply(positions_batch(("charlotte-fire", "engine-30", 35.2, -80.9, 0)))
    picture.apply(Batch(epoch=1, reports=[report("charlotte-fire", unit("engine-31"))]))
    assert list(picture.stale(at(59.9))) == [False, False]
    assert list(picture.stale(at(60))) == [True, False]


def test_that_nobody_but_the_owner_answers_a_task() -> None:
    picture = Picture()
    asked = report("charlotte-fire", task("t1", assignee_agency="gastonia-fd"))
    picture.apply(Batch(reports=[asked, report("csx-rail", answer("t1", "accepted"))]))
    assert picture.task_state(asked) == "requested"
    picture.apply(Batch(reports=[report("gastonia-fd", answer("t1", "declined", reason="On a fire"))]))
    assert picture.task_state(asked) == "declined"


def test_that_two_agencies_tasks_with_the_same_id_have_each_their_own_answer() -> None:
    picture = Picture()
    first, second = report("charlotte-fire", task("t1")), report("york-county-em", task("t1"))
    said = report("gastonia-fd", answer("t1", "accepted", requester="york-county-em"))
    picture.apply(Batch(reports=[first, second, said]))
    assert (picture.task_state(first), picture.task_state(second)) == ("requested", "accepted")


def test_that_an_answer_that_comes_before_its_task_is_found_when_the_task_comes() -> None:
    picture = Picture()
    picture.apply(Batch(reports=[report("gastonia-fd", answer("t1", "accepted"))]))
    asked = report("charlotte-fire", task("t1"))
    picture.apply(Batch(reports=[asked]))
    assert picture.task_state(asked) == "accepted"


def test_that_a_retracted_unit_leaves_the_map_and_comes_back_with_a_newer_position_only() -> None:
    picture = Picture()
    picture.apply(positions_batch(("charlotte-fire", "engine-30", 35.2, -80.9, 0)))
    picture.apply(Batch(epoch=1, reports=[report("charlotte-fire", Retraction(id="engine-30", at=at(5), kind="unit"))]))
    assert not picture.tracks.present[0]
    picture.apply(positions_batch(("charlotte-fire", "engine-30", 35.3, -80.9, 4), epoch=2))
    assert not picture.tracks.present[0]
    picture.apply(positions_batch(("charlotte-fire", "engine-30", 35.3, -80.9, 6), epoch=3))
    assert picture.tracks.present[0]


def test_that_a_retracted_units_own_old_position_does_not_bring_it_back() -> None:
    picture = Picture()
    key = ("charlotte-fire", "engine-30")
    described = report(key[0], unit(key[1], seconds=-9000))  # long before it moved
    picture.apply(positions_batch((*key, 35.2, -80.9, 0)))
    picture.apply(Batch(epoch=1, reports=[described]))
    gone = report(key[0], Retraction(id=key[1], at=at(5), kind="unit"))
    same_pulse = positions_batch((*key, 35.3, -80.9, 4))
    picture.apply(Batch(epoch=1, reports=[gone], tracks=same_pulse.tracks, positions=same_pulse.positions))
    assert not picture.tracks.present[0]
    picture.apply(positions_batch((*key, 35.3, -80.9, 4), epoch=2))  # what the broker retained
    assert not picture.tracks.present[0]
    picture.apply(positions_batch((*key, 35.4, -80.9, 6), epoch=3))
    assert picture.tracks.present[0]


def test_that_a_unit_deleted_before_it_was_ever_placed_is_not_brought_by_an_older_position() -> None:
    picture = Picture()
    picture.apply(Batch(reports=[report("a", unit("u", seconds=5, deleted=True))]))
    picture.apply(positions_batch(("a", "u", 35.2, -80.9, 4)))
    assert not picture.tracks.present[0]
    picture.apply(positions_batch(("a", "u", 35.2, -80.9, 6), epoch=2))
    assert picture.tracks.present[0]


def test_that_a_position_taken_back_leaves_the_unit_there_but_not_located() -> None:
    picture = Picture()
    picture.apply(positions_batch(("a", "u", 35.2, -80.9, 0)))
    picture.apply(Batch(epoch=1, reports=[report("a", unit("u", status="on_scene"))]))
    change = picture.apply(Batch(epoch=1, reports=[report("a", Retraction(id="u", at=at(5), kind="position"))]))
    assert change.units == {("a", "u")}
    assert picture.tracks.present[0]
    assert ("a", "u") in picture.units
    assert np.isnan(picture.tracks.lat[0])
    assert not picture.stale(at(100))[0]
    picture.apply(positions_batch(("a", "u", 35.2, -80.9, 0), epoch=2))
    assert np.isnan(picture.tracks.lat[0])
    picture.apply(positions_batch(("a", "u", 35.3, -80.9, 6), epoch=3))
    assert picture.tracks.lat[0] == 35.3


def test_that_a_word_from_a_clock_ahead_of_ours_can_be_taken_back() -> None:
    picture = Picture()
    picture.apply(Batch(reports=[report("a", incident("i", seconds=240), received_s=0)]))
    picture.apply(Batch(reports=[report("a", Retraction(id="i", at=at(60), kind="incident"), received_s=60)]))
    assert picture.incidents == {}


def test_that_a_position_without_a_name_moves_nobody() -> None:
    picture = Picture()
    many = [("a", f"u{n}", 1.0, 2.0, 0.0) for n in range(1024)]  # as many as the columns first hold
    picture.apply(positions_batch(*many))
    nameless = positions_batch(("a", "u0", 50.0, 50.0, 9), epoch=1).position_rows().copy()
    for slot in (1024, 2000, 10**6, -1):
        nameless["slot"] = slot
        assert picture.apply(Batch(epoch=1, positions=nameless.tobytes())).moved.size == 0
        assert picture.apply(Batch(epoch=slot, positions=nameless.tobytes())).moved.size == 0
        picture.apply(Batch(epoch=1))
    assert float(picture.tracks.lat.max()) == 1.0


def test_that_a_position_nobody_promised_anything_of_is_stale_at_once() -> None:
    picture = Picture()
    batch = positions_batch(("a", "u", 35.2, -80.9, 0))
    rows = batch.position_rows().copy()
    rows["stale_at"] = np.nan
    picture.apply(Batch(epoch=1, tracks=batch.tracks, positions=rows.tobytes()))
    assert picture.stale(at(0))[0]


def test_that_what_was_taken_back_is_not_remembered_without_end() -> None:
    picture = Picture()
    for number in range(21_000):
        picture.apply(Batch(reports=[report("a", incident(f"i{number}", deleted=True))]))
    assert len(picture.gone) <= 20_000


def test_that_a_log_line_is_kept_once_however_often_it_comes() -> None:
    picture = Picture()
    line = report("charlotte-fire", LogEntry(id="l1", at=at(0), text="Hot zone 1 km set"))
    picture.apply(Batch(reports=[line, line]))
    assert picture.apply(Batch(reports=[line])).log == 0
    assert picture.log == [line]


def test_that_a_restarted_feed_process_with_new_slot_numbers_moves_the_right_units() -> None:
    picture = Picture()
    picture.apply(positions_batch(("a", "one", 1.0, 1.0, 0), ("a", "two", 2.0, 2.0, 0)))
    picture.apply(positions_batch(("a", "two", 2.5, 2.5, 1), epoch=2))
    assert [float(lat) for lat in picture.tracks.lat] == [1.0, 2.5]


def test_that_the_columns_grow_beyond_their_first_capacity() -> None:
    picture = Picture()
    picture.apply(positions_batch(*[("a", f"u{n}", 1.0, n / 100, 0) for n in range(3000)]))
    assert picture.tracks.count == 3000
    assert float(picture.tracks.lon[2999]) == 29.99


def test_that_what_positions_say_beside_our_words_stands_until_they_say_nothing_more() -> None:
    picture = Picture()
    picture.apply(positions_batch(("a", "u", 35.2, -80.9, 0), ("a", "v", 35.2, -80.9, 0)))
    picture.apply(Batch(epoch=1, fields=[PositionFields(1, {"rot": "3"}), PositionFields(7, {"lost": "?"})]))
    assert picture.position_fields == {1: {"rot": "3"}}
    picture.apply(Batch(epoch=1, fields=[PositionFields(1, {})]))
    assert picture.position_fields == {}
    picture.apply(Batch(epoch=1, fields=[PositionFields(0, {"rot": "3"}), PositionFields(-1, {"x": "y"})]))
    picture.apply(Batch(epoch=1, reports=[report("a", Retraction(id="u", at=at(5), kind="unit"))]))
    assert picture.position_fields == {}
