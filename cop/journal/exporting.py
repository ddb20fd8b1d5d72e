"""Records leave the journal as lines of JSON or as CSV: a block at a time, whatever the length of the stretch."""

import base64
import csv
import json
import math
import re
from collections.abc import Callable, Collection, Iterable, Iterator
from typing import Any, Literal, NamedTuple, TextIO

import msgspec
import numpy as np
from numpy.typing import NDArray

from cop.journal.block import Block
from cop.journal.moments import iso
from cop.journal.record import SNAPSHOT, Mark, Way

Form = Literal["jsonl", "csv"]
COLUMNS = (
    "number",
    "received_at",
    "said_at",
    "way",
    "feed",
    "agency",
    "format",
    "topic",
    "kind",
    "marks",
    "payload",
    "payload_is",
)
MIXED = "mixed"

_DEEPEST = 64  # what is nested deeper is text: not every reader of JSON survives it
_BRACKETS = re.compile(rb'"(?:[^"\\]|\\.)*"|[\[\]{}]', re.DOTALL)
_CONTROLS = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f]")
_UNSEEN = re.compile(
    r"[\x00-\x1f\x7f-\x9f\u2028\u2029\ud800-\udfff]"
)  # terminals obey some, readers of lines break at others
_FORMULA = ("=", "+", "-", "@", "\t", "\r", "\uff1d", "\uff0b", "\uff0d", "\uff20")
_WAYS = [next((way.name.lower() for way in Way if way == n), str(n)) for n in range(256)]
_MARKS = [" ".join(one.name.lower() for one in Mark(n) if one.name) for n in range(256)]
_RAW = msgspec.json.Decoder(msgspec.Raw)
_TEXT = msgspec.json.Encoder()


class Wanted(NamedTuple):
    """Which records: received from `since` to `until` (both included, epoch seconds), of these agencies and kinds.

    Empty agencies or kinds are all of them. A record of several kinds ("mixed") comes along with each kind: it may hold
    it. Snapshots, which the desk makes for itself, come only where their kind is named.
    """

    since: float = -math.inf
    until: float = math.inf
    agencies: Collection[str] = ()
    kinds: Collection[str] = ()

    def of(self, block: Block) -> NDArray[np.intp]:
        """The indices of those records of a block."""
        at = block.received_at
        wanted = (at >= self.since) & (at <= self.until)
        kinds = {*self.kinds, MIXED} if self.kinds else {*block.kinds} - {SNAPSHOT}
        wanted &= np.array([one in kinds for one in block.kinds], dtype=bool)[block.kind]
        if self.agencies:
            by_source = [one.agency in self.agencies for one in block.sources]
            named = np.array(by_source, dtype=bool)[block.source]
            nameless = np.array([not one.agency for one in block.sources], dtype=bool)[block.source]
            if nameless.any():  # of too many agencies: the topic still says which
                by_topic = [not {*topic.split("/")}.isdisjoint(self.agencies) for topic in block.topics]
                named |= nameless & np.array(by_topic, dtype=bool)[block.topic]
            wanted &= named
        return np.flatnonzero(wanted)


class Exported(NamedTuple):
    """How many records went out, and how many of them are of several kinds."""

    records: int
    mixed: int


def export(blocks: Iterable[Block], wanted: Wanted, form: Form, out: TextIO) -> Exported:
    """Write what is wanted of these blocks, in order."""
    line_of = _jsonl if form == "jsonl" else _csv
    if form == "csv":
        out.write(",".join(COLUMNS) + "\r\n")
    records = mixed = 0
    for block in blocks:
        chosen = wanted.of(block)
        if not len(chosen):
            continue
        records += len(chosen)
        mixed += sum(
            int(np.count_nonzero(block.kind[chosen] == n)) for n, one in enumerate(block.kinds) if one == MIXED
        )
        line_of(block, chosen.tolist(), out)
    return Exported(records, mixed)


def payload_as_text(payload: bytes) -> tuple[str, Literal["json", "text", "base64"]]:
    """A payload as a reader can take it, without loss: JSON as it was written on one line, text, or base64."""
    try:
        text = payload.decode()
    except UnicodeDecodeError:
        return base64.b64encode(payload).decode(), "base64"
    try:
        _RAW.decode(payload)
        if _depth_is_fair(payload):
            text = text.replace("\r", " ").replace("\n", " ").strip()  # in JSON they stand between words alone
            return _UNSEEN.sub(_escaped, text.replace("\t", " ")), "json"
    except (msgspec.MsgspecError, RecursionError):
        pass
    if _CONTROLS.search(text):
        return base64.b64encode(payload).decode(), "base64"
    return text, "text"


def safe_cell(text: str) -> str:
    """A cell that no spreadsheet takes for a formula: an apostrophe stands before what it would calculate."""
    return "'" + text if text.lstrip(" ").startswith(_FORMULA) else text


def _escaped(unseen: re.Match[str]) -> str:
    return f"\\u{ord(unseen[0]):04x}"


def _depth_is_fair(payload: bytes) -> bool:
    if payload.count(b"[") + payload.count(b"{") <= _DEEPEST:
        return True
    depth = 0
    for one in _BRACKETS.finditer(payload):
        depth += {b"[": 1, b"{": 1, b"]": -1, b"}": -1}.get(one[0], 0)
        if depth > _DEEPEST:
            return False
    return True


def _rows(block: Block, chosen: Iterable[int], quoted: Callable[[str], str]) -> Iterator[tuple[Any, ...]]:
    """Per record its number, times, way, and all texts through `quoted`; the payload and what it is, as they are."""
    sources = [tuple(map(quoted, one)) for one in block.sources]
    topics, kinds = list(map(quoted, block.topics)), list(map(quoted, block.kinds))
    for n in chosen:
        said_at = float(block.said_at[n])
        yield (
            block.first + n,
            iso(float(block.received_at[n])),
            iso(said_at) or ("" if math.isnan(said_at) else repr(said_at)),
            _WAYS[block.way[n]],
            *sources[block.source[n]],
            topics[block.topic[n]],
            kinds[block.kind[n]],
            _MARKS[block.marks[n]],
            *payload_as_text(block.payload(n)),
        )


def _jsonl(block: Block, chosen: Iterable[int], out: TextIO) -> None:
    for number, at, said, way, feed, agency, form, topic, kind, marks, payload, is_ in _rows(block, chosen, _quoted):
        out.write(
            f'{{"number":{number},"received_at":"{at}","said_at":{_quoted(said) if said else "null"},"way":"{way}",'
            f'"feed":{feed},"agency":{agency},"format":{form},"topic":{topic},"kind":{kind},"marks":"{marks}",'
            f'"payload":{payload if is_ == "json" else _quoted(payload)},"payload_is":"{is_}"}}\n'
        )


def _csv(block: Block, chosen: Iterable[int], out: TextIO) -> None:
    writer = csv.writer(out, lineterminator="\r\n")
    for *front, payload, is_ in _rows(block, chosen, lambda text: safe_cell(_UNSEEN.sub(_escaped, text))):
        writer.writerow([*front, safe_cell(payload), is_])


def _quoted(text: str) -> str:
    try:
        said = _TEXT.encode(text).decode()
    except UnicodeEncodeError:  # half a surrogate pair in a topic
        said = json.dumps(text, ensure_ascii=False)
    return _UNSEEN.sub(_escaped, said)
