"""What runs in the replay process: asks in, answers out, and while it plays a frame each pulse."""

import gc
import logging
import time
from collections import deque
from collections.abc import Callable
from multiprocessing.connection import Connection
from pathlib import Path

import msgspec

from cop.domain.batch import Batch
from cop.journal.reading import JournalReader
from cop.replay.engine import Engine, Overtaken
from cop.replay.frames import Ask, Frame, Said, Span
from cop.replay.process import ReplaySetup

_LOG = logging.getLogger(__name__)
_PULSE_S = 1 / 30
#: a desktop that did not read for longer finds the past no further on than this, in real seconds
_LONGEST_PULSE_S = 0.5
_OBJECTS_BETWEEN_COLLECTIONS = 300_000
_ENCODER = msgspec.msgpack.Encoder()
_DECODER = msgspec.msgpack.Decoder(Ask)


def run(pipe: Connection, setup: ReplaySetup) -> None:
    """The replay process: returns when the desktop says so or is gone."""
    gc.set_threshold(_OBJECTS_BETWEEN_COLLECTIONS, 10, 10)
    _Loop(pipe, setup).run()


class _Loop:
    def __init__(self, pipe: Connection, setup: ReplaySetup) -> None:
        self._pipe = pipe
        self._setup = setup
        self._asks: deque[Ask] = deque()
        self._engine: Engine | None = None
        self._playing_as = 0  # the number of the ask that set it going
        self._pulsed_at = 0.0
        self._quit = False

    def run(self) -> None:
        try:
            while not self._quit:
                playing = self._engine is not None and self._engine.playing
                looks_back = self._engine is not None and self._engine.looks_back
                wait = self._pulsed_at + _PULSE_S - time.monotonic() if playing else None
                self._hear(0.0 if self._asks or looks_back else wait)
                if self._asks:
                    self._answer(self._asks.popleft())
                elif playing and time.monotonic() >= self._pulsed_at + _PULSE_S:
                    self._pulse()
                elif looks_back:
                    self._said(Ask(number=self._playing_as, act="seek"), lambda engine: engine.look_back())
        except (EOFError, OSError):
            return  # the desktop is gone

    def _hear(self, wait_s: float | None) -> None:
        """Take in what was asked, waiting so long for it (None: until there is something)."""
        if not self._pipe.poll(max(0.0, wait_s) if wait_s is not None else None):
            return
        while self._pipe.poll():
            try:
                ask = _DECODER.decode(self._pipe.recv_bytes())
            except msgspec.MsgspecError as error:
                _LOG.error("the desktop asked for something that cannot be read: %s", error)
                continue
            if ask.act == "close":
                self._quit = True
            elif ask.act == "seek":  # what was asked before leads nowhere any more
                self._asks = deque(one for one in self._asks if one.act == "look")
            self._asks.append(ask)

    def _is_overtaken(self) -> bool:
        """Whether a new seek came in the middle of the work, or the end."""
        self._hear(0.0)
        return self._quit or any(ask.act == "seek" for ask in self._asks)

    def _answer(self, ask: Ask) -> None:
        if ask.act == "close":
            return
        self._pulsed_at = time.monotonic()
        self._said(ask, lambda engine: [engine.look(ask.number)] if ask.act == "look" else engine.answer(ask))
        if ask.act != "look":
            self._playing_as = ask.number

    def _pulse(self) -> None:
        now = time.monotonic()
        elapsed, self._pulsed_at = min(now - self._pulsed_at, _LONGEST_PULSE_S), now
        self._said(Ask(number=self._playing_as, act="play"), lambda engine: engine.go_on(elapsed))

    def _said(self, ask: Ask, work: Callable[[Engine], list[Said]]) -> None:
        """Do a piece of work and send what it says; whatever goes wrong in it is said too."""
        try:
            if self._engine is None:
                record = JournalReader(Path(self._setup.folder), self._setup.operation)
                self._engine = Engine(
                    record,
                    agency=self._setup.agency,
                    agreements=self._setup.agreements,
                    operation=self._setup.clauses_operation,
                    is_overtaken=self._is_overtaken,
                )
            said = work(self._engine)
        except Overtaken:
            return
        except OSError as error:
            _LOG.warning("the record cannot be read: %s", error)
            said = self._trouble(ask, f"The record cannot be read: {error}")
        except Exception as error:  # noqa: BLE001 - the process's edge: another moment may well be shown
            _LOG.exception("the past cannot be shown")
            said = self._trouble(ask, f"The past cannot be shown at this time: error of ours ({type(error).__name__}).")
        if said:
            self._pipe.send_bytes(_ENCODER.encode(said))

    def _trouble(self, ask: Ask, words: str) -> list[Said]:
        engine = self._engine
        at = (engine.at if engine is not None else 0.0) or ask.at
        if engine is not None:
            engine.stop()
        said: list[Said] = [Frame(number=ask.number, at=at, batch=Batch(), trouble=words)]
        if ask.act == "look":
            said.insert(0, Span(number=ask.number, first_at=0.0, last_at=0.0))
        return said
