"""The desktop's end of the feed process: start it, drain its pipe, start it again when it died.

What runs in it is `cop.feed_loop`, imported there alone: the desktop starts without broker client and parsers.
"""

import contextlib
import logging
import multiprocessing
import queue
import threading
import time
from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from multiprocessing.connection import Connection

import msgspec

from cop.domain.batch import Batch, BrokerState
from cop.feeds.pipe import NETWORK, NEWS, QUIT, FeedSetup, Note, OpenEmergency, packed_note

_HUNG_AFTER_S = 30.0  # looking up a broker's name may take most of this
_RESTART_BACKOFF_S = (0.1, 5.0)
_LOOKED_S = 2.0  # who has not looked for so long cannot tell how long nothing came
_SETTLED_AFTER_S = 10.0  # a process that lived so long did not fail at its start

_LOG = logging.getLogger(__name__)
_DECODER = msgspec.msgpack.Decoder(Batch)


class FeedProcess:
    """The desktop's end. `receive` never blocks and never raises: a dead process is started again."""

    def __init__(self, setup: FeedSetup, emergencies: Callable[[], Sequence[OpenEmergency]] = tuple) -> None:
        """`emergencies` tells at each start which units are in one: the new process knows nothing of the old one's."""
        self._setup = setup
        self._emergencies = emergencies
        self._context = multiprocessing.get_context("spawn")
        self._process: multiprocessing.process.BaseProcess | None = None
        self._pipe: Connection | None = None
        self._reader: _Reader | None = None
        self._teller: _Teller | None = None
        self._epoch = 0
        self._started_at = 0.0
        self._restart_at = 0.0
        self._failures = 0
        self._last_heard = self._looked_at = 0.0

    @property
    def pid(self) -> int | None:
        """The process's number, None while there is none."""
        return self._process.pid if self._process is not None else None

    def start(self) -> None:
        """Start the process."""
        self._epoch += 1
        setup = msgspec.structs.replace(self._setup, emergencies=tuple(self._emergencies()))
        ours, theirs = self._context.Pipe()
        self._process = self._context.Process(
            target=_run, args=(theirs, setup, self._epoch), name="cop-feeds", daemon=True
        )
        self._process.start()
        theirs.close()
        self._pipe = ours
        self._reader = _Reader(ours)
        self._teller = _Teller(ours)
        self._started_at = self._last_heard = self._looked_at = time.monotonic()

    def receive(self) -> list[Batch]:
        """Every batch since the last call; a `stopped` broker state when the process was found dead.

        Starts the process at the first call, and again when it died.
        """
        if self._reader is None:
            return self._start_again() if time.monotonic() >= self._restart_at else []
        batches: list[Batch] = []
        ended = self._reader.ended  # asked first: what was read before the end is not missed
        try:
            batches.extend(_DECODER.decode(packed) for packed in self._reader.take())
        except msgspec.MsgspecError as error:
            _LOG.error("a batch cannot be read: %s", error)
            ended = True
        now = time.monotonic()
        if now - self._looked_at > _LOOKED_S:  # this process was stopped, or asleep: so was the other, perhaps
            self._last_heard = now
        self._looked_at = now
        if batches:
            self._last_heard = now
            if now - self._started_at > _SETTLED_AFTER_S:
                self._failures = 0
        if ended:
            batches.append(self._died("it ended unexpectedly"))
        elif now - self._last_heard > _HUNG_AFTER_S:
            batches.append(self._died("it did not answer"))
        return batches

    def notify(self) -> None:
        """Tell the process that the outbox has news; if it is down it will read the outbox when it is up."""
        if self._teller is not None:
            self._teller.tell(NEWS)

    def network_changed(self) -> None:
        """Tell the process that the network is another, or back: it tries at once."""
        if self._teller is not None:
            self._teller.tell(NETWORK)

    def note(self, kind: str, pack: Callable[[], bytes]) -> bool:
        """Put something on record; `pack` makes its bytes, on another thread. What finds no process is lost: False."""
        if self._teller is None:
            return False
        self._teller.tell(lambda: packed_note(Note(kind, pack())))
        return True

    def stop(self) -> None:
        """End the process in order: journal written, desk said to be offline."""
        if self._process is None:
            return
        if self._teller is not None:
            self._teller.tell(QUIT)
        deadline = time.monotonic() + 4.0
        while self._process.is_alive() and time.monotonic() < deadline:
            if self._reader is not None:
                self._reader.take()  # a full pipe would keep it from quitting
            self._process.join(0.02)
        self._end()

    def _start_again(self) -> list[Batch]:
        try:
            self.start()
        except OSError as error:  # no memory, no more processes: try again later
            return [self._died(f"it cannot be started ({error.strerror or error})")]
        return []

    def _end(self) -> None:
        if self._process is not None:
            self._process.kill()
            self._process.join(1.0)
        if self._reader is not None:
            self._reader.join(1.0)
        if self._teller is not None:
            self._teller.end()
        if self._pipe is not None:
            self._pipe.close()
        self._process = None
        self._reader = None
        self._teller = None
        self._pipe = None

    def _died(self, how: str) -> Batch:
        self._end()
        low, high = _RESTART_BACKOFF_S
        self._restart_at = time.monotonic() + min(high, low * 2**self._failures)
        self._failures += 1
        state = BrokerState(
            state="stopped",
            url=self._setup.broker.shown_url(),
            reason=how,
            since=datetime.now(UTC),
            reconnects=self._failures,
        )
        return Batch(epoch=self._epoch, broker=state)


class _Reader:
    """Reads packed batches on a thread: a process stopped in the middle of one stops no screen.

    One batch ahead and no more: while the desktop does not take them, the process conflates and does not acknowledge.
    """

    def __init__(self, pipe: Connection) -> None:
        self.ended = False
        self._pipe = pipe
        self._batches: queue.Queue[bytes] = queue.Queue(maxsize=1)
        self._thread = threading.Thread(target=self._work, name="pipe-reader", daemon=True)
        self._thread.start()

    def take(self) -> list[bytes]:
        """What was read since the last call."""
        taken: list[bytes] = []
        with contextlib.suppress(queue.Empty):
            while True:
                taken.append(self._batches.get_nowait())
        return taken

    def join(self, limit_s: float) -> None:
        """Wait until the thread has seen the pipe's end; what it reads until then is dropped."""
        deadline = time.monotonic() + limit_s
        while self._thread.is_alive() and time.monotonic() < deadline:
            self.take()
            self._thread.join(0.005)

    def _work(self) -> None:
        try:
            while True:
                self._batches.put(self._pipe.recv_bytes())
        except (EOFError, OSError, TypeError):  # TypeError is what a connection closed by another thread says
            self.ended = True


class _Teller:
    """Tells the process things on a thread: one that does not read stops no screen.

    What waits beyond a bound is left out: news are told again with the next action, and found by the process itself.
    """

    _WAITING = 1_000

    def __init__(self, pipe: Connection) -> None:
        self._pipe = pipe
        self._waiting: queue.Queue[bytes | Callable[[], bytes] | None] = queue.Queue(maxsize=self._WAITING)
        self._thread = threading.Thread(target=self._work, name="pipe-teller", daemon=True)
        self._thread.start()

    def tell(self, what: bytes | Callable[[], bytes]) -> None:
        """Send these bytes, or what this makes, when their turn comes."""
        with contextlib.suppress(queue.Full):
            self._waiting.put_nowait(what)

    def end(self) -> None:
        """The process is gone: nothing more is told."""
        with contextlib.suppress(queue.Full):
            self._waiting.put_nowait(None)
        self._thread.join(1.0)

    def _work(self) -> None:
        while (what := self._waiting.get()) is not None:
            try:
                self._pipe.send_bytes(what if isinstance(what, bytes) else what())
            except (OSError, ValueError, TypeError):  # TypeError is what a connection closed by another thread says
                return
            except Exception:  # noqa: BLE001 - a note that cannot be made keeps no action from leaving
                _LOG.exception("a note for the journal cannot be made")


def _run(pipe: Connection, setup: FeedSetup, epoch: int) -> None:
    from cop.feed_loop import run  # noqa: PLC0415 - there, not here: see above

    run(pipe, setup, epoch)
