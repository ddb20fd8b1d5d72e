"""A record: one message that was heard or said, one action that was taken, or one note of the journal's own."""

import math
from enum import IntEnum, IntFlag
from typing import NamedTuple

_UNKNOWN = math.nan


class Way(IntEnum):
    """Which way a record went.

    HEARD came from the broker; SAID went to it; TAKEN is an action as it was taken at this desk, sent or not yet; NOTED
    is what the journal itself has to say: `kind` tells what, the payload is JSON or, of a snapshot, bytes.
    """

    HEARD = 0
    SAID = 1
    TAKEN = 2
    NOTED = 3


class Mark(IntFlag):
    """What replay must know of a message beside its bytes.

    RETAINED: it may have been said long before. ALONE: its topic speaks of one unit only, and this message says its
    place and nothing else, readable without any other message: of several the newest by the sender's time stands for
    all.
    """

    NONE = 0
    RETAINED = 1
    ALONE = 2


class Record(NamedTuple):
    """One line of the journal. Times in epoch seconds: `received_at` ours, `said_at` the sender's (NaN: not known).

    `source` is the number of (feed, agency, format) that `Journal.source` gave. `kind` is the kind of report that the
    message gave ("position", "incident" …), "mixed" for several kinds, "bad" for one that was refused; of a NOTED
    record what it notes. `marks` are `Mark`s. Records are numbered from 1 on, without a gap, over all files of a desk.
    """

    received_at: float
    source: int
    way: int
    topic: str
    payload: bytes
    said_at: float = _UNKNOWN
    kind: str = ""
    marks: int = 0


#: notes of the journal's own: what the feed process says of itself and of the broker
STARTED, STOPPED, BROKER, CLOCK = "started", "stopped", "broker", "clock"
#: ... what could not be recorded, what was let go of by age or size
GAP, DROPPED = "gap", "dropped"
#: ... what the desktop adds: the whole picture now and then, and what stands on the time bar
SNAPSHOT, MARK = "snapshot", "mark"
