"""Every message passes the same steps; a bad one is counted and stops nothing."""

import time
from collections import Counter
from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from typing import Any

import msgspec
import numpy as np
import pytest

from cop.domain.batch import POSITION_ROW, Batch
from cop.domain.report import Report, Retraction, Source
from cop.domain.resource import Resource
from cop.domain.rules.newer import next_revision, revision_of_time
from cop.domain.unit import Position, Unit
from cop.feeds import census
from cop.feeds import intake as intake_module
from cop.feeds.adapters import make_adapter
from cop.feeds.adapters.adapter import Adapter
from cop.feeds.adapters.cop_json import encode
from cop.feeds.conflation import Conflation
from cop.feeds.intake import Intake
from cop.feeds.message import BadMessage, Feed, Message
from cop.feeds.pipe import OpenEmergency
from cop.feeds.session import Received
from cop.feeds.topics import topic_of
from cop.journal.record import Record
from cop.picture.picture import Picture
from tests import reports as r
from tests.reports import at, incident, unit

_FEED = Feed(name="cop", format="cop-json", topic="cop/v1/#")
_POSITION = b'{"id":"u1","at":"2026-11-02T12:00:%02dZ","lat":35.2,"lon":-80.9}'


def _received(topic: str, payload: bytes) -> Received:
    return Received(topic, payload, time.time(), False, 1, 1)


def _position(second: int) -> Received:
    return _received("cop/v1/charlotte-fire/position/u1", _POSITION % second)


def _batch(intake: Intake) -> Batch:
    return intake.batch(1, None, [], health=True)


def test_that_only_the_newest_position_of_a_unit_goes_on_and_everything_else_goes_on_in_order() -> None:
    intake = Intake([_FEED], None, exercise=None)
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
        ("cop/v1/a/position/u1", b'{"id":"u1","at":"2026-11-02T12:00:00Z","lat":NaN,"lon":1}', "NaN"),
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
    intake = Intake([_FEED], None, exercise=None)
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
    intake = Intake([feed], None, exercise=None)
    intake.take([_received("cop/v1/csx-rail/unit/u1", encode(unit("u1")))])
    batch = _batch(intake)
    assert batch.reports == []
    assert "not this feed's agency" in batch.health[0].last_bad_reason


def test_that_live_and_exercise_messages_do_not_mix() -> None:
    everything = Feed(name="all", format="cop-json", topic="#")
    live, exercise = Intake([everything], None, exercise=None), Intake([everything], None, exercise="x")
    said = encode(incident("i1"))
    for intake, wrong in ((live, "exercise/x/v1/a/incident/i1"), (exercise, "cop/v1/a/incident/i1")):
        intake.take([_received(wrong, said)])
        batch = _batch(intake)
        assert (batch.reports, batch.health[0].bad) == ([], 1)
    exercise.take([_received("exercise/x/v1/a/incident/i1", said)])
    assert _batch(exercise).reports[0].exercise


@pytest.mark.parametrize(
    "topic",
    [
        "cop/v1/mallory/charlotte-fire/incident/i1",  # below mallory's own level: the broker let her
        "cop/v1/mallory/x/charlotte-fire/incident/i1",
        "cop/v1//charlotte-fire/incident/i1",
        "cop/v1//incident/i1",
        "cop/v1/charlotte-fire//i1",
        "cop/v1/charlotte-fire/incident/",
        "cop/v1/charlotte-fire/incident/i1/",
        "cop/v1/\u0441harlotte-fire/incident/i1",  # begins with a Cyrillic letter
        "cop/v1/charlotte\u2010fire/incident/i1",
        "cop/v1/charlotte-fire\u200b/incident/i1",
        "cop/v1/charlotte-fire /incident/i1",
        "cop/v2/charlotte-fire/incident/i1",
        "/cop/v1/charlotte-fire/incident/i1",
        "other/cop/v1/charlotte-fire/incident/i1",
        "cop/v1/" + "a" * 65 + "/incident/i1",
        "charlotte-fire/incident/i1",
        "exercise/v1/charlotte-fire/incident/i1",
        "$share/cop/v1/charlotte-fire/incident/i1",
    ],
)
def test_that_a_topic_with_a_trick_in_it_speaks_for_nobody(topic: str) -> None:
    everything = Feed(name="all", format="cop-json", topic="#")
    for exercise in (None, "v1"):
        intake = Intake([everything], None, exercise=exercise)
        intake.take([_received(topic, encode(incident("i1")))])
        assert _batch(intake).reports == []


@pytest.mark.parametrize("topic", ["cop/v1/mallory/charlotte-fire/profile", "cop/v1/unit/profile/profile"])
def test_that_nobody_introduces_another_agency(topic: str) -> None:
    intake = Intake([_FEED], None, exercise=None)
    intake.take(
        [_received(topic, b'{"id":"%s","at":"2026-11-02T12:00:00Z","name":"x"}' % topic.split("/")[-2].encode())]
    )
    assert _batch(intake).reports == []


def test_that_a_unit_may_be_called_profile() -> None:
    intake = Intake([_FEED], None, exercise=None)
    intake.take([_received("cop/v1/charlotte-fire/unit/profile", encode(unit("profile")))])
    assert [one.key for one in _batch(intake).reports] == [("charlotte-fire", "profile")]


def test_that_two_exercises_do_not_mix() -> None:
    everything = Feed(name="all", format="cop-json", topic="exercise/#")
    intake = Intake([everything], None, exercise="steel-rail")
    said = encode(incident("i1"))
    intake.take([_received("exercise/steel-rail-2/v1/a/incident/i1", said)])
    assert "another exercise" in _batch(intake).health[0].last_bad_reason


def test_that_the_feed_that_names_more_of_a_topic_reads_it_wherever_it_stands() -> None:
    wide = Feed(name="wide", format="cop-json", topic="cop/v1/+/#", agency="york-county-em")
    own = Feed(name="own", format="cop-json", topic="cop/v1/charlotte-fire/#", agency="charlotte-fire")
    for feeds in ([wide, own], [own, wide]):
        intake = Intake(feeds, None, exercise=None)
        intake.take([_received("cop/v1/charlotte-fire/incident/i1", encode(incident("i1")))])
        assert [(one.agency, one.source.feed) for one in _batch(intake).reports] == [("charlotte-fire", "own")]
    intake.take([_received("cop/v1/charlotte-fire2/incident/i1", encode(incident("i1")))])
    assert _batch(intake).reports == []  # neither its name nor its feed is the other's because it begins alike


def test_that_a_topic_without_end_is_refused_and_not_remembered() -> None:
    intake = Intake([_FEED], None, exercise=None)
    intake.take([_received("cop/v1/a/incident/" + "i" * 60_000, encode(incident("i1")))])
    assert "topic is longer" in _batch(intake).health[0].last_bad_reason
    assert not len(intake._routes)


def test_that_a_sender_who_invents_objects_fills_no_memory_and_others_are_heard(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(census, "UNITS_LIMIT", 5)
    monkeypatch.setattr(census, "OBJECTS_LIMIT", 5)
    monkeypatch.setattr(census, "AGENCIES_LIMIT", 3)
    intake = Intake([_FEED], None, exercise=None)
    for number in range(20):
        position = b'{"id":"u%d","at":"2026-11-02T12:00:00Z","lat":35.2,"lon":-80.9}' % number
        intake.take([_received(f"cop/v1/mallory/position/u{number}", position)])
        intake.take([_received(f"cop/v1/mallory/incident/i{number}", encode(incident(f"i{number}")))])
    intake.take([_received("cop/v1/mallory/incident/i0", encode(incident("i0", rev=2)))])  # what is known goes on
    intake.take([_received("cop/v1/charlotte-fire/incident/i1", encode(incident("i1")))])
    for number in range(20):
        intake.take([_received(f"cop/v1/m{number}/incident/i", encode(incident("i")))])
    batch = _batch(intake)
    assert len(batch.position_rows()) == 5
    by_agency = Counter(one.agency for one in batch.reports)
    assert by_agency == {"mallory": 6, "charlotte-fire": 1, "m0": 1}
    assert batch.health[0].bad == 15 + 15 + 19
    assert any("too many objects (position)" in reason for reason in batch.health[0].bad_reasons)


def test_that_a_sender_who_counts_from_one_again_is_told_of() -> None:
    intake = Intake([_FEED], None, exercise=None)
    for rev, seconds in ((57, 0), (56, -5), (1, 60), (58, 61)):
        intake.take([_received("cop/v1/a/incident/i1", encode(incident("i1", rev=rev, seconds=seconds)))])
    batch = _batch(intake)
    assert [one.body.rev for one in batch.reports] == [57, 56, 58]
    assert list(batch.health[0].bad_reasons) == ["rev went back: a later word with a lower revision is not taken"]


def test_that_a_desktop_that_does_not_read_is_noticed_before_memory_is_full(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(intake_module, "_WAITING_LIMIT", 10_000)
    intake = Intake([_FEED], None, exercise=None)
    for number in range(20):
        intake.take([_received(f"cop/v1/a/incident/i{number}", encode(incident(f"i{number}", summary="x" * 900)))])
    assert intake.full
    _batch(intake)
    assert not intake.full


def test_that_what_was_taken_back_makes_room(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(census, "OBJECTS_LIMIT", 1)
    intake = Intake([_FEED], None, exercise=None)
    intake.take([_received("cop/v1/a/incident/i1", encode(incident("i1")))])
    intake.take([_received("cop/v1/a/incident/i1", encode(incident("i1", rev=2, deleted=True)))])
    intake.take([_received("cop/v1/a/incident/i2", encode(incident("i2")))])
    intake.take([_received("cop/v1/a/incident/i2", b"")])
    intake.take([_received("cop/v1/a/incident/i3", encode(incident("i3")))])
    batch = _batch(intake)
    assert (len(batch.reports), batch.health[0].bad) == (5, 0)


class _OutOfRange:
    """An adapter with a bug: its reports are none that the desktop would read."""

    def __init__(self, inner: Adapter) -> None:
        self._inner = inner

    def decode(self, message: Message) -> list[Report]:
        return [
            msgspec.structs.replace(one, body=msgspec.structs.replace(one.body, **{"callsign": "x" * 300}))
            for one in self._inner.decode(message)
        ]


def test_that_a_report_which_the_desktop_could_not_read_never_gets_there() -> None:
    intake = Intake([_FEED], None, exercise=None, make=lambda feed: _OutOfRange(make_adapter(feed)))
    intake.take([_received("cop/v1/a/unit/u1", encode(unit("u1")))])
    batch = _batch(intake)
    assert (batch.reports, batch.health[0].bad, batch.health[0].state) == ([], 1, "live")


class _Unset:
    """An adapter with a bug: its times know no zone."""

    def decode(self, message: Message) -> list[Report]:
        body = incident("i1")
        naive = msgspec.structs.replace(body, at=body.at.replace(tzinfo=None))
        return [Report(agency="a", body=naive, source=Source(feed="f", format="x"), received_at=message.received_at)]


def test_that_no_error_in_a_report_leaves_the_feeds_edge() -> None:
    intake = Intake([_FEED], None, exercise=None, make=lambda _feed: _Unset())
    intake.take([_position(1)])
    assert _batch(intake).health[0].state == "failed"


def test_that_of_several_units_in_a_message_one_with_a_wrong_clock_does_not_silence_the_others() -> None:
    event = (
        '<event version="2.0" uid="{uid}" type="a-f-G" time="{at}" start="{at}" stale="{at}" how="m-g">'
        '<point lat="35" lon="-81" hae="0" ce="1" le="1"/><detail/></event>'
    )
    said = [
        event.format(uid=uid, at=at) for uid, at in (("u1", "2026-11-02T12:00:00Z"), ("u2", "2126-01-01T00:00:00Z"))
    ]
    intake = Intake([Feed(name="tak", format="cot-xml", topic="tak/#", agency="a")], None, exercise=None)
    intake.take([_received("tak/x", "".join(said).encode())])
    batch = _batch(intake)
    assert [one.unit for one in batch.tracks] == ["u1"]
    assert (batch.health[0].bad, "clock" in batch.health[0].last_bad_reason) == (1, True)


def test_that_a_promise_for_a_year_is_not_kept_and_no_promise_is_none() -> None:
    event = (
        b'<event version="2.0" uid="u" type="a-f-G" time="2026-11-02T12:00:00Z" start="2026-11-02T12:00:00Z"'
        b' stale="2027-11-02T12:00:00Z" how="m-g"><point lat="35" lon="-81" hae="0" ce="1" le="1"/><detail/></event>'
    )
    intake = Intake([Feed(name="tak", format="cot-xml", topic="tak/#", agency="a")], None, exercise=None)
    intake.take([_received("tak/x", event)])
    (row,) = _batch(intake).position_rows()
    assert row["stale_at"] - row["reported_at"] == 3600
    conflation = Conflation()
    body = Position(id="u", at=at(0), lat=1.0, lon=1.0)
    said = Report(agency="a", body=body, source=Source(feed="f", format="x"), received_at=at(1))
    conflation.put(said, body, body.at.timestamp())
    rows = np.frombuffer(conflation.take()[1], dtype=POSITION_ROW)
    assert rows["stale_at"][0] == rows["reported_at"][0]


def test_that_a_unit_said_again_word_for_word_is_not_sent_to_the_screen_again() -> None:
    intake = Intake([_FEED], None, exercise=None)
    for seconds in (0, 1, 2):
        word = encode(unit("u1", rev=0, seconds=seconds, status="available" if seconds < 2 else "busy"))
        intake.take([_received("cop/v1/a/unit/u1", word)])
    assert [getattr(one.body, "status", "") for one in _batch(intake).reports] == ["available", "busy"]


def test_that_late_words_take_back_none_that_were_said_again_since() -> None:
    intake = Intake([_FEED], None, exercise=None)
    for seconds, status in ((0, "busy"), (9, "busy"), (5, "available"), (12, "busy"), (14, "available")):
        intake.take([_received("cop/v1/a/unit/u1", encode(unit("u1", rev=0, seconds=seconds, status=status)))])
    assert [getattr(one.body, "status", "") for one in _batch(intake).reports] == ["busy", "available"]


def test_that_a_unit_which_begins_or_ends_an_exercise_with_the_same_words_is_said_anew() -> None:
    feed = Feed(name="tak", format="cot-xml", topic="tak/#", agency="a")
    intake = Intake([feed], None, exercise=None)
    event = (
        '<event version="2.0" uid="E1" type="a-f-G" time="2026-11-02T12:00:%02dZ" stale="2026-11-02T12:05:00Z"%s>'
        '<point lat="35.2" lon="-80.9" hae="0" ce="1" le="1"/></event>'
    )
    for second, marking in ((1, ""), (2, ' opex="e"'), (3, "")):
        intake.take([_received("tak/e1", (event % (second, marking)).encode())])
    assert [one.exercise for one in _batch(intake).reports] == [False, True, False]


def test_that_a_place_taken_back_before_it_was_sent_is_not_sent() -> None:
    intake = Intake([_FEED], None, exercise=None)
    gone = b'{"id":"u1","at":"2026-11-02T12:00:09Z","deleted":true}'
    intake.take([_position(5), _received("cop/v1/charlotte-fire/position/u1", gone), _position(7)])
    assert len(_batch(intake).position_rows()) == 0
    intake.take([_position(10)])
    assert len(_batch(intake).position_rows()) == 1


class Recorded:
    """A journal of tests: what was appended, as `Record`s, and the sources by their numbers."""

    def __init__(self) -> None:
        self.sources: list[tuple[str, str, str]] = []
        self.records: list[Record] = []

    def source(self, feed: str, agency: str, form: str) -> int:
        """The number of a source."""
        self.sources.append((feed, agency, form))
        return len(self.sources) - 1

    def append(self, records: Iterable[Any]) -> None:
        """Take records in."""
        self.records += [Record(*one) for one in records]


def test_that_every_message_good_or_bad_is_in_the_journal_as_it_came() -> None:
    journal = Recorded()
    intake = Intake([_FEED], journal, exercise=None)
    burst = [_position(1), _received("cop/v1/a/unit/u1", b"\xff"), _received("x", b"")]
    intake.take(burst)
    assert [(one.topic, one.payload) for one in journal.records] == [(one.topic, one.payload) for one in burst]
    assert [journal.sources[one.source][:2] for one in journal.records] == [
        ("cop", "charlotte-fire"),
        ("cop", "a"),
        ("no feed", ""),
    ]
    assert [one.kind for one in journal.records] == ["position", "bad", "bad"]


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

    intake = Intake([_FEED], None, exercise=None, make=make)
    intake.take([_received("cop/v1/a/unit/u1", b"bug")])
    assert _batch(intake).health[0].state == "failed"
    intake.take([_position(1)])
    batch = _batch(intake)
    assert (batch.health[0].state, len(batch.position_rows()), made) == ("live", 1, ["cop", "cop"])
    intake.take([_received("cop/v1/a/unit/u1", b"bug")] * 10)
    assert "rests" in str(_batch(intake).health[0].bad_reasons)


def test_that_a_feed_never_heard_is_a_state_of_its_own_and_silence_is_seen() -> None:
    quick = Feed(name="quick", format="cop-json", topic="cop/v1/#", silent_after_s=0.0001)
    intake = Intake([quick], None, exercise=None)
    assert _batch(intake).health[0].state == "never_heard"
    intake.take([_position(1)])
    time.sleep(0.001)
    assert _batch(intake).health[0].state == "silent"


def test_that_bad_reasons_do_not_grow_without_end() -> None:
    intake = Intake([_FEED], None, exercise=None, make=lambda _feed: _Inventing())
    intake.take([_position(n % 60) for n in range(300)])
    assert len(_batch(intake).health[0].bad_reasons) <= 51


class _Inventing:
    """Refuses every message with a reason of its own."""

    def __init__(self) -> None:
        self._count = 0

    def decode(self, _message: Message) -> list[Report]:
        self._count += 1
        raise BadMessage(f"reason {self._count}")


def test_that_an_agency_may_speak_of_a_unit_in_two_formats_of_which_one_counts_no_revisions() -> None:
    foreign = Feed(name="phones", format="owntracks", topic="owntracks/#", agency="a")
    intake = Intake([_FEED, foreign], None, exercise=None)
    intake.take([_received("cop/v1/a/unit/rock-7", encode(unit("rock-7", rev=3)))])
    fix = b'{"_type":"location","tid":"R7","tst":1793620860,"lat":34.92,"lon":-81.02}'
    intake.take([_received("owntracks/rock/7", fix)])
    batch = _batch(intake)
    assert [health.bad for health in batch.health] == [0, 0]
    assert len(batch.position_rows()) == 1


class _Many:
    """An adapter of messages of many parts, of which one is bad."""

    def decode(self, message: Message) -> list[Report]:
        """Two units, then a part that cannot be used."""
        made = Report(
            agency="a",
            body=unit("u1"),
            source=Source(feed="many", format="x"),
            received_at=message.received_at,
            losses={"battery": str(len(message.payload))},
        )
        raise BadMessage("a part is bad", [made, msgspec.structs.replace(made, body=unit("u2"))])


def test_that_the_good_parts_of_a_message_go_on_and_the_bad_one_is_counted() -> None:
    intake = Intake([_FEED], None, exercise=None, make=lambda _feed: _Many())
    intake.take([_received("cop/v1/a/unit/u1", b"x")])
    batch = _batch(intake)
    assert [one.body.id for one in batch.reports] == ["u1", "u2"]
    assert batch.health[0].bad_reasons == {"a part is bad": 1}


def test_that_a_unit_whose_losses_alone_changed_goes_on_and_one_word_for_word_the_same_does_not() -> None:
    intake = Intake([_FEED], None, exercise=None, make=lambda _feed: _Many())
    sizes = []
    for payload in (b"x", b"x", b"xx"):
        intake.take([_received("cop/v1/a/unit/u1", payload)])
        sizes.append(len(_batch(intake).reports))
    assert sizes == [2, 0, 2]


def test_that_a_message_above_the_limit_of_its_own_feed_is_refused() -> None:
    small = msgspec.structs.replace(_FEED, max_bytes=2000)
    intake = Intake([small], None, exercise=None)
    intake.take([_received("cop/v1/a/incident/i1", b" " * 2001)])
    assert _batch(intake).health[0].last_bad_reason == "larger than 2,000 bytes"


def test_that_words_in_none_of_our_tables_are_kept_and_counted() -> None:
    intake = Intake([_FEED], None, exercise=None)
    odd = msgspec.structs.replace(unit("u1"), kind="E-1", status="10-8")
    intake.take([_received("cop/v1/a/unit/u1", encode(odd)), _received("cop/v1/a/unit/u2", encode(unit("u2")))])
    batch = _batch(intake)
    assert batch.reports[0].body.kind == "E-1"
    assert batch.health[0].unmapped == {"unit kind · E-1": 1, "unit status · 10-8": 1}


def test_that_alerts_that_are_over_make_room_for_new_ones(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(census, "OBJECTS_LIMIT", 3)
    counted = census.Census()
    for number in range(3):
        counted.admit("a", "alert", f"w{number}", 100)
        counted.ends("a", "alert", f"w{number}", 1000.0 + number)
    counted.ends("a", "alert", "w0", 9e9)  # prolonged
    counted.ends("a", "alert", "w2", None)  # for good
    counted.leave_over(1000.0)
    with pytest.raises(BadMessage, match="no room"):
        counted.admit("a", "alert", "w3", 100)
    counted.leave_over(2000.0 + census.KEPT_AFTER_END_S)
    counted.admit("a", "alert", "w3", 100)  # w1 has left
    with pytest.raises(BadMessage, match="no room"):
        counted.admit("a", "alert", "w4", 100)


class _Hospital:
    """An adapter of a format that counts no revisions: the payload is how many beds are free, and the second."""

    def decode(self, message: Message) -> list[Report]:
        """One resource."""
        available, second = map(int, message.payload.split())
        beds = Resource(id="beds", at=at(second), name="Beds", quantity=20, available=available)
        source = Source(feed="hospital", format="edxl-have")
        return [Report(agency="a", body=beds, source=source, received_at=message.received_at)]


def test_that_a_mark_of_a_desk_stands_until_the_agencys_own_feed_says_something_later() -> None:
    feed = Feed(name="have", format="edxl-have", topic="have/#", agency="a")
    make = {"have": _Hospital, "cop": lambda: make_adapter(_FEED)}
    intake = Intake([feed, _FEED], None, exercise=None, make=lambda one: make[one.name]())
    picture = Picture()

    def free(*received: Received) -> int:
        intake.take(received)
        picture.apply(_batch(intake))
        (report,) = picture.resources.values()
        assert isinstance(report.body, Resource)
        return report.body.available

    assert free(_received("have/1", b"8 0")) == 8
    last = picture.last_rev("resource", next(iter(picture.resources.values())))
    marked = Resource(id="beds", at=at(10), rev=next_revision(last, at(10)), name="Beds", quantity=20, available=2)
    assert free(_received("cop/v1/a/resource/beds", encode(marked))) == 2
    assert free(_received("have/1", b"7 5")) == 2  # said before the mark
    assert free(_received("have/1", b"6 20")) == 6


def test_that_revisions_that_are_counted_go_on_being_counted() -> None:
    assert next_revision(-1, at(0)) == 0
    assert next_revision(41, at(0)) == 42
    assert next_revision(revision_of_time(at(9)), at(0)) == revision_of_time(at(9)) + 1


_TAK = Feed(name="tak", format="cot-xml", topic="tak/#", agency="a")


def _event(second: int, kind: str = "a-f-G-U-C", uid: str = "A1", detail: str = "") -> Received:
    time_ = at(second).isoformat()
    return _received(
        "tak/x",
        f'<event version="2.0" uid="{uid}" type="{kind}" time="{time_}" start="{time_}" stale="{time_}" how="m-g">'
        f'<point lat="35.2" lon="-80.9" hae="1" ce="1" le="1"/><detail>{detail}</detail></event>'.encode(),
    )


def _status(intake: Intake, *received: Received) -> str | None:
    intake.take(received)
    words = [report.body for report in _batch(intake).reports if isinstance(report.body, Unit)]
    return words[-1].status if words else None


_CALL = '<link uid="A1" type="a-f-G-U-C" relation="p-p"/><emergency type="911 Alert">E30</emergency>'
_CANCEL = '<link uid="A1" type="a-f-G-U-C" relation="p-p"/><emergency cancel="true">E30</emergency>'


def test_that_a_call_for_help_outlives_the_process_that_heard_it() -> None:
    first = Intake([_TAK], None, exercise=None)
    assert _status(first, _event(0), _event(1, "b-a-o-tbl", "A1-9-1-1", _CALL)) == "emergency"
    second = Intake([_TAK], None, exercise=None, emergencies=[OpenEmergency("a", "A1", False)])
    assert _status(second, _event(2)) == "emergency"
    assert _status(second, _event(3, "b-a-o-can", "A1-9-1-1", _CANCEL)) == "unknown"
    assert _status(second, _event(4)) is None
    other = Intake([_TAK], None, exercise=None, emergencies=[OpenEmergency("another", "A1", False)])
    assert _status(other, _event(2)) == "unknown"


def test_that_a_call_for_help_outlives_an_adapter_that_failed() -> None:
    made: list[Adapter] = []

    def make(feed: Feed) -> Adapter:
        made.append(make_adapter(feed))
        return made[-1] if len(made) > 1 else _FailsOnce(made[-1])

    intake = Intake([_TAK], None, exercise=None, make=make)
    assert _status(intake, _event(0), _event(1, "b-a-o-tbl", "A1-9-1-1", _CALL)) == "emergency"
    intake.take([_received("tak/x", b"fail")])
    assert _status(intake, _event(2, detail='<contact callsign="E30"/>')) == "emergency"
    assert len(made) == 2


class _FailsOnce:
    """An adapter with a fault of ours."""

    def __init__(self, adapter: Adapter) -> None:
        self._adapter = adapter

    def decode(self, message: Message) -> list[Report]:
        """As the other, but for one message."""
        assert message.payload != b"fail"
        return self._adapter.decode(message)


def test_that_two_agencies_that_call_their_tasks_alike_both_get_their_answer_and_the_broker_keeps_both() -> None:
    now = datetime.now(UTC)
    answers = [
        msgspec.structs.replace(
            r.answer("1", state, rev=rev, requester=asker, role="dispatcher"),
            at=now + timedelta(seconds=rev - 60 * rev),
        )
        for asker, state, rev in (("charlotte-fire", "en_route", 2), ("york-fire", "declined", 1))
    ]
    topics = {topic_of("cop/v1", "gastonia-fd", one) for one in answers}
    assert len(topics) == 2
    intake = Intake([Feed(name="cop", format="cop-json", topic="cop/v1/#")], None, exercise=None)
    for one in answers:
        for topic in (topic_of("cop/v1", "gastonia-fd", one), "cop/v1/gastonia-fd/answer/1"):
            intake.take([Received(topic, encode(one), time.time(), False, 1, 1)])
    batch = intake.batch(1, None, [], health=True)
    assert [one.body.state for one in batch.reports] == ["en_route", "en_route", "declined", "declined"]
    wrong = "cop/v1/gastonia-fd/answer/york-fire~1"
    intake.take([Received(wrong, encode(answers[0]), time.time(), False, 1, 1)])
    assert not intake.batch(1, None, [], health=True).reports


def test_that_an_emptied_topic_takes_back_one_answer_of_two_of_the_same_name() -> None:
    picture = Picture()
    asked = [r.report(asker, r.task("1")) for asker in ("charlotte-fire", "york-fire")]
    said = [r.report("gastonia-fd", r.answer("1", "accepted", requester=one.agency)) for one in asked]
    gone = Retraction(id="york-fire~1", at=r.at(9), kind="answer")
    picture.apply(Batch(reports=[*asked, *said, r.report("gastonia-fd", gone, received_s=9)]))
    assert [picture.task_state(one) for one in asked] == ["accepted", "requested"]
    alone = Retraction(id="1", at=r.at(10), kind="answer")
    picture.apply(Batch(reports=[r.report("gastonia-fd", alone, received_s=10)]))
    assert [picture.task_state(one) for one in asked] == ["requested", "requested"]


def test_that_answers_to_whoever_never_asked_are_counted_each() -> None:
    intake = Intake([Feed(name="cop", format="cop-json", topic="cop/v1/#")], None, exercise=None)
    for number in range(3):
        one = r.answer("1", "accepted", requester=f"nobody-{number}", role="system")
        now = msgspec.structs.replace(one, at=datetime.now(UTC))
        intake.take([Received("cop/v1/gastonia-fd/answer/1", encode(now), time.time(), False, 1, 1)])
    assert intake._believing.census._counts["gastonia-fd", "answer"] == 3
