"""What a controller and a running exercise say to each other, and what of it is put on record.

Below `exercise/<name>/control/`, apart from every agency's tree, so that no participant's desk hears it: `order` from
the controller; `state`, `acts` and `presence` (the last will) from the exercise, retained. An order names the run
and the number of the state that the controller saw when it was given: what comes late, or twice, or is of another run,
is not obeyed, whatever clocks say.

A controller's desk puts each `Act` into its journal as a note of kind `control` (`CONTROL`).
"""

from typing import Annotated, Literal, TypeVar

import msgspec

from cop.domain.statement import Identifier, Latitude, Longitude, Moment

#: the kind of the journal's notes that hold an Act
CONTROL = "control"
#: the fastest that an exercise may run, and the slowest
RATES = (0.1, 100.0)
#: nothing that is said is longer
MAX_BYTES = 1024 * 1024

Word = Annotated[str, msgspec.Meta(max_length=256)]
Rate = Annotated[float, msgspec.Meta(ge=RATES[0], le=RATES[1])]
Count = Annotated[int, msgspec.Meta(ge=0, le=2**53)]
What = Literal[
    "started",
    "continued",
    "ended",
    "paused",
    "resumed",
    "rate",
    "fired",
    "skipped",
    "taken_over",
    "given_back",
    "answered",
    "status",
    "moved",
    "wrote",
]
#: acts that concern the exercise's time
OF_TIME = frozenset({"started", "continued", "paused", "resumed", "rate"})
By = Literal["time", "condition", "hand"]


class Act(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """Something that became of an exercise: the note's JSON.

    `at` is the moment, `t` the exercise's second. `inject` is fired or skipped, `by` what fired it; `agency` is the one
    that was taken over or given back, or that spoke by the controller's hand; `rate` the new speed; `words` say what.
    `order` is the order that an agency's word or move by hand came of, as it was given.
    """

    at: Moment
    t: float
    act: What
    by: By = "hand"
    inject: Word = ""
    agency: Word = ""
    rate: float | None = None
    words: Word = ""
    order: str = ""


class InjectState(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """How far an inject is: waiting, due at `due_t` (its condition holds), fired or skipped at second `t`."""

    id: Word
    state: Literal["waiting", "due", "fired", "skipped"] = "waiting"
    due_t: float | None = None
    t: float | None = None
    at: Moment | None = None
    by: By | None = None


class Result(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """What became of an order: done, or why not."""

    id: Word
    refused: Word = ""


class State(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """How an exercise stands. `run` names this performance, `n` counts its states, `t` is its second at `at`.

    `results` are those of the last orders.
    """

    run: Word
    n: Count
    at: Moment
    name: Word
    title: Word = ""
    seed: int = 1
    t: float = 0.0
    rate: Rate = 1.0
    paused: bool = False
    duration_s: float = 0.0
    injects: tuple[InjectState, ...] = ()
    taken_over: tuple[Word, ...] = ()
    results: tuple[Result, ...] = ()
    ended: bool = False


class Acts(msgspec.Struct, frozen=True, kw_only=True):
    """What has happened in a performance, oldest first: the last few hundred, and all that concerns its time."""

    run: Word
    acts: tuple[Act, ...]


class Presence(msgspec.Struct, frozen=True, kw_only=True):
    """Whether the exercise is there; `online` false is its last will."""

    run: Word
    online: bool


class _Order(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True, tag_field="order"):
    """One order: its id, the run it is for, and the state that was seen when it was given."""

    id: Identifier
    run: Word
    seen: Count


class Pause(_Order, frozen=True, kw_only=True, tag="pause"):
    """Let the exercise's time stand."""


class Resume(_Order, frozen=True, kw_only=True, tag="resume"):
    """Let it go on, or begin."""


class SetRate(_Order, frozen=True, kw_only=True, tag="rate"):
    """So many seconds of the exercise a second from now on."""

    rate: Rate


class Fire(_Order, frozen=True, kw_only=True, tag="fire"):
    """Fire an inject now."""

    inject: Word


class Skip(_Order, frozen=True, kw_only=True, tag="skip"):
    """Leave an inject out."""

    inject: Word


class TakeOver(_Order, frozen=True, kw_only=True, tag="take_over"):
    """Play an agency by hand: its automatic answers stop."""

    agency: Word


class GiveBack(_Order, frozen=True, kw_only=True, tag="give_back"):
    """Let an agency play by itself again."""

    agency: Word


class AnswerTask(_Order, frozen=True, kw_only=True, tag="answer"):
    """What an agency that was taken over says to a request; `offers` is the unit (id) that a counter offers."""

    agency: Word
    asker: Word
    task: Word
    state: Word
    reason: Annotated[str, msgspec.Meta(max_length=2_000)] = ""
    offers: Word = ""


class SetStatus(_Order, frozen=True, kw_only=True, tag="status"):
    """What a unit (id) of an agency that was taken over does."""

    agency: Word
    unit: Word
    status: Word


class MoveUnit(_Order, frozen=True, kw_only=True, tag="move"):
    """Where a unit (id) of an agency that was taken over is to go."""

    agency: Word
    unit: Word
    lat: Latitude
    lon: Longitude


class Write(_Order, frozen=True, kw_only=True, tag="write"):
    """A log line as an agency that was taken over, or as the control cell."""

    agency: Word
    text: Annotated[str, msgspec.Meta(min_length=1, max_length=2_000)]
    to: Annotated[tuple[Word, ...], msgspec.Meta(max_length=100)] = ()
    incident_agency: Word = ""
    incident: Word = ""


Order = (
    Pause | Resume | SetRate | Fire | Skip | TakeOver | GiveBack | AnswerTask | SetStatus | MoveUnit | Write
)  # one of these stands on the topic `order`

_Read = TypeVar("_Read")
_ORDERS = msgspec.json.Decoder(Order)
_STATES = msgspec.json.Decoder(State)
_HISTORIES = msgspec.json.Decoder(Acts)
_PRESENCES = msgspec.json.Decoder(Presence)
_ACTS = msgspec.json.Decoder(Act)


def control_topic(name: str, kind: Literal["order", "state", "acts", "presence"]) -> str:
    """Where an exercise is controlled from; no participant's feed reaches there."""
    return f"exercise/{name}/control/{kind}"


def read_order(payload: bytes) -> Order | None:
    """An order, None for what is none."""
    return _read(_ORDERS, payload)


def read_state(payload: bytes) -> State | None:
    """A state, None for what is none."""
    return _read(_STATES, payload)


def read_acts(payload: bytes) -> Acts | None:
    """What has happened, None for what does not say."""
    return _read(_HISTORIES, payload)


def read_presence(payload: bytes) -> Presence | None:
    """Whether the exercise is there, None for what does not say."""
    return _read(_PRESENCES, payload)


def read_act(payload: bytes) -> Act | None:
    """A note of kind `control` of the journal, None for what is none."""
    return _read(_ACTS, payload)


def written(word: msgspec.Struct) -> bytes:
    """As it goes over the wire, or into the journal."""
    return msgspec.json.encode(word)


def _read(decoder: "msgspec.json.Decoder[_Read]", payload: bytes) -> _Read | None:
    if len(payload) > MAX_BYTES:
        return None
    try:
        return decoder.decode(payload)
    except (msgspec.MsgspecError, ValueError, RecursionError):  # ValueError: no UTF-8
        return None
