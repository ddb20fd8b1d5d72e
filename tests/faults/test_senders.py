"""Agencies go wrong: clocks, floods, garbage, duplicates, jumps, silence, hostile words."""

import random
import re
import threading
import time
from datetime import UTC, datetime, timedelta

import pytest

from benchmarks.mosquitto import Publisher, packet
from cop.domain.incident import Incident
from cop.domain.rules.silence import Silence, silences
from cop.domain.unit import Position
from cop.feeds.adapters.cop_json import encode
from cop.feeds.message import Feed
from cop.ui.silence import silence_words
from tests.faults.desk import ROOT, FaultDesk
from tests.faults.neighbour import AGENCY
from tests.faults.scene import Scene


def _voice(desk: FaultDesk) -> str:
    voices = [one for feed in desk.picture.feeds.values() for one in feed.voices if one.agency == AGENCY]
    if not voices or voices[0].skew_s is None:
        return "NOT YET: no skew is measured"
    corrected = "corrected" if voices[0].corrected else "not corrected"
    ahead = f"{abs(voices[0].skew_s):.0f} s {'ahead' if voices[0].skew_s > 0 else 'behind'}"
    return f"clock of {AGENCY} {ahead}, {corrected}" if abs(voices[0].skew_s) > 1 else f"clock of {AGENCY} right"


@pytest.mark.long
@pytest.mark.parametrize(("ahead_s", "words"), [(3600.0, "an hour ahead"), (-3600.0, "an hour behind")])
def test_that_a_wrong_clock_freezes_no_unit(scene: Scene, ahead_s: float, words: str) -> None:
    broker = scene.mosquitto()
    desk, neighbour = scene.desk(broker.url), scene.neighbour(broker.port)
    scene.begins()
    for number in range(30):  # a clock is believed to be wrong when it was so for some seconds
        at = datetime.now(UTC) + timedelta(seconds=ahead_s)
        neighbour.position(35.3 + number / 1000, -81.0, "ladder-1", at)
        scene.let_pass(0.3)
        if "corrected" in _voice(desk) and not scene.noticed_s:
            scene.noticed()
    desk.until(lambda: desk.place("ladder-1") == (35.3 + 29 / 1000, -81.0), "it moves")
    scene.over()
    desk.act()
    scene.until_quiet()
    row = scene.row(f"An agency's clock is {words}", seen=f"the unit moves on; {_voice(desk)}")
    assert row.positions[0] == 0


@pytest.mark.long
def test_that_a_clock_that_steps_back_does_not_freeze_a_unit(scene: Scene) -> None:
    broker = scene.mosquitto()
    desk, neighbour = scene.desk(broker.url), scene.neighbour(broker.port)
    for number in range(25):
        at = datetime.now(UTC) + timedelta(minutes=10)
        neighbour.position(35.3 + number / 1000, -81.0, "ladder-1", at)
        scene.let_pass(0.3)
    desk.until(lambda: desk.place("ladder-1") == (35.3 + 24 / 1000, -81.0), "before the step")
    before = _voice(desk)
    scene.begins()
    for number in range(25):
        neighbour.position(35.4 + number / 1000, -81.0, "ladder-1")
        scene.let_pass(0.3)
        if desk.place("ladder-1") is not None and desk.place("ladder-1")[0] >= 35.4 and not scene.noticed_s:
            scene.noticed()
    desk.until(lambda: desk.place("ladder-1") == (35.4 + 24 / 1000, -81.0), "it moves on")
    scene.over()
    desk.act()
    scene.until_quiet()
    row = scene.row(
        "An agency's clock, ten minutes ahead, is put right",
        seen=f"before: {before}; after: {_voice(desk)}; the unit moves on",
    )
    assert row.positions[0] == 0


def _two_feeds() -> tuple[Feed, ...]:
    return (
        Feed(name="cop", format="cop-json", topic=f"{ROOT}/{AGENCY}/#"),
        Feed(name="own", format="cop-json", topic=f"{ROOT}/charlotte-fire/#"),
        Feed(name="loud", format="cop-json", topic=f"{ROOT}/loud-county/#"),
    )


@pytest.mark.long
def test_that_a_flood_of_one_feed_delays_no_other(scene: Scene) -> None:
    broker = scene.mosquitto()
    desk, neighbour = scene.desk(broker.url, feeds=_two_feeds()), scene.neighbour(broker.port)
    scene.before(desk, neighbour)
    flood = []
    for number in range(60_000):
        unit, at = f"u{number % 50}", datetime.now(UTC) + timedelta(milliseconds=number / 50)
        body = Position(id=unit, at=at, lat=35.0 + number / 1e6, lon=-80.0)
        flood.append(packet(f"{ROOT}/loud-county/position/{unit}", encode(body)))
    loud = Publisher(broker.port)
    scene.ends(loud.close)
    tenth = threading.Event()

    def speak() -> None:
        for part in range(0, len(flood), 1_000):  # 10,000 a second: more than half of what a desk takes in
            loud.send(b"".join(flood[part : part + 1_000]))
            tenth.wait(0.1)

    speaker = threading.Thread(target=speak, daemon=True)
    scene.begins()
    speaker.start()
    late: list[float] = []
    states: set[str] = set()

    def taken_in() -> bool:
        feed = desk.picture.feeds.get("loud")
        states.add(feed.state if feed is not None else "")
        if "flooding" in states and scene.noticed_s is None:
            scene.noticed()
        return feed is not None and feed.messages >= len(flood)

    while not taken_in() and time.monotonic() - scene.began < 60:
        said = time.monotonic()
        neighbour.positions(1)
        desk.until(
            lambda: taken_in() is not None and not scene.misplaced(desk, neighbour), "the others are not delayed"
        )
        late.append(time.monotonic() - said)
    desk.act(2)
    neighbour.report(3)
    scene.until_quiet()
    scene.over()
    late.sort()
    marked = "marked “flooding”" if "flooding" in states else "not marked: no faster than its share on this machine"
    row = scene.row(
        f"A feed floods: {len(flood):,} positions, 10,000 a second",
        seen=f"{marked}; the others' positions come after {late[len(late) // 2]:.2f} s, at most {late[-1]:.2f} s",
    )
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
    moment = datetime.now(UTC) - timedelta(minutes=1)
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


@pytest.mark.parametrize("forgetful", [False, True])
def test_that_an_end_that_was_said_while_the_desk_was_away_is_heard_where_anybody_kept_it(
    scene: Scene, forgetful: bool
) -> None:
    broker = scene.mosquitto()
    desk, neighbour = scene.desk(broker.url), scene.neighbour(broker.port)
    scene.before(desk, neighbour)
    now = datetime.now(UTC)
    topic = f"{AGENCY}/incident/over"
    neighbour.say(topic, encode(Incident(id="over", at=now, rev=1, title="Over soon")), retain=True)
    desk.until(lambda: (AGENCY, "over") in desk.picture.incidents, "there")
    desk.feeds.stop()
    scene.begins()
    neighbour.say(topic, encode(Incident(id="over", at=now, rev=2, title="Over soon", deleted=True)), retain=True)
    neighbour.say(topic, b"", retain=True)
    if forgetful:
        broker.kill()
        broker.start()
    scene.mended()
    desk.until_state("online")
    scene.over()
    desk.act()
    desk.until(lambda: not desk.unanswered(neighbour.heard), "heard")
    if not forgetful:
        desk.until(lambda: (AGENCY, "over") not in desk.picture.incidents, "gone")
        scene.row("An incident ends while the desk is away", seen="it is gone when the desk is back")
        return
    stands = (AGENCY, "over") in desk.picture.incidents
    seen = "it stands on, with its age, until its agency speaks of it again" if stands else "it is gone"
    scene.row(
        "An incident ends while the desk is away, and the broker loses its memory too",
        seen=seen,
        remark="nobody who is left knows of its end" if stands else "",
    )


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


@pytest.mark.long
def test_that_silence_of_an_agency_is_seen(scene: Scene) -> None:
    _broker, desk, neighbour = scene.usual()
    for _ in range(25):
        neighbour.positions(5)
        scene.let_pass(0.5)
    scene.begins()

    def silent() -> list[Silence]:
        return list(silences(desk.picture.feeds.values(), scene.online_since, datetime.now(UTC)).values())

    desk.until(silent, "silent", 40)
    scene.noticed()
    words = silence_words(desk.picture, silent(), datetime.now(UTC))
    neighbour.positions(5)
    scene.mended()
    desk.until(lambda: not silent(), "heard again")
    scene.over()
    desk.act()
    scene.until_quiet()
    row = scene.row(
        "An agency that speaks each second falls silent", seen=f"“{re.sub(r'[0-9]+:[0-9:]+', '14:05', words)}”"
    )
    assert row.positions[0] == 0


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
    desk.until(lambda: any(one.bad_reasons for one in desk.picture.feeds.values()) or desk.picture.refusals, "counted")
    reasons = {reason for one in desk.picture.feeds.values() for reason in one.bad_reasons}
    reasons |= {one.reason for one in desk.picture.refusals}
    scene.row("An agency says a word in another's name", seen=f"refused: “{'; '.join(sorted(reasons))}”")
