"""Recordings through a real broker: every message, in order, at the recording's pace."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cop.feeds.adapters import Recorded
from cop.feeds.broker import Broker
from cop.feeds.replay_file import Pace, ReplayError, replay
from cop.feeds.session import Received, Session, Subscription
from tests.conftest import Mosquitto, wait_until

T0 = datetime(2026, 5, 4, 12, 0, tzinfo=UTC)


def at(seconds: float) -> Recorded:
    """A message received so many seconds after the start."""
    return Recorded("t", b"x", T0 + timedelta(seconds=seconds))


@given(
    st.lists(st.floats(0, 3600), min_size=1, max_size=30),
    st.floats(0.1, 1000),
)
def test_that_a_replay_takes_as_long_as_the_recording_divided_by_its_speed(times: list[float], speed: float) -> None:
    pauses = [pause for pause, _ in Pace(speed=speed, longest_pause_s=1e9).pauses(at(one) for one in times)]
    assert all(pause >= 0 for pause in pauses)
    # microseconds are all that a datetime keeps
    assert sum(pauses) == pytest.approx((max(times) - times[0]) / speed, abs=1e-6 * len(times) / speed + 1e-6)


def test_that_what_bears_no_time_is_sent_evenly_and_no_pause_is_longer_than_allowed() -> None:
    pace = Pace(speed=1, per_second=4, longest_pause_s=10)
    messages = [Recorded(None, b"x"), at(0), at(3600), at(3601)]
    assert [pause for pause, _ in pace.pauses(messages)] == [0.25, 0.0, 10.0, 1.0]


def test_that_without_a_speed_there_are_no_pauses() -> None:
    assert {pause for pause, _ in Pace(speed=0).pauses([at(0), at(99), Recorded(None, b"x")])} == {0.0}


def test_that_every_message_arrives_in_order_on_its_own_topic(mosquitto: Mosquitto) -> None:
    heard: list[Received] = []
    session = Session(Broker(url=mosquitto.url), "", [Subscription("#", 1)], None)

    def hear() -> None:
        burst = session.service(0.02)
        session.acknowledge(burst)
        heard.extend(burst)

    wait_until(lambda: hear() or session.online)
    messages = [Recorded(f"bus/{number % 7}", b"%d" % number) for number in range(1500)]
    assert replay(messages, Broker(url=mosquitto.url), Pace(speed=0)) == 1500
    wait_until(lambda: hear() or len(heard) >= 1500)
    session.close()
    assert [(one.topic, one.payload) for one in heard] == [(one.topic, one.payload) for one in messages]


def test_that_a_recording_without_topics_needs_one(mosquitto: Mosquitto) -> None:
    with pytest.raises(ReplayError, match="--topic"):
        replay([Recorded(None, b"x")], Broker(url=mosquitto.url), Pace(speed=0))


def test_that_no_broker_is_said_at_once() -> None:
    with pytest.raises(ReplayError, match=r"mqtt://127\.0\.0\.1:1"):
        replay([Recorded("t", b"x")], Broker(url="mqtt://127.0.0.1:1"), Pace(speed=0))
