"""Every symbol of the map on one sheet, to look at and to measure."""

from PySide6.QtCore import QPointF
from PySide6.QtGui import QColor, QImage, QPainter

from cop.domain.rules.alarm import SEVERITIES
from cop.domain.words import AVAILABILITIES, INCIDENT_TYPES, UNIT_KINDS, UNIT_STATUSES
from cop.map.glyphs import RESOURCE_KINDS, SHAPES
from cop.map.lettering import map_font
from cop.map.palette import Palette
from cop.map.symbols import UnitDrawing, alert_symbol, incident_symbol, resource_symbol, unit_symbol

_STEP = 44


class Sheet:
    """A sheet of symbols in rows with names at the left."""

    def __init__(self, palette: Palette, columns: int, rows: int, dpr: float) -> None:
        self._dpr = dpr
        self.image = QImage(round((104 + _STEP * columns) * dpr), round(_STEP * rows * dpr), QImage.Format.Format_RGB32)
        self.image.fill(QColor(palette.map_background))
        self._painter = QPainter(self.image)
        self._painter.setPen(QColor(palette.muted))
        self._painter.setFont(map_font(10 * dpr))

    def name(self, row: int, text: str) -> None:
        """What stands in this row."""
        self._painter.drawText(QPointF(6 * self._dpr, (_STEP * row + 26) * self._dpr), text)

    def put(self, row: int, column: int, symbol: QImage) -> None:
        """A symbol in the middle of its field."""
        x, y = (104 + _STEP * (column + 0.5)) * self._dpr, _STEP * (row + 0.5) * self._dpr
        self._painter.drawImage(QPointF(round(x - symbol.width() / 2), round(y - symbol.height() / 2)), symbol)

    def done(self) -> QImage:
        """The finished sheet."""
        self._painter.end()
        return self.image


def unit_sheet(
    palette: Palette, dpr: float = 1.0, shapes: tuple[str, ...] = SHAPES, draw: UnitDrawing = unit_symbol
) -> QImage:
    """Each kind of unit in each status, fresh and stale."""
    sheet = Sheet(palette, len(shapes), 2 * len(UNIT_STATUSES), dpr)
    looks = [(status, stale) for stale in (False, True) for status in UNIT_STATUSES]
    for row, (status, stale) in enumerate(looks):
        sheet.name(row, status.replace("not_under_command", "not u. command") + (" stale" if stale else ""))
        for column, shape in enumerate(shapes):
            agency = QColor(palette.agencies[column % len(palette.agencies)])
            sheet.put(row, column, draw(agency, shape, status, stale=stale, palette=palette, dpr=dpr))
    return sheet.done()


def other_sheet(palette: Palette, dpr: float = 1.0) -> QImage:
    """Incidents of each type and priority, resources of each kind and availability, alerts of each severity."""
    kinds = (*RESOURCE_KINDS, "bus", "ambulance", "facility")
    sheet = Sheet(palette, len(INCIDENT_TYPES), 15, dpr)
    for row, (priority, selected) in enumerate(
        [(priority, selected) for selected in (False, True) for priority in (1, 2, 3, 4, 5)]
    ):
        sheet.name(row, f"P{priority}{' selected' if selected else ''}")
        for column, kind in enumerate(INCIDENT_TYPES):
            symbol = incident_symbol(kind, priority, selected=selected, palette=palette, dpr=dpr)
            sheet.put(row, column, symbol)
    for row, availability in enumerate(AVAILABILITIES, 10):
        sheet.name(row, availability)
        for column, kind in enumerate(kinds):
            agency = QColor(palette.agencies[column % len(palette.agencies)])
            sheet.put(row, column, resource_symbol(agency, kind, availability, palette=palette, dpr=dpr))
        ink = QColor(palette.agencies[0])
        sheet.put(row, 12, resource_symbol(ink, "beds", availability, palette=palette, dpr=dpr, stale=True))
        sheet.put(row, 13, resource_symbol(ink, "beds", availability, palette=palette, dpr=dpr, count=5))
        more = resource_symbol(ink, "shelter", availability, palette=palette, dpr=dpr, doubtful=True, exercise=True)
        sheet.put(row, 14, more)
        sheet.put(row, 15, resource_symbol(ink, "beds", availability, palette=palette, dpr=dpr, small=True))
    sheet.name(14, "alerts")
    for column, (severity, quiet) in enumerate((one, quiet) for quiet in (False, True) for one in SEVERITIES):
        sheet.put(14, column, alert_symbol(severity, quiet=quiet, palette=palette, dpr=dpr))
    return sheet.done()


def sign_sheet(palette: Palette) -> QImage:
    """What must be told apart without colour: statuses, priorities, availabilities, severities."""
    sheet = Sheet(palette, len(UNIT_STATUSES), 5, 1.0)
    agency = QColor(palette.agencies[0])
    for row, stale in enumerate((False, True)):
        sheet.name(row, "statuses" + (" stale" if stale else ""))
        for column, status in enumerate(UNIT_STATUSES):
            sheet.put(row, column, unit_symbol(agency, "patrol", status, stale=stale, palette=palette, dpr=1.0))
    sheet.name(2, "priorities")
    for column in range(5):
        sheet.put(2, column, incident_symbol("fire", column + 1, selected=False, palette=palette, dpr=1.0))
    for column, availability in enumerate(AVAILABILITIES, 7):
        sheet.put(2, column, resource_symbol(agency, "beds", availability, palette=palette, dpr=1.0))
    sheet.name(3, "alerts")
    for column, (severity, quiet) in enumerate((one, quiet) for quiet in (False, True) for one in SEVERITIES):
        sheet.put(3, column, alert_symbol(severity, quiet=quiet, palette=palette, dpr=1.0))
    sheet.name(4, "agencies")
    for column, colour in enumerate(palette.agencies):
        kind = tuple(UNIT_KINDS)[1 + column]
        sheet.put(4, column, unit_symbol(QColor(colour), kind, "available", stale=False, palette=palette, dpr=1.0))
    return sheet.done()
