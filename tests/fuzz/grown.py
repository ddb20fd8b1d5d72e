"""Messages grown to 1 MiB: how long the worst of each format takes, and how much memory.

Each of our own good messages is grown where it can grow: a list by its elements, an element by its children, a file
by its lines, a text by itself, a protobuf by its fields (whose repetition is valid); ids are told apart by a number.
"""

import copy
import ctypes
import itertools
import json
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, NamedTuple

from lxml import etree

from cop.feed_loop import collect_seldom
from cop.feeds.adapters.adapter import Adapter
from cop.feeds.message import BadMessage, Message

from ..feeds.payloads import RECEIVED_AT, Case, cases

SIZE = 1 << 20
_WORTH_ANOTHER_LOOK_MS = 40.0
_PLACE = "the-place-of-many"
_IDS = ("id", "uid", "identifier", "hex", "mmsi", "name", "uniqueId", "guid")


class Cost(NamedTuple):
    """The worst of a format: which message, grown how, milliseconds of one core, MiB at the peak."""

    case: str
    ms: float
    mib: float
    size: int


def grown(case: Case) -> Iterator[tuple[str, bytes]]:
    """Every way in which a message grows to about 1 MiB."""
    payload = case.payload
    begin = payload.lstrip()[:1]
    if begin in (b"{", b"["):
        yield from _grown_json(payload)
    elif begin == b"<":
        yield from _grown_xml(payload)
    elif payload:
        yield "repeated", (payload + (b"" if payload.endswith(b"\n") else b"\n")) * (SIZE // (len(payload) + 1))
        yield "repeated without a break", payload * (SIZE // len(payload))


def worst(form: str) -> Cost | None:
    """The most expensive message of a format, as in the feed process; None where it has none of its own."""
    collect_seldom()
    found: Cost | None = None
    for case in cases():
        if case.format != form or not case.expected.get("reports"):
            continue
        for how, payload in grown(case):
            message = Message(case.expected.get("topic", ""), payload, RECEIVED_AT)
            ms, mib = _cost(case.adapter, message)
            for _ in range(2):
                if ms > _WORTH_ANOTHER_LOOK_MS:
                    ms = min(ms, _cost(case.adapter, message)[0])
            if found is None or (ms, mib) > (found.ms, found.mib):
                found = Cost(f"{case.name}, {how}", ms, max(mib, found.mib if found else 0.0), len(payload))
            elif mib > found.mib:
                found = found._replace(mib=mib)
    return found


def _decode(adapter: Adapter, message: Message) -> object:
    try:
        return adapter.decode(message)
    except BadMessage as bad:
        return bad.reports


def _cost(adapter: Adapter, message: Message) -> tuple[float, float]:
    """Milliseconds, and MiB that the process grows by at its peak; 0 where the system does not tell (not Linux)."""
    status, marks = Path("/proc/self/status"), Path("/proc/self/clear_refs")
    before = peak = 0
    try:
        _give_back()
        marks.write_text("5")
        before = _kib(status, "VmRSS")
    except OSError:
        pass
    begin = time.process_time()
    made = _decode(adapter, message)
    ms = (time.process_time() - begin) * 1000
    if before:
        peak = _kib(status, "VmHWM")
    del made
    return ms, max(0, peak - before) / 1024


def _give_back() -> None:
    """Return freed memory to the system, or the next message would seem to need none."""
    trim = getattr(ctypes.CDLL(None), "malloc_trim", None)  # glibc's
    if trim is not None:
        trim(0)


def _kib(status: Path, key: str) -> int:
    return next(int(line.split()[1]) for line in status.read_text().splitlines() if line.startswith(key))


def _grown_json(payload: bytes) -> Iterator[tuple[str, bytes]]:
    try:
        whole = json.loads(payload)
    except ValueError:  # several lines of JSON
        yield "lines repeated", (payload.rstrip() + b"\n") * (SIZE // (len(payload) + 1))
        return
    for path, value in _walk(whole, ()):
        if isinstance(value, list) and value:
            yield f"many at {'.'.join(path)}", _with_json(whole, path, value)
        elif isinstance(value, str) and value:
            yield f"a long text at {'.'.join(path)}", _changed(whole, path, (value + " ") * (SIZE // (len(value) + 1)))
        elif isinstance(value, dict) and len(path) < 3:
            extra = {f"x{number}": number for number in range(SIZE // 16)}
            yield f"many keys at {'.'.join(path)}", _changed(whole, path, {**value, **extra})


def _with_json(whole: Any, path: tuple[str, ...], value: list[Any]) -> bytes:
    """The whole with as many elements at a path as there is room for, told apart where they have ids."""
    pieces: list[bytes] = []
    size = 0
    for number, element in zip(itertools.count(), itertools.cycle(value)):
        one = element
        if isinstance(element, dict):
            one = {key: _told_apart(key, inner, number) for key, inner in element.items()}
        pieces.append(json.dumps(one).encode())
        size += len(pieces[-1]) + 2
        if size > SIZE - 4000:
            break
    return _changed(whole, path, _PLACE).replace(b'"%s"' % _PLACE.encode(), b"[" + b", ".join(pieces) + b"]")


def _told_apart(key: str, value: Any, number: int) -> Any:
    if key not in _IDS or isinstance(value, bool):
        return value
    return f"{value}{number}" if isinstance(value, str) else value + number if isinstance(value, int) else value


def _changed(whole: Any, path: tuple[str, ...], value: Any) -> bytes:
    if not path:
        return json.dumps(value).encode()[: SIZE + 2000]
    new = copy.deepcopy(whole)
    at = new
    for key in path[:-1]:
        at = at[int(key)] if isinstance(at, list) else at[key]
    if isinstance(at, list):
        at[int(path[-1])] = value
    else:
        at[path[-1]] = value
    return json.dumps(new).encode()


def _walk(value: Any, path: tuple[str, ...]) -> Iterator[tuple[tuple[str, ...], Any]]:
    yield path, value
    if len(path) > 6:
        return
    items = value.items() if isinstance(value, dict) else enumerate(value[:1]) if isinstance(value, list) else ()
    for key, inner in items:
        yield from _walk(inner, (*path, str(key)))


def _grown_xml(payload: bytes) -> Iterator[tuple[str, bytes]]:
    try:
        root = etree.fromstring(payload.lstrip())
    except etree.XMLSyntaxError:  # several documents
        yield "repeated", payload * (SIZE // len(payload))
        return
    yield "repeated", payload * (SIZE // len(payload))
    places = [one for one in root.iter() if isinstance(one.tag, str)]
    for place, element in enumerate(places):
        name = etree.QName(element).localname
        if place:
            yield f"many {name}", _repeated(root, place, element)
        if element.text and element.text.strip():
            text = element.text.strip() + " "
            yield f"a long {name}", _with_xml(root, place, lambda one, t=text: _lengthen(one, t))  # type: ignore[misc]  # as above


def _with_xml(root: Any, place: int, change: Callable[[Any], None]) -> bytes:
    new = copy.deepcopy(root)
    change([one for one in new.iter() if isinstance(one.tag, str)][place])
    return etree.tostring(new)


def _repeated(root: Any, place: int, element: Any) -> bytes:
    """The document with as many copies of an element beside it as there is room for; uids tell them apart."""
    without = _with_xml(root, place, lambda one: one.addprevious(etree.Comment(_PLACE)))
    piece = etree.tostring(element, with_tail=False)
    copies = max(1, (SIZE - len(without)) // len(piece))
    many = b"".join(piece.replace(b'uid="', b'uid="%d' % number, 1) for number in range(copies))
    return without.replace(b"<!--%s-->" % _PLACE.encode(), many)[: SIZE + 4000]


def _lengthen(element: Any, text: str) -> None:
    element.text = text * (SIZE // len(text))
