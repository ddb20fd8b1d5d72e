"""What the desktop says to the feed process: its setting-up, words through the pipe, and notes for the journal."""

import msgspec

from cop.domain.agreement import Agreements
from cop.domain.desk import Operator
from cop.feeds.broker import Broker
from cop.feeds.message import Feed
from cop.feeds.outlet import Outlet

#: the outbox has a new action; the network is another, or back; end in order
NEWS, NETWORK, QUIT = b"news", b"network", b"quit"

_NOTE = b"note"


class Note(msgspec.Struct, frozen=True, array_like=True):
    """What the desktop has to put on record: a kind of `cop.journal.record` (snapshot, mark) and its bytes."""

    kind: str
    payload: bytes


def packed_note(note: Note) -> bytes:
    """A note for the pipe."""
    return _NOTE + msgspec.msgpack.encode(note)


def note_in(said: bytes) -> Note | None:
    """The note that the desktop sent; None if it sent something else."""
    return msgspec.msgpack.decode(said[len(_NOTE) :], type=Note) if said.startswith(_NOTE) else None


class OpenEmergency(msgspec.Struct, frozen=True):
    """A unit that has called for help and has not been said to be safe since."""

    agency: str
    unit: str
    exercise: bool


class Recording(msgspec.Struct, frozen=True, kw_only=True):
    """Where the journal's files lie, one a day (UTC) and operation, and how long they are kept.

    `key_file` is an Ed25519 key (PEM) that signs once a minute, empty for none. The oldest records go once they are
    older than `keep_days` or all files of the operation are larger than `keep_mb`; 0 keeps them.
    """

    folder: str
    operation: str
    desk: str
    key_file: str = ""
    keep_days: float = 0.0
    keep_mb: float = 0.0


class FeedSetup(msgspec.Struct, frozen=True, kw_only=True):
    """All that the feed process is told: broker, feeds, outlets, whose desk it serves, where its files are.

    `emergencies` are those that stand in the picture when it is started again; `agreements` say what outlets may show.
    `journal` says where and how the record is kept; None where nothing is recorded. `pace` is how many times faster
    than the world an exercise is played.
    """

    broker: Broker
    feeds: tuple[Feed, ...]
    operator: Operator
    root: str
    journal: Recording | None
    outbox: str
    client_id: str
    publish: tuple[Outlet, ...] = ()
    emergencies: tuple[OpenEmergency, ...] = ()
    agreements: Agreements = Agreements()
    operation: str = ""
    pace: float = 1.0
