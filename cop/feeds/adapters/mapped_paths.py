"""Where a field of ours stands in a message of theirs: the paths of a mapping (`docs/mapping.md`).

`location.lat`, `units[0].id`, `units[].id` (of every unit), `"key.with.dots".lat`, `$.header.sent` (from the top),
`^.number` (of the object around), `@key` (under which name the object stands), `topic:2` (level of the topic, from 1),
`last | first` (the first of both that is there), `"{type} {number}"` (a text of several).
"""

import re
from collections.abc import Iterator, Sequence
from typing import Any, NamedTuple

ALL = -1 << 30
_TOKEN = re.compile(r'"(?P<quoted>[^"]*)"|\[(?P<index>-?\d{0,6})\]|(?P<star>\*)|(?P<dot>\.)|(?P<name>[^."\[\]*]+)')
_TOPIC = re.compile(r"topic:(-?[1-9]\d?)")
_PIECES = re.compile(r"\{([^{}]*)\}")
_MOST_JOINED = 100

Step = str | int
#: a place in one message: the steps from its top
Location = tuple[Step, ...]


class Seen(NamedTuple):
    """One object of a message, and what stands around it, outermost first; the message itself if nothing does."""

    item: Any
    around: tuple[tuple[Any, Location], ...]
    at: Location
    key: str
    topic: Sequence[str]

    @property
    def top(self) -> tuple[Any, Location]:
        """The whole message."""
        return self.around[0] if self.around else (self.item, self.at)


class Path:
    """One alternative of a path: from where, and which steps."""

    def __init__(self, text: str, *, flat: bool = False) -> None:
        """`flat`: the text is a column's name as it stands. Raises ValueError for what is no path."""
        self.text = text
        self.level: int | None = None
        self.up = 0
        self.from_top = self.is_key = False
        self.steps: tuple[Step, ...] = ()
        if topic := _TOPIC.fullmatch(text.strip()):
            self.level = int(topic[1])
        elif flat:
            self.steps = (text.strip(),)
        elif text.strip() == "@key":
            self.is_key = True
        else:
            self._parse(text.strip())
        self._one = self.steps[0] if len(self.steps) == 1 and not (self.up or self.from_top) else None

    def _parse(self, text: str) -> None:
        while text == "^" or text.startswith("^."):
            self.up, text = self.up + 1, text[2:]
        if text == "$" or text.startswith("$."):
            self.from_top, text = True, text[2:]
        self.steps = steps_of(text) if text else ()
        if not (self.steps or self.up or self.from_top):
            raise ValueError("an empty path")

    def read(self, seen: Seen) -> Any:
        """The value there; None if there is none."""
        item = seen.item
        if self._one is not None and type(item) is dict:
            return item.get(self._one)
        if self.level is not None:
            return _topic_level(seen, self.level)
        if self.is_key:
            return seen.key or None
        start = self._start(seen)
        return _walk(start[0], self.steps) if start is not None else None

    def found(self, seen: Seen) -> list[Location]:
        """Where in the message the value stands."""
        if self.level is not None:
            return [("topic", self.level)]
        if self.is_key:
            return [seen.at]
        start = self._start(seen)
        return [] if start is None else [start[1] + steps for steps in _places(start[0], self.steps)]

    def below(self, each: tuple[Step, ...]) -> tuple[Step, ...] | None:
        """The steps from the message's top, where its objects stand at `each`; None for what is no part of it."""
        if self.level is not None or self.is_key:
            return None
        if self.from_top:
            return self.steps
        if self.up:
            at = [number for number, step in enumerate(each) if step == ALL]
            each = each[: at[-self.up - 1] + 1] if len(at) > self.up else ()
        return each + self.steps

    def _start(self, seen: Seen) -> tuple[Any, Location] | None:
        if self.from_top:
            return seen.top
        if self.up:
            return seen.around[-self.up] if len(seen.around) >= self.up else None
        return seen.item, seen.at


class Reader:
    """A path with its alternatives, or a text with paths in braces."""

    def __init__(self, text: str, *, flat: bool = False) -> None:
        """Raises ValueError for what is no path."""
        self.text = text
        self.paths: list[Path] = []
        self._texts: list[str] = []
        if "{" in text:
            self._texts = _PIECES.sub("\0", text).split("\0")
            names = _PIECES.findall(text)
            if "{" in "".join(self._texts) or "}" in "".join(self._texts):
                raise ValueError(f"a brace of {text!r} is not closed")
            self.readers = [Reader(name, flat=flat) for name in names]
            self.paths = [path for reader in self.readers for path in reader.paths]
        else:
            self.readers = []
            self.paths = [Path(one, flat=flat) for one in _alternatives(text)]

    def read(self, seen: Seen) -> Any:
        """The value; None where nothing of it is there."""
        if self.readers:
            return self._filled(seen)
        for path in self.paths:
            value = path.read(seen)
            if value is not None and value != "":
                return value
        return None

    def found(self, seen: Seen) -> list[Location]:
        """Where in the message what was read stands."""
        if self.readers:
            return [place for reader in self.readers for place in reader.found(seen)]
        for path in self.paths:
            value = path.read(seen)
            if value is not None and value != "":
                return path.found(seen)
        return []

    def _filled(self, seen: Seen) -> str | None:
        values = [text_of(reader.read(seen)) for reader in self.readers]
        if all(value is None for value in values):
            return None
        pieces = [self._texts[0]]
        for value, text in zip(values, self._texts[1:], strict=True):
            pieces += (value or "", text)
        return "".join(pieces).strip()


def columns_of(text: str) -> list[str]:
    """The columns that a path of a flat message names. Raises ValueError for what is no path."""
    return [str(path.steps[0]) for path in Reader(text, flat=True).paths if path.steps]


def steps_of(text: str) -> tuple[Step, ...]:
    """The steps of a path from where it begins. Raises ValueError."""
    steps: list[Step] = []
    at, dotted = 0, True
    while at < len(text):
        token = _TOKEN.match(text, at)
        if token is None:
            raise ValueError(f"{text!r} is no path")
        at = token.end()
        if token["dot"]:
            if dotted:
                raise ValueError(f"{text!r} has a dot too many")
            dotted = True
            continue
        if token["index"] is not None:
            steps.append(int(token["index"]) if token["index"] else ALL)
        elif token["star"]:
            steps.append(ALL)
        elif not dotted:
            raise ValueError(f"{text!r} lacks a dot")
        else:
            steps.append(token["quoted"] if token["quoted"] is not None else token["name"].strip())
        dotted = False
    if dotted or not steps:
        raise ValueError(f"{text!r} is no path")
    return tuple(steps)


def objects_at(message: Any, steps: tuple[Step, ...], topic: Sequence[str]) -> Iterator[Seen]:
    """Every object at `steps` of a message. A list at their end is all its members, whether `[]` says so or not."""
    yield from _objects(message, steps, Seen(message, (), (), "", topic))


def container_at(message: Any, steps: Sequence[Step]) -> Any:
    """What holds the objects: the value before the first `[]`; None if it is not there."""
    for step in steps:
        if step == ALL:
            break
        message = _step(message, step)
    return message


def _objects(value: Any, steps: tuple[Step, ...], seen: Seen) -> Iterator[Seen]:
    for number, step in enumerate(steps):
        if step == ALL:
            yield from _members(value, steps[number + 1 :], seen)
            return
        value = _step(value, step)
        if value is None:
            return
        seen = seen._replace(at=(*seen.at, step))
    if isinstance(value, list):
        yield from _members(value, (), seen)
    else:
        yield seen._replace(item=value)


def _members(value: Any, steps: tuple[Step, ...], seen: Seen) -> Iterator[Seen]:
    members = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    around = (*seen.around, (seen.item, seen.at if seen.around else ()))
    for key, member in members:
        at = (*seen.at, key)
        inner = Seen(member, around, at, str(key) if isinstance(value, dict) else "", seen.topic)
        yield from _objects(member, steps, inner) if steps else (inner,)


def _step(value: Any, step: Step) -> Any:
    if isinstance(step, str):
        return value.get(step) if isinstance(value, dict) else None
    return value[step] if isinstance(value, list) and -len(value) <= step < len(value) else None


def _walk(value: Any, steps: Sequence[Step]) -> Any:
    for number, step in enumerate(steps):
        if step == ALL:
            members = value.values() if isinstance(value, dict) else value if isinstance(value, list) else ()
            found = []
            for member in members:
                inner = _walk(member, steps[number + 1 :])
                if inner is not None:
                    found.append(inner)
                if len(found) >= _MOST_JOINED:
                    break
            return found or None
        value = _step(value, step)
        if value is None:
            return None
    return value


def _places(value: Any, steps: Sequence[Step]) -> Iterator[Location]:
    for number, step in enumerate(steps):
        if step == ALL:
            members = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
            for key, member in members:
                for rest in _places(member, steps[number + 1 :]):
                    yield (*steps[:number], key, *rest)
            return
        value = _step(value, step)
        if value is None:
            return
    yield tuple(steps)


def _topic_level(seen: Seen, level: int) -> str | None:
    at = level - 1 if level > 0 else level
    return seen.topic[at] if -len(seen.topic) <= at < len(seen.topic) else None


def text_of(value: Any) -> str | None:
    """A text, a figure or a flag as text; several with commas between them; None for what is none of these."""
    if isinstance(value, str):
        return value.strip() or None
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, int):
        return str(value) if -(10**40) < value < 10**40 else None
    if isinstance(value, float):
        return str(int(value)) if value.is_integer() and abs(value) < 1e15 else repr(value)
    if isinstance(value, list):
        return ", ".join(filter(None, map(text_of, value[:_MOST_JOINED]))) or None
    return None


def named(location: Location) -> str:
    """A location as its path: `units[0].id`."""
    if location[:1] == ("topic",) and len(location) == 2 and isinstance(location[1], int):
        return f"topic:{location[1]}"
    said = ""
    for step in location:
        if isinstance(step, int):
            said += f"[{step}]"
        else:
            said += ("." if said else "") + (f'"{step}"' if any(mark in step for mark in '.[]"|{}') else step)
    return said


def _alternatives(text: str) -> list[str]:
    found, quoted, start = [], False, 0
    for number, letter in enumerate(text):
        if letter == '"':
            quoted = not quoted
        elif letter == "|" and not quoted:
            found.append(text[start:number])
            start = number + 1
    found.append(text[start:])
    if any(not one.strip() for one in found):
        raise ValueError(f"{text!r} has an empty path")
    return found
