"""What the network and hostile senders do to a running desktop."""

import json
import os
import random
import signal
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import pytest

from cop.domain.incident import Incident
from cop.domain.unit import Position
from cop.feeds.adapters.cop_json import encode
from tests.conftest import Mosquitto, wait_until
from tests.end_to_end.conftest import Gastonia
from tests.end_to_end.desks import DeskProcess

_GARBAGE, _UNITS, _INCIDENTS = 2_000, 500, 50


@pytest.fixture(scope="module")
def desk(make_desk: Callable[[str, str], DeskProcess], gastonia: Gastonia) -> DeskProcess:
    assert gastonia.client.is_connected()
    one = make_desk("charlotte-fire", "commander")
    one.start()
    one.until_online()
    one.until(lambda seen: len(seen["units"]) == 2, "the neighbour's units")
    return one


def test_that_a_killed_feed_process_is_shown_and_the_picture_is_right_again(
    desk: DeskProcess, gastonia: Gastonia
) -> None:
    first = desk.tell("feed_pid")
    os.kill(first, signal.SIGKILL)
    moved = Position(id="hazmat-4", at=datetime.now(UTC), lat=35.3, lon=-81.0)
    gastonia.say("gastonia-fd/position/hazmat-4", encode(moved), qos=0).wait_for_publish(10)
    wait_until(lambda: any("Feed process stopped" in text for text in desk.tell("texts")), what="the strip says so")
    desk.until_online()
    assert desk.tell("feed_pid") != first
    desk.until(lambda seen: _place(seen, "hazmat-4") == (35.3, -81.0), "the place said meanwhile")
    wait_until(lambda: not any("Feed process stopped" in text for text in desk.tell("texts")), what="the strip goes")


def test_that_a_restarted_broker_is_shown_and_positions_move_on(
    desk: DeskProcess, gastonia: Gastonia, broker: Mosquitto
) -> None:
    broker.stop()
    desk.until(lambda seen: seen["broker"]["state"] == "offline", "offline")
    wait_until(lambda: any("not updating" in text for text in desk.tell("texts")), what="the strip says so")
    broker.start()
    desk.until_online()
    wait_until(gastonia.client.is_connected)
    gastonia.introduce()
    desk.until(lambda seen: _place(seen, "hazmat-4") == (35.262, -81.18), "the place")


def test_that_a_flood_of_garbage_hides_no_good_message_and_every_bad_one_is_counted(
    desk: DeskProcess, gastonia: Gastonia
) -> None:
    chance = random.Random(7)
    good = _good()
    bad = [_bad(chance, number) for number in range(_GARBAGE)]
    mixed = [*good, *bad]
    chance.shuffle(mixed)
    before = _feed(desk.state())
    feed_pid = desk.tell("feed_pid")
    waiting = [gastonia.say(topic, payload, retain=False) for topic, payload in mixed]
    for one in waiting:
        one.wait_for_publish(60)
    seen = desk.until(lambda now: _feed(now)["bad"] - before["bad"] >= _GARBAGE, "every bad message counted", 60)
    seen = desk.until(
        lambda now: len(now["incidents"]) == _INCIDENTS and _places(now) >= _UNITS, "every good message shown", 60
    )
    feed = _feed(seen)
    assert feed["bad"] - before["bad"] == _GARBAGE
    assert sum(feed["bad_reasons"].values()) == feed["bad"]
    assert "larger than 1 MiB" in feed["bad_reasons"]
    assert (feed["state"], desk.tell("feed_pid")) == ("live", feed_pid)
    for number in range(_UNITS):
        assert _place(seen, f"good-{number}") == _good_place(number)
    assert "Traceback" not in desk.errors()


def _good_place(number: int) -> tuple[float, float]:
    return (round(35.0 + number / 1000, 6), round(-81.0 + number / 1000, 6))


def _good() -> list[tuple[str, bytes]]:
    now = datetime.now(UTC)
    messages = []
    for number in range(_UNITS):
        lat, lon = _good_place(number)
        messages.append(
            (
                f"gastonia-fd/position/good-{number}",
                encode(Position(id=f"good-{number}", at=now, lat=lat, lon=lon)),
            )
        )
    for number in range(_INCIDENTS):
        body = Incident(id=f"i{number}", at=now, rev=1, title=f"<b>Incident</b> {number} & more")
        messages.append((f"gastonia-fd/incident/i{number}", encode(body)))
    return messages


def _bad(chance: random.Random, number: int) -> tuple[str, bytes]:
    unit = f"good-{number % _UNITS}"
    fields: dict[str, Any] = {"id": unit, "at": "2026-11-02T12:00:00Z", "lat": 35.2, "lon": -80.9}
    whole = json.dumps(fields)
    kinds = [
        chance.randbytes(chance.randrange(1, 400)),
        whole[: chance.randrange(1, len(whole) - 1)].encode(),
        b'{"id": "%s", "at": "2026-11-02T12:00:00Z", "lat": NaN, "lon": -80.9}' % unit.encode(),
        json.dumps({**fields, "lat": chance.choice([91, -90.0001, 1e300])}).encode(),
        json.dumps({**fields, "lon": chance.choice([180.5, -999])}).encode(),
        json.dumps({**fields, chance.choice(["lat", "lon", "at", "id"]): chance.choice([[], {}, True])}).encode(),
        json.dumps({**fields, "at": "yesterday"}).encode(),
        b"[" * 5_000,
        b"null",
        json.dumps({**fields, "at": "2126-01-01T00:00:00Z"}).encode(),
    ]
    payload = b"x" * (10 << 20) if number in {500, 1500} else kinds[number % len(kinds)]
    return f"gastonia-fd/position/{unit}", payload


def _feed(seen: dict[str, Any]) -> dict[str, Any]:
    (feed,) = seen["feeds"]
    return dict(feed)


def _place(seen: dict[str, Any], unit: str) -> tuple[float, float] | None:
    return next(((one["lat"], one["lon"]) for one in seen["units"] if one["unit"] == unit and "lat" in one), None)


def _places(seen: dict[str, Any]) -> int:
    return sum("lat" in one for one in seen["units"] if one["unit"].startswith("good-"))
