"""What everything on the map means: from the tables it is drawn with, drawn by what draws it."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import partial

import numpy as np
from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QImage, QPainter, QPainterPath, QPen

from cop.domain.agency import Agency
from cop.domain.area import Alert
from cop.domain.rules.alarm import SEVERITIES
from cop.domain.words import (
    AVAILABILITIES,
    DISCIPLINES,
    INCIDENT_TYPES,
    UNIT_KINDS,
    UNIT_STATUSES,
    label,
    zone_label,
)
from cop.map.crowding import Crowd
from cop.map.glyphs import DISCIPLINE_SHAPES, RESOURCE_KINDS, SHAPES, shape_of
from cop.map.ground_cells import cells_over
from cop.map.layers.authority import look_of
from cop.map.layers.clusters import BubbleSprites
from cop.map.lettering import clean
from cop.map.palette import Palette, agency_colour, colour
from cop.map.symbols import (
    UnitDrawing,
    alert_symbol,
    canvas,
    heading_tick,
    incident_symbol,
    resource_symbol,
    unit_symbol,
)
from cop.map.viewport import Viewport
from cop.map.zone_looks import LOOKED_AFTER, ZoneLook, alert_look, fill_of, mark_of, pen_of, zone_look
from cop.picture.picture import Picture

#: width and height of each sample, device independent pixels
SAMPLE_PX = 52
_MOST_AGENCIES = 80


@dataclass(frozen=True, slots=True)
class Entry:
    """One line of the legend: the word of the table it stands for, what is said of it, and how it is drawn."""

    word: str
    text: str
    draw: Callable[[], QImage]


@dataclass(frozen=True, slots=True)
class Section:
    """Lines that belong together; `note` says what they have in common."""

    title: str
    note: str
    entries: tuple[Entry, ...]


class Legend:
    """All sections for one theme and screen; `draw_unit` is how units are drawn on this map."""

    def __init__(self, picture: Picture, palette: Palette, dpr: float, *, draw_unit: UnitDrawing = unit_symbol) -> None:
        self._picture = picture
        self._palette = palette
        self._dpr = dpr
        self._draw_unit = draw_unit
        self._ink = colour(palette.label)

    def sections(self) -> list[Section]:
        """From what must be known first to what is looked up."""
        return [
            Section("What it is", "The frame tells what a symbol stands for.", self._frames()),
            Section("Status of a unit", "Told by the ring and the mark, whatever its colour.", self._statuses()),
            Section("How far to trust it", "Whatever is faded is not certain to stand there now.", self._trust()),
            Section("Priority of an incident", "Told by the figure and the colour.", self._priorities()),
            Section("Incidents", "", self._incidents()),
            Section("Units", "", self._kinds()),
            Section("Units of no known kind", "They wear the sign of their agency's discipline.", self._disciplines()),
            Section("Facilities and resources", "The edge tells how many can be had.", self._resources()),
            Section("Alerts", "Filled: extreme and severe. Dashed: a test, a draft, an exercise.", self._alerts()),
            Section("Zones and lines", "", self._zones()),
            Section("Who leads the selected incident", "Drawn on the ground while it is selected.", self._leads()),
            *(Section("Agencies", "Their colour fills their units.", one) for one in [self._agencies()] if one),
        ]

    def _unit(self, shape: str = "patrol", status: str = "available", **marks: bool) -> Callable[[], QImage]:
        stale, doubtful, exercise = (marks.get(one, False) for one in ("stale", "doubtful", "exercise"))
        return lambda: self._draw_unit(
            self._ink,
            shape,
            status,
            stale=stale,
            palette=self._palette,
            dpr=self._dpr,
            doubtful=doubtful,
            exercise=exercise,
        )

    def _incident(
        self, kind: str = "fire", priority: int = 1, *, selected: bool = False, echo: bool = False
    ) -> Callable[[], QImage]:
        return lambda: incident_symbol(
            kind, priority, selected=selected, echo=echo, palette=self._palette, dpr=self._dpr
        )

    def _resource(
        self, kind: str = "beds", availability: str = "available", *, stale: bool = False, count: int = 1
    ) -> Callable[[], QImage]:
        return lambda: resource_symbol(
            self._ink, kind, availability, palette=self._palette, dpr=self._dpr, stale=stale, count=count
        )

    def _alert(self, severity: str, *, quiet: bool = False) -> Callable[[], QImage]:
        return lambda: alert_symbol(severity, quiet=quiet, palette=self._palette, dpr=self._dpr)

    def _frames(self) -> tuple[Entry, ...]:
        return (
            Entry("unit", "Unit", self._unit()),
            Entry("incident", "Incident", self._incident()),
            Entry("resource", "Facility or resource", self._resource()),
            Entry("alert", "Alert", self._alert("Severe")),
            Entry("cluster", "So many units, their agencies around", self._bubble),
            Entry("cluster old", "… all of them with old positions", self._old_bubble),
        )

    def _statuses(self) -> tuple[Entry, ...]:
        return tuple(Entry(status, text, self._unit(status=status)) for status, text in UNIT_STATUSES.items())

    def _trust(self) -> tuple[Entry, ...]:
        return (
            Entry("fresh", "Heard of lately", self._unit()),
            Entry("stale", "Old: it may be elsewhere by now", self._unit(stale=True)),
            Entry("emergency stale", "Called for help; since then unheard", self._unit(status="emergency", stale=True)),
            Entry("doubtful", "Too far away, or it jumped", self._unit(doubtful=True)),
            Entry("exercise", "Exercise, not real", self._unit(exercise=True)),
            Entry("heading", "The tick shows where it goes", self._heading),
            Entry("resource stale", "Its time is over, ask again", self._resource(stale=True)),
            Entry("echo", "Another report of the same incident", self._incident(echo=True)),
        )

    def _priorities(self) -> tuple[Entry, ...]:
        numbered = tuple(Entry(f"P{one}", f"P{one}", self._incident("unknown", one)) for one in (1, 2, 3, 4, 5))
        return (*numbered, Entry("selected", "Selected", self._incident("unknown", 3, selected=True)))

    def _incidents(self) -> tuple[Entry, ...]:
        return tuple(Entry(kind, label(INCIDENT_TYPES, kind), self._incident(kind, 3)) for kind in INCIDENT_TYPES)

    def _kinds(self) -> tuple[Entry, ...]:
        return tuple(
            Entry(kind, label(UNIT_KINDS, kind), self._unit(kind if kind in SHAPES else "other")) for kind in UNIT_KINDS
        )

    def _disciplines(self) -> tuple[Entry, ...]:
        return tuple(Entry(one, label(DISCIPLINES, one), self._unit(one)) for one in DISCIPLINE_SHAPES)

    def _resources(self) -> tuple[Entry, ...]:
        kinds = tuple(Entry(kind, text, self._resource(kind)) for kind, text in RESOURCE_KINDS.items())
        edges = tuple(Entry(one, text, self._resource("unknown", one)) for one, text in AVAILABILITIES.items())
        return (*kinds, *edges, Entry("several", "Several at one place", self._resource("hospital", count=3)))

    def _alerts(self) -> tuple[Entry, ...]:
        return (
            *(Entry(one, _severity_words(one), self._alert(one)) for one in SEVERITIES),
            Entry("quiet", "Test, draft or exercise", self._alert("Severe", quiet=True)),
        )

    def _zones(self) -> tuple[Entry, ...]:
        drawn = tuple(
            Entry(kind, zone_label(kind), partial(self._ground, zone_look(kind), point=kind == "marker"))
            for kind in LOOKED_AFTER
        )
        alerts = tuple(
            Entry(
                f"area {severity}",
                f"Area of an alert: {_severity_words(severity).lower()}",
                partial(self._ground, alert_look(_alert_of(severity), exercise=False)),
            )
            for severity in SEVERITIES
        )
        return (*drawn, *alerts)

    def _leads(self) -> tuple[Entry, ...]:
        own, other = (colour(one) for one in (self._palette.accent, self._palette.ok))
        return (
            Entry("leads", "Ground of who leads, in their colour", partial(self._led, "leads", [own])),
            Entry("unified", "Unified command, in both colours", partial(self._led, "leads", [own, other])),
            Entry("also", "Also in jurisdiction", partial(self._led, "also", [other])),
            Entry("shared", "Overlap with other ground", partial(self._led, "shared", [], "overlap")),
            Entry("open", "Contested, or on this line", partial(self._led, "open", [])),
        )

    def _led(self, role: str, inks: list[QColor], edge: str = "") -> QImage:
        """A piece of ground as it is drawn for who leads there; `edge` is the role of its line."""
        image, painter = canvas(SAMPLE_PX, self._dpr)
        half = SAMPLE_PX / 2 - 4
        pen, brush = look_of(role, inks, self._palette, self._dpr)
        painter.setPen(look_of(edge, inks, self._palette, self._dpr)[0] if edge else pen)
        painter.setBrush(brush)
        painter.drawRect(QRectF(-half, -half * 0.62, 2 * half, 1.24 * half))
        painter.end()
        return image

    def _agencies(self) -> tuple[Entry, ...]:
        known = self._picture.agencies.items()
        named = [(clean(body.name, 40), one, body) for one, report in known if isinstance(body := report.body, Agency)]
        return tuple(
            Entry(agency, name or agency, partial(self._of_agency, agency, shape_of("unknown", body.disciplines)))
            for name, agency, body in sorted(named, key=lambda one: one[:2])[:_MOST_AGENCIES]
        )

    def _of_agency(self, agency: str, shape: str) -> QImage:
        ink = agency_colour(self._picture, agency, self._palette)
        return self._draw_unit(ink, shape, "available", stale=False, palette=self._palette, dpr=self._dpr)

    def _bubble(self) -> QImage:
        return _bubble_of([7, 0, 3, 1, 2, 0], self._palette, self._dpr)

    def _old_bubble(self) -> QImage:
        return _bubble_of([0, 4, 0, 2], self._palette, self._dpr)

    def _heading(self) -> QImage:
        image, painter = canvas(SAMPLE_PX, self._dpr)
        for one, at in (
            (self._unit()(), QPointF(0, 0)),
            (heading_tick(self._ink, 4, self._palette, self._dpr), QPointF(13.4, -13.4)),
        ):
            side = one.width() / self._dpr
            painter.drawImage(QRectF(at.x() - side / 2, at.y() - side / 2, side, side), one)
        painter.end()
        return image

    def _ground(self, look: ZoneLook, *, point: bool = False) -> QImage:
        """A piece of ground with this look: its edge and fill, a line on its casing, or the mark alone."""
        image, painter = canvas(SAMPLE_PX, self._dpr)
        half = SAMPLE_PX / 2 - 4
        area = QRectF(-half, -half * 0.62, 2 * half, 1.24 * half)
        if look.road:
            line = QPainterPath(QPointF(-half, half * 0.5))
            line.lineTo(half, -half * 0.5)
            casing = QPen(colour(self._palette.label_halo), look.width + 2.4)
            casing.setCapStyle(Qt.PenCapStyle.FlatCap)
            for pen in (casing, pen_of(look, self._palette)):
                painter.setPen(pen)
                painter.drawPath(line)
        elif not point:
            painter.setPen(pen_of(look, self._palette))
            painter.setBrush(fill_of(look, self._palette))
            painter.drawRect(area)
        if look.road or point:
            mark = mark_of(look, self._palette, self._dpr)
            side = mark.width() / self._dpr
            painter.drawImage(QRectF(-side / 2, -side / 2, side, side), mark)
        painter.end()
        return image


def _severity_words(severity: str) -> str:
    return "Not said" if severity == "Unknown" else severity


def _alert_of(severity: str) -> Alert:
    return Alert(id="legend", at=datetime.fromtimestamp(0, UTC), event="", severity=severity)


def _bubble_of(kinds: Sequence[int], palette: Palette, dpr: float) -> QImage:
    """A cluster with so many units of each kind (see `clusters.kinds_of`)."""
    picture = Picture()
    for agency in range(len(kinds) // 2):
        picture.tracks.row(f"agency {agency}", "unit")
    none = np.empty(0, dtype=np.intp)
    crowd = Crowd(
        bounds=(0.0, 0.0, 0.0, 0.0),
        metres_per_pixel=1.0,
        cells=cells_over(0, 0.0, 0.0, 0.0, 0.0),
        x=np.zeros(1),
        y=np.zeros(1),
        kinds=np.array([kinds]),
        radius_px=np.array([0.0]),
        symbols=none,
        rows=none,
        row_of=none,
        full=none,
        full_of=none,
        crowded=none,
    )
    side = round(SAMPLE_PX * dpr)
    image = QImage(side, side, QImage.Format.Format_ARGB32_Premultiplied)
    image.fill(Qt.GlobalColor.transparent)
    image.setDevicePixelRatio(dpr)
    sprites = BubbleSprites(picture, palette)
    sprites.draw_anew(palette, dpr)
    painter = QPainter(image)
    sprites.paint(painter, Viewport(-SAMPLE_PX / 2, SAMPLE_PX / 2, 1.0, SAMPLE_PX, SAMPLE_PX, dpr), crowd)
    painter.end()
    image.setDevicePixelRatio(1.0)
    return image
