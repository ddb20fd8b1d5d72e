"""What the journal is told of each message: the sender's time, what it was, and whether a newer one stands for it."""

import math
import random
from datetime import timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cop.domain.report import Report
from cop.domain.unit import Position
from cop.feeds import intake as intake_module
from cop.feeds.adapters import MODULES, format_of, make_adapter
from cop.feeds.adapters.adapter import Adapter
from cop.feeds.adapters.cop_json import encode
from cop.feeds.intake import Intake
from cop.feeds.message import BadMessage, Feed, Message
from cop.feeds.session import Received
from cop.journal.record import Mark, Record, Way
from cop.picture.picture import Picture
from tests.feeds.payloads import cases
from tests.feeds.test_intake import Recorded
from tests.reports import at, incident, unit

_NOON = at(0).timestamp()
_COP = Feed(name="cop", format="cop-json", topic="cop/v1/#")


def _records(*burst: Received, feeds: tuple[Feed, ...] = (_COP,)) -> list[Record]:
    journal = Recorded()
    Intake(feeds, journal, exercise=None, clock=lambda: _NOON).take(burst)
    return journal.records


def _heard(topic: str, payload: bytes, received_s: float = 1.0, *, retained: bool = False) -> Received:
    return Received(topic, payload, _NOON + received_s, retained, 1, 1)


def _place(name: str, said_s: float, received_s: float, **fields: object) -> Received:
    body = Position(id=name, at=at(said_s), lat=35.0, lon=-80.9, **fields)  # type: ignore[arg-type]
    return _heard(f"cop/v1/a/position/{name}", encode(body), received_s)


def test_that_the_marks_are_those_of_the_journal() -> None:
    assert (intake_module._HEARD, intake_module._RETAINED, intake_module._ALONE) == (
        Way.HEARD,
        Mark.RETAINED,
        Mark.ALONE,
    )


def test_that_a_record_says_what_it_was_and_when_its_sender_said_it() -> None:
    records = _records(
        _place("u1", 0.5, 1.0),
        _heard("cop/v1/a/incident/i1", encode(incident("i1", seconds=-30.0)), retained=True),
        _heard("cop/v1/a/unit/u1", encode(unit("u1"))),
        _heard("cop/v1/a/unit/u1", b"\xff"),
        _heard("cop/v1/a/incident/i1", b""),
        _heard("cop/v1/a/log/x", b"[" * 100_000),
        _heard("nobody/reads/this", b""),
    )
    assert [one.kind for one in records] == ["position", "incident", "unit", "bad", "incident", "bad", "bad"]
    assert [one.said_at - _NOON for one in records[:3]] == [0.5, -30.0, 0.0]
    assert math.isnan(records[3].said_at)
    assert [Mark(one.marks) for one in records[:3]] == [Mark.ALONE, Mark.RETAINED, Mark.NONE]


def test_that_a_message_of_many_things_is_mixed_and_one_of_nothing_says_nothing() -> None:
    tak = Feed(name="tak", format="cot-xml", topic="tak/#", agency="a")
    event = (
        f'<event version="2.0" uid="E1" type="a-f-G-U-C" time="{at(0).isoformat()}" start="{at(0).isoformat()}" '
        f'stale="{at(60).isoformat()}" how="m-g"><point lat="35" lon="-81" hae="0" ce="1" le="1"/></event>'
    ).encode()
    ping = event.replace(b"a-f-G-U-C", b"t-x-c-t")
    records = _records(*(_heard("tak/x", one) for one in (event, event, ping)), feeds=(tak,))
    assert [(one.kind, one.marks) for one in records] == [("mixed", 0), ("position", 0), ("", 0)]  # TAK remembers


@pytest.mark.parametrize(
    ("what", "other"),
    [
        ("a clock that is ahead", _place("u1", 30.0, 2.0)),
        ("a taking back", _heard("cop/v1/a/position/u1", b'{"id":"u1","at":"2026-11-02T12:00:01Z","deleted":true}')),
        ("an emptied topic", _heard("cop/v1/a/position/u1", b"")),
        ("a bad one", _heard("cop/v1/a/position/u1", b"{}")),
    ],
)
def test_that_only_a_place_and_nothing_else_stands_alone(what: str, other: Received) -> None:
    first, second, third = _records(_place("u1", 0.0, 1.0), other, _place("u1", 2.0, 3.0))
    assert (first.marks, third.marks) == (Mark.ALONE, Mark.ALONE), what
    assert not second.marks, what


class _Of:
    """An adapter whose messages name their unit, which the topic need not."""

    def __init__(self, inner: Adapter) -> None:
        self._inner = inner

    def decode(self, message: Message) -> list[Report]:
        """As cop-json, the unit being the payload's."""
        name = message.payload.split(b'"id":"')[1].split(b'"')[0].decode()
        return self._inner.decode(Message(f"cop/v1/a/position/{name}", message.payload, message.received_at))


def test_that_a_topic_that_speaks_of_several_units_lets_none_stand_for_another() -> None:
    journal = Recorded()
    intake = Intake([_COP], journal, exercise=None, make=lambda feed: _Of(make_adapter(feed)))
    for name in ("u1", "u1", "u2", "u1", "u2"):
        one = _place(name, 0.0, 1.0)
        intake.take([one._replace(topic="cop/v1/a/position/all")])
    assert [one.marks for one in journal.records] == [Mark.ALONE, Mark.ALONE, 0, 0, 0]


class _Dies:
    """An adapter that is ended by what nobody catches."""

    def decode(self, message: Message) -> list[Report]:
        """Ends at the word."""
        if message.payload == b"end":
            raise KeyboardInterrupt
        raise ZeroDivisionError if message.payload == b"bug" else BadMessage("no")


def test_that_no_error_of_any_kind_keeps_a_message_off_the_record() -> None:
    journal = Recorded()
    intake = Intake([_COP], journal, exercise=None, make=lambda _feed: _Dies())
    burst = [_heard("cop/v1/a/unit/u", word) for word in (b"x", b"bug", b"y", b"end", b"z", b"bug")]
    with pytest.raises(KeyboardInterrupt):
        intake.take(burst)
    assert [one.payload for one in journal.records] == [one.payload for one in burst]
    assert [one.received_at for one in journal.records] == [one.received_at for one in burst]


_CASES = cases()


def _outcomes(adapter: Adapter, messages: list[Message]) -> list[object]:
    found: list[object] = []
    for message in messages:
        try:
            found.append(adapter.decode(message))
        except BadMessage as bad:
            found.append((bad.reason, list(bad.reports)))
    return found


@pytest.mark.parametrize("form", sorted(name for name in MODULES if not format_of(name).remembers))
@settings(deadline=None, max_examples=30)
@given(seed=st.integers(0, 10_000))
def test_that_a_format_that_says_it_remembers_nothing_does_not(form: str, seed: int) -> None:
    draw = random.Random(seed)
    of_form = [case for case in _CASES if case.format == form]
    messages = [draw.choice(of_form).message for _ in range(30)]
    feed = of_form[0].feed
    alone = [_outcomes(make_adapter(feed), [message])[0] for message in messages]
    assert _outcomes(make_adapter(feed), messages) == alone


@pytest.mark.parametrize("form", sorted(MODULES))
def test_that_a_format_in_which_a_second_message_means_less_says_that_it_remembers(form: str) -> None:
    """Of each message of its own kind, said twice and after one another, as against a fresh adapter."""
    for case in (one for one in _CASES if one.format == form):
        alone = _outcomes(make_adapter(case.feed), [case.message])
        again = _outcomes(make_adapter(case.feed), [case.message] * 2)
        if again != alone * 2:
            assert format_of(form).remembers
            return


@settings(deadline=None, max_examples=60)
@given(
    said=st.lists(
        st.tuples(st.sampled_from(["u1", "u2", "u3"]), st.integers(0, 60), st.sampled_from(["place", "gone", "word"])),
        max_size=40,
    )
)
def test_that_the_newest_of_those_that_stand_alone_stands_for_all(said: list[tuple[str, int, str]]) -> None:
    burst = []
    for number, (name, second, what) in enumerate(said):
        moment = (at(second) - timedelta(seconds=70)).isoformat().replace("+00:00", "Z")
        if what == "place":
            one = _place(name, second - 70, number / 100)
        elif what == "gone":
            payload = b'{"id":"%s","at":"%s","deleted":true}' % (name.encode(), moment.encode())
            one = _heard(f"cop/v1/a/position/{name}", payload, number / 100)
        else:
            one = _heard(f"cop/v1/a/unit/{name}", encode(unit(name, rev=number)), number / 100)
        burst.append(one)
    records = _records(*burst)
    newest: dict[str, Record] = {}
    for record in records:
        if (
            record.marks & Mark.ALONE
            and not record.said_at <= newest.get(record.topic, record._replace(said_at=-1.0)).said_at
        ):
            newest[record.topic] = record
    thinned = [
        one
        for one, record in zip(burst, records, strict=True)
        if not record.marks & Mark.ALONE or newest[record.topic] is record
    ]
    assert _standing(thinned) == _standing(burst)


def _standing(burst: list[Received]) -> dict[str, tuple[float, bool]]:
    intake, picture = Intake([_COP], None, exercise=None, clock=lambda: _NOON), Picture()
    intake.take(burst)
    picture.apply(intake.batch(1, None, [], health=False))
    tracks = picture.tracks
    found = {}
    for name in ("u1", "u2", "u3"):
        row = tracks.row_of("a", name)
        placed = row is not None and not math.isnan(tracks.reported_at[row])
        found[name] = (
            float(tracks.reported_at[row]) if placed and row is not None else -1.0,
            ("a", name) in picture.units,
        )
    return found


def test_that_a_batch_says_how_many_records_a_replay_has_to_read_in_full() -> None:
    intake = Intake((_COP,), Recorded(), exercise=None, clock=lambda: _NOON)
    intake.take([_place("u1", 0.5, 1.0), _place("u1", 1.5, 2.0), _heard("cop/v1/a/unit/u1", encode(unit("u1")))])
    intake.take([_heard("cop/v1/a/unit/u1", b"\xff")])
    assert intake.batch(1, None, [], health=False).in_full == 1
    assert intake.batch(1, None, [], health=False).in_full == 0
