"""Whose silence is an alarm."""

from datetime import datetime

import hypothesis.strategies as st
import pytest
from hypothesis import given

from cop.domain.batch import BrokerState, FeedHealth, Voice
from cop.domain.rules.silence import is_everybody, listening_since, silences, speaking
from tests.reports import NOON, at


def voice(
    agency: str, state: str = "silent", *, last: float = -300.0, usual: float | None = 20.0, messages: int = 50
) -> Voice:
    """An agency that was last heard so many seconds from noon."""
    return Voice(agency=agency, state=state, messages=messages, last_message_at=at(last), usual_gap_s=usual)


def feed(*voices: Voice, name: str = "cop") -> FeedHealth:
    """A feed on which these are heard."""
    return FeedHealth(feed=name, agency="", format="cop-json", state="live", voices=list(voices))


def online(since: float = -3600.0) -> datetime | None:
    """A broker that has been there for so long."""
    return listening_since(BrokerState(state="online", url="mqtt://b", since=at(since)), None)


def agencies(*voices: Voice, since: float = -3600.0) -> set[str]:
    """Who is silent at noon."""
    return {agency for _, agency in silences([feed(*voices)], online(since), NOON)}


def test_that_who_is_silent_by_its_own_rhythm_is_told_and_who_speaks_is_not() -> None:
    assert agencies(voice("a"), voice("b", "live", last=-1.0)) == {"a"}
    assert speaking([feed(voice("a"), voice("b", "live"))]) == {("cop", "b")}


@pytest.mark.parametrize(
    "never",
    [
        voice("a", usual=None),
        voice("a", messages=0),
        Voice(agency="a", state="silent", messages=3, usual_gap_s=5.0),
        voice(""),  # those that are not told apart
    ],
)
def test_that_who_was_never_heard_or_has_no_rhythm_makes_no_alarm(never: Voice) -> None:
    assert agencies(never) == set()


@pytest.mark.parametrize("state", ["offline", "connecting", "refused", "stopped"])
def test_that_nobody_is_silent_while_we_do_not_listen(state: str) -> None:
    broker = BrokerState(state=state, url="mqtt://b", since=at(-3600.0))
    assert listening_since(broker, None) is None
    assert silences([feed(voice("a"))], None, NOON) == {}
    assert listening_since(None, None) is None


def test_that_everybody_has_its_usual_time_to_speak_after_we_came_back_or_woke() -> None:
    assert agencies(voice("a"), voice("b", usual=2.0), since=-30.0) == {"b"}
    assert agencies(voice("a"), since=-51.0) == {"a"}
    woken = listening_since(BrokerState(state="online", url="mqtt://b", since=at(-3600.0)), at(-30.0))
    assert silences([feed(voice("a"))], woken, NOON) == {}


def test_that_all_at_once_is_no_doing_of_theirs_but_two_may_be_a_chance() -> None:
    two = [feed(voice("a"), voice("b"))]
    three = [feed(voice("a"), voice("b")), feed(voice("c"), voice("d", usual=None), name="cad")]
    assert not is_everybody([("cop", "a"), ("cop", "b")], two)
    assert is_everybody([("cop", "a"), ("cop", "b"), ("cad", "c")], three)
    assert not is_everybody([("cop", "a"), ("cop", "b")], three)


@given(
    st.lists(
        st.builds(
            Voice,
            agency=st.text(max_size=3),
            state=st.sampled_from(["live", "silent", "flooding", "what"]),
            messages=st.integers(0, 5),
            last_message_at=st.none() | st.floats(-4000, 4000).map(at),
            usual_gap_s=st.none() | st.floats(0, 1e6),
        ),
        max_size=5,
    ),
    st.none() | st.floats(-4000, 4000).map(at),
)
def test_that_only_who_is_said_to_be_silent_is_silent(voices: list[Voice], since: datetime | None) -> None:
    found = silences([feed(*voices)], since, NOON)
    said = {("cop", one.agency) for one in voices if one.state == "silent"}
    assert found.keys() <= said
