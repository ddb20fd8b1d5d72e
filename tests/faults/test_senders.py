"""Agencies go wrong: clocks, floods, garbage, duplicates, jumps, silence, hostile words."""

import os
import random
import time
from datetime import UTC, datetime, timedelta

import pytest

from cop.domain.unit import Position
from cop.feeds.adapters.cop_json import encode
from cop.feeds.message import Feed
from tests.faults.desk import ROOT, FaultDesk
from tests.faults.neighbour import AGENCY
from tests.faults.scene import Scene


def _voice(desk: FaultDesk) -> str:
    voices = [one for feed in desk.picture.feeds.values() for one in feed.voices if one.agency == AGENCY]
    if not voices or voices[0].skew_s is None:
        return "NOT YET: no skew is measured"
    corrected = "corrected" if voices[0].corrected else "not corrected"
    ahead = f"{abs(voices[0].skew_s):.0f} s {'ahead' if voices[0].skew_s > 0 else 'behind'}"
    return f"clock of {AGENCY} {ahead}, {corrected}"


@pytest.mark.parametrize(("ahead_s", "words"), [(3600.0, "an hour ahead"), (-3600.0, "an hour behind")])
def test_that_a_wrong_clock_freezes_no_unit(scene: Scene, ahead_s: float, words: str) -> None:
    broker, desk, neighbour = scene.usual()
    scene.begins()
    for number in range(40):
        at = datetime.now(UTC) + timedelta(seconds=ahead_s)
        neighbour.position(35.3 + number / 1000, -81.0, "ladder-1", at)
        desk.pulse()
    desk.until(lambda: desk.place("ladder-1") == (35.3 + 39 / 1000, -81.0), "it moves")
    desk.until(lambda: desk.place("ladder-1") is not None and time.monotonic() - scene.began > 1.5)
    scene.over()
    neighbour.report()
    desk.act()
    scene.until_quiet()
    row = scene.row(f"An agency's clock is {words}", seen=_voice(desk))
    assert row.positions[0] == 0
    assert broker.port


def test_that_a_clock_that_steps_back_does_not_freeze_a_unit(scene: Scene) -> None:
    _broker, desk, neighbour = scene.usual()
    scene.begins()
    moment = datetime.now(UTC)
    for number in range(20):
        neighbour.position(35.3 + number / 1000, -81.0, "ladder-1", moment + timedelta(minutes=10, seconds=number))
        desk.pulse()
    desk.until(lambda: desk.place("ladder-1") == (35.3 + 19 / 1000, -81.0), "before the step")
    for number in range(20):
        neighbour.position(35.4 + number / 1000, -81.0, "ladder-1", moment + timedelta(seconds=number))
        desk.pulse()
    try:
        desk.until(lambda: desk.place("ladder-1") == (35.4 + 19 / 1000, -81.0), "it moves on", 5)
        seen = "the unit moves on"
    except pytest.fail.Exception:
        seen = "NOT YET: the unit stands until the sender's clock is where it was"
        neighbour.places.pop("ladder-1")
    scene.over()
    desk.act()
    scene.until_quiet()
    row = scene.row("An agency's clock steps back ten minutes", seen=f"{seen}; {_voice(desk)}")
    assert row.positions[0] == 0


def _two_feeds() -> tuple[Feed, ...]:
    return (
        Feed(name="cop", format="cop-json", topic=f"{ROOT}/{AGENCY}/#"),
        Feed(name="own", format="cop-json", topic=f"{ROOT}/charlotte-fire/#"),
        Feed(name="loud", format="cop-json", topic=f"{ROOT}/loud-county/#"),
    )


def test_that_a_flood_of_one_feed_delays_no_other(scene: Scene) -> None:
    broker = scene.mosquitto()
    desk, neighbour = scene.desk(broker.url, feeds=_two_feeds()), scene.neighbour(broker.port)
    loud = scene.neighbour(broker.port)
    scene.neighbours.remove(loud)  # what it says is not counted
    scene.before(desk, neighbour)
    scene.begins()
    late: list[float] = []
    states: set[str] = set()
    for burst in range(40):
        for number in range(500):
            body = Position(id=f"u{number % 50}", at=datetime.now(UTC), lat=35.0 + number / 1e4, lon=-80 + burst / 1e4)
            loud.client.publish(f"{ROOT}/loud-county/position/{body.id}", encode(body), qos=0)
        said = time.monotonic()
        neighbour.positions(1)
        desk.until(lambda: not scene.misplaced(desk, neighbour), "the others are not delayed")
        late.append(time.monotonic() - said)
        states.add(desk.picture.feeds["loud"].state if "loud" in desk.picture.feeds else "")
    desk.act(2)
    neighbour.report(3)
    scene.until_quiet()
    scene.over()
    marked = "marked “flooding”" if "flooding" in states else "NOT YET: not marked as flooding"
    row = scene.row("A feed floods: 20,000 positions at once", seen=f"{marked}; the others late by {max(late):.2f} s")
    assert row.positions[0] == row.reports[0] == 0


def test_that_garbage_is_counted_and_hides_nothing(scene: Scene) -> None:
    _broker, desk, neighbour = scene.usual()
    chance = random.Random(7)
    scene.begins()
    for number in range(1_000):
        topic = f"{ROOT}/{AGENCY}/{chance.choice(['position', 'incident', 'unit', 'task', 'log'])}/x{number}"
        neighbour.client.publish(topic, chance.randbytes(chance.randrange(0, 400)), qos=number % 2)
        if number % 100 == 0:
            neighbour.positions(1)
            neighbour.report(1)
    desk.act(2)
    scene.until_quiet()
    desk.until(lambda: sum(one.bad for one in desk.picture.feeds.values()) >= 950, "counted")
    scene.over()
    bad = sum(one.bad for one in desk.picture.feeds.values())
    reasons = sorted({reason for one in desk.picture.feeds.values() for reason in one.bad_reasons})
    row = scene.row("A flood of garbage: 1,000 messages", seen=f"{bad:,} bad messages, e.g. “{reasons[0]}”")
    assert row.positions[0] == row.reports[0] == 0


def test_that_words_twice_and_in_the_wrong_order_change_nothing(scene: Scene) -> None:
    _broker, desk, neighbour = scene.usual()
    scene.begins()
    moment = datetime.now(UTC)
    said = []
    for number in range(30):
        body = Position(id="ladder-1", at=moment + timedelta(seconds=number), lat=35.3 + number / 1000, lon=-81.0)
        said.append(encode(body))
    disordered = said * 2
    random.Random(3).shuffle(disordered)
    for payload in disordered:
        neighbour.client.publish(f"{ROOT}/{AGENCY}/position/ladder-1", payload, qos=1)
    neighbour.positions_said += said
    neighbour.places["ladder-1"] = (35.3 + 29 / 1000, -81.0)
    desk.act()
    scene.until_quiet()
    scene.over()
    row = scene.row("Each position twice and in the wrong order", seen="the unit stands where it was last")
    assert row.positions[0] == 0


def test_that_a_lost_tombstone_leaves_no_ghost(scene: Scene) -> None:
    from cop.domain.incident import Incident

    broker = scene.mosquitto()
    proxy = scene.proxy(broker.port)
    desk, neighbour = scene.desk(proxy.url), scene.neighbour(broker.port)
    scene.before(desk, neighbour)
    now = datetime.now(UTC)
    topic = f"{AGENCY}/incident/over"
    neighbour.say(topic, encode(Incident(id="over", at=now, rev=1, title="Over soon")), retain=True)
    desk.until(lambda: (AGENCY, "over") in desk.picture.incidents, "there")
    desk.feeds.stop()
    scene.begins()
    neighbour.say(topic, encode(Incident(id="over", at=now, rev=2, title="Over soon", deleted=True)), retain=True)
    neighbour.say(topic, b"", retain=True)
    broker.kill()  # and what it kept for the desk is gone with it
    broker.start()
    scene.mended()
    desk.until_state("online")
    scene.over()
    try:
        desk.until(lambda: (AGENCY, "over") not in desk.picture.incidents, "gone", 5)
        seen = "it is gone"
    except pytest.fail.Exception:
        seen = "NOT YET: an incident whose end was said while desk and broker were away stands until its agency ends it"
    desk.act()
    desk.until(desk.settled, "sent")
    scene.row("A tombstone is lost with the broker's memory", seen=seen)


def test_that_a_jump_of_400_km_is_drawn_as_doubtful(scene: Scene) -> None:
    _broker, desk, neighbour = scene.usual()
    for number in range(5):
        neighbour.position(35.2, -81.0 + number / 10_000, "ladder-1")
    desk.until(lambda: desk.place("ladder-1") is not None, "there")
    scene.begins()
    neighbour.position(38.8, -81.0, "ladder-1")
    desk.until(lambda: desk.place("ladder-1") == (38.8, -81.0), "jumped")
    tracks = desk.picture.tracks
    row_of = tracks.row_of(AGENCY, "ladder-1")
    assert row_of is not None
    doubtful = bool(tracks.doubtful[row_of])
    scene.noticed()
    desk.act()
    scene.until_quiet()
    seen = "drawn as doubtful" if doubtful else "NOT YET: drawn as a fact"
    row = scene.row("A unit jumps 400 km", seen=seen)
    assert row.positions[0] == 0


def test_that_silence_of_an_agency_is_seen(scene: Scene) -> None:
    _broker, desk, neighbour = scene.usual()
    for _ in range(30):
        neighbour.positions(5)
        desk.until(lambda: not scene.misplaced(desk, neighbour))
    scene.begins()

    def silent() -> bool:
        return any(
            voice.state == "silent"
            for feed in desk.picture.feeds.values()
            for voice in feed.voices
            if voice.agency == AGENCY
        )

    try:
        desk.until(silent, "silent", 12 if os.environ.get("COP_FAULTS") else 3)
        scene.noticed()
        seen = f"agency {AGENCY} “silent”, by its own rhythm"
    except pytest.fail.Exception:
        seen = "not within the time of this test: the alarm follows the agency's own rhythm and waits longer"
    desk.act()
    scene.until_quiet()
    scene.row("An agency falls silent", seen=seen)


def test_that_a_hostile_sender_reaches_no_desktop(scene: Scene) -> None:
    _broker, desk, neighbour = scene.usual()
    pid = desk.feeds.pid
    scene.begins()
    hostile = [
        b"[" * 900_000,
        b'{"a":' * 150_000,
        b'{"id":"x","lat":1e999,"lon":-1e999,"at":"2026-01-01T00:00:00Z"}',
        b'{"id":"' + b"\\u0000" * 10_000 + b'"}',
        b"\xff\xfe" * 400_000,
        b"9" * 900_000,
        b'{"id":"x","title":"<img src=x onerror=alert(1)>","at":"2026-01-01T00:00:00Z","rev":99999999999999999999}',
    ]
    for kind in ("position", "incident", "zone", "task", "alert"):
        for number, payload in enumerate(hostile):
            neighbour.client.publish(f"{ROOT}/{AGENCY}/{kind}/h{number}", payload, qos=1)
    neighbour.positions(5)
    neighbour.report(2)
    desk.act(2)
    scene.until_quiet(40)
    scene.over()
    ended = sum(one.state == "stopped" for one in desk.states)
    seen = (
        f"counted as bad; feed process {'as before' if desk.feeds.pid == pid else 'started again'}, ended {ended} times"
    )
    row = scene.row("A hostile sender: depth, size, numbers, markup that kill parsers", seen=seen)
    assert row.positions[0] == row.reports[0] == 0


def test_that_a_forged_word_of_another_agency_is_refused(scene: Scene) -> None:
    from cop.domain.incident import Incident

    _broker, desk, neighbour = scene.usual()
    scene.begins()
    own = desk.taken[0]
    forged = Incident(id=own.id, at=datetime.now(UTC), rev=9, title="Forged", agency="charlotte-fire")
    neighbour.say(f"{AGENCY}/incident/{own.id}", encode(forged))
    neighbour.report()
    desk.act()
    scene.until_quiet()
    body = desk.picture.incidents["charlotte-fire", own.id].body
    assert "Forged" not in str(body)
    reasons = {reason for one in desk.picture.feeds.values() for reason in one.bad_reasons}
    desk.until(lambda: any(one.bad_reasons for one in desk.picture.feeds.values()) or desk.picture.refusals)
    reasons = {reason for one in desk.picture.feeds.values() for reason in one.bad_reasons}
    scene.row("An agency says a word in another's name", seen=f"refused: “{'; '.join(sorted(reasons))}”")
