"""Who floods waits for its turn; the others are not delayed, and nothing that was said is lost."""

import itertools
import math
import random
from collections.abc import Callable

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cop.domain.batch import FeedHealth
from cop.domain.report import Report
from cop.domain.rules.flood import KNOWN_AFTER_S, learnt, limit_per_s
from cop.domain.unit import Position
from cop.feeds import holding
from cop.feeds.adapters import make_adapter
from cop.feeds.adapters.adapter import Adapter
from cop.feeds.adapters.cop_json import encode, said_at
from cop.feeds.hearing import Hearing
from cop.feeds.intake import Intake
from cop.feeds.message import Feed, Message
from cop.feeds.session import Received
from cop.journal.record import Mark
from cop.picture.picture import Picture
from tests.feeds.test_intake import Recorded
from tests.reports import at, incident, task

_NOON = at(0).timestamp()
_COST_S, _PULSE_S = 50e-6, 1 / 30
_FEEDS = [
    Feed(name="a", format="cop-json", topic="cop/v1/a/#", agency="a"),
    Feed(name="b", format="cop-json", topic="cop/v1/b/#", agency="b"),
]


class _Slow:
    """An adapter that takes so many seconds of effort for each message."""

    def __init__(self, inner: Adapter, spend: Callable[[float], None]) -> None:
        self._inner = inner
        self._spend = spend

    def decode(self, message: Message) -> list[Report]:
        """As the other does."""
        self._spend(_COST_S)
        return self._inner.decode(message)


class _Desk:
    """An intake whose effort is counted, not measured."""

    def __init__(self) -> None:
        self.now, self.effort = _NOON, 0.0
        self.journal = Recorded()
        self.picture = Picture()
        self.decoded: list[tuple[float, str]] = []
        self.taken: list[Received] = []
        self.health: dict[str, FeedHealth] = {}
        self.intake = Intake(
            _FEEDS,
            self.journal,
            exercise=None,
            make=lambda feed: _Slow(make_adapter(feed), self._spend),
            listen=lambda report: self.decoded.append((self.effort, report.agency)),
            clock=lambda: self.now,
            effort=lambda: self.effort,
        )

    def _spend(self, seconds: float) -> None:
        self.effort += seconds

    def take(self, *burst: Received) -> float:
        """Take a burst; returns how much effort it was."""
        begin = self.effort
        self.taken += self.intake.take(burst)
        return self.effort - begin

    def usual(self) -> None:
        """Both agencies say something once a second, until that is known."""
        for second in range(int(KNOWN_AFTER_S) + 5):
            self.now = _NOON + second
            self.take(_place("a", "u0", second, self.now), _place("b", "u0", second, self.now))

    def batch(self) -> None:
        """Bring what came to the picture."""
        batch = self.intake.batch(1, None, [], health=True)
        self.health = {one.feed: one for one in batch.health}
        self.picture.apply(batch)


def _place(agency: str, name: str, seconds: float, received_at: float, qos: int = 0) -> Received:
    body = Position(id=name, at=at(seconds), lat=35.0 + seconds / 1000, lon=-80.9)
    return Received(f"cop/v1/{agency}/position/{name}", encode(body), received_at, False, qos, 1)


def _word(agency: str, number: int, received_at: float, qos: int = 1) -> Received:
    topic = f"cop/v1/{agency}/incident/i{number % 7}"
    return Received(topic, encode(incident(f"i{number % 7}", rev=number + 1)), received_at, False, qos, number)


def test_that_a_flood_delays_nobody_else_by_more_than_a_pulse() -> None:
    desk = _Desk()
    desk.usual()
    at_s = KNOWN_AFTER_S + 6
    for number in range(60):  # 500 messages each 20 ms: 25,000 a second, where there is effort for 20,000
        desk.now = _NOON + at_s + number * 0.02
        flood = [_place("a", f"u{n % 400}", at_s + number * 0.02, desk.now) for n in range(500)]
        heard = len(desk.decoded)
        begin = desk.effort
        spent = desk.take(*flood, _place("b", "u0", at_s + number * 0.02, desk.now))
        (theirs,) = [effort for effort, agency in desk.decoded[heard:] if agency == "b"]
        assert theirs - begin <= _PULSE_S
        assert spent <= _PULSE_S
    desk.batch()
    states = {feed.feed: feed.state for feed in desk.health.values()}
    assert states == {"a": "flooding", "b": "live"}
    assert desk.health["a"].overtaken > 0


def test_that_a_time_to_come_in_a_flood_leaves_out_no_true_place() -> None:
    desk = _Desk()
    desk.usual()
    at_s = KNOWN_AFTER_S + 6.0
    desk.now = _NOON + at_s
    flood = [_place("a", f"u{n % 50}", at_s - 1.0 + n / 1e5, desk.now) for n in range(1000)]
    desk.take(*flood, _place("a", "wild", at_s - 1.0, desk.now))
    while desk.intake.held:
        desk.take()
    places = [_place("a", "wild", at_s + 3600.0, desk.now), _place("a", "wild", at_s - 0.1, desk.now)]
    desk.take(*places)
    while desk.intake.held:
        desk.take()
    desk.batch()
    row = desk.picture.tracks.row_of("a", "wild")
    assert row is not None
    assert desk.now - desk.picture.tracks.reported_at[row] == pytest.approx(0.1, abs=0.01)


def test_that_of_a_flood_every_message_is_on_record_and_every_unit_is_where_it_was_last() -> None:
    desk = _Desk()
    desk.usual()
    before, at_s = len(desk.journal.records), KNOWN_AFTER_S + 6
    sent: list[Received] = []
    for number in range(10):
        desk.now = _NOON + at_s + number * 0.02
        burst = [_place("a", f"u{n % 400}", at_s - 0.1 + number * 0.02 + n / 1e6, desk.now) for n in range(1000)]
        sent += burst
        desk.take(*burst)
    while desk.intake.held:
        desk.take()
    desk.batch()
    records = desk.journal.records[before:]
    assert sorted((one.topic, one.payload) for one in records) == sorted((one.topic, one.payload) for one in sent)
    tracks = desk.picture.tracks
    newest = {one.topic.rsplit("/", 1)[1]: said_at(one.payload) for one in sent}
    for name, moment in newest.items():
        row = tracks.row_of("a", name)
        assert row is not None
        assert float(tracks.reported_at[row]) == pytest.approx(moment, abs=1e-5)
    assert all(one.marks == Mark.ALONE and one.kind == "position" for one in records)
    assert [one.said_at for one in records] == [said_at(one.payload) for one in records]
    assert desk.health["a"].messages == len(sent) + int(KNOWN_AFTER_S) + 5


def test_that_no_word_of_a_flood_is_left_out_and_all_come_in_their_order() -> None:
    desk = _Desk()
    desk.usual()
    at_s, numbers = KNOWN_AFTER_S + 6, itertools.count()
    said = []
    for number in range(20):
        desk.now = _NOON + at_s + number * 0.02
        burst = [_word("a", next(numbers), desk.now) for _ in range(500)]
        said += burst
        desk.take(*burst)
        assert len(desk.taken) < len(said) + 200
    assert desk.intake.held
    while desk.intake.held:
        assert desk.take() <= _PULSE_S
    words = [one for one in desk.taken if "/incident/" in one.topic]
    assert words == said
    batch = desk.intake.batch(1, None, [], health=True)
    assert [one.body.rev for one in batch.reports] == list(range(1, len(said) + 1))
    assert batch.health[0].overtaken == 0


def test_that_what_waits_is_not_acknowledged_before_it_is_taken() -> None:
    desk = _Desk()
    desk.usual()
    desk.now = _NOON + KNOWN_AFTER_S + 6
    before = len(desk.taken)
    burst = [_word("a", number, desk.now) for number in range(3000)]
    desk.take(*burst)
    assert 0 < len(desk.taken) - before < 3000
    assert len(desk.taken) - before + desk.intake.held == 3000
    assert len(desk.journal.records) == len(desk.taken)


def test_that_beyond_what_may_wait_it_is_taken_at_once_and_nothing_is_dropped(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(holding, "_MESSAGES", 100)
    desk = _Desk()
    desk.usual()
    desk.now = _NOON + KNOWN_AFTER_S + 6
    before = len(desk.taken)
    desk.take(*(_word("a", number, desk.now) for number in range(3000)))
    assert desk.intake.held <= 100
    assert len(desk.taken) - before + desk.intake.held == 3000


def test_that_what_is_held_at_the_end_is_on_record() -> None:
    desk = _Desk()
    desk.usual()
    desk.now = _NOON + KNOWN_AFTER_S + 6
    before = len(desk.journal.records)
    desk.take(*(_word("a", number, desk.now) for number in range(3000)))
    assert desk.intake.held
    desk.intake.close()
    assert not desk.intake.held
    assert len(desk.journal.records) - before == 3000


def test_that_a_flood_is_over_when_it_is_and_a_task_in_it_has_come_through() -> None:
    desk = _Desk()
    desk.usual()
    at_s = KNOWN_AFTER_S + 6
    desk.now = _NOON + at_s
    asked = Received("cop/v1/a/task/t1", encode(task("t1", role="system")), desk.now, False, 1, 1)
    desk.take(*(_word("a", number, desk.now) for number in range(1000)), asked)
    while desk.intake.held:
        desk.take()
    desk.batch()
    assert desk.health["a"].state == "flooding"
    assert list(desk.picture.tasks) == [("a", "t1")]
    for second in range(1, 12):
        desk.now = _NOON + at_s + second
        desk.take(_place("a", "u0", at_s + second, desk.now))
    desk.batch()
    assert desk.health["a"].state == "live"


def test_that_a_unit_taken_back_within_a_flood_stays_taken_back() -> None:
    desk = _Desk()
    desk.usual()
    desk.now = _NOON + 60
    gone = b'{"id":"u1","at":"%s","deleted":true}' % at(59.9).isoformat().encode()
    burst = [_place("a", f"u{n % 3}", 50 + n / 1000, desk.now) for n in range(900)]
    taking = Received("cop/v1/a/position/u1", gone, desk.now, False, 0, 1)
    desk.take(*burst, taking, *burst[-3:])
    while desk.intake.held:
        desk.take()
    desk.batch()
    row = desk.picture.tracks.row_of("a", "u1")
    assert row is None or math.isnan(desk.picture.tracks.reported_at[row])
    assert desk.picture.tracks.row_of("a", "u2") is not None


def test_that_an_older_position_does_not_overtake_a_newer_one_that_waits() -> None:
    desk = _Desk()
    desk.usual()
    desk.now = _NOON + 60
    noise = [_word("a", number, desk.now) for number in range(1000)]
    desk.take(*noise, _place("a", "u0", 59.0, desk.now), _place("a", "u0", 55.0, desk.now))
    while desk.intake.held:
        desk.take()
    desk.batch()
    row = desk.picture.tracks.row_of("a", "u0")
    assert row is not None
    assert float(desk.picture.tracks.reported_at[row]) == _NOON + 59.0


@pytest.mark.parametrize(
    "payload",
    [
        b'{"id":"u","at":"2026-11-02T12:00:00Z","deleted":true}',
        b'{"id":"u","at":"2026-11-02T12:00:00Z","lat":1,"lon":1,"x":{"at":"2026-11-02T12:00:00Z"}}',
        b'{"id":"u","\\u0061t":"2026-11-02T12:00:00Z","at":"2026-11-02T12:00:01Z"}',
        b'{"id":"u","at" :"2026-11-02T12:00:00Z"}',
        b'{"id":"u","at":"2026-13-02T12:00:00Z"}',
        b'{"id":"u","at":1}',
        b"",
        b"\xff\xfe",
        b'{"at":"' + b"9" * 1000,
    ],
)
def test_that_a_time_is_cut_out_only_where_it_is_plain(payload: bytes) -> None:
    assert said_at(payload) is None


@given(st.binary(max_size=200))
def test_that_no_bytes_break_the_cutting_of_a_time(payload: bytes) -> None:
    said_at(payload)
    said_at(b'{"at":"' + payload)


@settings(deadline=None)
@given(st.lists(st.floats(0.0, 5000.0), min_size=1, max_size=200))
def test_that_what_is_usual_lies_within_what_was_heard(rates: list[float]) -> None:
    usual = 0.0
    for second, rate in enumerate(rates, start=1):
        usual = learnt(usual, rate, 1.0, second)
        assert 0.0 <= usual <= max(rates[:second]) + 1e-6
    assert limit_per_s(usual) >= 200.0


def test_that_ten_times_what_is_usual_is_a_flood_and_little_is_none() -> None:
    assert limit_per_s(100.0) == 1000.0
    assert limit_per_s(1.0) == 200.0
    assert limit_per_s(None) == 7500.0
    assert limit_per_s(10_000.0) == limit_per_s(None, 10_000) == 25_000.0  # busy, and always so
    assert limit_per_s(None, 10**6) == 30_000.0


def _speaks(hearing: Hearing, begin_s: int, seconds: int, per_s: int, spread_s: float = 1.0) -> set[bool]:
    """So many messages a second, in the first part of each; whether it flooded."""
    states = set()
    draw = random.Random(begin_s)
    for second in range(begin_s, begin_s + seconds):
        late_s = draw.uniform(0.0, 0.06)
        for number in range(per_s):
            hearing.hear(_NOON + second + late_s + spread_s * number / per_s, retained=False)
        states.add(hearing.flooding)
    return states


@pytest.mark.parametrize("spread_s", [0.9, 0.1])
def test_that_ten_thousand_units_that_speak_once_a_second_are_busy_and_no_flood(spread_s: float) -> None:
    hearing = Hearing("a")
    hearing.topics = 10_000
    assert _speaks(hearing, 0, 40, 10_000, spread_s) == {False}
    assert _speaks(hearing, 100, 20, 10_000, spread_s) == {False}  # all at once after a cut
    assert hearing.voice(_NOON + 120.0, 60.0).state == "live"


def test_that_more_than_a_desk_takes_in_is_a_flood_on_however_many_topics() -> None:
    hearing = Hearing("a")
    hearing.topics = 100_000
    assert True in _speaks(hearing, 0, 20, 14_500)


def test_that_an_agency_that_speaks_more_for_good_is_no_flood_for_ever() -> None:
    hearing = Hearing("a")
    assert _speaks(hearing, 0, 60, 10) == {False}
    assert _speaks(hearing, 60, 60, 300) == {True}
    assert _speaks(hearing, 120, 900, 300) == {True, False}
    assert _speaks(hearing, 1020, 10, 300) == {False}


def test_that_without_shares_nobody_is_held_back() -> None:
    intake = Intake(_FEEDS, None, exercise=None, share_s=float("inf"))
    taken = intake.take([_word("a", number, _NOON) for number in range(9000)])
    assert len(taken) == 9000
    assert intake.held == 0
