"""The picture replayed is the picture that was seen: over exercises with different seeds, and all that goes wrong."""

import functools
import random
import tempfile
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import msgspec
from hypothesis import HealthCheck, Phase, example, given, settings
from hypothesis import strategies as st

from cop.domain.consent import Consent, Pause
from cop.domain.incident import Incident
from cop.domain.log import LogEntry
from cop.exercise.feeds import feeds
from cop.exercise.simulation import Published
from cop.feeds.message import Feed
from tests.exercise.plays import ROOT, simulation, steel_rail
from tests.replay.stage import NOON, OWN, Stage, Watcher, document

_LENGTH_S = 45.0
_GARBAGE = (b"", b"{", b"\xff" * 40, b'{"report":"position","id":"x","at":"never"}', b"0" * 3000)


class Course(msgspec.Struct, frozen=True, kw_only=True):
    """How an exercise goes, and what goes wrong in it: shares of messages, and moments in seconds after its start."""

    seed: int
    chance: int
    twice: float = 0.0
    late: float = 0.0
    lost: float = 0.0
    garbage: float = 0.0
    restarts: tuple[int, ...] = ()
    snapshots: tuple[int, ...] = ()
    acts: tuple[int, ...] = ()
    emptied: tuple[int, ...] = ()


_SHARES = st.sampled_from((0.0, 0.02, 0.2))
_MOMENTS = st.lists(st.integers(1, int(_LENGTH_S) - 1), max_size=3, unique=True).map(sorted).map(tuple)
COURSES = st.builds(
    Course,
    seed=st.integers(1, 3),
    chance=st.integers(0, 1 << 16),
    twice=_SHARES,
    late=_SHARES,
    lost=_SHARES,
    garbage=_SHARES,
    restarts=_MOMENTS,
    snapshots=_MOMENTS,
    acts=_MOMENTS,
    emptied=_MOMENTS,
)
_ALL = Course(
    seed=1,
    chance=7,
    twice=0.1,
    late=0.1,
    lost=0.02,
    garbage=0.02,
    restarts=(17, 31),
    snapshots=(10, 25, 38),
    acts=(5, 20, 34),
    emptied=(8, 28, 36),
)


@functools.cache
def said(seed: int) -> tuple[Published, ...]:
    """What the agencies of the exercise say."""
    return tuple(simulation(seed).until(_LENGTH_S))


def happen(stage: Stage, course: Course) -> dict[float, dict[str, Any]]:
    """Let it happen; what stood on the screen at some moments."""
    chance = random.Random(course.chance)
    coming: list[tuple[float, int, str, bytes]] = []
    for number, one in enumerate(said(course.seed)):
        if chance.random() < course.lost:
            continue
        delay = 0.05 + (chance.uniform(1.0, 12.0) if chance.random() < course.late else 0.0)
        payload = chance.choice(_GARBAGE) if chance.random() < course.garbage else one.payload
        for _ in range(2 if chance.random() < course.twice else 1):
            coming.append((max(one.t, 0.0) + delay, number, one.topic, payload))
            delay += chance.uniform(0.0, 3.0)
    coming.sort()
    retained: dict[str, bytes] = {}
    stood = {}
    for pulse in range(1, int(_LENGTH_S * 2) + 1):
        until = pulse / 2
        while coming and coming[0][0] <= until:
            at, _number, topic, payload = coming.pop(0)
            stage.now = stage.steady = 0.0 + at
            stage.now += NOON
            stage.hear(topic, payload)
            if "/position/" not in topic:
                retained[topic] = payload
        stage.now, stage.steady = NOON + until, until
        stage.pulse(health=pulse % 2 == 0)
        second = pulse // 2
        if pulse % 2:
            continue
        if second in course.acts:
            act(stage, second)
            stage.pulse()
        if second in course.emptied:
            for topic in chance.sample(sorted(retained), min(4, len(retained))):
                stage.hear(topic, b"")
            stage.pulse()
        if second in course.snapshots:
            stage.snapshot()
        if second in course.restarts:
            stage.feeds_started()
            for topic in chance.sample(sorted(retained), len(retained) // 2):
                stage.hear(topic, retained[topic], retained=True)
            stage.pulse()
        if second % 9 == 4 or until == _LENGTH_S:
            stood[stage.now] = document(stage.picture, stage.now)
    return stood


def act(stage: Stage, second: int) -> None:
    """What people of this desk do: an incident, a line for the log, a pause of what they give."""
    at = datetime.fromtimestamp(stage.now, UTC)
    who: dict[str, Any] = {"at": at, "rev": second, "by": "Test", "role": "commander", "agency": OWN}
    stage.act(Incident(id="inc-ours", title=f"Fire {second}", type="fire", lat=35.2, lon=-80.8, **who))
    stage.act(LogEntry(id=f"log-{second}", text=f"At {second}", **who))
    pause = Pause(since=at)
    stage.act(Consent(id="aid~share", agreement="aid", clause="share", state="paused", pauses=(pause,), **who))


def exercise_feeds() -> list[Feed]:
    """As a desk in the exercise has them."""
    return feeds(steel_rail())


@settings(
    max_examples=6,
    deadline=None,
    suppress_health_check=list(HealthCheck),
    phases=(Phase.explicit, Phase.generate, Phase.target),
)
@given(course=COURSES, moments=st.lists(st.floats(0.5, _LENGTH_S), min_size=1, max_size=2))
@example(course=_ALL, moments=[29.3, 16.9])
@example(course=Course(seed=2, chance=1), moments=[44.0])
def test_that_the_picture_replayed_is_the_picture_that_was_seen(course: Course, moments: list[float]) -> None:
    with tempfile.TemporaryDirectory() as folder:
        stage = Stage(Path(folder), exercise_feeds(), root=ROOT)
        stood = happen(stage, course)
        engine = stage.engine()
        played, sought = Watcher(engine), Watcher(stage.engine())
        played.ask("seek", at=NOON)
        wanted = sorted({*stood, *(NOON + moment for moment in moments)})
        for at in wanted:
            played.play(until=at, speed=60.0 if at in stood else 7.0, pulse_s=0.05)
            seen = document(played.picture, at)
            sought.ask("seek", at=at)
            assert document(sought.picture, at) == seen
            if at in stood:
                assert seen == stood[at]
