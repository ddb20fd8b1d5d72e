"""From the drawing on a map to the zone that all agencies see: tool, dialog and desk, in step."""

from collections.abc import Callable

import msgspec
from PySide6.QtCore import QObject, QPoint, Signal

from cop.domain.area import Zone, ZoneForm
from cop.domain.report import Report
from cop.domain.words import ZoneShape
from cop.domain.zone_forms import form_of
from cop.map.measures import Measures
from cop.map.tools.change_zone import ChangeZoneTool
from cop.map.tools.draw_zone import DrawZoneTool
from cop.map.tools.tool import Tool
from cop.map.view import MapView
from cop.picture.change import Change, Key
from cop.ui import wording
from cop.ui.desk import Desk
from cop.ui.dialogs.draw_zone import DrawZoneDialog, EndZoneDialog
from cop.ui.zone_words import NOT_BY_HAND

_EDGE_PX = 24


class ZoneWork(QObject):
    """The zones that are drawn and changed on one map. `incident` says which one a new zone is proposed for."""

    published = Signal(str, str)  # agency, id

    def __init__(
        self,
        desk: Desk,
        view: MapView,
        *,
        say: Callable[[str], None],
        incident: Callable[[], Key | None],
    ) -> None:
        super().__init__(view)
        self._desk = desk
        self._view = view
        self._say = say
        self._incident = incident
        self.dialog: DrawZoneDialog | None = None
        self._changing: tuple[Key, int] | None = None  # which zone of ours is in hand, and the revision looked at
        view.tool_changed.connect(self._tool_taken)
        view.draw_zone_asked.connect(lambda shape, lat, lon: self.draw(shape, (lon, lat)))
        desk.changed.connect(self._look_at)

    def draw(self, shape: ZoneShape, first: tuple[float, float] | None = None) -> None:
        """Take the drawing tool in hand; `first` is the first corner or the middle, (longitude, latitude)."""
        self._view.take_tool(DrawZoneTool(self._view.layer_set.tool_context(), shape, first=first))

    def act(self, what: str, agency: str, object_id: str) -> None:
        """What a page asks: "change", "points", "end" or "extend"."""
        known = self._desk.picture.zones.get((agency, object_id))
        if known is None or not isinstance(known.body, Zone):
            return
        if what == "extend":
            self._desk.extend_zone(known.key)
            return
        refusal = self._desk.may_change_zone(known)
        if refusal is not None:
            self._desk.refused.emit(refusal.reason)
        elif what == "end":
            EndZoneDialog(self._desk, known, self._view.window()).open()
        elif what == "change":
            self._change(known, known.body)
        elif what == "points":
            self._move_points(known, known.body)

    # drawing

    def _tool_taken(self, tool: Tool | None) -> None:
        if not isinstance(tool, DrawZoneTool):
            return
        refusal = self._desk.may("draw_zone")
        if refusal is not None:
            self._view.take_tool(None)
            self._desk.refused.emit(refusal.reason)
            return
        tool.drawn.connect(self._drawn)
        tool.given_up.connect(lambda: self._say("Drawing given up: nothing was published."))

    def _drawn(self, form: ZoneForm) -> None:
        """The shape is whole: ask the rest, while it stays on the map and can still be changed."""
        if self.dialog is not None:  # the words of a zone that has no handles
            self.dialog.reject()
        self._open(
            DrawZoneDialog(self._desk, form, self._measures, incident=self._incident(), parent=self._view.window())
        )

    # changing

    def _change(self, known: Report, zone: Zone) -> None:
        form = form_of(zone)
        self._begin(known)
        self._open(DrawZoneDialog(self._desk, form, self._measures, known=known, parent=self._view.window()))
        self._view.set_zone_aside(known.key if form is not None else None)

    def _move_points(self, known: Report, zone: Zone) -> None:
        form = form_of(zone)
        if form is None:
            self._say(NOT_BY_HAND)
            return
        self._begin(known)
        tool = ChangeZoneTool(self._view.layer_set.tool_context(), form, zone.kind)

        def confirm(changed: ZoneForm) -> None:
            body = msgspec.structs.replace(zone, form=changed)
            if self._desk.change_zone(known.key, body, seen_rev=zone.rev) is None:
                tool.let_go()
                self._end()
                self.published.emit(*known.key)

        tool.confirmed.connect(confirm)
        tool.given_up.connect(self._given_up)
        self._view.take_tool(tool)
        self._view.set_zone_aside(known.key)
        self._view.show_area("zone", *known.key)
        self._view.setFocus()

    def _open(self, dialog: DrawZoneDialog) -> None:
        """Dialog and handles, each told of the other's changes."""
        self.dialog = dialog
        tool: ChangeZoneTool | None = None
        if dialog.drawn_form is not None:
            tool = ChangeZoneTool(self._view.layer_set.tool_context(), dialog.drawn_form, dialog.kind)
            tool.described = True
            tool.form_changed.connect(dialog.show_form)
            tool.confirmed.connect(dialog.attempt)
            tool.given_up.connect(dialog.reject)
            dialog.form_edited.connect(tool.set_form)
            dialog.kind_changed.connect(tool.set_kind)
            self._view.take_tool(tool)
        key = dialog.key

        def done() -> None:
            if tool is not None:
                tool.let_go()
            self._end()
            self.published.emit(*key)

        dialog.accepted.connect(done)
        dialog.rejected.connect(lambda: self._rejected(tool))
        dialog.show()
        self._place(dialog, tool)
        dialog.activateWindow()

    def _rejected(self, tool: ChangeZoneTool | None) -> None:
        if tool is not None and self._view.tool is tool:
            tool.let_go()
        self._given_up()

    def _given_up(self) -> None:
        self._say("Given up: nothing was published.")
        self._end()

    def _begin(self, known: Report) -> None:
        if self.dialog is not None:
            self.dialog.reject()
        self._view.take_tool(None)  # the zone that was in hand is given up before another one is
        self._changing = (known.key, known.body.rev)

    def _end(self) -> None:
        self.dialog = None
        self._changing = None
        self._view.set_zone_aside(None)

    def _look_at(self, change: Change) -> None:
        """Another desk of our agency may say something of the zone in hand: it is said, and nothing is overwritten."""
        if self._changing is None or self._changing[0] not in change.zones:
            return
        key, seen_rev = self._changing
        report = self._desk.picture.zones.get(key)
        ours = self._desk.is_pending("zone", *key)
        if report is not None and (report.body.rev == seen_rev or ours):
            return
        by = wording.one_line(report.body.by) if report is not None else ""
        words = (
            f"Another desk of your agency{f' ({by})' if by else ''} has changed this zone meanwhile: "
            "give up and look at it again."
            if report is not None
            else f"{'This desk' if ours else 'Another desk of your agency'} has ended this zone meanwhile."
        )
        if self.dialog is not None:
            self.dialog.warn(words)
        self._say(words)

    def _place(self, dialog: DrawZoneDialog, tool: ChangeZoneTool | None) -> None:
        """Beside the shape, not over it."""
        view = self._view
        right = view.width() - dialog.width() - _EDGE_PX
        middle = view.width() / 2
        if tool is not None:
            lons, lats = zip(*tool.form.points, strict=True)
            middle = view.view.place(sum(lats) / len(lats), sum(lons) / len(lons)).x()
        x = _EDGE_PX if middle > view.width() / 2 else right
        dialog.move(view.mapToGlobal(QPoint(round(max(_EDGE_PX, x)), 3 * _EDGE_PX)))

    @property
    def _measures(self) -> Measures:
        return self._view.layer_set.measures
