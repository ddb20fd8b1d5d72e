"""The simulated agencies on the wire: each with a connection of its own, publishing what the simulation says."""

import logging
import select
import signal
import threading
import time
import uuid
from collections.abc import Callable, Sequence
from datetime import UTC, datetime, timedelta
from typing import NamedTuple

from cop.domain.agency import Presence as PresenceWord
from cop.exercise.continuing import can_go_on, go_on
from cop.exercise.control import Control
from cop.exercise.control_words import Presence as ControlPresence
from cop.exercise.control_words import control_topic, read_acts, read_state, written
from cop.exercise.lines import Participant
from cop.exercise.link import Link, Presence
from cop.exercise.scenario import Scenario, load_scenario
from cop.exercise.simulation import DESK, HEARD, OPERATOR, Published, Simulation
from cop.exercise.tongues import foreign_root
from cop.feeds.adapters.cop_json import encode
from cop.feeds.broker import Broker
from cop.feeds.topics import exercise_root, object_topic

_LOG = logging.getLogger(__name__)
_PULSE_S = 0.02
_SETTLE_S = 5.0
_HEARTBEAT_S = 25.0
_SUSPENDED_S = 10.0
_GOODBYE_S = 1.0


def run(
    broker_url: str,
    name: str,
    *,
    rate: float = 1.0,
    seed: int = 1,
    duration_s: float | None = None,
    stop: threading.Event | None = None,
    paused: bool = False,
    control: bool = True,
    anew: bool = False,
) -> None:
    """Play an exercise until SIGTERM, SIGINT, `stop` or `duration_s` (real seconds).

    Waits for the broker and comes back to it. `paused` waits for the controller to start it; without `control` nobody
    can. One that was cut off goes on where it was, unless `anew`. Raises ScenarioError for an unknown exercise,
    ValueError for a URL that is no broker's.
    """
    scenario = load_scenario(name)
    broker = Broker(url=broker_url)
    broker.address()
    stop = stop or threading.Event()
    _end_on_signals(stop)
    how = _How(rate=rate, seed=seed, paused=paused, control=control, anew=anew)
    _Play(scenario, broker, how, stop).run(duration_s)


class _How(NamedTuple):
    rate: float
    seed: int
    paused: bool
    control: bool
    anew: bool


class _Play:
    """One performance: the ear that listens for everybody, a link for each agency, and the simulation."""

    def __init__(self, scenario: Scenario, broker: Broker, how: _How, stop: threading.Event) -> None:
        root = exercise_root(scenario.name)
        self._scenario = scenario
        self._how, self._stop = how, stop
        self._run = uuid.uuid4().hex
        self._mark = f"{foreign_root(scenario.name)}/mark/{self._run}"
        self._orders, self._states, self._acts = (
            control_topic(scenario.name, "order"),
            control_topic(scenario.name, "state"),
            control_topic(scenario.name, "acts"),
        )
        filters = [*(f"{root}/+/{kind}/+" for kind in HEARD), self._mark]
        if how.control:
            filters += [self._orders, self._states, self._acts]
        self._ear = Link(
            broker,
            f"{scenario.name}-ear",
            filters=filters,
            presence=_control_presence(scenario.name, self._run) if how.control else None,
        )
        self._links = {
            agency.id: Link(broker, f"{scenario.name}-{agency.id}", presence=_presence(root, agency))
            for agency in scenario.speakers
        }
        self._everybody = [self._ear, *self._links.values()]
        self._control: Control | None = None

    def run(self, duration_s: float | None) -> None:
        """Listen first, so that revisions go on where an earlier run left them; then play."""
        ends = None if duration_s is None else time.monotonic() + duration_s
        try:
            heard = self._listen(ends)
            if not self._ended(ends):
                self._perform(heard, ends)
        finally:
            self._leave()

    def _leave(self) -> None:
        for message in self._control.end(time.monotonic()) if self._control is not None else ():
            self._ear.publish(message)
        for link in self._everybody:
            link.say_goodbye()
        deadline = time.monotonic() + _GOODBYE_S
        while any(link.leaving for link in self._everybody) and time.monotonic() < deadline:
            self._pulse([link for link in self._everybody if link.online])
        for link in self._everybody:
            link.close()

    def _listen(self, ends: float | None) -> list[tuple[str, bytes]]:
        """What the broker has kept: all that comes before our own mark, which is sent after subscribing."""
        heard: list[tuple[str, bytes]] = []
        reached, told = None, ""
        while not self._ended(ends):
            self._pulse([self._ear])
            if self._ear.refusal and self._ear.refusal != told:
                told = self._ear.refusal
                _LOG.info("no connection yet: %s", told)
            if self._ear.fresh:
                self._ear.fresh = False
                self._ear.publish(Published(0.0, "", self._mark, b"1", 1, False))
                reached = time.monotonic()
            heard += self._ear.heard
            self._ear.heard = []
            if any(topic == self._mark for topic, _payload in heard):
                break
            if reached is not None and self._ear.online and time.monotonic() - reached > _SETTLE_S:
                break
        return [(topic, payload) for topic, payload in heard if topic != self._mark]

    def _perform(self, heard: Sequence[tuple[str, bytes]], ends: float | None) -> None:
        simulation = self._begin(heard, datetime.now(UTC))
        before = simulation.stage.clock.real
        if self._how.control:
            self._control = Control(simulation, self._run, self._how.seed)
        for link in self._links.values():
            link.version = self._ear.version
        started = last = time.monotonic()
        next_beat = started + _HEARTBEAT_S
        while not self._ended(ends):
            self._pulse(self._everybody if self._ear.online else [self._ear])
            now = time.monotonic()
            if now - last > _SUSPENDED_S:  # the machine slept: go on from here instead of saying all of it at once
                started += now - last
                simulation.base += timedelta(seconds=now - last)
            last = now
            said = simulation.advance(before + now - started)
            said += self._take_in(simulation, now)
            for link in self._links.values():
                if link.fresh:
                    link.fresh = False
                    self._tell_again(link, simulation, said)
            for message in said:
                self._links[message.agency].publish(message)
            self._cut(simulation)
            if now >= next_beat:
                next_beat = now + _HEARTBEAT_S
                for agency, link in self._links.items():
                    if not simulation.is_mute(agency):
                        link.beat()

    def _begin(self, heard: Sequence[tuple[str, bytes]], now: datetime) -> Simulation:
        """The exercise from its beginning, or from where it was cut off."""
        state = next((read_state(payload) for topic, payload in heard if topic == self._states), None)
        acts = next((read_acts(payload) for topic, payload in heard if topic == self._acts), None)
        heard = [(topic, payload) for topic, payload in heard if topic not in (self._orders, self._states, self._acts)]
        wanted = not self._how.anew and can_go_on(state, acts, self._scenario, now)
        if wanted and state is not None and acts is not None:
            self._how = self._how._replace(seed=state.seed)
            _LOG.info("the exercise was cut off at %s and goes on from there", state.at.isoformat())
            return go_on(self._scenario, state, acts, heard, datetime.now(UTC))
        simulation = Simulation(self._scenario, self._how.seed, base=now, rate=self._how.rate)
        for topic, payload in heard:
            simulation.hear(topic, payload, now)
        if self._how.paused:
            simulation.stand_at_start()
        return simulation

    def _take_in(self, simulation: Simulation, now: float) -> list[Published]:
        """What was heard, orders among it; what comes of them at once."""
        orders = []
        for topic, payload in self._ear.heard:
            if topic == self._orders:
                orders.append(payload)
            elif topic not in (self._states, self._acts):
                simulation.hear(topic, payload, datetime.now(UTC))
        self._ear.heard = []
        if self._control is not None:
            self._control.obey(orders, now)
            for message in self._control.all(now) if self._ear.fresh else self._control.say(now):
                self._ear.publish(message)
        self._ear.fresh = False
        return simulation.advance(simulation.stage.clock.real)

    def _cut(self, simulation: Simulation) -> None:
        """Whom an inject has cut off from the broker goes without a word, and stays away."""
        for agency, link in self._links.items():
            link.cut(simulation.is_cut(agency))

    def _tell_again(self, link: Link, simulation: Simulation, said: Sequence[Published]) -> None:
        """A new connection may lead to a broker that has forgotten everything: say what stands."""
        now = {message.topic for message in said}
        if any(simulation.is_mute(agency) for agency, one in self._links.items() if one is link):
            return  # it is told when it can be heard again
        for message in (*simulation.retained.values(), *simulation.log):
            if self._links[message.agency] is link and message.topic not in now:
                link.publish(message)

    def _pulse(self, links: Sequence[Link]) -> None:
        by_socket = {}
        for link in links:
            link.tend()
            sock = link.socket()
            if sock is not None:
                by_socket[sock] = link
        try:
            ready, _writable, _failed = select.select(list(by_socket), [], [], _PULSE_S)
        except (OSError, ValueError):  # a socket was closed under us; the next round knows
            return
        for sock in ready:
            by_socket[sock].service()
        if ready:
            time.sleep(_PULSE_S / 4)  # the agencies speak in pulses; waking for every acknowledgement costs more

    def _ended(self, ends: float | None) -> bool:
        return self._stop.is_set() or (ends is not None and time.monotonic() >= ends)


def _presence(root: str, agency: Participant) -> Callable[[], Presence]:
    def say() -> Presence:
        at = datetime.now(UTC)
        rev = int(at.timestamp() * 1000)  # grows from connection to connection, over restarts too
        here = PresenceWord(
            id=DESK, at=at, rev=rev, by=OPERATOR, online=True, operator=agency.operator, role="exercise"
        )
        gone = PresenceWord(id=DESK, at=at, rev=rev + 1, by=OPERATOR, online=False, role="exercise")
        return Presence(object_topic(root, agency.id, "presence", DESK), encode(here), encode(gone))

    return say


def _control_presence(name: str, run: str) -> Callable[[], Presence]:
    def say() -> Presence:
        here, gone = (ControlPresence(run=run, online=online) for online in (True, False))
        return Presence(control_topic(name, "presence"), written(here), written(gone))

    return say


def _end_on_signals(stop: threading.Event) -> None:
    if threading.current_thread() is not threading.main_thread():
        return
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda _number, _frame: stop.set())
