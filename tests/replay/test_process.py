"""The process of the past and the desktop's end of it: it answers, it may die, it is started again."""

import os
import signal
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from cop.replay.frames import Frame, Said, Span
from cop.replay.process import ReplayProcess
from tests.replay.stage import NOON, OPERATION, Stage
from tests.replay.test_engine import FEEDS, drive


@pytest.fixture
def replay(tmp_path: Path) -> Iterator[ReplayProcess]:
    stage = Stage(tmp_path, FEEDS)
    drive(stage, 40)
    stage.stopped()
    stage.journal.close()
    process = ReplayProcess(str(tmp_path), OPERATION)
    yield process
    process.close()


def until(process: ReplayProcess, holds: Callable[[list[Said]], bool]) -> list[Said]:
    """What is received until that holds."""
    heard: list[Said] = []
    deadline = time.monotonic() + 60.0
    while not holds(heard):
        assert time.monotonic() < deadline, heard[-3:]
        heard += process.receive()
        time.sleep(0.005)
    return heard


def frames(heard: list[Said], number: int) -> list[Frame]:
    return [one for one in heard if isinstance(one, Frame) and one.number == number]


def test_that_it_answers_plays_on_and_says_the_end(replay: ReplayProcess) -> None:
    look, seek = replay.ask("look"), replay.ask("seek", at=NOON + 38)
    heard = until(replay, lambda heard: bool(frames(heard, seek)))
    (span,) = (one for one in heard if isinstance(one, Span))
    assert (span.number, span.first_at, span.last_at) == (look, NOON, NOON + 40)
    first, *_, last = frames(heard, seek)
    assert first.anew
    assert (last.at, last.playing, last.trouble) == (NOON + 38, False, "")
    play = replay.ask("play", speed=20.0)
    heard = until(replay, lambda heard: bool(frames(heard, play)) and not frames(heard, play)[-1].playing)
    assert frames(heard, play)[-1].at == NOON + 40


def test_that_where_units_had_been_comes_by_itself_after_the_moment(replay: ReplayProcess) -> None:
    seek = replay.ask("seek", at=NOON + 38)
    heard = until(replay, lambda heard: any(one.batch.been for one in frames(heard, seek)))
    first, *_, last = frames(heard, seek)
    assert first.anew
    assert last.batch.been is not None
    assert (last.at, last.anew, last.playing, last.batch.epoch) == (
        NOON + 38,
        False,
        False,
        frames(heard, seek)[-2].batch.epoch,
    )


def test_that_of_many_wishes_the_last_is_answered(replay: ReplayProcess) -> None:
    numbers = [replay.ask("seek", at=NOON + second / 10) for second in range(20, 350)]
    heard = until(replay, lambda heard: bool(frames(heard, numbers[-1])))
    assert frames(heard, numbers[-1])[-1].at == pytest.approx(NOON + 34.9)
    answered = {one.number for one in heard}
    assert len(answered) < len(numbers) / 2


def test_that_a_process_that_was_killed_is_said_and_another_goes_on_from_there(replay: ReplayProcess) -> None:
    seek = replay.ask("seek", at=NOON + 20, reader="york-fd")
    until(replay, lambda heard: bool(frames(heard, seek)))
    pid = replay.pid
    assert pid is not None
    os.kill(pid, signal.SIGKILL)
    came = until(replay, lambda heard: any(isinstance(one, Frame) and one.trouble for one in heard))
    said = came[-1]
    assert isinstance(said, Frame)
    assert all(isinstance(one, Frame) and one.batch.been for one in came[:-1])
    assert "ended unexpectedly" in said.trouble
    assert said.at == NOON + 20
    assert replay.receive() == []  # said once, and nothing runs until it is wanted
    assert replay.pid is None
    step = replay.ask("step", step=1)
    heard = frames(until(replay, lambda heard: bool(frames(heard, step))), step)
    assert heard[0].anew
    assert heard[-1].at > NOON + 20
    assert heard[-1].event


def test_that_a_process_that_hangs_stops_no_screen(replay: ReplayProcess) -> None:
    seek = replay.ask("seek", at=NOON + 20)
    until(replay, lambda heard: bool(frames(heard, seek)))
    pid = replay.pid
    assert pid is not None
    os.kill(pid, signal.SIGSTOP)
    begin = time.monotonic()
    for _ in range(5_000):
        replay.ask("seek", at=NOON + 21)
    assert all(one.number <= seek for one in replay.receive())  # trails of the moment before may be on their way
    replay.close()
    assert time.monotonic() - begin < 30.0
    assert replay.pid is None


def test_that_a_folder_without_a_record_is_said(tmp_path: Path) -> None:
    process = ReplayProcess(str(tmp_path / "nothing"), OPERATION)
    look, seek = process.ask("look"), process.ask("seek", at=NOON)
    heard = until(process, lambda heard: {look, seek} <= {one.number for one in heard})
    assert all(frame.trouble for frame in heard if isinstance(frame, Frame))
    assert [one.first_at for one in heard if isinstance(one, Span)] == [0.0]
    process.close()
