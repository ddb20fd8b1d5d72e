"""What desktop and replay process say to one another."""

from typing import Literal

import msgspec

from cop.domain.batch import Batch

Act = Literal["look", "seek", "play", "pause", "step", "close"]


class Ask(msgspec.Struct, frozen=True, kw_only=True, tag="ask"):
    """What the desktop wants. Times in epoch seconds.

    look: tell the `Span` anew (the journal is still being written). seek: the picture at `at`. play: go on from there
    `speed` times as fast as it was (1 to 60). step: to the next event that is no position (`step` 1), or the one before
    (-1). `reader` is the agency through whose eyes it is seen (share clauses applied), empty for our own. `as_true`
    adds what was true at the time but heard later. Each answer carries the `number` of what it answers.

    `at` 0 is where it stands. Other eyes than before are a seek too. Of several seeks that wait the last is answered.
    """

    number: int
    act: Act
    at: float = 0.0
    speed: float = 1.0
    step: int = 1
    reader: str = ""
    as_true: bool = False


class TimeMark(msgspec.Struct, frozen=True, array_like=True):
    """Something worth finding on the time bar: `kind` is incident, task, alert, conflict, control, gap or clock."""

    at: float
    kind: str
    agency: str
    id: str
    words: str


class Gap(msgspec.Struct, frozen=True, array_like=True):
    """A stretch of time of which nothing is on record, and why."""

    begin: float
    end: float
    why: str


class Span(msgspec.Struct, frozen=True, kw_only=True, tag="span"):
    """What there is to be seen: from when to when, what stands on the bar, where nothing was recorded."""

    number: int
    first_at: float
    last_at: float
    marks: list[TimeMark] = []
    gaps: list[Gap] = []


class Late(msgspec.Struct, frozen=True, array_like=True):
    """A report of a time before `Frame.at` that was heard only after it: said and heard, epoch seconds."""

    kind: str
    agency: str
    id: str
    said_at: float
    heard_at: float


class Frame(msgspec.Struct, frozen=True, kw_only=True, tag="frame"):
    """The past up to `at`: a batch as live work brings it. `anew`: all that stood before is over, the batch says all.

    `event` names in words what a step came to. `late` are, where true and known differ, what was not known yet.
    `trouble` says why it cannot be shown, or what of it cannot; empty is well. `playing` is False once the end is
    reached. A seek is answered by several frames that come together: what stood, and then what was said since.
    """

    number: int
    at: float
    batch: Batch
    anew: bool = False
    playing: bool = False
    event: str = ""
    late: list[Late] = []
    trouble: str = ""


Said = Span | Frame
