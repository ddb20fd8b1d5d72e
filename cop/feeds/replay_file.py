"""A recording is a feed too: its messages to a broker, at the pace at which they were received: `cop replay-file`."""

import time
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime

from cop.feeds.adapters.adapter import Recorded
from cop.feeds.broker import Broker
from cop.feeds.session import Session

#: how many messages may be on their way to the broker, so that it is never flooded
_IN_FLIGHT = 200
_ANSWER_S = 10.0


class ReplayError(Exception):
    """The recording does not reach the broker; the text says why."""


@dataclass(frozen=True, slots=True)
class Pace:
    """How fast: `speed` times as fast as it was received (0: as fast as the broker takes it).

    What bears no time is sent `per_second`; no pause lasts longer than `longest_pause_s`, whatever the recording says.
    """

    speed: float = 1.0
    per_second: float = 20.0
    longest_pause_s: float = 5.0

    def pauses(self, messages: Iterable[Recorded]) -> Iterator[tuple[float, Recorded]]:
        """Each message with the seconds to wait before it."""
        last: datetime | None = None
        for one in messages:
            pause = 0.0
            if self.speed and one.at is None:
                pause = 1.0 / self.per_second
            elif self.speed and one.at is not None:
                at = one.at if one.at.tzinfo is not None else one.at.replace(tzinfo=UTC)  # only differences matter
                pause = 0.0 if last is None else (at - last).total_seconds() / self.speed
                last = at if last is None else max(last, at)  # one that came late is sent at once
            yield min(max(0.0, pause), self.longest_pause_s), one


def replay(messages: Iterable[Recorded], broker: Broker, pace: Pace, *, topic: str = "", qos: int = 1) -> int:
    """Publish them, on `topic` where the recording names none; how many went. Raises ReplayError.

    Returns when the broker has acknowledged every one of them (QoS 1) or has been handed it (QoS 0).
    """
    session = Session(broker, "", [], None)
    try:
        return _Player(session, topic, qos).play(pace.pauses(messages))
    finally:
        session.close()


class _Player:
    def __init__(self, session: Session, topic: str, qos: int) -> None:
        self._session = session
        self._topic = topic
        self._qos = qos
        self._unanswered = 0

    def play(self, messages: Iterable[tuple[float, Recorded]]) -> int:
        sent, due = 0, time.monotonic()
        for pause, one in messages:
            due += pause
            while (wait := due - time.monotonic()) > 0:
                self._serve(min(wait, 0.5))
            topic = self._topic or one.topic
            if not topic:
                raise ReplayError("the recording holds no topics: name one with --topic")
            self._send(sent, topic, one.payload)
            sent += 1
        self._wait(lambda: not self._unanswered, "the broker does not acknowledge the last messages")
        return sent

    def _send(self, token: int, topic: str, payload: bytes) -> None:
        self._wait(lambda: self._unanswered < _IN_FLIGHT, "the broker does not acknowledge")
        self._wait(lambda: self._session.online, "no broker")
        try:
            # a broker lets so many be unanswered at a time (MQTT 5 §3.3.4)
            self._wait(
                lambda: self._session.publish(token, topic, payload, qos=self._qos, retain=False),
                "the broker takes no more",
            )
        except ValueError as error:
            raise ReplayError(f"it cannot be sent: {error}") from None
        self._unanswered += 1

    def _wait(self, until: Callable[[], bool], else_say: str) -> None:
        deadline = time.monotonic() + _ANSWER_S
        while not until():
            if time.monotonic() > deadline:
                raise ReplayError(f"{else_say}: {self._session.state.reason or 'no answer'}")
            self._serve(0.05)
        if self._unanswered and not self._unanswered % 50:
            self._serve(0.0)

    def _serve(self, timeout_s: float) -> None:
        self._session.service(timeout_s)
        for fate in self._session.published():
            self._unanswered -= 1
            if fate.refused:
                raise ReplayError(f"the broker refuses: {fate.refused}")
        state = self._session.state
        if state.state in {"refused", "offline"}:
            raise ReplayError(f"{state.url}: {state.reason}")
