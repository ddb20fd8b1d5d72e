"""The exercise's end of its control: obeys well-formed orders that are not old, and says how it stands."""

import logging
from collections import deque

from cop.exercise.control_words import MAX_BYTES, OF_TIME, Acts, Result, State, control_topic, read_order, written
from cop.exercise.injecting import NotDone
from cop.exercise.simulation import Simulation
from cop.exercise.voices import Published

_LOG = logging.getLogger(__name__)
#: an order for a state that was said longer ago than this came late: what its giver saw is no longer so
ORDER_LIVES_S = 20.0
_SAYS_EVERY_S = 1.0
_NOT_SOONER_S = 0.1
_RESULTS_KEPT = 30
#: orders that are carried out between two pulses; who sends more is not the controller
_ORDERS_AT_ONCE = 50
#: what is read between two pulses, in bytes: garbage must not keep the controller's own order from being heard
_READ_AT_ONCE = 4 * 1024 * 1024


class Control:
    """One performance's. Nothing that comes here stops the exercise. Times are monotonic seconds."""

    def __init__(self, simulation: Simulation, run: str, seed: int) -> None:
        self._simulation, self._run, self._seed = simulation, run, seed
        self._n = 0
        self._said_at: deque[tuple[int, float]] = deque()
        self._results: deque[Result] = deque(maxlen=_RESULTS_KEPT)
        #: every order that was heard and would not be too late yet: said again it is the same one
        self._heard: dict[str, float] = {}
        self._next_s = self._last_s = float("-inf")
        self._acts = -1

    def obey(self, payloads: list[bytes], now: float) -> None:
        """Carry out what was ordered; say what became of it with the next state."""
        self._heard = {order: at for order, at in self._heard.items() if at >= now - ORDER_LIVES_S}
        done = read = 0
        for payload in payloads:
            read += len(payload)
            if done == _ORDERS_AT_ONCE or read > _READ_AT_ONCE:
                break
            order = read_order(payload)
            if order is None or order.run != self._run or order.id in self._heard:
                continue  # no order, or not for us, or heard twice
            done += 1
            self._heard[order.id] = now
            refused = self._why_late(order.seen, now)
            if not refused:
                try:
                    self._simulation.obey(order)
                except NotDone as not_done:
                    refused = not_done.reason[:256]
                except Exception:  # noqa: BLE001 - an order must not end the exercise for everybody else
                    _LOG.exception("an order could not be carried out")
                    refused = "it could not be done; the log of the exercise says why"
            self._results.append(Result(id=order.id, refused=refused))
            self._next_s = now

    def say(self, now: float) -> list[Published]:
        """How the exercise stands, where it is time to say so: at once after an order or an act, else each second."""
        news = self._simulation.acts_so_far != self._acts
        if now < self._next_s and not (news and now >= self._last_s + _NOT_SOONER_S):
            return []
        self._next_s, self._last_s = now + _SAYS_EVERY_S, now
        return [*(self._history() if news else ()), self._state(now)]

    def all(self, now: float) -> list[Published]:
        """All of it, for a broker that may have forgotten it."""
        return [*self._history(), self._state(now)]

    def end(self, now: float) -> list[Published]:
        """The last word: it ended in order."""
        self._simulation.note("ended")
        return [*self._history(), self._state(now, ended=True)]

    def _history(self) -> list[Published]:
        play = self._simulation
        self._acts = play.acts_so_far
        acts = list(play.acts)
        payload = written(Acts(run=self._run, acts=tuple(acts)))
        while len(payload) > MAX_BYTES:  # long words by hand: the oldest of them are let go
            acts = [act for at, act in enumerate(acts) if act.act in OF_TIME or at > len(acts) // 2]
            payload = written(Acts(run=self._run, acts=tuple(acts)))
        return [Published(play.now, "", control_topic(play.scenario.name, "acts"), payload, 1, True)]

    def _state(self, now: float, *, ended: bool = False) -> Published:
        self._n += 1
        self._said_at.append((self._n, now))
        while self._said_at and self._said_at[0][1] < now - ORDER_LIVES_S:
            self._said_at.popleft()
        play, clock = self._simulation, self._simulation.stage.clock
        state = State(
            run=self._run,
            n=self._n,
            at=play.stage.moment(),
            name=play.scenario.name,
            title=play.scenario.title[:256],
            seed=self._seed,
            t=round(clock.now, 3),
            rate=clock.rate,
            paused=clock.paused,
            duration_s=play.scenario.duration_s,
            injects=play.injecting.states(),
            taken_over=tuple(sorted(play.stage.by_hand)),
            results=tuple(self._results),
            ended=ended,
        )
        return Published(state.t, "", control_topic(play.scenario.name, "state"), written(state), 1, True)

    def _why_late(self, seen: int, now: float) -> str:
        if seen > self._n:
            return "the order is for a state that there was not"
        known = next((at for n, at in self._said_at if n == seen), None)
        return "the order came too late" if known is None or known < now - ORDER_LIVES_S else ""
