"""What the journal's notes say is not there: records that were lost, and those that were let go of."""

import math

import msgspec

from cop.journal.moments import iso

_DIGEST_BYTES = 32
_WORDS = 300


class Letting(msgspec.Struct, frozen=True):
    """What a DROPPED note says: which records were let go of, and the digest of the last, in hexadecimal."""

    from_number: int
    to_number: int
    hash: str


class Loss(msgspec.Struct, frozen=True):
    """What a GAP note says: which numbers it stands for, how many records are not kept, from when to when, why."""

    from_number: int
    to_number: int
    begin: float = math.nan
    end: float = math.nan
    records: int = 0
    why: str = ""


def letting_in(payload: bytes) -> Letting | None:
    """What a note says was let go of; None if it is no such note."""
    try:
        letting = msgspec.json.decode(payload, type=Letting)
        return letting if len(bytes.fromhex(letting.hash)) == _DIGEST_BYTES else None
    except (msgspec.MsgspecError, RecursionError, ValueError):
        return None


def loss_in(payload: bytes) -> Loss | None:
    """What a note says was lost; None if it is no such note."""
    try:
        return msgspec.json.decode(payload, type=Loss)
    except (msgspec.MsgspecError, RecursionError):
        return None


def loss_words(number: int, payload: bytes) -> str:
    """The note of this number in a sentence."""
    loss = loss_in(payload)
    if loss is None:
        return f"record {number} says that something was not recorded"
    why = "".join(one if one.isprintable() else " " for one in loss.why)[:_WORDS]
    if not loss.records:
        return f"record {number} says why the record breaks off before it: {why}"
    when = f"from {iso(loss.begin) or '?'} to {iso(loss.end) or '?'}"
    return f"record {number} says that {loss.records:,} records {when} were not kept: {why}"
