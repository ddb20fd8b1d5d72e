"""The controller's end of an exercise's control, whatever reaches the broker: what was heard, what was ordered.

Times are monotonic seconds of this machine.
"""

import threading
import uuid
from collections import deque
from collections.abc import Callable
from typing import Any, NamedTuple

from cop.exercise.control_words import (
    MAX_BYTES,
    Act,
    Acts,
    Order,
    Presence,
    State,
    read_acts,
    read_presence,
    read_state,
    written,
)

#: an order that was not answered for so long may not have been heard
UNANSWERED_S = 6.0
#: an exercise says each second how it stands; one that says nothing for so long is not there
SILENT_S = 6.0
_REFUSALS_KEPT = 5
_MOST_HEARD = 200


class Heard(NamedTuple):
    """What is known of the exercise: its last state and how old that is, what has happened, whether it is there.

    `refused` are the last orders that came to nothing, with the reason, newest last; `waiting` is how many have had no
    answer yet; `trouble` says why the broker is not reached.
    """

    state: State | None
    age_s: float
    acts: tuple[Act, ...]
    is_there: bool
    refused: tuple[tuple[str, str], ...]
    waiting: int
    trouble: str

    @property
    def can_order(self) -> bool:
        """Whether an order would be obeyed."""
        return self.state is not None and self.is_there and not self.state.ended and not self.trouble


class Controls:
    """What the desk asks and orders; another thread brings what was heard and fetches what is to be said."""

    def __init__(self, now: Callable[[], float]) -> None:
        self._now = now
        self._lock = threading.Lock()
        self._state: State | None = None
        self._heard_at = float("-inf")
        self._acts: Acts | None = None
        self._presence: Presence | None = None
        self._trouble = "no connection to the broker yet"
        self._out: deque[bytes] = deque()
        self._waiting: dict[str, tuple[str, float]] = {}
        self._refused: deque[tuple[str, str]] = deque(maxlen=_REFUSALS_KEPT)

    def look(self) -> Heard:
        """As it stands now."""
        now = self._now()
        with self._lock:
            for order, (words, at) in list(self._waiting.items()):
                if now - at > UNANSWERED_S:
                    del self._waiting[order]
                    self._refused.append((words, "no answer: it may not have been heard"))
            state, age_s = self._state, now - self._heard_at
            acts = self._acts
            presence = self._presence
            # one that was started again is there before its first state: what is known is another run's
            gone = presence is not None and state is not None and (not presence.online or presence.run != state.run)
            return Heard(
                state=state,
                age_s=age_s,
                acts=acts.acts if acts is not None else (),
                is_there=state is not None and age_s < SILENT_S and not gone,
                refused=tuple(self._refused),
                waiting=len(self._waiting),
                trouble=self._trouble,
            )

    def order(self, kind: type[Order], words: str, **what: Any) -> str:
        """Give an order, `words` being what it is called; why it cannot be given, empty if it was."""
        heard = self.look()
        if heard.state is None or not heard.can_order:
            return heard.trouble or "The exercise is not there."
        order = kind(id=uuid.uuid4().hex, run=heard.state.run, seen=heard.state.n, **what)
        with self._lock:
            self._waiting[order.id] = (words, self._now())
            self._out.append(written(order))
        return ""

    # for the thread that reaches the broker

    def hear(self, topic: str, payload: bytes) -> None:
        """Take in a word of the exercise's; what is none is left."""
        if len(payload) > MAX_BYTES:
            return
        kind = topic.rpartition("/")[2]
        with self._lock:
            if kind == "state" and (state := read_state(payload)) is not None:
                self._take(state)
            elif kind == "acts" and (acts := read_acts(payload)) is not None:
                self._acts = acts
            elif kind == "presence" and (presence := read_presence(payload)) is not None:
                self._presence = presence

    def say_trouble(self, trouble: str) -> None:
        """Why the broker is not reached; empty when it is. What waits to be said then is not said later."""
        with self._lock:
            self._trouble = trouble
            if trouble:
                self._out.clear()

    def fetch(self) -> list[bytes]:
        """The orders that are to be said."""
        with self._lock:
            out = list(self._out)
            self._out.clear()
        return out

    def _take(self, state: State) -> None:
        known = self._state
        if known is not None and known.run == state.run and state.n < known.n:
            return
        # the first is what the broker has kept: nobody knows since when, the next will tell
        is_kept = known is None
        self._state = state
        self._heard_at = float("-inf") if is_kept else self._now()
        for result in state.results:
            said = self._waiting.pop(result.id, None)
            if said is not None and result.refused:
                self._refused.append((said[0], result.refused))
