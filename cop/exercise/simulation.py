"""The exercise as a function of time: what every agency says, in order. Knows no clock and no network.

`advance(real)` says what is said up to a real second, `until(t)` up to one of the exercise; `hear` takes in what others
say, `obey` what the controller orders. The same scenario, seed, hearing and orders give the same messages.
"""

from datetime import datetime
from pathlib import Path

import msgspec

from cop.exercise import script
from cop.exercise.cast import Player
from cop.exercise.control_words import (
    OF_TIME,
    Act,
    AnswerTask,
    By,
    Fire,
    GiveBack,
    MoveUnit,
    Order,
    Pause,
    Resume,
    SetRate,
    SetStatus,
    Skip,
    TakeOver,
    Write,
    written,
)
from cop.exercise.effects import carry_out
from cop.exercise.hand import Hand
from cop.exercise.hearing import DESK, HEARD, Hearing
from cop.exercise.injecting import Injecting, NotDone
from cop.exercise.injects import Inject
from cop.exercise.scenario import RESOURCES, Scenario
from cop.exercise.stage import Stage
from cop.exercise.voices import OPERATOR, Published

__all__ = ["DESK", "HEARD", "INTERVAL_S", "OPERATOR", "Published", "Simulation"]

#: real seconds between two positions of a unit
INTERVAL_S = 2.0
_FIRST_ROUND_S = (30.0, 240.0)
_STATUS_MEAN_S = {"available": 260.0, "busy": 60.0}
_ACTS_KEPT = 300


class Simulation:
    """All agencies of a scenario. `base` is the moment of real second 0, `rate` how fast the exercise's pass."""

    def __init__(
        self, scenario: Scenario, seed: int = 1, *, base: datetime, rate: float = 1.0, resources: Path = RESOURCES
    ) -> None:
        self.scenario = scenario
        self.stage = stage = Stage(scenario, seed, base=base, rate=rate, resources=resources)
        self.root = stage.voices.root
        self.players = stage.players
        self.tasking = stage.tasking
        self.neighbours = stage.neighbours
        self.injecting = Injecting(
            scenario.injects,
            clock=stage.clock,
            course=stage.course,
            ids=stage.ids,
            moment=stage.moment,
            do=self._inject,
        )
        self.hand = Hand(stage)
        #: what became of it that the controller is told, oldest first; and how much that was, with what is let go of
        self.acts: list[Act] = []
        self.acts_so_far = 0
        #: while an earlier run is gone over: nothing is said, and nothing is news
        self.is_gone_over = False
        self.hearing = Hearing(stage)
        stage.clock.after_each = self.injecting.look
        stage.clock.at(0.0, self._open)

    @property
    def now(self) -> float:
        """The exercise's second."""
        return self.stage.clock.now

    @property
    def base(self) -> datetime:
        """The moment of real second 0; moved on when the machine slept."""
        return self.stage.base

    @base.setter
    def base(self, base: datetime) -> None:
        self.stage.base = base

    @property
    def retained(self) -> dict[str, Published]:
        """What a broker that lost its memory must be told again, by topic."""
        return self.stage.voices.retained

    @property
    def log(self) -> list[Published]:
        """Log lines so far."""
        return self.stage.voices.log

    def until(self, t: float) -> list[Published]:
        """Everything said after the last call, up to and including second `t` of the exercise, in order."""
        self.stage.clock.run_until(t)
        return self.stage.voices.fetch()

    def advance(self, real: float) -> list[Published]:
        """Everything said after the last call, up to and including a real second, in order."""
        self.stage.clock.run_to(real)
        return self.stage.voices.fetch()

    def hear(self, topic: str, payload: bytes, received_at: datetime) -> None:
        """Take in what somebody published below our root; what cannot be read is not for us."""
        self.hearing.take(topic, payload, received_at)
        if not self.stage.is_opening:
            self.injecting.look()

    def obey(self, order: Order) -> None:
        """Carry out an order of the controller's, now. Raises NotDone with the reason."""
        match order:
            case Pause():
                self.pause()
            case Resume():
                self.resume()
            case SetRate():
                self.set_rate(order.rate)
            case Fire():
                self.fire(order.inject)
            case Skip():
                self.skip(order.inject)
            case TakeOver():
                self.take_over(order.agency)
            case GiveBack():
                self.give_back(order.agency)
            case AnswerTask():
                self._note_hand("answered", order, self.hand.answer(order))
            case SetStatus():
                self._note_hand("status", order, self.hand.set_status(order))
            case MoveUnit():
                self._note_hand("moved", order, self.hand.move(order))
            case Write():
                self._note_hand("wrote", order, self.hand.write(order))
        self.injecting.look()

    def moment(self, t: float) -> datetime:
        """The moment of a second of the exercise; what lies before the start keeps real seconds."""
        return self.stage.moment_at(t)

    def is_mute(self, agency: str) -> bool:
        """Whether an inject keeps all that the agency says from being heard."""
        return self.stage.voices.faults.is_mute(agency, self.now)

    def is_cut(self, agency: str) -> bool:
        """Whether an inject has broken the agency's connection."""
        return self.stage.voices.faults.is_cut(agency, self.now)

    # What the controller orders --------------------------------------------------------------------------------

    def stand_at_start(self) -> None:
        """What there is at second 0 is said, and the exercise waits for the controller."""
        self.stage.clock.run_to(0.0)
        self.pause()

    def pause(self) -> None:
        """Let the exercise's time stand; units hold still and go on saying where. Raises NotDone."""
        if self.stage.clock.paused:
            raise NotDone("the exercise stands already")
        self.stage.clock.pause()
        self.note("paused")

    def resume(self) -> None:
        """Let it go on. Raises NotDone."""
        if not self.stage.clock.paused:
            raise NotDone("the exercise is running")
        self.stage.clock.resume()
        self.note("resumed")

    def set_rate(self, rate: float) -> None:
        """Go on faster, or slower, from here."""
        self.stage.clock.set_rate(rate)
        self.note("rate", rate=rate)

    def fire(self, inject: str) -> None:
        """Fire an inject now. Raises NotDone."""
        self.injecting.fire(inject)

    def skip(self, inject: str) -> None:
        """Leave an inject out. Raises NotDone."""
        self.injecting.skip(inject)
        self.note("skipped", inject=inject, words=self.injecting.title(inject))

    def take_over(self, agency: str) -> None:
        """Play an agency by hand. Raises NotDone."""
        self.hand.take_over(agency)
        self.note("taken_over", agency=agency)

    def give_back(self, agency: str) -> None:
        """Let an agency play by itself again. Raises NotDone."""
        self.hand.give_back(agency)
        self.note("given_back", agency=agency)

    def note(self, act: str, **what: object) -> None:
        """Put on record what became of the exercise."""
        if self.is_gone_over:
            return
        said = {"at": self.stage.moment(), "t": round(self.now, 3), "act": act, **what}
        self.acts.append(msgspec.convert(said, Act))
        self.acts_so_far += 1
        if len(self.acts) > _ACTS_KEPT:
            self.acts.pop(next(at for at, one in enumerate(self.acts) if one.act not in OF_TIME))

    def _note_hand(self, act: str, order: AnswerTask | SetStatus | MoveUnit | Write, words: str) -> None:
        self.note(act, agency=order.agency, words=words, order=written(order).decode())

    def _inject(self, inject: Inject, by: By) -> None:
        carry_out(inject, self.stage)
        self.note("fired", inject=inject.id, by=by, words=inject.title)

    # What is said ----------------------------------------------------------------------------------------------

    def _open(self) -> None:
        stage, scenario = self.stage, self.scenario
        before = set(stage.voices.revs)
        stage.play(script.profiles(scenario, stage.written))
        for player in self.players:
            self._begin(player)
        stage.play(script.resources(scenario, stage.written))
        for incident in scenario.incidents:
            stage.open_incident(incident, opening=True)
        stage.play(script.zones(scenario.zones, stage.owners, stage.written))
        stage.play(script.warnings(scenario.warnings, stage.written))
        for line in scenario.tasks:
            stage.ask(line)
        stage.play(script.commands(scenario.commands, stage.owners, stage.written))
        stage.play(script.requests(scenario.requests, stage.incidents, stage.written))
        stage.play(script.log(scenario.log, stage.owners, stage.written))
        stage.is_opening = False
        for player in self.players:
            stage.show(player)
        self.hearing.clear_away(before)
        self.note("started", rate=stage.clock.rate)
        self.injecting.start()

    def _begin(self, player: Player) -> None:
        clock = self.stage.clock
        phase = INTERVAL_S * self.players.index(player) / len(self.players)
        if player.callsign not in player.agency.starts:
            lot = player.rng.random()
            if lot < 0.04:
                player.status = "out_of_service"
                player.motion.put(player.motion.place)
            elif lot < 0.2:
                player.status = "busy"
        player.moved_s = (phase - INTERVAL_S) * clock.rate
        clock.beat(clock.real + phase, lambda: self._report_position(player))
        clock.at(player.rng.uniform(*_FIRST_ROUND_S), lambda: self._change_status(player))

    def _report_position(self, player: Player) -> None:
        clock = self.stage.clock
        clock.beat(clock.real + INTERVAL_S, lambda: self._report_position(player))
        seconds, player.moved_s = clock.now - player.moved_s, clock.now
        if player.silent_after_s is not None and clock.now >= player.silent_after_s:
            return  # its radio is dead for good; where it goes nobody will know
        player.motion.paused = player.status == "busy" and self.stage.plays_itself(player.agency.id)
        player.motion.step(seconds if clock.now >= player.broken_until_s else 0.0)
        if player.motion.arrived:
            self._arrive(player)
        if not player.is_silent(clock.now):
            self.stage.voices.place(player, player.motion.fix())

    def _arrive(self, player: Player) -> None:
        assignment = player.assignment
        there = "" if assignment is None else assignment.task.incident
        self.stage.course.arrives((player.agency.id, player.id), there)
        self.tasking.arrived(player)

    def _change_status(self, player: Player) -> None:
        stage = self.stage
        flipped = {"available": "busy", "busy": "available"}.get(player.status)
        broken = stage.clock.now < player.broken_until_s
        if player.assignment is None and flipped is not None and not broken and stage.plays_itself(player.agency.id):
            player.status = flipped
            stage.show(player)
        mean_s = _STATUS_MEAN_S.get(player.status, 120.0)
        again_s = 20.0 + player.rng.expovariate(1 / mean_s)
        stage.clock.at(stage.clock.now + again_s, lambda: self._change_status(player))
