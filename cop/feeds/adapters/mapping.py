"""A mapping: what somebody without a programmer wrote down about a format that nobody has heard of (`docs/mapping.md`).

The options of formats `json` and `csv`. Everything is checked when the feed starts, and said in words that the one who
wrote it understands.
"""

from collections.abc import Callable, Iterable, Iterator, Sequence
from datetime import tzinfo
from difflib import get_close_matches
from typing import Annotated, Any, NamedTuple, TypeVar

import msgspec

from cop.feeds.adapters import mapped_values, readings
from cop.feeds.adapters.mapped_fields import CONVERTERS, FIELDS, NEEDED, RANGES, Convert, any_field
from cop.feeds.adapters.mapped_paths import ALL, Reader, Seen, Step, steps_of, text_of
from cop.feeds.adapters.vocabulary import Vocabulary
from cop.feeds.message import Feed

Made = TypeVar("Made")
#: of one message, where a feed says no other number: some 50 ms of the slowest mappings
PARTS_LIMIT = 500
_NOTHING_READ: dict[Step, Any] = {}
_MOST_LOSSES, _DEEPEST, _MOST_MEMBERS = 40, 8, 5


class Mapping(msgspec.Struct, forbid_unknown_fields=True):
    """One kind of report that a message makes: where its objects are, and which field of theirs is which of ours."""

    report: str = ""
    each: str = ""
    when: dict[str, str | int | float | bool | list[str | int | float | bool]] = {}
    fields: dict[str, str] = {}
    constants: dict[str, str | int | float | bool | list[str]] = {}
    units: dict[str, str] = {}
    times: dict[str, str] = {}
    unknown: dict[str, list[str | int | float | bool]] = {}
    ignore: list[str] = []


class MappingOptions(Mapping, forbid_unknown_fields=True):
    """The options that `json` and `csv` share: one mapping, or several as `reports`, which inherit all but `fields`."""

    reports: list[Mapping] = []
    bounds: readings.Bounds | None = None
    most: Annotated[int, msgspec.Meta(ge=1, le=20_000)] = PARTS_LIMIT

    def __post_init__(self) -> None:
        """Raises ValueError for what bounds no ground."""
        if self.bounds is not None:
            self.bounds.check()


class Field(NamedTuple):
    """One field of ours: where it is read, what says that it is unknown, what makes it ours."""

    name: str
    reader: Reader
    is_unknown: Callable[[Any], bool]
    convert: Convert


class Condition(NamedTuple):
    """Which objects a mapping is for."""

    reader: Reader
    values: frozenset[str]

    def holds(self, seen: Seen) -> bool:
        """Whether an object is one of those."""
        return (text_of(self.reader.read(seen)) or "").casefold() in self.values


class Said(NamedTuple):
    """What a mapping makes of one object."""

    values: dict[str, Any]
    losses: dict[str, str]
    unreadable: set[str]


class Compiled:
    """A mapping that has been checked and is ready to read."""

    def __init__(self, feed: Feed, mapping: Mapping, words: Vocabulary, where: str, *, flat: bool) -> None:
        self._where, self._flat = f"feed {feed.name}: {where}", flat
        self._zone: tzinfo = readings.zone_of(feed)
        self._words = words
        self.report = mapping.report
        if not self.report:
            raise self._wrong("report", f"says which kind of report is made: {', '.join(FIELDS)}")
        if self.report not in FIELDS:
            raise self._wrong("report", self._unknown_name(self.report, FIELDS, "kind of report"))
        self._kinds = FIELDS[self.report]
        self.each = self._checked("each", lambda: steps_of(mapping.each)) if mapping.each else ()
        self._check_names(mapping)
        self._unknown = mapping.unknown
        self.fields = [self._field(name, path, mapping) for name, path in mapping.fields.items()]
        self.constants = {name: self._constant(name, value, mapping) for name, value in mapping.constants.items()}
        self.conditions = [self._condition(path, values) for path, values in mapping.when.items()]
        self.ignored = [self._path(f"ignore: {path}", path) for path in mapping.ignore]
        self._check_needed()

    def said(self, seen: Seen) -> Said:
        """Our fields of one object; what could not be read is a loss."""
        values, losses, unreadable = dict(self.constants), {}, set()
        for name, reader, is_unknown, convert in self.fields:
            raw = reader.read(seen)
            if raw is None or is_unknown(raw):
                continue
            value = convert(raw)
            if value is None:
                losses[readings.loss(reader.text)] = readings.loss(raw)
                unreadable.add(name)
            else:
                values[name] = value
        return Said(values, losses, unreadable)

    def is_for(self, seen: Seen) -> bool:
        """Whether the mapping's conditions hold for an object."""
        return all(condition.holds(seen) for condition in self.conditions)

    def read_below(self) -> Iterator[tuple[Step, ...]]:
        """The steps from a message's top to everything that the mapping reads or ignores."""
        readers = [*(one.reader for one in self.fields), *(one.reader for one in self.conditions), *self.ignored]
        for path in (path for reader in readers for path in reader.paths):
            if (steps := path.below(self.each)) is not None:
                yield steps

    # ---- compiling

    def _field(self, name: str, text: str, mapping: Mapping) -> Field:
        reader = self._path(f"fields.{name}", text)
        return Field(name, reader, self._unknown_values(name), self._converter(name, mapping))

    def _path(self, where: str, text: str) -> Reader:
        return self._checked(where, lambda: Reader(text, flat=self._flat))

    def _condition(self, path: str, values: Any) -> Condition:
        listed = values if isinstance(values, list) else [values]
        texts = frozenset((text_of(value) or "").casefold() for value in listed)
        return Condition(self._path(f"when: {path}", path), texts)

    def _constant(self, name: str, value: Any, mapping: Mapping) -> Any:
        made = self._converter(name, mapping)(value)
        if made is None:
            raise self._wrong(f"constants.{name}", f"{value!r} is none")
        return made

    def _converter(self, name: str, mapping: Mapping) -> Convert:
        kind = self._kinds[name]
        if kind == "time":
            form = mapping.times.get(name) or mapping.times.get("any") or "auto"
            return lambda value: mapped_values.moment(value, form, self._zone)
        if kind == "place":
            form = mapping.units.get(name, "")
            return lambda value: mapped_values.place(value, form)
        if kind in ("figure", "angle"):
            default = "m" if name.endswith("_m") else "mps" if name.endswith("_mps") else "deg"
            read = mapped_values.scaled(name, mapping.units.get(name, default))
            if name == "course_deg":
                return lambda value: readings.course(read(value))
            low, high = RANGES.get(name, (-1e9, 1e9))
            return lambda value: readings.within(read(value), low, high)
        if kind.startswith("word:"):
            table = kind.removeprefix("word:")
            return lambda value: self._words.word(table, text, default="") or None if (text := text_of(value)) else None
        if kind == "priority":
            return self._priority
        return CONVERTERS[kind]

    def _priority(self, value: Any) -> int | None:
        text = text_of(value)
        found = self._words.number("priorities", text) if text else None
        if found is None:
            said = mapped_values.figure(value)
            found = int(said) if said is not None and said.is_integer() else None
        return found if found is not None and 1 <= found <= 5 else None

    def _check_time_form(self, name: str, form: str) -> None:
        self._checked(f"times.{name}", lambda: mapped_values.check_time_form(form))

    def _unknown_values(self, name: str) -> Callable[[Any], bool]:
        listed = [*self._unknown.get("any", ()), *self._unknown.get(name, ())]
        figures = {said for value in listed if (said := mapped_values.figure(value)) is not None}
        texts = {(text_of(value) or "").casefold() for value in listed} | {""}

        def is_unknown(value: Any) -> bool:
            if isinstance(value, str):
                if value.strip().casefold() in texts:
                    return True
                return bool(figures) and mapped_values.figure(value) in figures
            if isinstance(value, bool):
                return str(value).casefold() in texts
            return isinstance(value, int | float) and value in figures

        return is_unknown

    # ---- what is wrong, in words

    def _check_names(self, mapping: Mapping) -> None:
        tables: tuple[tuple[str, Any], ...] = (
            ("fields", mapping.fields),
            ("constants", mapping.constants),
            ("units", dict.fromkeys(mapping.units)),
            ("times", {name: None for name in mapping.times if name != "any"}),
            ("unknown", {name: None for name in mapping.unknown if name != "any"}),
        )
        for table, names in tables:
            for name in names:
                known = self._kinds if table in ("fields", "constants") else any_field()
                if name not in known:
                    raise self._wrong(f"{table}.{name}", self._unknown_name(name, known, f"field of {self.report}"))
        for name, unit in mapping.units.items():
            there = mapped_values.PLACE_FORMS if name == "place" else tuple(mapped_values.UNITS.get(name, ()))
            if not there:
                raise self._wrong(f"units.{name}", "is no figure and no place")
            if unit not in there:
                raise self._wrong(f"units.{name}", self._unknown_name(unit, there, "unit"))
        for name, form in mapping.times.items():
            if name != "any" and self._kinds.get(name, "time") != "time":
                raise self._wrong(f"times.{name}", "is no time")
            self._check_time_form(name, form)

    def _check_needed(self) -> None:
        said = {one.name for one in self.fields} | set(self.constants)
        if "id" not in said and self.report != "log":
            raise self._wrong("fields", f"{self.report} needs `id`: what tells it from the others, the same each time")
        for choice in NEEDED.get(self.report, ()):
            if not said & set(choice):
                raise self._wrong("fields", f"{self.report} needs {' or '.join(f'`{one}`' for one in choice)}")
        if ("lat" in said) != ("lon" in said):
            raise self._wrong("fields", "`lat` and `lon` are needed together")
        if "deleted" in self.constants:
            raise self._wrong("constants.deleted", "would delete everything")

    def _checked(self, where: str, make: Callable[[], Made]) -> Made:
        try:
            return make()
        except ValueError as error:
            raise self._wrong(where, str(error)) from None

    def _wrong(self, where: str, why: str) -> ValueError:
        return ValueError(f"{self._where}{where}: {why}")

    @staticmethod
    def _unknown_name(name: str, known: Any, what: str) -> str:
        near = get_close_matches(name, list(known), n=1)
        hint = f"did you mean {near[0]}? " if near else ""
        return f"{name!r} is no {what}; {hint}There are: {', '.join(known)}"


def compiled(feed: Feed, options: MappingOptions, form: str, *, flat: bool = False) -> list[Compiled]:
    """The mappings of a feed. Raises ValueError that names feed and key for what is wrong with one."""
    words = Vocabulary(feed, form)
    if not options.reports:
        return [Compiled(feed, options, words, "options.", flat=flat)]
    if options.fields:
        raise ValueError(f"feed {feed.name}: options.fields: stands beside options.reports; put it into one of them")
    return [
        Compiled(feed, _inherited(options, one), words, f"options.reports[{number}].", flat=flat)
        for number, one in enumerate(options.reports)
    ]


def _inherited(options: MappingOptions, one: Mapping) -> Mapping:
    """A mapping of several, with what stands above all of them where it says nothing itself."""
    known = FIELDS.get(one.report or options.report, {})
    return Mapping(
        report=one.report or options.report,
        each=one.each or options.each,
        when={**options.when, **one.when},
        fields=one.fields,
        constants={**{name: value for name, value in options.constants.items() if name in known}, **one.constants},
        units={**options.units, **one.units},
        times={**options.times, **one.times},
        unknown={**options.unknown, **one.unknown},
        ignore=[*options.ignore, *one.ignore],
    )


class Unread:
    """What no mapping reads: the losses of each object."""

    def __init__(self, mappings: Sequence[Compiled]) -> None:
        self._top: dict[Step, Any] = {}
        for mapping in mappings:
            for steps in mapping.read_below():
                _plant(self._top, steps)

    def of(self, seen: Seen, each: tuple[Step, ...]) -> dict[str, str]:
        """The fields of an object that nobody reads, at most 40."""
        read: Any = self._top
        for step in each:
            read = read.get(step, {})
            if read is True:
                return {}  # another mapping reads or ignores all of it
        found: dict[str, str] = {}
        _left(seen.item, read, "", found, 0)
        return found


def _plant(tree: dict[Step, Any], steps: Sequence[Step]) -> None:
    for step in steps[:-1]:
        inner = tree.setdefault(step, {})
        if inner is True:
            return
        tree = inner
    if steps:
        tree[steps[-1]] = True


def _left(value: Any, read: dict[Step, Any], name: str, found: dict[str, str], depth: int) -> None:
    if type(value) is dict:
        items: Iterable[tuple[Step, Any]] = value.items()
    elif type(value) is list:
        items = enumerate(value[:_MOST_MEMBERS])
    else:
        return
    for key, inner in items:
        below = read.get(key) or read.get(ALL)
        if below is True or inner is None or inner == "":
            continue
        if len(found) >= _MOST_LOSSES:
            return
        path = f"{name}[{key}]" if type(key) is int else f"{name}.{key}" if name else str(key)
        nested = type(inner) is dict or (type(inner) is list and below)
        if nested and depth < _DEEPEST:
            _left(inner, below or _NOTHING_READ, path, found, depth + 1)
        else:
            found[_bounded(path)] = _bounded(inner)


def _bounded(value: Any) -> str:
    """As `readings.loss`, sooner done for the texts that most of them are."""
    if type(value) is str and len(value) <= readings.SHORT and value.isprintable():
        return value
    return readings.loss(value)
