"""The controller and the exercise at a real broker: orders, participants who hear nothing of it, kill -9 of both."""

import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import msgspec

from cop.exercise.control_words import AnswerTask, Fire, Pause, Resume, SetRate, State, TakeOver, control_topic, written
from cop.exercise.controlling import Controlling
from cop.exercise.controls import Controls, Heard
from cop.exercise.feeds import feeds
from cop.exercise.scenario import load_scenario
from cop.feeds.broker import Broker
from tests.conftest import Mosquitto, wait_until
from tests.exercise.clients import Client
from tests.exercise.conftest import EmbeddedBroker
from tests.exercise.plays import ROOT
from tests.exercise.test_agencies import ask, states

_PLAY = "from cop.exercise.agencies import run; run({url!r}, 'steel-rail', **{how!r})"
#: the first inject of the exercise: which one it is, is its authors' business
_FIRST = load_scenario("steel-rail").injects[0].id


@contextmanager
def process(url: str, **how: Any) -> Iterator[subprocess.Popen[bytes]]:
    """The exercise as a process."""
    play = subprocess.Popen([sys.executable, "-c", _PLAY.format(url=url, how=how)])
    try:
        yield play
    finally:
        play.kill()
        play.wait()


@contextmanager
def controlling(url: str) -> Iterator[Controls]:
    """A controller's end, connected."""
    controls = Controls(time.monotonic)
    link = Controlling(Broker(url=url), "steel-rail", controls)
    try:
        yield controls
    finally:
        link.close()


def sees(controls: Controls, what: Callable[[Heard], object], say: str) -> State:
    """Wait until the controller sees this; the state then."""
    wait_until(lambda: what(controls.look()), 30, say)
    state = controls.look().state
    assert state is not None
    return state


def there(controls: Controls) -> State:
    """Wait for the exercise."""
    return sees(controls, lambda heard: heard.can_order, "the exercise")


def injects(heard: Heard) -> dict[str, str]:
    """How far each is."""
    return {one.id: one.state for one in heard.state.injects} if heard.state is not None else {}


def order(controls: Controls, kind: Any, **what: Any) -> None:
    """Give an order, and wait for what became of it."""
    assert controls.order(kind, kind.__name__, **what) == ""
    wait_until(lambda: controls.look().waiting == 0, 20, f"an answer to {kind.__name__}")


def check_control(url: str, port: int) -> None:
    """Start, fire, take over and answer by hand, while a participant listens to all that its feeds reach."""
    with Client(port, "desk") as desk, process(url, paused=True), controlling(url) as controls:
        for feed in feeds(load_scenario("steel-rail")):
            desk.subscribe(feed.topic)
        state = there(controls)
        assert (state.paused, state.t) == (True, 0.0)
        wait_until(lambda: desk.payloads(f"{ROOT}/charlotte-fire/incident/inc-0417"), what="what there is at the start")
        order(controls, Resume)
        order(controls, SetRate, rate=4.0)
        order(controls, TakeOver, agency="gaston-sheriff")
        ask(desk, "task-hand")
        ask(desk, "task-self", unit="union-41", agency="union-sheriff")
        wait_until(lambda: states(desk, "task-self", "union-sheriff"), what="the other agency's answer of itself")
        assert states(desk, "task-hand") == []
        order(controls, AnswerTask, agency="gaston-sheriff", asker="charlotte-fire", task="task-hand", state="accepted")
        wait_until(lambda: states(desk, "task-hand") == ["accepted"], what="the answer by hand")
        order(controls, Fire, inject=_FIRST)
        assert injects(controls.look())[_FIRST] == "fired"
        order(controls, Fire, inject=_FIRST)
        assert controls.look().refused[-1] == ("Fire", "it has fired already")
        assert [act.act for act in controls.look().acts][:5] == ["started", "paused", "resumed", "rate", "taken_over"]
        assert not [one.topic for one in list(desk.heard) if "/control/" in one.topic]


def test_that_an_exercise_is_controlled_on_mosquitto_and_no_participant_hears_of_it(mosquitto: Mosquitto) -> None:
    check_control(mosquitto.url, mosquitto.port)


def test_that_an_exercise_is_controlled_on_the_embedded_broker(embedded: EmbeddedBroker) -> None:
    check_control(embedded.url, embedded.port)


def test_that_an_exercise_that_was_killed_is_missed_and_goes_on_where_it_was(mosquitto: Mosquitto) -> None:
    topic = f"{ROOT}/charlotte-fire/incident/inc-0417"
    with controlling(mosquitto.url) as controls, Client(mosquitto.port, "desk") as desk:
        desk.subscribe(topic)
        with process(mosquitto.url, rate=4.0) as play:
            there(controls)
            order(controls, Fire, inject=_FIRST)
            order(controls, TakeOver, agency="gaston-sheriff")
            before = sees(controls, lambda heard: heard.state is not None and heard.state.t > 10, "some seconds of it")
            play.send_signal(signal.SIGKILL)
            sees(controls, lambda heard: not heard.is_there, "that it is gone")
        assert controls.order(Pause, "Pause") == "The exercise is not there."
        revisions = [msgspec.json.decode(payload)["rev"] for payload in desk.payloads(topic)]
        with process(mosquitto.url):
            after = sees(controls, lambda heard: heard.can_order and heard.state.run != before.run, "it again")  # type: ignore[union-attr]  # can_order
            assert before.t - 1 <= after.t < before.t + 60
            assert after.rate == 4.0
            assert after.taken_over == ("gaston-sheriff",)
            assert injects(controls.look())[_FIRST] == "fired"
            assert [act.act for act in controls.look().acts].count("continued") == 1
            wait_until(lambda: len(desk.payloads(topic)) > len(revisions), what="what stands, said again")
            assert msgspec.json.decode(desk.payloads(topic)[-1])["rev"] > revisions[-1]


def test_that_a_controller_that_was_killed_leaves_the_exercise_running_and_the_next_one_sees_all(
    mosquitto: Mosquitto,
) -> None:
    program = (
        "import time, tests.exercise.test_control_on_the_wire as wire\n"
        f"with wire.controlling({mosquitto.url!r}) as controls:\n"
        f"    wire.there(controls); wire.order(controls, wire.Fire, inject={_FIRST!r}); print('fired', flush=True)\n"
        "    time.sleep(60)"
    )
    with process(mosquitto.url):
        first = subprocess.Popen([sys.executable, "-c", program], stdout=subprocess.PIPE, text=True)
        try:
            assert first.stdout is not None
            assert first.stdout.readline().strip() == "fired"
        finally:
            first.kill()
            first.communicate()
        with controlling(mosquitto.url) as second:
            t = there(second).t
            assert injects(second.look())[_FIRST] == "fired"
            assert "fired" in [act.act for act in second.look().acts]
            sees(second, lambda heard: heard.state is not None and heard.state.t > t + 1, "that it goes on")
            order(second, Pause)
            assert there(second).paused


def test_that_one_that_ended_in_order_says_so_and_the_next_run_begins_anew(mosquitto: Mosquitto) -> None:
    with controlling(mosquitto.url) as controls:
        with process(mosquitto.url, rate=20.0) as play:
            there(controls)
            play.terminate()
            assert play.wait(20) == 0
        sees(controls, lambda heard: heard.state is not None and heard.state.ended, "its end")
        assert not controls.look().can_order
        with process(mosquitto.url, paused=True):
            assert there(controls).t == 0.0


def test_that_without_control_nothing_is_obeyed_and_nothing_said(mosquitto: Mosquitto) -> None:
    with Client(mosquitto.port, "desk") as desk, process(mosquitto.url, control=False):
        desk.subscribe("exercise/steel-rail/control/#")
        desk.subscribe(f"{ROOT}/charlotte-fire/incident/inc-0417")
        wait_until(lambda: desk.heard, what="the exercise")
        desk.publish(control_topic("steel-rail", "order"), b'{"order":"pause","id":"x","run":"r","seen":1}')
        assert [one.topic.rpartition("/")[2] for one in list(desk.heard) if "/control/" in one.topic] in ([], ["order"])


def test_that_garbage_on_the_order_topic_and_a_false_state_stop_nobody(mosquitto: Mosquitto) -> None:
    with Client(mosquitto.port, "vandal") as vandal, process(mosquitto.url), controlling(mosquitto.url) as controls:
        there(controls)
        for payload in (b"", b"\xff" * 1000, b"{" * 50_000, b'{"order":"fire"}'):
            vandal.publish(control_topic("steel-rail", "order"), payload, retain=True)
            vandal.publish(control_topic("steel-rail", "presence"), payload)
        order(controls, Pause)
        assert there(controls).paused


def test_that_the_brokers_rules_keep_control_from_those_who_take_part(tmp_path: Path) -> None:
    """The lines of docs/broker.md, at a broker that knows users by name."""
    page = (Path(__file__).parents[2] / "docs" / "broker.md").read_text(encoding="utf-8")
    rules = page.split("# /etc/mosquitto/cop.acl, for exercises\n")[1].split("```")[0]
    (tmp_path / "acl").write_text(rules)
    broker = Mosquitto(tmp_path, f"allow_anonymous true\nacl_file {tmp_path / 'acl'}\n")
    broker.start()
    by_name = "mqtt://{}@127.0.0.1:" + str(broker.port)
    try:
        with (
            Client(broker.port, "desk", user="charlotte-fire") as desk,
            process(by_name.format("exercise"), paused=True),
            controlling(by_name.format("controller")) as controls,
        ):
            desk.subscribe("exercise/#")
            run = there(controls).run
            forged = Resume(id="forged", run=run, seen=1)
            desk.publish(control_topic("steel-rail", "order"), written(forged))
            order(controls, Fire, inject=_FIRST)
            wait_until(lambda: desk.payloads(f"{ROOT}/charlotte-fire/incident/inc-0417"), what="the exercise itself")
            assert there(controls).paused
            assert not [one.topic for one in list(desk.heard) if "/control/" in one.topic]
    finally:
        broker.stop()


def test_that_orders_are_not_kept_for_a_broker_that_is_away(mosquitto: Mosquitto) -> None:
    with process(mosquitto.url), controlling(mosquitto.url) as controls:
        there(controls)
        mosquitto.stop()
        sees(controls, lambda heard: bool(heard.trouble), "that the broker is gone")
        assert controls.order(Fire, "Fire", inject=_FIRST) != ""
        mosquitto.start()
        there(controls)
        assert injects(controls.look())[_FIRST] == "waiting"
