"""How each agency is heard on a feed: silent by its own rhythm, at which rate; and what a restart goes on from."""

from typing import Any

import pytest

from cop.domain.batch import FeedHealth
from cop.feeds.adapters.cop_json import encode
from cop.feeds.health import FeedCounter
from cop.feeds.intake import Intake
from cop.feeds.message import Feed
from cop.feeds.session import Received
from tests.reports import at, unit

_FEED = Feed(name="cop", format="cop-json", topic="cop/v1/#", silent_after_s=60.0)


class _Desk:
    def __init__(self) -> None:
        self.now = at(0).timestamp()
        self.intake = Intake([_FEED], None, exercise=None, clock=lambda: self.now)

    def hear(self, agency: str, *, retained: bool = False) -> None:
        body = encode(unit("u1", rev=int(self.now)))
        self.intake.take([Received(f"cop/v1/{agency}/unit/u1", body, self.now, retained, 1, 1)])

    def health(self) -> FeedHealth:
        return self.intake.batch(1, None, [], health=True).health[0]

    def voices(self) -> dict[str, Any]:
        return {one.agency: one for one in self.health().voices}


def test_that_an_agency_is_silent_by_its_own_rhythm() -> None:
    desk = _Desk()
    for tick in range(40_000):
        desk.now += 1.0
        desk.hear("busy")
        if tick % 3600 == 0:
            desk.hear("seldom")
    assert {name: one.state for name, one in desk.voices().items()} == {"busy": "live", "seldom": "live"}
    desk.now += 60.0
    assert {name: one.state for name, one in desk.voices().items()} == {"busy": "silent", "seldom": "live"}
    assert desk.health().state == "live"
    desk.now += 4 * 3600.0
    assert {name: one.state for name, one in desk.voices().items()} == {"busy": "silent", "seldom": "silent"}
    assert desk.health().state == "silent"
    assert desk.voices()["seldom"].usual_gap_s == pytest.approx(3600.0)


def test_that_before_a_rhythm_is_known_the_feeds_own_bound_holds() -> None:
    desk = _Desk()
    desk.hear("a")
    desk.now += 59.0
    assert desk.voices()["a"].state == "live"
    desk.now += 2.0
    assert desk.voices()["a"].state == "silent"


def test_that_what_the_broker_kept_is_no_sign_of_life() -> None:
    desk = _Desk()
    for _ in range(100):
        desk.now += 1.0
        desk.hear("a")
    desk.now += 100.0
    desk.hear("a", retained=True)  # said again as we connect anew
    voice = desk.voices()["a"]
    assert voice.state == "silent"
    assert voice.messages == 101


def test_that_each_voice_has_its_rate() -> None:
    desk = _Desk()
    desk.voices()
    for tick in range(100):
        desk.now += 0.1
        desk.hear("a")
        if tick % 10 == 0:
            desk.hear("b")
    rates = {name: one.per_second for name, one in desk.voices().items()}
    desk.now += 1.0
    assert desk.voices()["a"].messages == 100
    assert rates.keys() == {"a", "b"}
    for _ in range(100):
        desk.now += 0.1
        desk.hear("a")
    assert desk.voices()["a"].per_second == pytest.approx(100 / 11, rel=0.2)


def test_that_agencies_without_end_are_heard_as_one() -> None:
    counter = FeedCounter(_FEED)
    for number in range(1000):
        counter.hearing(f"m{number}").hear(1.0, retained=False)
    assert len(counter.hearings) <= 201
    assert sum(one.messages for one in counter.hearings) == 1000


def test_that_counts_rhythms_and_reasons_go_on_from_a_snapshot() -> None:
    desk = _Desk()
    for _ in range(50):
        desk.now += 10.0
        desk.hear("a")
    desk.intake.take([Received("cop/v1/a/unit/u1", b"x", desk.now, False, 1, 1)])
    before = desk.health()
    other = _Desk()
    other.now = desk.now
    other.intake.resume([before])
    after = other.health()
    assert (after.messages, after.bad, after.bad_reasons) == (51, 1, before.bad_reasons)
    assert [(v.agency, v.messages, v.usual_gap_s, v.state) for v in after.voices] == [
        (v.agency, v.messages, v.usual_gap_s, v.state) for v in before.voices
    ]
    other.now += 40.0
    assert other.voices()["a"].state == "silent"


def test_that_a_clock_of_ours_that_is_put_back_is_survived() -> None:
    desk = _Desk()
    for _ in range(50):
        desk.now += 1.0
        desk.hear("a")
    desk.health()
    desk.now -= 3600.0
    for _ in range(50):
        desk.now += 1.0
        desk.hear("a")
    health = desk.health()
    assert (health.state, health.voices[0].state) == ("live", "live")
    assert health.per_second >= 0.0
