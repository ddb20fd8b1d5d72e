"""JSON from the network: no NaN, no infinity, no duplicate keys, no depth that ends the process."""

import json
import re
from collections.abc import Iterator
from typing import Any, TypeVar

import msgspec
import numpy as np

from cop.feeds.adapters.adapter import Recorded
from cop.feeds.message import BadMessage

T = TypeVar("T")
_MAX_DEPTH = 64
_TEXT = re.compile(rb'"(?:[^"\\]|\\.)*"', re.DOTALL)
_NO_BRACKET = bytes(set(range(256)) - set(b"[]{}"))
_NO_STRUCTURE = bytes(set(range(256)) - set(b'[]{}"\\'))
#: Digits as 0: no number is too large to be finite, and the parser's own floats will do, where none looks like these.
_DIGITS = bytes.maketrans(b"123456789E", b"000000000e")
_LARGE = (b"0e0", b"0e+", b"0" * 300)
_BLANK_BEFORE_COLON = re.compile(rb"[\x00-\x20]:")
_BYTE_ORDER_MARK = b"\xef\xbb\xbf"
_ANYTHING = msgspec.json.Decoder()
_DIGITS_ALONE = b"0123456789"
_SHAPE_LENGTH, _SHAPES_REMEMBERED = 2048, 10_000
_KEY = re.compile(rb'"([A-Za-z0-9_-]+)"\s*:')


def loads(payload: bytes) -> Any:
    """Parse JSON (RFC 8259) strictly. Raises BadMessage."""
    _check_depth(payload)
    digits = payload.translate(_DIGITS)
    parse_float = _finite if any(large in digits for large in _LARGE) else None
    try:
        return json.loads(
            payload, object_pairs_hook=_no_duplicates, parse_constant=_no_constant, parse_float=parse_float
        )
    except BadMessage:
        raise
    except RecursionError:
        raise BadMessage("JSON is nested too deeply") from None
    except ValueError:  # covers JSONDecodeError, UnicodeDecodeError and int digits beyond the interpreter's limit
        raise BadMessage("not JSON") from None


def decode(payload: bytes, decoder: msgspec.json.Decoder[T]) -> T:
    """Decode and validate in one pass; duplicate keys of a flat object are refused. Raises BadMessage."""
    _check_depth(payload)
    try:
        decoded = decoder.decode(payload)
    except msgspec.ValidationError as error:
        raise BadMessage(validation_reason(error)) from None
    except msgspec.DecodeError:
        raise BadMessage("not JSON") from None
    except RecursionError:
        raise BadMessage("JSON is nested too deeply") from None
    except UnicodeDecodeError:
        raise BadMessage("not UTF-8") from None
    return decoded


def checked(payload: bytes, decoder: msgspec.json.Decoder[T]) -> T:
    """Decode and validate what is known to be strict JSON, or a part of it. Raises BadMessage."""
    try:
        return decoder.decode(payload)
    except msgspec.MsgspecError:
        return decode(payload, decoder)  # tells why


def quick(payload: bytes) -> Any:
    """As `loads`, in half the time: a parser that does not look at repeated keys, and a count that tells of them.

    Raises BadMessage.
    """
    try:
        parsed = _ANYTHING.decode(payload.removeprefix(_BYTE_ORDER_MARK))
    except RecursionError:
        raise BadMessage("JSON is nested too deeply") from None
    except (msgspec.MsgspecError, UnicodeDecodeError):
        raise BadMessage("not JSON") from None
    # No lone surrogate is left here: the quick parser refuses them, the other one does not.
    return parsed if _keys_of(parsed) == _colons_after_texts(payload) else loads(payload)


def converted(parsed: Any, kind: type[T]) -> T:
    """A parsed value as a struct, validated. Raises BadMessage."""
    try:
        return msgspec.convert(parsed, kind)
    except msgspec.ValidationError as error:
        raise BadMessage(validation_reason(error)) from None


def _keys_of(value: Any) -> int:
    """How many members all objects of a JSON value have. Raises BadMessage if it is nested too deeply."""
    count, level = 0, [value]
    for _ in range(_MAX_DEPTH):
        below: list[Any] = []
        for one in level:
            if type(one) is dict:
                count += len(one)
                inside: Any = one.values()
            elif type(one) is list:
                inside = one
            else:
                continue
            for inner in inside:
                if type(inner) is dict or type(inner) is list:
                    below.append(inner)  # noqa: PERF401 - a comprehension for each of many small ones is slower
        if not below:
            return count
        level = below
    raise BadMessage("JSON is nested too deeply")


def _keys(value: Any) -> Iterator[str]:
    """The keys of every object in a JSON value that is not nested too deeply."""
    if isinstance(value, dict):
        yield from value
    for inner in value.values() if isinstance(value, dict) else value if isinstance(value, list) else ():
        yield from _keys(inner)


def _colons_after_texts(payload: bytes) -> int:
    """How often `":` stands in a payload: no less than it has keys. -1 where a blank stands before a colon."""
    if len(payload) < 4096:
        return -1 if _BLANK_BEFORE_COLON.search(payload) else payload.count(b'":')
    octets = np.frombuffer(payload, np.uint8)
    before = octets[np.flatnonzero(octets == ord(":")) - 1].tobytes()
    return -1 if any(blank in before for blank in b" \t\r\n") else before.count(b'"')


class Shapes:
    """The shapes of a feed's messages, digits left out: what one was checked for need not be looked for in the next.

    Two payloads of one shape have the same brackets and the same keys, unless a key holds a digit.
    """

    def __init__(self) -> None:
        self._known: set[bytes] = set()

    def decode(self, payload: bytes, decoder: msgspec.json.Decoder[T]) -> T:
        """As `decode`, and a key that stands twice in an object of any depth is refused. Raises BadMessage."""
        shape = payload.translate(None, _DIGITS_ALONE)
        if shape not in self._known:
            self._check(payload, shape)
        try:
            return decoder.decode(payload)
        except msgspec.MsgspecError:
            return decode(payload, decoder)  # tells why

    def _check(self, payload: bytes, shape: bytes) -> None:
        if len(payload) > _SHAPE_LENGTH:
            quick(payload)
            return
        parsed = loads(payload)
        # The digits of an escape (\u006c) make letters, and so keys.
        if b"\\u" not in shape and not any(any(map(str.isdigit, key)) for key in _keys(parsed)):
            if len(self._known) >= _SHAPES_REMEMBERED:
                self._known.clear()  # a sender whose texts are never the same gains nothing
            self._known.add(shape)


def flat_keys_repeat(payload: bytes) -> bool:
    """Whether a flat JSON object names a key twice. An escaped quote inside a text cannot look like a key."""
    keys = _KEY.findall(payload)
    return len(keys) != len(set(keys))


def _check_depth(payload: bytes) -> None:
    """How deep a parser goes before it gives up differs from one Python to the next; this does not."""
    if payload.count(b"[") + payload.count(b"{") <= _MAX_DEPTH:
        return
    structure = payload.translate(None, _NO_STRUCTURE)
    if b"\\" in structure:
        brackets = _TEXT.sub(b"", payload).translate(None, _NO_BRACKET)
    else:  # every second piece between quotes is a text
        brackets = b"".join(structure.split(b'"')[::2])
    depth = 0
    for bracket in brackets:
        depth += 1 if bracket in b"[{" else -1
        if depth > _MAX_DEPTH:
            raise BadMessage("JSON is nested too deeply")


def validation_reason(error: msgspec.ValidationError) -> str:
    """msgspec's own words; they name the field and the rule, never a value longer than a word."""
    return str(error)[:160]


def lines(data: bytes) -> Iterator[Recorded]:
    """Cut a recorded file into one message a line if each line is a JSON object, else one message."""
    rows = [row for row in data.splitlines() if row.strip()]
    if len(rows) > 1 and all(row.lstrip().startswith(b"{") and row.rstrip().endswith(b"}") for row in rows):
        for row in rows:
            yield Recorded(None, row)
    else:
        yield Recorded(None, data)


def _no_duplicates(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) != len(pairs):
        raise BadMessage("a key stands twice in one object")
    return found


def _no_constant(_name: str) -> float:
    raise BadMessage("NaN or infinity is no JSON number")


def _finite(text: str) -> float:
    number = float(text)
    if number in (float("inf"), float("-inf")):
        raise BadMessage("a number is out of range")
    return number
