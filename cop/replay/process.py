"""The desktop's end of the replay process: ask for a moment of the past, receive it when it is there.

What runs in it is `cop.replay.loop`, imported there alone: hostile bytes of the record kill only that process.
"""

import contextlib
import logging
import multiprocessing
import queue
import threading
import time
from multiprocessing.connection import Connection
from typing import Any

import msgspec

from cop.domain.agreement import Agreements
from cop.domain.batch import Batch
from cop.replay.frames import Act, Ask, Frame, Said

#: no answer for so long: the process hangs
_HUNG_AFTER_S = 60.0
_DIED = "What showed the past ended unexpectedly. Choose a time to go on."
_SILENT = "What showed the past did not answer. Choose a time to go on."

_LOG = logging.getLogger(__name__)
_ENCODER = msgspec.msgpack.Encoder()
_DECODER = msgspec.msgpack.Decoder(list[Said])


class ReplaySetup(msgspec.Struct, frozen=True, kw_only=True):
    """Which record is played, and whose desk it is: the journal's folder and operation, our agency, what binds us.

    `clauses_operation` is what share clauses call the operation, where that is not the journal's name for it.
    """

    folder: str
    operation: str
    agency: str = ""
    agreements: Agreements = Agreements()
    clauses_operation: str = ""


class ReplayProcess:
    """The desktop's end. `ask` and `receive` never block and never raise: a dead process is said, and started again."""

    def __init__(
        self,
        folder: str,
        operation: str,
        *,
        agency: str = "",
        agreements: Agreements | None = None,
        clauses_operation: str = "",
    ) -> None:
        self._setup = ReplaySetup(
            folder=folder,
            operation=operation,
            agency=agency,
            agreements=agreements or Agreements(),
            clauses_operation=clauses_operation or operation,
        )
        self._context = multiprocessing.get_context("spawn")
        self._process: multiprocessing.process.BaseProcess | None = None
        self._line: _Line | None = None
        self._number = 0
        self._answered = 0
        self._last_heard = 0.0
        self._eyes: dict[str, Any] = {}
        self._at = 0.0
        self._trouble = ""

    @property
    def pid(self) -> int | None:
        """The process's number, None while there is none."""
        return self._process.pid if self._process is not None else None

    def start(self) -> None:
        """Start the process, if it is not there: the first answer then comes sooner."""
        if self._process is not None:
            return
        ours, theirs = self._context.Pipe()
        process = self._context.Process(target=_run, args=(theirs, self._setup), name="cop-replay", daemon=True)
        try:
            process.start()
        except OSError as error:  # no memory, no more processes: the next ask tries again
            ours.close()
            self._trouble = f"The past cannot be shown: no process can be started ({error.strerror or error})."
            return
        finally:
            theirs.close()
        self._process, self._line = process, _Line(ours)
        self._last_heard = time.monotonic()

    def ask(self, act: Act, **fields: Any) -> int:
        """Ask for something (`Ask`'s fields) and return its number; answers bear it.

        `reader` and `as_true` hold on until another ask names them. Where no time is named it is the one last shown.
        """
        self._number += 1
        self._eyes.update({name: fields[name] for name in ("reader", "as_true") if name in fields})
        fields = {"at": self._at, **self._eyes, **fields}
        if self._answered == self._number - 1:
            self._last_heard = time.monotonic()  # nothing was waited for until now
        self.start()
        if self._line is not None:
            self._line.tell(_ENCODER.encode(Ask(number=self._number, act=act, **fields)))
        return self._number

    def receive(self) -> list[Said]:
        """Every answer and frame since the last call, in order; one with `trouble` when the process was found dead."""
        trouble, self._trouble = self._trouble, ""
        if self._line is None:
            return [self._said_so(trouble)] if trouble else []
        ended = self._line.ended  # asked first: what was read before the end is not missed
        said: list[Said] = []
        try:
            for packed in self._line.take():
                said.extend(_DECODER.decode(packed))
        except msgspec.MsgspecError as error:
            _LOG.error("an answer of the replay process cannot be read: %s", error)
            ended = True
        now = time.monotonic()
        if said:
            self._last_heard = now
            self._answered = max(self._answered, *(one.number for one in said))
            self._at = next((one.at for one in reversed(said) if isinstance(one, Frame)), self._at)
        hangs = self._answered < self._number and now - self._last_heard > _HUNG_AFTER_S
        if ended or hangs:
            self._end()
            said.append(self._said_so(_DIED if ended else _SILENT))
        return said

    def close(self) -> None:
        """End the process; another `ask` starts it again."""
        if self._line is not None:
            self._line.tell(_ENCODER.encode(Ask(number=0, act="close")))
        if self._process is not None:
            self._process.join(0.2)
        self._end()

    def _said_so(self, trouble: str) -> Frame:
        self._answered = self._number
        return Frame(number=self._number, at=self._at, batch=Batch(), trouble=trouble)

    def _end(self) -> None:
        process, line = self._process, self._line
        self._process = self._line = None
        if process is not None:
            process.kill()
            process.join(1.0)
        if line is not None:
            line.end()


class _Line:
    """The pipe, read and written on two threads: a process that stops in the middle of a word stops no screen.

    One answer ahead and no more: while the desktop does not take it, the process waits, and then plays on from there.
    """

    _WAITING = 200

    def __init__(self, pipe: Connection) -> None:
        self.ended = False
        self._pipe = pipe
        self._heard: queue.Queue[bytes] = queue.Queue(maxsize=1)
        self._to_tell: queue.Queue[bytes | None] = queue.Queue(maxsize=self._WAITING)
        self._threads = [
            threading.Thread(target=work, name=f"replay-{name}", daemon=True)
            for name, work in (("reader", self._read), ("teller", self._write))
        ]
        for thread in self._threads:
            thread.start()

    def tell(self, packed: bytes) -> None:
        """Send this when its turn comes; of what piles up before a process that does not read the oldest is dropped."""
        while True:
            with contextlib.suppress(queue.Full):
                self._to_tell.put_nowait(packed)
                return
            with contextlib.suppress(queue.Empty):
                self._to_tell.get_nowait()

    def take(self) -> list[bytes]:
        """What was read since the last call."""
        taken: list[bytes] = []
        with contextlib.suppress(queue.Empty):
            while True:
                taken.append(self._heard.get_nowait())
        return taken

    def end(self) -> None:
        """The process is gone: let the threads see it, and let go of the pipe."""
        with contextlib.suppress(queue.Full):
            self._to_tell.put_nowait(None)
        deadline = time.monotonic() + 1.0
        while any(thread.is_alive() for thread in self._threads) and time.monotonic() < deadline:
            self.take()  # a reader that waits to hand over sees no end
            self._threads[0].join(0.005)
        self._pipe.close()

    def _read(self) -> None:
        try:
            while True:
                self._heard.put(self._pipe.recv_bytes())
        except (EOFError, OSError, TypeError):  # TypeError is what a connection closed by another thread says
            self.ended = True

    def _write(self) -> None:
        while (packed := self._to_tell.get()) is not None:
            try:
                self._pipe.send_bytes(packed)
            except (OSError, ValueError, TypeError):
                return


def _run(pipe: Connection, setup: ReplaySetup) -> None:
    from cop.replay.loop import run  # noqa: PLC0415 - there, not here: see above

    run(pipe, setup)
