"""The desktop's end of the feed process: start it, drain its pipe, start it again when it died.

What runs in it is `cop.feed_loop`, imported there alone: the desktop starts without broker client and parsers.
"""

import contextlib
import multiprocessing
import time
from datetime import UTC, datetime
from multiprocessing.connection import Connection

import msgspec

from cop.domain.batch import Batch, BrokerState
from cop.feeds.pipe import NEWS, QUIT, FeedSetup

_HUNG_AFTER_S = 30.0  # looking up a broker's name may take most of this
_RESTART_BACKOFF_S = (0.1, 5.0)

_DECODER = msgspec.msgpack.Decoder(Batch)


class FeedProcess:
    """The desktop's end. `receive` never blocks for long and never raises: a dead process is started again."""

    def __init__(self, setup: FeedSetup) -> None:
        self._setup = setup
        self._context = multiprocessing.get_context("spawn")
        self._process: multiprocessing.process.BaseProcess | None = None
        self._pipe: Connection | None = None
        self._epoch = 0
        self._restart_at = 0.0
        self._failures = 0
        self._last_heard = 0.0

    @property
    def pid(self) -> int | None:
        """The process's number, None while there is none."""
        return self._process.pid if self._process is not None else None

    def start(self) -> None:
        """Start the process."""
        self._epoch += 1
        ours, theirs = self._context.Pipe()
        self._process = self._context.Process(
            target=_run, args=(theirs, self._setup, self._epoch), name="cop-feeds", daemon=True
        )
        self._process.start()
        theirs.close()
        self._pipe = ours
        self._last_heard = time.monotonic()

    def receive(self) -> list[Batch]:
        """Every batch that has come since the last call; a `stopped` broker state when the process was found dead."""
        if self._pipe is None:
            if time.monotonic() >= self._restart_at:
                self.start()
            return []
        batches: list[Batch] = []
        try:
            while self._pipe.poll():
                batches.append(_DECODER.decode(self._pipe.recv_bytes()))
        except (EOFError, OSError, msgspec.MsgspecError):
            batches.append(self._died("it ended unexpectedly"))
            return batches
        if batches:
            self._last_heard = time.monotonic()
            self._failures = 0
        elif time.monotonic() - self._last_heard > _HUNG_AFTER_S:
            batches.append(self._died("it did not answer"))
        return batches

    def notify(self) -> None:
        """Tell the process that the outbox has news; if it is down it will read the outbox when it is up."""
        if self._pipe is not None:
            with contextlib.suppress(OSError):
                self._pipe.send_bytes(NEWS)

    def stop(self) -> None:
        """End the process in order: journal written, desk said to be offline."""
        if self._process is None:
            return
        if self._pipe is not None:
            with contextlib.suppress(OSError):
                self._pipe.send_bytes(QUIT)
        deadline = time.monotonic() + 4.0
        while self._process.is_alive() and time.monotonic() < deadline:
            with contextlib.suppress(EOFError, OSError):
                while self._pipe is not None and self._pipe.poll():  # a full pipe would keep it from quitting
                    self._pipe.recv_bytes()
            self._process.join(0.02)
        if self._process.is_alive():
            self._process.kill()
        self._process.join(1.0)
        self._process = None
        self._pipe = None

    def _died(self, how: str) -> Batch:
        if self._process is not None:
            self._process.kill()
            self._process.join(1.0)
        if self._pipe is not None:
            self._pipe.close()
        self._process = None
        self._pipe = None
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


def _run(pipe: Connection, setup: FeedSetup, epoch: int) -> None:
    from cop.feed_loop import run  # noqa: PLC0415 - there, not here: see above

    run(pipe, setup, epoch)
