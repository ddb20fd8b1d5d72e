"""Our own actions: from the outbox to the broker, and the broker's answer back into the outbox.

An action that the connection lost is said again on the next; one whose answer could not be written is not. Of one
object no action leaves before the one before it is settled: whatever is said again, its last word is said last.
"""

import logging
import time
from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple

import msgspec

from cop.domain.batch import Delivered
from cop.feeds.outbox import Entry, Outbox
from cop.feeds.pipe import FeedSetup
from cop.feeds.session import Session

_LOG = logging.getLogger(__name__)
_BUSY_S = 0.2  # the network waits meanwhile
#: what a broker has no room for is tried again after so long, in seconds, and twice as long each further time
_AGAIN_S = (1.0, 30.0)
#: An action in whose wake the connection was ended so often goes alone; one that was alone as often is given up: it
#: would keep all that comes after it from leaving.
_SUSPECT, _GUILTY = 2, 5
_IN_ITS_WAKE_S = 5.0
_ENDS_IT = "the broker ends the connection each time it is said"


class _Flying(NamedTuple):
    said: Delivered
    topic: str
    at: float


class Sender:
    """`note_taken` is told each action when it is first read, connected or not; `note_said` when it goes out.

    `are_recorded` says that what was noted is on record, so that it is not noted again at the next start.
    """

    def __init__(
        self,
        setup: FeedSetup,
        session: Session,
        note_taken: Callable[[Entry], None],
        note_said: Callable[[str, bytes, str], None],
    ) -> None:
        self.error = ""
        self.delivered: list[Delivered] = []
        self._setup = setup
        self._session = session
        self._note_taken = note_taken
        self._note_said = note_said
        self._outbox: Outbox | None = None
        self._in_flight: dict[int, _Flying] = {}
        self._held: dict[int, tuple[float, int, str]] = {}  # not before, how often refused for now, and why
        self._ended: dict[int, int] = {}  # in whose wake connections ended, and how often
        self._unsettled: dict[int, Delivered] = {}  # as many as one desk's operators do while the disk is full
        self._read_up_to = 0
        self._noted: list[int] = []
        self._recorded: list[int] = []
        self._sent_up_to = 0  # all up to here are on their way, or settled
        self._connection = 0
        self._left = False  # whether something waits for an answer to what went before it
        #: whether it may go now
        self.due = False

    @property
    def trouble(self) -> str:
        """Why actions do not leave; empty where they do."""
        if self.error or not self._held:
            return self.error
        count, why = len(self._held), next(iter(self._held.values()))[2]
        return f"{count} action{'s wait' if count > 1 else ' waits'} and will be tried again: {why}"

    def settle(self) -> None:
        """Take in what the broker said to our actions."""
        for fate in self._session.published():
            flying = self._in_flight.pop(fate.token, None)
            if flying is None:
                continue
            self.due = self._left
            if fate.refused and not fate.final:
                self._hold(fate.token, fate.refused)
                continue
            state = "refused" if fate.refused else "sent"
            self._note_fate(fate.token, msgspec.structs.replace(flying.said, state=state, reason=fate.refused))
        if self._unsettled and not self.error:
            self._with_outbox(self._write_fates)

    def send(self) -> None:
        """Send what waits, if there is a connection; try a file anew that could not be used."""
        self.due = False
        self._with_outbox(self._write_fates, self._read_new, self._send_pending)

    def are_recorded(self) -> None:
        """All that was noted is on record."""
        self._recorded += self._noted
        self._noted.clear()
        if self._recorded and not self.error:
            self._with_outbox(self._write_recorded)

    def close(self) -> None:
        """Let the file go."""
        if self._outbox is not None:
            self._outbox.close()
            self._outbox = None

    def _with_outbox(self, *steps: Callable[[Outbox], None]) -> None:
        setup = self._setup
        try:
            if self._outbox is None:
                self._outbox = Outbox(Path(setup.outbox), setup.operator.agency, setup.root, busy_s=_BUSY_S)
            for step in steps:
                step(self._outbox)
            self.error = ""
        except OSError as error:
            _LOG.warning("the outbox cannot be used: %s", error)
            self.error = str(error)
            self.close()

    def _write_fates(self, outbox: Outbox) -> None:
        for seq, fate in list(self._unsettled.items()):
            outbox.settle(seq, fate.state, fate.reason)
            del self._unsettled[seq]

    def _write_recorded(self, outbox: Outbox) -> None:
        outbox.note_recorded(self._recorded)
        self._recorded.clear()

    def _read_new(self, outbox: Outbox) -> None:
        while entries := outbox.pending(after=self._read_up_to):
            for entry in entries:
                if not entry.recorded:
                    self._note_taken(entry)
                    self._noted.append(entry.seq)
                self._read_up_to = entry.seq

    def _send_pending(self, outbox: Outbox) -> None:
        if not self._session.online:
            return
        if self._session.connection != self._connection:
            self._connection = self._session.connection
            self._note_ends()
            self._in_flight.clear()
            self._sent_up_to = 0
        now = time.monotonic()
        alone = any(often >= _SUSPECT for often in self._ended.values())
        waiting = {one.topic for one in self._in_flight.values()}
        self._left, after = False, self._sent_up_to
        while entries := outbox.pending(after=after):
            for entry in entries:
                if entry.seq > self._read_up_to:
                    return  # put this moment: it is on record before it leaves
                after = entry.seq
                if entry.seq not in self._in_flight and entry.seq not in self._unsettled:
                    held = entry.topic in waiting or (entry.seq in self._held and now < self._held[entry.seq][0])
                    if held or (alone and self._in_flight) or not self._publish(entry, now):
                        self._left = True
                        waiting.add(entry.topic)
                        if not held:
                            return
                    elif entry.seq in self._in_flight:
                        waiting.add(entry.topic)
                if not self._left:
                    self._sent_up_to = entry.seq

    def _publish(self, entry: Entry, now: float) -> bool:
        """Hand an action to the connection, or settle one that cannot be sent; False if it takes none now."""
        said = Delivered(entry.kind, entry.agency, entry.object_id, "sent")
        if self._ended.get(entry.seq, 0) >= _GUILTY:
            self._note_fate(entry.seq, msgspec.structs.replace(said, state="refused", reason=_ENDS_IT))
            return True
        try:
            if not self._session.publish(entry.seq, entry.topic, entry.payload, qos=entry.qos, retain=entry.retain):
                return False
        except ValueError as error:
            reason = f"it cannot be sent: {error}"
            self._note_fate(entry.seq, msgspec.structs.replace(said, state="refused", reason=reason))
        else:
            self._in_flight[entry.seq] = _Flying(said, entry.topic, now)
            self._note_said(entry.topic, entry.payload, entry.kind)
        return True

    def _hold(self, seq: int, why: str) -> None:
        """The broker has no room for it now: later, and what is said of the same object after it."""
        low, high = _AGAIN_S
        _, often, _ = self._held.get(seq, (0.0, 0, ""))
        self._held[seq] = (time.monotonic() + min(high, low * 2**often), often + 1, why)
        self._sent_up_to = min(self._sent_up_to, seq - 1)

    def _note_ends(self) -> None:
        """A connection is over that took these with it: the first of them may be why."""
        first = min(self._in_flight, default=None)
        if first is None or not self._session.hung_up:
            return
        if self._session.ended_at - self._in_flight[first].at < _IN_ITS_WAKE_S:
            self._ended = {first: self._ended.get(first, 0) + 1}

    def _note_fate(self, seq: int, fate: Delivered) -> None:
        self._unsettled[seq] = fate
        self._held.pop(seq, None)
        self._ended.pop(seq, None)
        self.delivered.append(fate)
