"""(f) Messages a second and core that an adapter decodes, beside the bare parser on the same bytes.

The messages are those of the exercise's simulated agencies, and our own payload tests' for what has no motion. What the
bare parser gives is a dict, a tree or pyais's object, not checked and without units, times or ids in our words.
"""

import time
from collections.abc import Callable, Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, NamedTuple

import msgspec
import orjson
from lxml import etree
from pyais import decode as pyais_decode
from takproto.proto import TakMessage

from benchmarks.row import Row
from cop.exercise.movement import Fix
from cop.exercise.tongues import Speaker, tongue
from cop.feeds.adapters import make_adapter
from cop.feeds.message import Feed, Message

_NOON = datetime(2026, 5, 4, 12, 0, tzinfo=UTC)
_MESSAGES, _UNITS, _ROUNDS, _AIRCRAFT = 4_000, 200, 7, 100
_PAYLOADS = Path(__file__).parents[1] / "tests" / "feeds" / "payloads"


class _Part(NamedTuple):
    what: str
    format: str
    floor: Callable[[bytes], Any]
    limit: str
    #: of our own payload tests; else what the exercise's agencies say
    cases: tuple[str, ...] = ()


def _ais(payload: bytes) -> Any:
    return [pyais_decode(line) for line in payload.splitlines()]


def _eido(payload: bytes) -> Any:
    document = orjson.loads(payload)
    texts = [one.get("locationByValue") or "" for one in document.get("locationComponent", ())]
    return document, [etree.fromstring(text.encode()) for text in texts if text.startswith("<")]


_PARTS = (
    _Part("OwnTracks positions, beside orjson", "owntracks", orjson.loads, "≥ 0.5"),
    _Part("HFP positions, beside orjson", "hfp", orjson.loads, "≥ 0.5"),
    _Part("100 aircraft a message (readsb), beside orjson", "adsb", orjson.loads, "≥ 0.5"),
    _Part("Meshtastic positions, beside orjson", "meshtastic", orjson.loads, "≥ 0.5"),
    _Part("CoT XML, beside lxml", "cot-xml", etree.fromstring, "≥ 0.5"),
    _Part("TAK protobuf, beside protobuf", "tak-protobuf", lambda one: TakMessage().ParseFromString(one[3:]), ""),
    _Part("AIS, beside pyais", "ais", _ais, "≥ 0.8"),
    _Part("CAP, beside lxml", "cap", etree.fromstring, "≥ 0.3", ("*",)),
    _Part("EIDO, beside orjson and lxml for the locations in it", "eido", _eido, "≥ 0.3", ("*",)),
)


def run() -> list[Row]:
    """One row a format."""
    return [_row(part) for part in _PARTS]


def _row(part: _Part) -> Row:
    messages = _of_cases(part) if part.cases else _of_exercise(part.format)
    options = {"kind": "patrol"} if part.format in ("owntracks", "meshtastic") else {}
    feed = Feed(name="bench", format=part.format, topic="#", agency="bench", options=options)
    known, timed = messages[:_UNITS], messages[_UNITS:]
    payloads = [message.payload for message in timed]
    ours, floor = [], []
    for _ in range(_ROUNDS):
        adapter = make_adapter(feed)  # each round its own: some drop what they have heard before
        _decode(adapter.decode, known)  # every unit is known from here on
        ours.append(_decode(adapter.decode, timed))
        floor.append(_decode(part.floor, payloads))
    ours_per_s, floor_per_s = len(timed) / min(ours), len(timed) / min(floor)
    return Row("f", part.what, "messages/s", ours_per_s, floor_per_s, ours_per_s / floor_per_s, part.limit)


def _decode(decode: Callable[[Any], Any], messages: Sequence[Any]) -> float:
    begin = time.process_time()
    for message in messages:
        decode(message)
    return time.process_time() - begin


def _of_exercise(form: str) -> list[Message]:
    speech = tongue(form)
    assert speech is not None
    messages = []
    for number in range(_MESSAGES):
        unit = number % _UNITS
        callsign = f"Unit {unit}"
        speaker = Speaker("bench", speech.unit_id("bench", callsign, unit), callsign, "patrol", "available", unit)
        fix = Fix(place=(35.2 + number * 1e-5, -80.8), course_deg=120.5, speed_mps=11.2, alt_m=220.0)
        at = _NOON + timedelta(seconds=5 + number // _UNITS * 2.0)
        (*_, said) = speech.position(speaker, fix, at, 30.0)
        messages.append(Message(said.topic, said.payload, at + timedelta(seconds=1)))
    return _together(messages) if form == "adsb" else messages


def _together(messages: Sequence[Message]) -> list[Message]:
    """Aircraft as a receiver writes them: all that it hears in one message."""
    joined = []
    for first in range(0, len(messages), _AIRCRAFT):
        heard = [orjson.loads(message.payload) for message in messages[first : first + _AIRCRAFT]]
        said = {**heard[0], "aircraft": [one["aircraft"][0] for one in heard]}
        joined.append(Message(messages[first].topic, orjson.dumps(said), messages[first].received_at))
    return joined * (2 * _UNITS // len(joined) + 1)


def _of_cases(part: _Part) -> list[Message]:
    """The good messages of our own payload tests, of middling size and above, again and again."""
    found = []
    for expected in sorted((_PAYLOADS / part.format).glob("*.expected.json")):
        case = msgspec.json.decode(expected.read_bytes())
        (file,) = (one for one in expected.parent.glob(f"{expected.name.split('.')[0]}.*") if one != expected)
        payload = file.read_bytes()
        if case.get("reports") and "refused" not in case and not case.get("options") and not case.get("words"):
            message = Message(case.get("topic", ""), payload, _NOON)
            try:
                part.floor(payload)
            except (ValueError, etree.XMLSyntaxError, AttributeError):
                continue  # what the bare parser cannot read is no floor
            found.append(message)
    found.sort(key=lambda message: len(message.payload))
    found = found[len(found) // 2 :]
    return [found[number % len(found)] for number in range(_UNITS + _MESSAGES // 4)]
