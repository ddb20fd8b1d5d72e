"""A review's charts, drawn once: into the printed document as they are, into the page as images of lines (SVG).

Colours are told apart by who sees fewer of them as well (Okabe and Ito), and never say anything alone.
"""

import base64
import math
import re
from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta

from reportlab.graphics import renderSVG
from reportlab.graphics.shapes import Circle, Drawing, Line, PolyLine, Rect, String
from reportlab.lib.colors import Color, HexColor, white

from cop.briefing import lettering
from cop.briefing.review_words import Sayer
from cop.exercise.review.figures import Review, Times
from cop.exercise.review.reached import clock

_INK, _SOFT, _GRID = HexColor("#1b1f24"), HexColor("#5b6570"), HexColor("#d9dee4")
_BLUE, _ORANGE, _GREEN = HexColor("#0072b2"), HexColor("#d55e00"), HexColor("#009e73")
_SKY, _PINK, _YELLOW = HexColor("#56b4e9"), HexColor("#cc79a7"), HexColor("#e6c229")
_RED = HexColor("#b3261e")
_SMALL, _TEXT = 7.0, 8.0
_ROW = 15.0
#: rows of a chart; the lists below it have them all
_MOST_ROWS = 36
_FONT = re.compile(r"font-family:\s*([^;\"]+);")
_STEPS = (1, 2, 5, 10, 15, 30, 60, 120, 300, 600, 900, 1800, 3600, 7200, 10800, 21600, 43200, 86400)


def svg(drawing: Drawing) -> str:
    """A drawing as the address of an image inside the page (`data:`), which asks for nothing and runs nothing."""
    text = renderSVG.drawToString(drawing)
    text = text[text.index("<svg") :]
    text = _FONT.sub(_family, text)
    return "data:image/svg+xml;base64," + base64.b64encode(text.encode("utf-8", "replace")).decode()


def response_times(review: Review, say: Sayer, width: float) -> Drawing | None:
    """Of each agency how long it took to answer, to roll and to arrive: median, 90th percentile, slowest."""
    parts = (
        ("to answer", _BLUE, "to_answer"),
        ("to en route", _ORANGE, "to_en_route"),
        ("to scene", _GREEN, "to_on_scene"),
    )
    rows = [one for one in review.agencies if any(getattr(one, name).count for _, _, name in parts)]
    rows.sort(key=lambda one: -max(getattr(one, name).slowest_s or 0 for _, _, name in parts))
    rows = rows[:_MOST_ROWS]
    if not rows:
        return None
    longest = max((getattr(one, name).slowest_s or 0 for one in rows for _, _, name in parts), default=0) or 1.0
    left, right, high = 150.0, 54.0, 24.0
    height = len(rows) * high + 44
    drawing = Drawing(width, height)
    span = width - left - right
    scale = span / longest
    step = _step(longest, span / 60)
    for number in range(int(longest / step) + 1):
        x = left + number * step * scale
        drawing.add(Line(x, 26, x, height - 14, strokeColor=_GRID, strokeWidth=0.6))
        _text(drawing, x, 16, clock(number * step), size=_SMALL, colour=_SOFT, align=0.5)
    for number, one in enumerate(rows):
        y = height - 18 - (number + 1) * high + high / 2
        if number % 2:
            drawing.add(Rect(0, y - high / 2, width, high, fillColor=HexColor("#f5f7f9"), strokeColor=None))
            for each in range(int(longest / step) + 1):
                x = left + each * step * scale
                drawing.add(Line(x, y - high / 2, x, y + high / 2, strokeColor=_GRID, strokeWidth=0.6))
        _text(drawing, left - 8, y - 3, one.name, room=left - 12, align=1.0)
        for place, (_, colour, name) in enumerate(parts):
            _bar(drawing, getattr(one, name), (left, y + 6 - place * 6), scale, colour)
    keys = [(words, colour) for words, colour, _ in parts]
    x = _legend(drawing, keys, left, 2)
    _text(drawing, x, 2, "bar: median   line: 90th percentile   dot: slowest", size=_SMALL, colour=_SOFT)
    return drawing


def _bar(drawing: Drawing, times: Times, begins: tuple[float, float], scale: float, colour: Color) -> None:
    left, y = begins
    if not times.count or times.median_s is None:
        return
    median, p90, slowest = (scale * (one or 0.0) for one in (times.median_s, times.p90_s, times.slowest_s))
    drawing.add(Rect(left, y - 2, max(median, 1.0), 4, fillColor=colour, strokeColor=None))
    drawing.add(Line(left + median, y, left + max(p90, median), y, strokeColor=colour, strokeWidth=1.4))
    drawing.add(Circle(left + slowest, y, 2.2, fillColor=white, strokeColor=colour, strokeWidth=1.1))


def course(review: Review, say: Sayer, width: float) -> Drawing | None:
    """The incidents and the tasks for them over time: waited for an answer, under way, on scene."""
    rows: list[tuple[str, str, list[tuple[datetime, datetime, Color]]]] = []
    end = review.ends
    for incident in review.led:
        closed = incident.over.at if incident.over is not None else end
        rows.append(("incident", incident.title, [(incident.known.at, closed, _SOFT)]))
        for one in review.responses:
            if one.incident != incident.incident:
                continue
            last = min([told.at for told in (one.complete, one.ended) if told is not None] + [end])
            marks = [one.asked, one.answered, one.en_route, one.on_scene]
            spans: list[tuple[datetime, datetime, Color]] = []
            colours = (_YELLOW, _SKY, _BLUE, _GREEN)
            if one.said and one.en_route is None and one.on_scene is None:
                colours = (_YELLOW, _PINK, _BLUE, _GREEN)
                last = min([said.told.at for said in one.said])
            known = [(told.at, colour) for told, colour in zip(marks, colours, strict=True) if told is not None]
            for place, (begins, colour) in enumerate(known):
                ends = known[place + 1][0] if place + 1 < len(known) else max(last, begins)
                spans.append((begins, ends, colour))
            if one.said and one.said[0].state == "declined" and one.en_route is None:
                spans.append((one.said[0].told.at, one.said[0].told.at + timedelta(seconds=1), _RED))
            rows.append(("task", f"{say.unit(one)}: {one.objective}", spans))
    if not rows:
        return None
    left_out = len(rows) - _MOST_ROWS
    rows = rows[:_MOST_ROWS]
    left, right = 190.0, 14.0
    height = len(rows) * _ROW + 50
    drawing = Drawing(width, height)
    axis = _Axis(review, say, left, width - right)
    axis.draw(drawing, 30, height - 6)
    for number, (kind, words, spans) in enumerate(rows):
        y = height - 12 - (number + 1) * _ROW
        incident_row = kind == "incident"
        if incident_row:
            drawing.add(Rect(0, y, width, _ROW, fillColor=HexColor("#eef1f4"), strokeColor=None))
        _text(drawing, 4 if incident_row else 14, y + 4.5, words, bold=incident_row, room=left - 22, size=_TEXT)
        for begins, ends, colour in spans:
            x, end_x = axis.x(begins), axis.x(ends)
            thick = 3.0 if incident_row else 8.0
            drawing.add(Rect(x, y + (_ROW - thick) / 2, max(end_x - x, 1.6), thick, fillColor=colour, strokeColor=None))
    keys = [
        ("waits for an answer", _YELLOW),
        ("accepted", _SKY),
        ("en route", _BLUE),
        ("on scene", _GREEN),
        ("declined", _RED),
        ("incident open", _SOFT),
    ]
    x = _legend(drawing, keys, 4, 4)
    if left_out > 0:
        _text(drawing, x, 4, f"{left_out} more in the lists", size=_SMALL, colour=_SOFT)
    return drawing


def workload(review: Review, say: Sayer, width: float) -> Drawing | None:
    """Over time: requests that waited, units under way or at work, incidents and conflicts that were open."""
    if len(review.load) < 2:
        return None
    lines = (
        ("units under way or at work", _GREEN, [one.at_work for one in review.load], None),
        ("incidents open", _SOFT, [one.incidents for one in review.load], (3, 2)),
        ("requests without an answer", _ORANGE, [one.waiting for one in review.load], None),
        ("conflicts open", _RED, [one.conflicts for one in review.load], (1, 2)),
    )
    most = max(max(values) for _, _, values, _ in lines)
    if not most:
        return None
    height, left, right, foot = 150.0, 34.0, 14.0, 40.0
    drawing = Drawing(width, height)
    axis = _Axis(review, say, left, width - right)
    axis.draw(drawing, foot, height - 8)
    scale = (height - 14 - foot) / most
    step = max(1, math.ceil(most / 5))
    for value in range(0, most + 1, step):
        y = foot + value * scale
        drawing.add(Line(left, y, width - right, y, strokeColor=_GRID, strokeWidth=0.6))
        _text(drawing, left - 5, y - 2.5, str(value), size=_SMALL, colour=_SOFT, align=1.0)
    for _, colour, values, dashes in lines:
        points: list[float] = []
        for one, value in zip(review.load, values, strict=True):
            x = axis.x(one.at)
            if points:
                points += [x, points[-1]]
            points += [x, foot + value * scale]
        drawing.add(PolyLine(points, strokeColor=colour, strokeWidth=1.6, strokeDashArray=dashes))
    _legend(drawing, [(words, colour) for words, colour, _, _ in lines], left, 4)
    return drawing


def silences(review: Review, say: Sayer, width: float) -> Drawing | None:
    """When which agency was silent on which feed."""
    rows: dict[tuple[str, str], list[tuple[datetime, datetime]]] = {}
    for one in review.silences:
        ends = one.ends.at if one.ends is not None else review.ends
        rows.setdefault((one.agency, one.feed), []).append((one.begins.at, ends))
    if not rows:
        return None
    chosen = sorted(rows.items(), key=lambda pair: -sum((b - a).total_seconds() for a, b in pair[1]))[:_MOST_ROWS]
    left, right = 190.0, 14.0
    height = len(chosen) * _ROW + 34
    drawing = Drawing(width, height)
    axis = _Axis(review, say, left, width - right)
    axis.draw(drawing, 18, height - 4)
    for number, ((agency, feed), spans) in enumerate(chosen):
        y = height - 8 - (number + 1) * _ROW
        name = say.agency(agency)
        words = name if feed in {agency, name} else f"{name} · {feed}"
        _text(drawing, 4, y + 4.5, words, room=left - 14)
        for begins, ends in spans:
            x = axis.x(begins)
            drawing.add(Rect(x, y + 4, max(axis.x(ends) - x, 1.4), 7, fillColor=_RED, strokeColor=None))
    return drawing


class _Axis:
    """The time reviewed from left to right."""

    def __init__(self, review: Review, say: Sayer, left: float, right: float) -> None:
        self._begin = review.begins
        self._span_s = max((review.ends - review.begins).total_seconds(), 1.0)
        self._left, self._right = left, right
        self._say = say

    def x(self, at: datetime) -> float:
        """Where a moment is; one outside at the nearer end."""
        share = (at - self._begin).total_seconds() / self._span_s
        return self._left + min(max(share, 0.0), 1.0) * (self._right - self._left)

    def draw(self, drawing: Drawing, foot: float, top: float) -> None:
        """Lines at round times, and what they are."""
        step = _step(self._span_s, (self._right - self._left) / 62)
        begin = self._begin.timestamp()
        zone = self._begin.astimezone().utcoffset() or timedelta()
        first = math.ceil((begin + zone.total_seconds()) / step) * step - zone.total_seconds()
        at = first
        while at <= begin + self._span_s:
            moment = self._begin + timedelta(seconds=at - begin)
            x = self.x(moment)
            drawing.add(Line(x, foot, x, top, strokeColor=_GRID, strokeWidth=0.6))
            words = self._say.time(moment)
            words = words if step < 60 else words[:-3]
            _text(drawing, x, foot - 9, words, size=_SMALL, colour=_SOFT, align=0.5)
            at += step


def _step(span_s: float, most: float) -> float:
    days = 86_400.0 * math.ceil(span_s / 864_000)
    return next((float(one) for one in _STEPS if span_s / one <= max(most, 1.0)), days)


def _legend(drawing: Drawing, keys: Iterable[tuple[str, Color]], x: float, y: float) -> float:
    """What the colours mean, in a line; where it ends."""
    for words, colour in keys:
        drawing.add(Rect(x, y, 8, 6, fillColor=colour, strokeColor=None))
        _text(drawing, x + 11, y, words, size=_SMALL, colour=_SOFT)
        x += 11 + lettering.width(lettering.plain(words), _SMALL) + 12
    return x


def _text(
    drawing: Drawing,
    x: float,
    y: float,
    words: str,
    *,
    size: float = _TEXT,
    bold: bool = False,
    colour: Color = _INK,
    align: float = 0.0,
    room: float = math.inf,
) -> None:
    """A line of text, each part in a font that has its letters."""
    line = lettering.fitting(words, size, room, bold=bold) if room < math.inf else lettering.plain(words)
    x -= lettering.width(line, size, bold=bold) * align
    for font, part in lettering.runs(line, bold=bold):
        drawing.add(String(x, y, part, fontName=font, fontSize=size, fillColor=colour))
        x += lettering.width(part, size, bold=bold)


def _family(found: "re.Match[str]") -> str:
    """The font as a browser knows it, with what it has instead."""
    name = found[1].strip()
    weight = "font-weight: bold; " if name.endswith("-b") else ""
    return f"{weight}font-family: DejaVu Sans, Segoe UI, Arial, sans-serif;"


def images(drawings: Sequence[Drawing | None]) -> list[str]:
    """Each as an image inside the page; empty where there is nothing to draw."""
    return [svg(one) if one is not None else "" for one in drawings]
