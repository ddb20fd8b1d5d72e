"""What the feed process hands to the desktop each pulse: one batch."""

from datetime import datetime
from typing import Any

import msgspec
import numpy as np
from numpy.typing import NDArray

from cop.domain.report import Report

#: One row a moved unit. `slot` is the feed process's own number for the unit, named once in `Batch.tracks`.
#: Degrees WGS 84, metres, metres per second; times in seconds since the epoch; NaN is unknown.
POSITION_ROW = np.dtype(
    [
        ("slot", "<i4"),
        ("lat", "<f8"),
        ("lon", "<f8"),
        ("alt_m", "<f4"),
        ("course_deg", "<f4"),
        ("speed_mps", "<f4"),
        ("accuracy_m", "<f4"),
        ("reported_at", "<f8"),
        ("received_at", "<f8"),
        ("stale_at", "<f8"),
        ("exercise", "?"),
    ]
)


class TrackName(msgspec.Struct, frozen=True, array_like=True):
    """Which unit a slot stands for, and where its positions come from."""

    slot: int
    agency: str
    unit: str
    feed: str
    format: str
    original_id: str = ""


class PositionFields(msgspec.Struct, frozen=True, array_like=True):
    """What the newest position of a slot said that our words cannot hold (`Report.losses`); empty: nothing any more."""

    slot: int
    fields: dict[str, str]


class Voice(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """How one agency is heard on a feed: `state` is live, silent or flooding, by its own usual rhythm.

    `usual_gap_s` is the longest pause that is usual for it, None until that is known. `skew_s` is how far its clock is
    ahead of ours (negative: behind), None until measured; `corrected` tells that its times are read by that much less.
    `latency_s` is how long its messages take beyond the quickest.
    """

    agency: str
    state: str
    messages: int = 0
    last_message_at: datetime | None = None
    per_second: float = 0.0
    usual_gap_s: float | None = None
    skew_s: float | None = None
    corrected: bool = False
    latency_s: float | None = None


class FeedHealth(msgspec.Struct, frozen=True, kw_only=True):
    """How a feed is: `state` is one of never_heard, live, flooding, silent, failed, stopped.

    `last_message_at` is our time of receipt; `bad_reasons` counts refused messages by reason, `unmapped` the words
    for kinds, statuses and types that stand in none of our tables, as "unit kind · E-1". `voices` are the agencies
    heard on it. A feed that floods is taken in at its share: `held` messages wait, `overtaken` positions were left
    out for newer ones of the same unit.
    """

    feed: str
    agency: str
    format: str
    state: str
    messages: int = 0
    bad: int = 0
    last_message_at: datetime | None = None
    last_bad_reason: str = ""
    bad_reasons: dict[str, int] = {}
    unmapped: dict[str, int] = {}
    per_second: float = 0.0
    voices: list[Voice] = []
    held: int = 0
    overtaken: int = 0


class BrokerState(msgspec.Struct, frozen=True, kw_only=True):
    """The MQTT connection: `state` is one of connecting, online, offline, refused, stopped (no feed process).

    `protocol` is what was last spoken, `reconnects` how often we came back after the first time;
    `journal_error` says why nothing is on record, `outbox_error` why no action leaves this desk; empty is well.
    `recorded` is False where nothing is to be put on record; `record` is the file that all of it goes to, `left_aside`
    names files that were found damaged and why. `unsigned` says why the record is not signed though the desk has a key;
    empty where it is (`signed`), or has none. `clock_off_s` is how far our own clock is ahead (negative: behind) by
    what most agencies say; None where they do not agree on that.
    """

    state: str
    url: str
    protocol: str = ""
    reason: str = ""
    #: what a person can do about it
    advice: str = ""
    #: which of how many brokers this is, from 1 on
    place: int = 1
    brokers: int = 1
    since: datetime | None = None
    reconnects: int = 0
    #: how long the broker takes to answer us, in seconds; None until that was measured on this connection
    round_trip_s: float | None = None
    recorded: bool = True
    record: str = ""
    signed: bool = False
    left_aside: str = ""
    journal_error: str = ""
    unsigned: str = ""
    outbox_error: str = ""
    clock_off_s: float | None = None


class Upset(msgspec.Struct, frozen=True, array_like=True):
    """This computer slept (`slept`), or its clock was set (`clock`), found out at `at`, in seconds since the epoch.

    `seconds` is how long it slept, or how far the clock was set forward (negative: back).
    """

    kind: str
    seconds: float
    at: float


class Settled(msgspec.Struct, frozen=True, kw_only=True):
    """A new connection has given back all that its broker retains of our own agency.

    `kinds` are those that it lets this desk hear; `heard` tells what came back, as topics below the agency's own level.
    """

    kinds: list[str]
    heard: list[str]


class Delivered(msgspec.Struct, frozen=True, array_like=True):
    """One of our actions has reached the broker (`sent`), or was refused by it (`refused`, with why).

    The desktop marks those that still wait (`pending`), and those in whose place the word of another desk of ours
    stands that did not know of them (`superseded`, with whose).
    """

    kind: str
    agency: str
    id: str
    state: str
    reason: str = ""


class RefusedWord(msgspec.Struct, frozen=True, array_like=True):
    """A word that was not taken: what it was, whose part of the tree it came in, who it says said it, and why not."""

    kind: str
    agency: str
    id: str
    by: str
    role: str
    reason: str
    at: datetime


class GoneWord(msgspec.Struct, frozen=True, array_like=True):
    """An object that was taken back: the last word about it, and until when (epoch seconds) nothing brings it back."""

    kind: str
    agency: str
    id: str
    word: Report
    at: float


class EndedAlert(msgspec.Struct, frozen=True, array_like=True):
    """An alert that was ended by others of its agency: said up to when (epoch seconds), by one that counts, by any."""

    agency: str
    id: str
    earnest: float
    other: float


class UnitAside(msgspec.Struct, frozen=True, array_like=True):
    """A unit that was taken back, or whose place was, at `gone_at` (epoch seconds), and whether it is there again.

    What it was by its last words is what it still is called: nobody says it any more.
    """

    agency: str
    unit: str
    gone_at: float
    present: bool
    callsign: str = ""
    kind: str = ""
    status: str = ""
    exercise: bool = False


class Aside(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """What a picture remembers beside what stands: it decides what later words can do.

    `heard` are the highest revisions heard: kind, agency, key, revision.
    """

    gone: list[GoneWord] = []
    ended: list[EndedAlert] = []
    heard: list[tuple[str, str, str, int]] = []
    units: list[UnitAside] = []
    refusals: list[RefusedWord] = []
    #: where units were before (`cop.picture.earlier`), by the slots of the batch
    earlier: bytes = b""


class Been(msgspec.Struct, frozen=True, array_like=True):
    """Where units have been (`cop.picture.trails`): keys by number, packed points, when their places were taken back.

    It moves no unit.
    """

    units: list[tuple[str, str]]
    points: bytes
    partings: dict[int, list[float]] = {}


class Batch(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """`positions` holds the newest position of each unit that moved (`POSITION_ROW` records, packed);

    `fields` is what was said beside positions, where that has changed; it may come some pulses later.
    `reports` holds every other report, in the order of arrival. `epoch` changes when the feed process was
    restarted and numbers its slots anew. All that the journal's records say up to number `upto` is in this batch or in
    one before it, and nothing later; the last of them was received at `upto_at` (epoch seconds). `aside` is there in a
    batch that says all that stands: it is for an empty picture.
    """

    epoch: int = 0
    upto: int = 0
    upto_at: float = 0.0
    #: how many records of this batch a replay has to read in full, one by one
    in_full: int = 0
    tracks: list[TrackName] = []
    positions: bytes = b""
    fields: list[PositionFields] = []
    reports: list[Report] = []
    health: list[FeedHealth] = []
    broker: BrokerState | None = None
    delivered: list[Delivered] = []
    refusals: list[RefusedWord] = []
    upsets: list[Upset] = []
    settled: Settled | None = None
    aside: Aside | None = None
    been: Been | None = None

    def position_rows(self) -> NDArray[Any]:
        """The packed positions as an array of `POSITION_ROW`, shape (n,)."""
        return np.frombuffer(self.positions, dtype=POSITION_ROW)
