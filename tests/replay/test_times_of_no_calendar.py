"""A record whose times are anything: a clock that was set to another age, a file made by anybody."""

import math
from pathlib import Path

import pytest

from cop.journal import journal as writing
from cop.journal.journal import Journal
from cop.journal.reading import JournalReader
from cop.journal.record import Record, Way
from cop.replay.engine import Engine
from cop.replay.frames import Ask, Frame

NOW = 1_793_620_800.0


@pytest.mark.parametrize(
    "times",
    [[9e12] * 3, [-9e12, NOW, 9e12], [NOW, 9e12, NOW], [0.0] * 3, [-5.0, -4.0, -3.0], [NOW, NOW - 4e7, NOW + 1.0]],
)
def test_that_whatever_the_times_are_each_ask_is_answered_within_the_calendar(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, times: list[float]
) -> None:
    monkeypatch.setattr(writing, "on_record", lambda at: at)
    journal = Journal(tmp_path, "x", clock=lambda: NOW, steady=lambda: 0.0)
    source = journal.source("f", "a", "cop-json")
    journal.append(Record(at, source, Way.HEARD, "cop/v1/a/position/u", b"{}", at, "bad") for at in times)
    journal.commit()
    journal.close()
    engine = Engine(JournalReader(tmp_path, "x"), agency="ours")
    span = engine.look(1)
    assert 0.0 <= span.first_at <= span.last_at < 32_503_680_000.0
    number = 1
    for at in (NOW, math.nan, math.inf, -1e300, 9e12):
        for reader, as_true in (("", False), ("another", False), ("another", True)):
            for act, step in (("seek", 1), ("step", 1), ("step", -1), ("play", 1)):
                number += 1
                said = engine.answer(
                    Ask(number=number, act=act, at=at, step=step, reader=reader, as_true=as_true, speed=60.0)  # type: ignore[arg-type]
                )
                assert isinstance(said[-1], Frame)
            assert len(engine.go_on(1.0)) > 0 or not engine.playing
