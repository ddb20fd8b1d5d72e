"""`cop feed try`: one message, what each field of it becomes, which fields nobody reads, and the reports."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from textwrap import wrap
from typing import Any, Protocol, runtime_checkable

from lxml import etree

from cop.domain.flat import flat
from cop.domain.report import Report
from cop.domain.rules.known_words import KNOWN, unknown_words
from cop.feeds.adapters import make_adapter, readings, strict_json, strict_xml
from cop.feeds.adapters.mapped_paths import Location, named, text_of
from cop.feeds.message import BadMessage, Feed, Message

#: stands for the value of a field that a mapping names and a message has not
NOT_THERE = "is not in the message"
_MOST_LINES = 400
_DEEPEST = 12


@runtime_checkable
class Explains(Protocol):
    """An adapter that can tell which field of a message becomes which of ours (formats `json` and `csv`)."""

    def content(self, message: Message) -> Any:
        """The message as it is read."""
        ...

    def explained(self, message: Message) -> list[Any]:
        """Every field of ours, where it was read, and what it is (`mapped_reports.Explained`)."""
        ...


@dataclass(frozen=True, slots=True)
class Line:
    """One field of a message: its path, its value, and what became of it; "" where nobody can tell."""

    path: str
    value: str
    becomes: str = ""


@dataclass(frozen=True, slots=True)
class Trial:
    """What came out of one message."""

    lines: list[Line] = field(default_factory=list)
    reports: list[Report] = field(default_factory=list)
    refused: str = ""
    more: int = 0

    def text(self, width: int = 120) -> str:
        """Fields on the left, what they become on the right; then each report; then why the rest was refused."""
        return "\n".join(self._rendered(max(60, width)))

    def _rendered(self, width: int) -> Iterator[str]:
        left = min(max([len(self._left(line)) for line in self.lines] + [20]), width * 3 // 5)
        if self.lines:
            yield f"{'THE MESSAGE SAYS':{left}}  BECOMES"
        for line in self.lines:
            yield f"{_cut(self._left(line), left):{left}}  {_cut(line.becomes or '-', width - left - 2)}".rstrip()
        if self.more:
            yield f"and {self.more} more fields"
        for report in self.reports:
            said = flat(report)
            yield ""
            yield _cut(f"{said.pop('report').upper()} {said.pop('unit', None) or said.pop('id', '')}", width)
            losses = said.pop("losses", {})
            for name, value in said.items():
                if name not in ("original", "rev"):
                    yield _cut(f"  {name:14} {_plain(value)}", width)
            for what, word in unknown_words(report.body):
                yield _cut(
                    f"  no word of ours: {what} {word!r}; the feed's `words` can say which of these it means:", width
                )
                yield from wrap(", ".join(KNOWN[what]), width, initial_indent=" " * 17, subsequent_indent=" " * 17)
            for name, value in losses.items():
                yield _cut(f"  not taken      {_plain(name)}: {_plain(value)}", width)
        if self.refused:
            yield ""
            yield _cut(f"REFUSED: {self.refused}", width)
        elif not self.reports:
            yield ""
            yield "No report: the message says nothing that is new."

    @staticmethod
    def _left(line: Line) -> str:
        missing = line.value == NOT_THERE
        return f"{line.path} {NOT_THERE}" if missing else f"{line.path} = {line.value}"


def trial(feed: Feed, topic: str, payload: bytes, *, retained: bool = False) -> Trial:
    """Try a feed on a message. Raises KeyError for an unknown format, ValueError for what is wrong with its options."""
    adapter = make_adapter(feed)
    message = Message(topic, payload, datetime.now(UTC), retained)
    reports, refused = [], ""
    try:
        reports = adapter.decode(message)
    except BadMessage as bad:
        reports, refused = list(bad.reports), bad.reason
    lines = list(_explained(adapter, message) if isinstance(adapter, Explains) else _plainly(payload, reports))
    return Trial(lines[:_MOST_LINES], reports, refused, max(0, len(lines) - _MOST_LINES))


def _explained(adapter: Explains, message: Message) -> Iterator[Line]:
    """Every field of a message that a mapping reads, with what becomes of it, and those that nobody reads."""
    try:
        content, explained = adapter.content(message), adapter.explained(message)
    except BadMessage:
        return
    becomes: dict[Location, list[str]] = {}
    for one in explained:
        what = f"{one.report}.{one.field}" if one.field != "ignore" else "ignored"
        said = f"{what} = {_plain(one.value)}" if one.value is not None else f"{what}: {one.why_not}"
        for place in one.places:
            becomes.setdefault(place, []).append(said)
    for place, value in _leaves(content, ()):
        found = [said for end in range(len(place) + 1) for said in becomes.get(place[:end], ())]
        yield Line(_plain(named(place) or "the message"), _plain(value), "; ".join(found) or "nobody reads it")
    for place, said_of_it in becomes.items():
        if place[:1] == ("topic",) and isinstance(place[1], int):
            level = message.topic.split("/")[place[1] - (1 if place[1] > 0 else 0)]
            yield Line(named(place), _plain(level), "; ".join(said_of_it))
    missed = {(one.report, one.field, one.path) for one in explained if not one.places and one.field != "ignore"}
    met = {(one.report, one.field, one.path) for one in explained if one.places}
    for report, name, path in sorted(missed - met):
        at_the_top = isinstance(content, dict) and path.partition(".")[0].partition("[")[0] in content
        hint = f"; at the top of the message it is: $.{path}" if at_the_top else ""
        yield Line(path, NOT_THERE, f"{report}.{name} is unknown{hint}")


def _plainly(payload: bytes, reports: list[Report]) -> Iterator[Line]:
    """The fields of JSON or XML of another format; those that its adapter names as losses are told apart."""
    lost = {name for report in reports for name in report.losses}
    taken = _taken(reports)
    for place, value in _fields(payload):
        path = _plain(named(place))
        names = {path, *(str(step) for step in place)}
        yield Line(path, _plain(value), taken.get(_compared(value)) or ("not taken" if names & lost else ""))


def _taken(reports: list[Report]) -> dict[Any, str]:
    """Where values stand in the reports as they stood in the message; what was made anew of them is not told."""
    found: dict[Any, str] = {}
    for report in reports:
        said = flat(report)
        kind = said.pop("report")
        for name, value in said.items():
            if name not in ("agency", "losses", "original") and isinstance(value, str | int | float) and value != "":
                found.setdefault(_compared(value), f"{kind}.{name} = {_plain(value)}")
    return found


def _compared(value: Any) -> Any:
    """A figure in a text is the figure; a time is the moment, whatever zone it is told in."""
    if isinstance(value, bool):
        return str(value)
    if isinstance(value, str):
        number = readings.figure(value)
        if number is not None:
            return number
        try:
            return readings.moment_of_text(value, UTC) if value[:2].isdigit() else value
        except BadMessage:
            return value
    return value if isinstance(value, int | float) else str(value)


def _fields(payload: bytes) -> Iterator[tuple[Location, Any]]:
    start = payload[:64].lstrip()[:1]
    try:
        if start in (b"{", b"["):
            yield from _leaves(strict_json.loads(payload), ())
        elif start == b"<":
            yield from _elements(strict_xml.document(payload), ())
    except BadMessage:
        return


def _leaves(value: Any, place: Location) -> Iterator[tuple[Location, Any]]:
    items: Any = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else None
    if items is None or len(place) >= _DEEPEST or not value:
        yield place, value
        return
    if isinstance(value, list) and len(value) > 3 and all(isinstance(one, int | float) for one in value):
        yield place, value
        return
    for key, inner in items:
        yield from _leaves(inner, (*place, key))


def _elements(element: Any, place: Location) -> Iterator[tuple[Location, Any]]:
    here = (*place, strict_xml.local_name(element))
    for name, value in element.attrib.items():
        yield (*here, f"@{etree.QName(name).localname}"), value
    text = (element.text or "").strip()
    if text:
        yield here, text
    if len(here) < _DEEPEST:
        for inner in element:
            yield from _elements(inner, here)


def _plain(value: Any) -> str:
    if isinstance(value, datetime):
        return value.isoformat()
    if isinstance(value, tuple):
        value = list(value)
    text = text_of(value) if not isinstance(value, str) else value
    return readings.name(text if text is not None else str(value)) or '""'


def _cut(text: str, width: int) -> str:
    return text if len(text) <= width else text[: width - 1] + "…"
