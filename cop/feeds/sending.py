"""Our own actions: from the outbox to the broker, and the broker's answer back into the outbox.

An action that the connection lost is said again on the next; one whose answer could not be written is not.
"""

import logging
from collections.abc import Callable
from pathlib import Path

import msgspec

from cop.domain.batch import Delivered
from cop.feeds.outbox import Entry, Outbox
from cop.feeds.pipe import FeedSetup
from cop.feeds.session import Session

_LOG = logging.getLogger(__name__)
_BUSY_S = 0.2  # the network waits meanwhile


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
        self._in_flight: dict[int, Delivered] = {}
        self._unsettled: dict[int, Delivered] = {}  # as many as one desk's operators do while the disk is full
        self._read_up_to = 0
        self._noted: list[int] = []
        self._recorded: list[int] = []
        self._sent_up_to = 0
        self._connection = 0

    def settle(self) -> None:
        """Take in what the broker said to our actions."""
        for fate in self._session.published():
            entry = self._in_flight.pop(fate.token, None)
            if entry is not None:
                state = "refused" if fate.refused else "sent"
                self._note_fate(fate.token, msgspec.structs.replace(entry, state=state, reason=fate.refused))
        if self._unsettled and not self.error:
            self._with_outbox(self._write_fates)

    def send(self) -> None:
        """Send what waits, if there is a connection; try a file anew that could not be used."""
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
            self._in_flight.clear()
            self._sent_up_to = 0
        for entry in outbox.pending(after=self._sent_up_to):
            if entry.seq > self._read_up_to:
                return  # put this moment: it is on record before it leaves
            said = Delivered(entry.kind, entry.agency, entry.object_id, "sent")
            if entry.seq not in self._unsettled:
                try:
                    if not self._session.publish(
                        entry.seq, entry.topic, entry.payload, qos=entry.qos, retain=entry.retain
                    ):
                        return
                except ValueError as error:
                    reason = f"it cannot be sent: {error}"
                    self._note_fate(entry.seq, msgspec.structs.replace(said, state="refused", reason=reason))
                else:
                    self._in_flight[entry.seq] = said
                    self._note_said(entry.topic, entry.payload, entry.kind)
            self._sent_up_to = entry.seq

    def _note_fate(self, seq: int, fate: Delivered) -> None:
        self._unsettled[seq] = fate
        self.delivered.append(fate)
