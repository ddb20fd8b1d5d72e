"""An exercise that was cut off goes on where it was, as if nothing had been, but for the gap."""

from datetime import timedelta

import msgspec
import pytest

from cop.exercise.continuing import can_go_on, go_on
from cop.exercise.control import Control
from cop.exercise.control_words import Acts, AnswerTask, State, Write, read_acts, read_state
from cop.exercise.roads import distance_m
from cop.exercise.simulation import Published, Simulation
from tests.exercise.plays import NOON
from tests.exercise.small import ROOT, play
from tests.exercise.test_control import order
from tests.exercise.test_injects import fired, inject, of

_ACTIVE = 'incident = { id = "rail", status = "active" }'
_INJECTS = (
    inject('at_s = 50\nchanges = [{ incident = "rail", priority = 1 }]')
    + inject('messages = [{ text = "By hand." }]', "hand")
    + inject('at_s = 400\nmessages = [{ text = "Later." }]', "later")
    + inject(
        'when = { incident = { id = "rail", status = "active" }, wait_s = 30 }\nmessages = [{ text = "Active." }]',
        "active",
    )
    + inject('at_s = 300\nmessages = [{ text = "Never." }]', "left-out")
)


def cut_off(sim: Simulation) -> tuple[State, Acts, list[tuple[str, bytes]]]:
    """What the broker keeps of an exercise that was killed now."""
    said = {one.topic.rpartition("/")[2]: one.payload for one in Control(sim, "run-1", 1).all(100.0)}
    state, acts = read_state(said["state"]), read_acts(said["acts"])
    assert state is not None
    assert acts is not None
    kept = [(one.topic, one.payload) for one in sim.retained.values() if "/v1/" in one.topic]
    return state, acts, kept


def words(messages: list[Published]) -> list[tuple[str, str]]:
    """What was said, without times and revisions."""
    found = []
    for one in messages:
        if "/v1/" in one.topic and "/position/" not in one.topic and one.payload:
            body = msgspec.json.decode(one.payload)
            found.append((one.topic, str(body.get("status") or body.get("state") or body.get("text") or "")))
    return found


def gone_on(sim: Simulation, gap_s: float = 100.0) -> Simulation:
    """The exercise after it was killed now and started again so many seconds later."""
    state, acts, kept = cut_off(sim)
    now = state.at + timedelta(seconds=gap_s)
    assert can_go_on(state, acts, sim.scenario, now)
    return go_on(sim.scenario, state, acts, kept, now)


def test_that_it_goes_on_at_its_second_with_its_injects_its_pace_and_its_agencies_by_hand() -> None:
    sim = play(_INJECTS)
    sim.advance(60)
    sim.fire("hand")
    sim.skip("left-out")
    sim.pause()
    sim.advance(100)
    sim.resume()
    sim.set_rate(2.0)
    sim.take_over("police")
    sim.advance(150)
    again = gone_on(sim)
    assert again.now == pytest.approx(sim.now, abs=0.01)
    assert again.stage.clock.rate == 2.0
    assert again.stage.by_hand == {"police"}
    assert [(one.id, one.state) for one in again.injecting.states()] == [
        (one.id, one.state) for one in sim.injecting.states()
    ]
    assert [act.act for act in again.acts] == [*(act.act for act in sim.acts), "continued"]


def test_that_it_says_nothing_twice_and_goes_on_to_say_what_it_would_have_said() -> None:
    sim = play(_INJECTS)
    sim.until(120)
    again = gone_on(sim)
    assert of(again.advance(again.stage.clock.real), "log") == []
    assert words(again.until(500)) == words(sim.until(500))
    assert fired(again) == pytest.approx(fired(sim), abs=0.01)


def test_that_units_stand_where_they_were_and_their_clock_is_the_one_on_the_wall() -> None:
    sim = play(_INJECTS)
    sim.until(100)
    again = gone_on(sim, gap_s=1_000.0)
    for one, other in zip(sim.players, again.players, strict=True):
        assert distance_m(one.motion.place, other.motion.place) < 1.0
        assert one.status == other.status
    places = of(again.until(105), "position", "fire")
    assert all(one["at"] >= "2026-11-02T12:18:20" for one in places)


def test_that_revisions_go_on_above_those_that_the_broker_keeps() -> None:
    sim = play(_INJECTS)
    sim.until(120)
    kept = {one.topic: msgspec.json.decode(one.payload) for one in sim.retained.values() if "/v1/" in one.topic}
    again = gone_on(sim)
    for topic, body in kept.items():
        assert msgspec.json.decode(again.retained[topic].payload).get("rev", 0) > body.get("rev", 0), topic


def test_that_what_was_answered_by_hand_stays_answered() -> None:
    sim = play(_INJECTS)
    sim.until(1)
    sim.take_over("police")
    sim.until(60)
    sim.obey(order(AnswerTask, agency="police", asker="fire", task="task-close", state="declined", reason="No crew"))
    sim.obey(order(Write, agency="police", text="No crew tonight."))
    sim.until(80)
    again = gone_on(sim)
    assert again.tasking.assignments["fire", "task-close"].state == "declined"
    assert any(b"No crew tonight." in one.payload for one in again.log)
    assert of(again.until(300), "answer", "police") == []


def test_that_it_can_be_cut_off_again_and_again() -> None:
    sim = play(_INJECTS)
    sim.until(100)
    for _ in range(2):
        sim = gone_on(sim)
        sim.advance(sim.stage.clock.real + 50)
    assert sim.now == pytest.approx(200, abs=0.1)
    assert sim.stage.moment() == NOON + timedelta(seconds=400)
    assert [act.act for act in sim.acts if act.act == "continued"] == ["continued"] * 2


def test_that_what_people_said_meanwhile_is_heard() -> None:
    sim = play(_INJECTS)
    sim.until(100)
    state, acts, kept = cut_off(sim)
    topic = f"{ROOT}/fire/incident/rail"
    body = msgspec.json.decode(dict(kept)[topic]) | {"rev": 40, "by": "Chief Reyes", "status": "active"}
    theirs = [(t, msgspec.json.encode(body) if t == topic else payload) for t, payload in kept]
    again = go_on(sim.scenario, state, acts, theirs, state.at + timedelta(seconds=10))
    assert topic not in again.retained
    again.until(140)
    assert "active" in fired(again)


@pytest.mark.parametrize(
    "spoiled",
    [
        lambda state, acts: (None, acts),
        lambda state, acts: (state, None),
        lambda state, acts: (msgspec.structs.replace(state, ended=True), acts),
        lambda state, acts: (msgspec.structs.replace(state, name="other"), acts),
        lambda state, acts: (state, msgspec.structs.replace(acts, run="another")),
        lambda state, acts: (state, msgspec.structs.replace(acts, acts=())),
        lambda state, acts: (state, msgspec.structs.replace(acts, acts=acts.acts[1:])),
        lambda state, acts: (msgspec.structs.replace(state, at=NOON - timedelta(days=2)), acts),
        lambda state, acts: (msgspec.structs.replace(state, at=NOON + timedelta(days=2)), acts),
    ],
)
def test_that_what_ended_or_is_known_by_halves_begins_anew(spoiled: object) -> None:
    sim = play(_INJECTS)
    sim.until(60)
    state, acts, _kept = cut_off(sim)
    assert not can_go_on(*spoiled(state, acts), sim.scenario, NOON + timedelta(seconds=80))  # type: ignore[operator]
