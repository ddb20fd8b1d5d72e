"""What the controller does to an exercise: pause, speed, injects, agencies by hand; and what of it is obeyed."""

import contextlib
from collections.abc import Callable
from datetime import datetime, timedelta
from itertools import pairwise
from typing import Any

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cop.exercise.control import ORDER_LIVES_S, Control
from cop.exercise.control_words import (
    AnswerTask,
    Fire,
    GiveBack,
    MoveUnit,
    Order,
    Pause,
    Resume,
    SetRate,
    SetStatus,
    Skip,
    State,
    TakeOver,
    Write,
    read_acts,
    read_order,
    read_state,
    written,
)
from cop.exercise.feeds import feeds
from cop.exercise.injecting import NotDone
from cop.exercise.roads import distance_m
from cop.exercise.simulation import Published, Simulation
from cop.feeds.topics import overlap
from tests.exercise.plays import NOON, steel_rail
from tests.exercise.small import ROOT, play
from tests.exercise.test_injects import answer, ask, fired, inject, of

_INJECTS = inject('at_s = 50\nmessages = [{ text = "Now." }]') + inject('messages = [{ text = "By hand." }]', "hand")


def order(kind: type[Order], **what: Any) -> Any:
    """An order whose run and state are nobody's business here."""
    return kind(id="o", run="r", seen=0, **what)


def moments(messages: list[Published], topic: str) -> list[datetime]:
    """When what came on a topic was said."""
    return [
        datetime.fromisoformat(msgspec.json.decode(one.payload)["at"])
        for one in messages
        if one.topic == topic and one.payload
    ]


# time


def test_that_nothing_happens_while_it_stands_but_units_go_on_saying_where_they_are() -> None:
    sim = play(_INJECTS)
    sim.advance(45)
    sim.pause()
    before = {player.id: player.motion.place for player in sim.players}
    said = sim.advance(600)
    assert sim.now == 45
    assert not fired(sim)
    assert {message.topic.split("/")[-2] for message in said if "/v1/" in message.topic} == {"position"}
    places = moments(said, f"{ROOT}/fire/position/engine-1")
    assert len(places) == pytest.approx(277, abs=2)
    assert all(timedelta(seconds=1) < b - a < timedelta(seconds=3) for a, b in pairwise(places))
    assert places[-1] > NOON + timedelta(seconds=597)
    assert {player.id: player.motion.place for player in sim.players} == before
    sim.resume()
    sim.advance(606)
    assert fired(sim) == {"one": 50.0}
    assert of(sim.advance(607), "log") == []


def test_that_it_goes_on_after_a_pause_where_it_stood_and_says_the_time_of_then() -> None:
    sim, never_paused = play(), play()
    sim.advance(40)
    sim.pause()
    sim.advance(1_040)
    sim.resume()
    said = of(sim.advance(1_300), "incident", "fire")
    plain = of(never_paused.advance(300), "incident", "fire")
    assert [one.get("summary", "") for one in said] == [one.get("summary", "") for one in plain][1:]
    assert said[0]["at"] == "2026-11-02T12:20:00Z"  # its 200th second, a thousand real ones later


def test_that_what_is_planned_says_the_times_of_when_it_is_said() -> None:
    sim = play()
    sim.advance(10)
    sim.pause()
    sim.advance(100)
    sim.resume()
    task = of(sim.advance(200), "task", "fire")[0]
    assert task["at"] == task["asked_at"] == "2026-11-02T12:02:00Z"


def test_that_another_speed_is_gone_on_with_without_a_jump() -> None:
    sim = play(_INJECTS)
    sim.advance(10)
    sim.set_rate(4.0)
    sim.advance(15)
    assert sim.now == 30
    sim.set_rate(0.5)
    sim.advance(25)
    assert sim.now == 35
    sim.advance(55)
    assert fired(sim) == {"one": 50.0}
    assert [act.rate for act in sim.acts if act.act == "rate"] == [4.0, 0.5]


def test_that_a_unit_moves_at_the_exercises_pace_whatever_the_speed() -> None:
    slow, fast = play(), play()
    fast.set_rate(4.0)
    for sim, real in ((slow, 100.0), (fast, 25.0)):
        sim.advance(real)
    one, other = (sim.stage.unit("police", "Adam 1").motion.place for sim in (slow, fast))
    assert slow.now == fast.now == 100
    assert distance_m(one, other) < 25 * 4 * 2  # no more than it goes between two positions


_DEEDS: tuple[Callable[[Simulation], None], ...] = (
    lambda sim: sim.pause(),
    lambda sim: sim.resume(),
    lambda sim: sim.set_rate(4.0),
    lambda sim: sim.set_rate(0.5),
    lambda sim: sim.fire("hand"),
    lambda sim: sim.skip("one"),
    lambda sim: sim.take_over("police"),
    lambda sim: sim.give_back("police"),
    lambda sim: sim.obey(order(AnswerTask, agency="police", asker="fire", task="task-close", state="accepted")),
    lambda sim: sim.obey(order(MoveUnit, agency="police", unit="adam-2", lat=35.2, lon=-80.9)),
    lambda sim: sim.obey(order(Write, agency="police", text="On our way.")),
)
_done = st.lists(st.tuples(st.integers(0, 240), st.integers(0, len(_DEEDS) - 1)), max_size=8)


def _played(deeds: list[tuple[int, int]], cuts: list[int]) -> tuple[list[Published], Simulation]:
    """The messages of a play in which this was done, time cut at these moments too."""
    sim = play(_INJECTS)
    said: list[Published] = []
    for at, deed in sorted([*deeds, *((cut, -1) for cut in cuts)], key=lambda one: (one[0], one[1] < 0)):
        said += sim.advance(float(at))
        if deed >= 0:
            with contextlib.suppress(NotDone):
                _DEEDS[deed](sim)
    return said + sim.advance(260.0), sim


@given(deeds=_done, cuts=st.lists(st.integers(0, 260), max_size=6))
@settings(max_examples=25, deadline=None)
def test_that_the_same_seed_and_the_same_orders_give_the_same_messages_however_time_is_cut(
    deeds: list[tuple[int, int]], cuts: list[int]
) -> None:
    said, sim = _played(deeds, [])
    again, other = _played(deeds, cuts)
    assert said == again
    assert sim.acts == other.acts
    assert sim.injecting.states() == other.injecting.states()


@given(deeds=_done)
@settings(max_examples=25, deadline=None)
def test_that_whatever_is_ordered_time_goes_on_and_no_word_is_said_of_an_earlier_moment(
    deeds: list[tuple[int, int]],
) -> None:
    said, sim = _played(deeds, [])
    last: dict[str, tuple[datetime, int]] = {}
    for one in said:
        if "/v1/" in one.topic and one.payload and not one.topic.endswith("/profile"):
            body = msgspec.json.decode(one.payload)
            at, rev = datetime.fromisoformat(body["at"]), body.get("rev", 0)
            before = last.get(one.topic)
            assert before is None or (at >= before[0] and (rev > before[1] or "/position/" in one.topic)), one.topic
            last[one.topic] = (at, rev)
    assert [one.t for one in said] == sorted(one.t for one in said)
    assert [act.t for act in sim.acts] == sorted(act.t for act in sim.acts)


# agencies by hand


def test_that_an_agency_that_is_taken_over_says_nothing_of_itself_until_it_is_given_back() -> None:
    sim = play()
    sim.take_over("police")
    ask(sim)
    said = sim.until(400)
    assert of(said, "answer", "police") == []
    assert [
        one for one in of(said, "unit", "police") if one["status"] not in ("available", "busy", "out_of_service")
    ] == []
    sim.give_back("police")
    states = {one["id"]: one["state"] for one in of(sim.until(440), "answer", "police")}
    assert states.keys() == {"task-close", "task-desk"}


def test_that_the_hand_answers_and_the_unit_goes() -> None:
    sim = play()
    sim.until(1)
    sim.take_over("police")
    ask(sim)
    for state in ("accepted", "en_route"):
        sim.obey(order(AnswerTask, agency="police", asker="fire", task="task-desk", state=state))
    said = sim.until(200)
    answers = of(said, "answer", "police")
    assert [(one["state"], one["by"]) for one in answers] == [("accepted", "exercise"), ("en_route", "exercise")]
    assert answers[1]["eta_s"] > 0
    assert sim.stage.unit("police", "Adam 2").motion.arrived
    assert [one["status"] for one in of(said, "unit", "police") if one["id"] == "adam-2"][-1] == "on_scene"
    assert [act.act for act in sim.acts][-2:] == ["answered", "answered"]


@pytest.mark.parametrize(
    ("what", "why"),
    [
        (order(AnswerTask, agency="fire", asker="fire", task="task-desk", state="accepted"), "take the agency over"),
        (order(AnswerTask, agency="police", asker="fire", task="no-such", state="accepted"), "not asked"),
        (order(AnswerTask, agency="police", asker="fire", task="task-desk", state="on_scene"), "cannot be answered"),
        (order(AnswerTask, agency="police", asker="fire", task="task-desk", state="teleported"), "cannot be answered"),
        (order(AnswerTask, agency="police", asker="fire", task="task-desk", state="declined"), "say why"),
        (order(SetStatus, agency="police", unit="adam-2", status="asleep"), "no status"),
        (order(SetStatus, agency="police", unit="eve", status="available"), "no unit"),
        (order(MoveUnit, agency="nobody", unit="adam-2", lat=0, lon=0), "no agency"),
        (order(Write, agency="county", text="x"), "take the agency over"),
        (order(TakeOver, agency="police"), "already"),
        (order(GiveBack, agency="county"), "take the agency over"),
        (order(Resume), "running"),
        (order(Fire, inject="no-such"), "no inject"),
        (order(Skip, inject="no-such"), "no inject"),
    ],
)
def test_that_what_cannot_be_done_is_refused_with_its_reason_and_changes_nothing(what: Order, why: str) -> None:
    sim = play(_INJECTS)
    sim.take_over("police")
    ask(sim)
    sim.until(10)
    acts = list(sim.acts)
    with pytest.raises(NotDone, match=why):
        sim.obey(what)
    assert sim.acts == acts
    assert [one for one in sim.until(10) if one.agency != "county"] == []


def test_that_a_unit_is_sent_and_its_status_and_a_message_are_said_by_hand() -> None:
    sim = play(_INJECTS)
    sim.until(5)
    sim.take_over("police")
    sim.obey(order(MoveUnit, agency="police", unit="adam-3", lat=35.23, lon=-80.94))
    sim.obey(order(SetStatus, agency="police", unit="adam-3", status="transporting"))
    sim.obey(order(Write, agency="police", text="Bridge is closed.", to=("fire",), incident="rail"))
    sim.obey(order(Write, agency="exercise-control", text="Exercise, exercise, exercise."))
    said = sim.until(400)
    assert distance_m(sim.stage.unit("police", "Adam 3").motion.place, (35.23, -80.94)) < 5
    assert [one["status"] for one in of(said, "unit", "police") if one["id"] == "adam-3"] == ["transporting"]
    lines = of(said, "log")
    assert {(one["agency"], one["text"]) for one in lines} >= {
        ("police", "Bridge is closed."),
        ("exercise-control", "Exercise, exercise, exercise."),
    }
    assert next(one for one in lines if one["agency"] == "police")["incident_agency"] == "fire"


def test_that_a_request_that_people_answer_is_left_to_them() -> None:
    sim = play()
    ask(sim)
    answer(sim, "accepted")
    sim.take_over("police")
    with pytest.raises(NotDone, match="people at a desk"):
        sim.obey(order(AnswerTask, agency="police", asker="fire", task="task-desk", state="en_route"))


# on the wire


class Wire:
    """The exercise's end of its control, and a controller who sees each state."""

    def __init__(self) -> None:
        self.sim = play(_INJECTS)
        self.control = Control(self.sim, "run-1", 1)
        self.state: State | None = None
        self.now = 100.0
        self.sim.until(1)
        self.look()

    def look(self) -> State:
        """The newest state."""
        for one in self.control.say(self.now):
            if one.topic.endswith("/state"):
                self.state = read_state(one.payload)
        assert self.state is not None
        return self.state

    def give(self, kind: type[Order], **what: Any) -> bytes:
        """An order as a controller would give it now."""
        state = self.look()
        how = {"id": f"o{state.n}", "run": state.run, "seen": state.n, **what}
        return written(kind(**how))


def test_that_an_order_is_obeyed_and_the_next_state_says_so_at_once() -> None:
    wire = Wire()
    wire.control.obey([wire.give(Fire, inject="hand")], wire.now)
    state = wire.look()
    assert [(one.id, one.refused) for one in state.results] == [("o1", "")]
    assert {one.id: one.state for one in state.injects} == {"one": "waiting", "hand": "fired"}


@pytest.mark.parametrize("times", [1, 2])
def test_that_an_order_that_comes_twice_is_obeyed_once(times: int) -> None:
    wire = Wire()
    payload = wire.give(Write, agency="exercise-control", text="Once.")
    for _ in range(times):
        wire.control.obey([payload] * times, wire.now)
    assert [one["text"] for one in of(wire.sim.until(2), "log", "exercise-control")] == ["Once."]


def test_that_an_old_order_said_again_after_many_others_is_not_obeyed_again() -> None:
    wire = Wire()
    first = wire.give(Write, agency="exercise-control", text="Once.")
    wire.control.obey([first], wire.now)
    for number in range(40):  # more than the results that are said
        wire.control.obey([wire.give(SetRate, rate=1.0, id=f"r{number}")], wire.now)
    wire.control.obey([first], wire.now)
    assert [one["text"] for one in of(wire.sim.until(2), "log", "exercise-control")] == ["Once."]


def test_that_a_flood_of_garbage_does_not_keep_the_controllers_order_from_being_heard() -> None:
    wire = Wire()
    wire.control.obey([*[b"{}", wire.give(Fire, inject="hand", run="old")] * 500, wire.give(Pause)], wire.now)
    assert [act.act for act in wire.sim.acts] == ["started", "paused"]


def test_that_an_order_of_another_run_or_for_a_state_of_long_ago_is_not_obeyed() -> None:
    wire = Wire()
    old = wire.give(Fire, inject="hand")
    wire.control.obey([wire.give(Fire, inject="hand", run="run-0")], wire.now)
    for _ in range(int(ORDER_LIVES_S) + 2):
        wire.now += 1.0
        wire.look()
    wire.control.obey([old, wire.give(Fire, inject="hand", id="ahead", seen=10_000)], wire.now)
    assert not fired(wire.sim)
    assert [one.refused for one in wire.look().results] == [
        "the order came too late",
        "the order is for a state that there was not",
    ]


@given(
    payload=st.one_of(
        st.binary(max_size=200),
        st.recursive(
            st.none() | st.booleans() | st.floats(allow_nan=False) | st.text(max_size=20),
            lambda inner: (
                st.lists(inner, max_size=3)
                | st.dictionaries(
                    st.sampled_from(
                        ["order", "id", "run", "seen", "inject", "agency", "rate", "text", "lat", "lon", "state", "to"]
                    ),
                    inner,
                    max_size=6,
                )
            ),
            max_leaves=8,
        ).map(msgspec.json.encode),
    )
)
@settings(max_examples=150, deadline=None)
def test_that_garbage_is_no_order(payload: bytes) -> None:
    assert read_order(payload) is None or b'"order"' in payload
    read_state(payload)
    read_acts(payload)


@pytest.mark.parametrize(
    "payload",
    [
        b"",
        b"{",
        b"\xff\xfe",
        b"[" * 100_000,
        b'{"order":"rate","id":"x","run":"run-1","seen":1,"rate":1e9}',
        b'{"order":"rate","id":"x","run":"run-1","seen":1,"rate":0}',
        b'{"order":"rate","id":"x","run":"run-1","seen":1,"rate":NaN}',
        b'{"order":"move","id":"x","run":"run-1","seen":1,"agency":"police","unit":"adam-1","lat":91,"lon":0}',
        b'{"order":"stop","id":"x","run":"run-1","seen":1}',
        b'{"order":"fire","id":"x","run":"run-1","seen":-1,"inject":"hand"}',
        b'{"order":"fire","id":"a/b","run":"run-1","seen":1,"inject":"hand"}',
        b" " * 2_000_000,
    ],
)
def test_that_no_garbage_stops_the_exercise_or_changes_it(payload: bytes) -> None:
    wire = Wire()
    wire.control.obey([payload, wire.give(Pause)], wire.now)
    assert [act.act for act in wire.sim.acts] == ["started", "paused"]


def test_that_an_order_that_breaks_something_is_refused_and_the_exercise_goes_on(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    wire = Wire()
    monkeypatch.setattr(wire.sim.injecting, "fire", lambda _name: 1 / 0)
    wire.control.obey([wire.give(Fire, inject="hand")], wire.now)
    assert "could not be done" in wire.look().results[0].refused
    assert "ZeroDivisionError" in caplog.text
    assert wire.sim.until(60)


def test_that_a_state_is_said_each_second_and_at_once_when_something_happened() -> None:
    wire = Wire()
    assert wire.control.say(wire.now + 0.5) == []
    assert len(wire.control.say(wire.now + 1.0)) == 1
    wire.sim.until(50)
    news = wire.control.say(wire.now + 1.2)
    assert [one.topic.rpartition("/")[2] for one in news] == ["acts", "state"]
    assert all(one.retain and one.qos == 1 for one in news)
    acts = read_acts(news[0].payload)
    assert acts is not None
    assert [act.act for act in acts.acts] == ["started", "fired"]


def test_that_the_acts_that_are_kept_are_bounded_and_those_of_time_stay() -> None:
    wire = Wire()
    wire.sim.take_over("police")
    wire.sim.pause()
    for number in range(400):
        wire.sim.obey(order(Write, agency="police", text=f"Line {number}"))
    assert len(wire.sim.acts) == 300
    assert [act.act for act in wire.sim.acts[:2]] == ["started", "paused"]
    assert wire.sim.acts[-1].words == "Line 399"


def test_that_acts_with_many_words_stay_within_what_is_read() -> None:
    wire = Wire()
    wire.sim.take_over("police")
    for _ in range(250):
        wire.sim.obey(order(Write, agency="police", text="\x01" * 2_000))
    said = next(one for one in wire.control.say(wire.now + 2) if one.topic.endswith("/acts"))
    acts = read_acts(said.payload)
    assert acts is not None
    assert acts.acts[0].act == "started"
    assert 10 < len(acts.acts) < 200


def test_that_no_feed_of_a_participants_desk_reaches_the_control() -> None:
    for scenario in (play(_INJECTS).scenario, steel_rail()):
        for kind in ("order", "state", "acts", "presence"):
            topic = f"exercise/{scenario.name}/control/{kind}"
            assert not [feed.topic for feed in feeds(scenario) if overlap(feed.topic, topic)]
        # the broker's rules of docs/broker.md let all be read that stands deeper than control
        assert all(len(feed.topic.split("/")) >= 5 for feed in feeds(scenario))


def test_that_a_rate_on_the_wire_is_obeyed_as_it_is_said() -> None:
    wire = Wire()
    wire.control.obey([wire.give(SetRate, rate=2.5)], wire.now)
    assert wire.look().rate == 2.5
