"""From a request to the scene: figures that were known before the record was written."""

import json
from datetime import timedelta
from pathlib import Path

import msgspec
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from cop.domain.agreement import AidClause
from cop.domain.task import Basis
from cop.domain.unit import Position
from cop.exercise.review.figures import Response, Review
from cop.journal.reading import JournalReader
from tests.exercise.review.told import OTHERS, THEIRS, Record, agreements_of, reviewed
from tests.replay.stage import OPERATION


@pytest.fixture
def record(tmp_path: Path) -> Record:
    return Record(tmp_path)


def of(review: Review, task: str = "t-1") -> Response:
    return next(one for one in review.responses if one.task.endswith(f"/{task}"))


def test_that_a_request_is_followed_to_the_scene(record: Record) -> None:
    record.incident(0)
    record.ask(10)
    record.answer(50, "accepted")
    record.answer(70, "en_route")
    record.answer(310, "on_scene")
    record.answer(900, "complete")
    record.end(1000)
    one = of(reviewed(record.folder))
    assert (one.to_answer_s, one.to_en_route_s, one.to_on_scene_s) == (40, 60, 300)
    assert (one.answer, one.state, one.unanswered, one.expired) == ("accepted", "complete", False, False)
    assert one.complete is not None and one.complete.at == record.at(900)


def test_that_each_figure_names_the_record_that_holds_its_word(record: Record) -> None:
    record.ask(10)
    record.answer(50, "accepted")
    record.answer(310, "on_scene")
    record.end(400)
    review = reviewed(record.folder)
    one = of(review)
    journal = JournalReader(record.folder, OPERATION)
    for told, state in ((one.asked, None), (one.answered, "accepted"), (one.on_scene, "on_scene")):
        assert told is not None
        (block,) = journal.blocks(told.record - 1, told.record)
        said = json.loads(block.payload(0))
        assert said["id"] == "t-1" and said.get("state") == state
        assert told.record in {entry.record for entry in review.index}


def test_that_words_about_another_unit_are_no_answer(record: Record) -> None:
    record.ask(10)
    record.answer(20, "accepted", unit="engine-9")
    record.end(100)
    one = of(reviewed(record.folder))
    assert one.answered is None and one.unanswered and one.waited_s == 90


def test_that_nobody_else_answers_for_who_was_asked(record: Record) -> None:
    record.ask(10)
    record.answer(20, "accepted", owner=OTHERS)
    record.end(100)
    assert of(reviewed(record.folder)).unanswered


def test_that_declines_and_counters_are_told_with_their_reasons(record: Record) -> None:
    record.ask(10)
    record.answer(30, "countered", offers="engine-7", reason="That one is in the shop")
    record.answer(90, "declined", reason="Nobody left")
    record.end(100)
    review = reviewed(record.folder)
    one = of(review)
    assert [(said.state, said.reason, said.offers) for said in one.said] == [
        ("countered", "That one is in the shop", "engine-7"),
        ("declined", "Nobody left", ""),
    ]
    assert (one.answer, one.to_answer_s) == ("countered", 20)
    (agency,) = review.agencies
    assert (agency.agency, agency.declined, agency.countered) == (THEIRS, (one.task,), (one.task,))


def test_that_an_answer_after_its_time_is_late_and_counts(record: Record) -> None:
    record.ask(10, answer_by=record.at(70))
    record.answer(100, "accepted")
    record.ask(20, task="t-2", answer_by=record.at(80))
    record.end(200)
    review = reviewed(record.folder)
    late, never = of(review), of(review, "t-2")
    assert late.late and late.expired and late.to_answer_s == 90
    assert never.expired and not never.late and never.unanswered and never.waited_s == 180
    (agency,) = review.agencies
    assert agency.to_answer.count == 1 and agency.expired == (late.task, never.task)


def test_that_a_cancelled_request_waits_no_longer(record: Record) -> None:
    record.ask(10, answer_by=record.at(70))
    record.ask(40, cancelled=True, asked_at=record.at(10), answer_by=record.at(70))
    record.end(200)
    one = of(reviewed(record.folder))
    assert (one.ended_as, one.waited_s, one.unanswered, one.expired) == ("cancelled", 30, True, False)


def test_that_a_draft_is_no_request(record: Record) -> None:
    record.ask(10, draft=True)
    record.end(100)
    review = reviewed(record.folder)
    assert not review.responses
    assert [one.kind for one in review.unseen] == ["draft"]


def test_that_consent_in_advance_needs_no_answer_and_makes_none_quicker(record: Record) -> None:
    clause = AidClause(number="4", says="Engines go at once.", giver=THEIRS, takers=("*",), mode="direct")
    record.unit(THEIRS, "engine-2", 0)
    record.incident(5)
    basis = Basis(type="fire", lat=35.2, lon=-80.9)
    record.ask(10, agreement="aid", clause="4", unit_kind="engine", asked_at=record.at(10), basis=basis)
    record.ask(20, task="t-2")
    record.answer(50, "accepted", task="t-2")
    record.answer(60, "en_route")
    record.end(100)
    review = reviewed(record.folder, agreements=agreements_of(clause))
    assert of(review).by_clause == "Aid §4"
    (agency,) = review.agencies
    assert agency.to_answer.count == 1 and agency.to_answer.median_s == 30
    assert agency.by_clause == ("charlotte-fire/t-1",)


def test_that_median_and_percentile_are_as_they_are_said_to_be(record: Record) -> None:
    waits = [10, 20, 30, 40, 50, 60, 70, 80, 90, 1000]
    for number in range(len(waits)):
        record.ask(number, task=f"t-{number}")
    for number, wait in enumerate(waits):
        record.answer(number + wait, "accepted", task=f"t-{number}")
    record.end(2000)
    (agency,) = reviewed(record.folder).agencies
    times = agency.to_answer
    assert (times.count, times.median_s, times.p90_s, times.slowest_s) == (10, 55, 90, 1000)
    assert times.slowest.endswith("t-9") and len(times.records) == 20


def test_that_an_exercise_at_pace_8_is_measured_in_its_own_seconds(tmp_path: Path) -> None:
    record = Record(tmp_path, root="exercise/drill/v1", pace=8.0)
    record.ask(10)
    record.answer(15, "accepted")
    record.end(60)
    review = reviewed(tmp_path)
    assert of(review).to_answer_s == 40
    assert (review.exercise, [one.pace for one in review.paces]) == ("drill", [8.0])


def test_that_no_time_passes_in_a_pause_and_speed_counts_from_when_it_was_changed(tmp_path: Path) -> None:
    record = Record(tmp_path, root="exercise/drill/v1", pace=2.0)
    record.control(0, "started", 0.0, rate=2.0)
    record.ask(10)  # second 20 of the exercise
    record.control(20, "paused", 40.0)
    record.control(120, "resumed", 40.0)
    record.control(130, "rate", 60.0, rate=10.0)
    record.answer(132, "accepted")  # second 80
    record.end(140)
    assert of(reviewed(tmp_path)).to_answer_s == 60


def test_that_words_said_again_are_one_word(record: Record) -> None:
    asked, answered = record.asking(10, "t-1", THEIRS, "engine-2"), record.answering(50, "accepted")
    record.say("charlotte-fire", asked)
    record.say(THEIRS, answered)
    once = record.stage.journal.last
    record.say("charlotte-fire", asked, heard=80, retained=True)
    record.say(THEIRS, answered, heard=81, retained=True)
    record.end(100)
    one = of(reviewed(record.folder))
    assert one.to_answer_s == 40 and one.answered is not None and one.answered.record <= once
    assert not one.answered.kept


def test_that_a_clock_that_runs_ahead_is_read_as_it_was_corrected(record: Record) -> None:
    ahead = timedelta(seconds=600)
    for second in range(40):
        word = record.word(Position, "engine-2", second, lat=35.2, lon=-80.9)
        record.say(THEIRS, msgspec.structs.replace(word, at=word.at + ahead), heard=second)
    record.ask(40)
    answer = record.answering(70, "accepted")
    record.say(THEIRS, msgspec.structs.replace(answer, at=answer.at + ahead), heard=70.0)
    record.end(100)
    one = of(reviewed(record.folder))
    assert one.to_answer_s == pytest.approx(30, abs=2)


_SAID = ((10.0, "ask"), (50.0, "accepted"), (70.0, "en_route"), (300.0, "on_scene"), (400.0, "complete"))


@settings(max_examples=12, deadline=None, suppress_health_check=list(HealthCheck))
@given(order=st.permutations(range(len(_SAID))), twice=st.sets(st.integers(0, len(_SAID) - 1)))
def test_that_the_order_and_the_number_of_times_in_which_words_are_heard_change_no_figure(
    tmp_path_factory: pytest.TempPathFactory, order: list[int], twice: set[int]
) -> None:
    folder = tmp_path_factory.mktemp("order")
    record = Record(folder)
    words = []
    for number, (second, what) in enumerate(_SAID):
        word = (
            record.asking(second, "t-1", THEIRS, "engine-2", rev=1)
            if what == "ask"
            else record.answering(second, what, rev=number)
        )
        words.append(("charlotte-fire" if what == "ask" else THEIRS, word))
    heard = 500.0
    for number in [*order, *sorted(twice)]:
        agency, word = words[number]
        record.say(agency, word, heard=heard)
        heard += 1.0
    record.end(600)
    one = of(reviewed(folder))
    assert (one.to_answer_s, one.to_en_route_s, one.to_on_scene_s, one.state) == (40, 60, 290, "complete")


def test_that_a_part_says_of_what_lies_in_it_what_the_whole_says(record: Record) -> None:
    for number in range(6):
        begin = 100.0 * number
        record.ask(begin, task=f"t-{number}")
        record.answer(begin + 10 + number, "accepted", task=f"t-{number}")
        record.answer(begin + 60, "on_scene", task=f"t-{number}")
    record.end(700)
    whole = reviewed(record.folder)
    begins, ends = record.at(150).timestamp(), record.at(499).timestamp()
    part = reviewed(record.folder, begins=begins, ends=ends)
    assert [one.task for one in part.responses] == [f"charlotte-fire/t-{number}" for number in (2, 3, 4)]
    for one in part.responses:
        same = of(whole, one.task.partition("/")[2])
        assert (one.to_answer_s, one.to_on_scene_s, one.asked) == (same.to_answer_s, same.to_on_scene_s, same.asked)
    assert all(record.at(150) <= one.at <= record.at(499) for one in part.timeline)
