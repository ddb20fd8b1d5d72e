"""Every message passes the same steps; a bad one is counted and stops nothing."""

import time
from pathlib import Path

import pytest

from cop.domain.batch import Batch
from cop.domain.report import Report
from cop.feeds.adapters import make_adapter
from cop.feeds.adapters.adapter import Adapter
from cop.feeds.adapters.cop_json import encode
from cop.feeds.intake import Intake
from cop.feeds.message import BadMessage, Feed, Message
from cop.feeds.session import Received
from cop.journal.journal import Journal, counts
from tests.reports import incident, unit

_FEED = Feed(name="cop", format="cop-json", topic="cop/v1/#")
_POSITION = b'{"id":"u1","at":"2026-11-02T12:00:%02dZ","lat":35.2,"lon":-80.9}'


def _received(topic: str, payload: bytes) -> Received:
    return Received(topic, payload, time.time(), False, 1, 1)


def _position(second: int) -> Received:
    return _received("cop/v1/charlotte-fire/position/u1", _POSITION % second)


def _batch(intake: Intake) -> Batch:
    return intake.batch(1, None, [], health=True)


def test_that_only_the_newest_position_of_a_unit_goes_on_and_everything_else_goes_on_in_order() -> None:
    intake = Intake([_FEED], None, exercise=False)
    words = [encode(incident("i1", rev=rev)) for rev in (1, 2, 3)]
    intake.take([_position(5), _received("cop/v1/a/incident/i1", words[0]), _position(9)])
    intake.take([_position(7), *(_received("cop/v1/a/incident/i1", word) for word in words[1:])])
    batch = _batch(intake)
    rows = batch.position_rows()
    assert len(rows) == 1
    assert rows["reported_at"][0] % 60 == 9
    assert [one.body.rev for one in batch.reports] == [1, 2, 3]
    assert _batch(intake).positions == b""


@pytest.mark.parametrize(
    ("topic", "payload", "reason"),
    [
        ("cop/v1/a/position/u1", b"\x00\xff\x13", "not JSON"),
        ("cop/v1/a/position/u1", b'{"id":"u1","at":"2026-11-02T12:00:00Z","lat":35.2,"lo', "not JSON"),
        ("cop/v1/a/position/u1", b'{"id":"u1","at":"2026-11-02T12:00:00Z","lat":NaN,"lon":1}', "not JSON"),
        ("cop/v1/a/position/u1", b'{"id":"u1","at":"2026-11-02T12:00:00Z","lat":91,"lon":1}', "<= 90"),
        ("cop/v1/a/position/u1", b'{"id":"u1","at":"2026-11-02T12:00:00Z","lat":"x","lon":1}', "float"),
        ("cop/v1/a/position/u1", b'{"id":"u1","at":"2026-11-02T12:00:00","lat":1,"lon":1}', "timezone"),
        ("cop/v1/a/position/u1", b'{"id":"u1","at":"2126-11-22T12:00:00Z","lat":1,"lon":1}', "clock"),
        ("cop/v1/a/position/u1", b'{"id":"u2","at":"2026-11-02T12:00:00Z","lat":1,"lon":1}', "topic's"),
        ("cop/v1/a/position/u1", b'{"id":"u1","lat":1,"at":"2026-11-02T12:00:00Z","lat":1,"lon":1}', "twice"),
        ("cop/v1/a/incident/i1", b'{"id":"i1","at":"2026-11-02T12:00:00Z","priority":9}', "<= 5"),
        ("cop/v1/a/incident/i1", b'{"id":' + b"[" * 100_000, ""),
        ("cop/v1/a/incident/i1", b" " * (2 << 20), "larger than 1 MiB"),
        ("cop/v1/a/nonsense/i1", b"{}", "none of our tree"),
        ("other/v1", b"{}", "no feed"),
    ],
)
def test_that_a_bad_message_is_counted_with_its_reason_and_the_feed_goes_on(
    topic: str, payload: bytes, reason: str
) -> None:
    intake = Intake([_FEED], None, exercise=False)
    intake.take([_received(topic, payload), _position(1)])
    batch = _batch(intake)
    assert len(batch.position_rows()) == 1
    bad = [health for health in batch.health if health.bad]
    assert [one.bad for one in bad] == [1]
    assert reason in bad[0].last_bad_reason
    assert bad[0].bad_reasons == {bad[0].last_bad_reason: 1}
    assert batch.health[0].state == "live"


def test_that_an_agency_cannot_speak_on_a_feed_that_is_anothers() -> None:
    feed = Feed(name="gaston", format="cop-json", topic="cop/v1/+/#", agency="gastonia-fd")
    intake = Intake([feed], None, exercise=False)
    intake.take([_received("cop/v1/csx-rail/unit/u1", encode(unit("u1")))])
    batch = _batch(intake)
    assert batch.reports == []
    assert "not this feed's agency" in batch.health[0].last_bad_reason


def test_that_live_and_exercise_messages_do_not_mix() -> None:
    everything = Feed(name="all", format="cop-json", topic="#")
    live, exercise = Intake([everything], None, exercise=False), Intake([everything], None, exercise=True)
    said = encode(incident("i1"))
    for intake, wrong in ((live, "exercise/x/v1/a/incident/i1"), (exercise, "cop/v1/a/incident/i1")):
        intake.take([_received(wrong, said)])
        batch = _batch(intake)
        assert (batch.reports, batch.health[0].bad) == ([], 1)
    exercise.take([_received("exercise/x/v1/a/incident/i1", said)])
    assert _batch(exercise).reports[0].exercise


def test_that_a_unit_said_again_word_for_word_is_not_sent_to_the_screen_again() -> None:
    intake = Intake([_FEED], None, exercise=False)
    for seconds in (0, 1, 2):
        word = encode(unit("u1", rev=0, seconds=seconds, status="available" if seconds < 2 else "busy"))
        intake.take([_received("cop/v1/a/unit/u1", word)])
    assert [getattr(one.body, "status", "") for one in _batch(intake).reports] == ["available", "busy"]


def test_that_every_message_good_or_bad_is_in_the_journal_as_it_came(tmp_path: Path) -> None:
    journal = Journal(tmp_path / "journal.sqlite")
    intake = Intake([_FEED], journal, exercise=False)
    intake.take([_position(1), _received("cop/v1/a/incident/i1", b"\xffgarbage"), _received("stray", b"x")])
    journal.close()
    assert {(one.agency, one.feed): one.records for one in counts(journal.path)} == {
        ("charlotte-fire", "cop"): 1,
        ("a", "cop"): 1,
        ("", "no feed"): 1,
    }


class _Breaking:
    """An adapter with a bug: it fails on messages that say so."""

    def __init__(self, inner: Adapter) -> None:
        self._inner = inner

    def decode(self, message: Message) -> list[Report]:
        if message.payload == b"bug":
            raise ZeroDivisionError
        return self._inner.decode(message)


def test_that_a_failing_adapter_marks_its_feed_failed_and_a_good_message_heals_it() -> None:
    made = []

    def make(feed: Feed) -> Adapter:
        made.append(feed.name)
        return _Breaking(make_adapter(feed))

    intake = Intake([_FEED], None, exercise=False, make=make)
    intake.take([_received("cop/v1/a/unit/u1", b"bug")])
    assert _batch(intake).health[0].state == "failed"
    intake.take([_position(1)])
    batch = _batch(intake)
    assert (batch.health[0].state, len(batch.position_rows()), made) == ("live", 1, ["cop", "cop"])
    intake.take([_received("cop/v1/a/unit/u1", b"bug")] * 10)
    assert "rests" in str(_batch(intake).health[0].bad_reasons)


def test_that_a_feed_never_heard_is_a_state_of_its_own_and_silence_is_seen() -> None:
    quick = Feed(name="quick", format="cop-json", topic="cop/v1/#", silent_after_s=0.0001)
    intake = Intake([quick], None, exercise=False)
    assert _batch(intake).health[0].state == "never_heard"
    intake.take([_position(1)])
    time.sleep(0.001)
    assert _batch(intake).health[0].state == "silent"


def test_that_bad_reasons_do_not_grow_without_end() -> None:
    intake = Intake([_FEED], None, exercise=False, make=lambda _feed: _Inventing())
    intake.take([_position(n % 60) for n in range(300)])
    assert len(_batch(intake).health[0].bad_reasons) <= 51


class _Inventing:
    """Refuses every message with a reason of its own."""

    def __init__(self) -> None:
        self._count = 0

    def decode(self, _message: Message) -> list[Report]:
        self._count += 1
        raise BadMessage(f"reason {self._count}")
