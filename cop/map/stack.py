"""The layers of one map in their order: which are shown, how strongly, and which lies on which."""

import functools
import sys
import traceback
from collections.abc import Callable, Iterable, Mapping
from typing import Any

from PySide6.QtCore import QRectF, Qt
from PySide6.QtGui import QPainter, QPixmap, QRegion

from cop.map.layers.choice import OneOf
from cop.map.layers.layer import Layer
from cop.map.palette import Palette
from cop.map.viewport import Viewport
from cop.picture.change import Change

#: less than this cannot be seen, and what cannot be seen is to be hidden, not to be forgotten
LEAST_OPACITY = 0.1


class LayerStack:
    """Layers from the lowest to the highest. Those of one stack change places among themselves only.

    A bug in one layer goes to the excepthook, once, and costs that layer: the others are told and drawn all the same.
    """

    def __init__(self, layers: Iterable[Layer]) -> None:
        self.layers: list[Layer] = list(layers)
        self._bugs: set[tuple[str, str]] = set()

    def listed(self) -> list[Layer]:
        """The layers that a person hides, fades and reorders, the lowest first."""
        return [layer for layer in self.layers if layer.listed]

    def named(self, name: str) -> Layer | None:
        """The layer of this name."""
        return next((layer for layer in self.layers if layer.name == name), None)

    def arrange(self, names: list[str]) -> None:
        """Put the listed layers into this order, the lowest first; those not named, and the unlisted, keep theirs."""
        places = [index for index, layer in enumerate(self.layers) if layer.name in names and layer.listed]
        wanted = [layer for name in names if (layer := self.named(name)) is not None and layer.listed]
        for place, layer in zip(places, wanted, strict=True):
            self.layers[place] = layer

    def set_palette(self, palette: Palette) -> None:
        """Wear another theme."""
        for layer in self.layers:
            layer.set_palette(palette)

    def apply(self, change: Change) -> bool:
        """Tell every layer what a pulse changed; True if one that is shown looks different."""
        return self._any(lambda layer: layer.apply(change))

    def tick(self) -> bool:
        """Tell every layer that a second has passed; True if one that is shown looks different."""
        return self._any(lambda layer: layer.tick())

    def paint(self, painter: QPainter, view: Viewport, within: Mapping[Layer, QRegion] | None = None) -> None:
        """Draw what is shown; a layer that another draws better is drawn `within` what that one leaves."""
        for layer in self.layers:
            region = within.get(layer) if within is not None else None
            if not layer.visible or (region is not None and region.isEmpty()):
                continue
            self._paint_one(layer, painter, view, layer.paint, region)

    def paint_names(self, painter: QPainter, view: Viewport, taken: list[QRectF], skip: Layer | None = None) -> None:
        """Write the names of what is shown, the lowest layer's first."""
        for layer in self.layers:
            if layer.visible and layer is not skip:
                self._paint_one(layer, painter, view, functools.partial(_names_of, layer, taken))

    def state(self) -> dict[str, Any]:
        """What was arranged by hand, as plain values for the settings."""
        return {
            "order": [layer.name for layer in self.listed()],
            "hidden": [layer.name for layer in self.listed() if not layer.visible],
            "shown": [layer.name for layer in self.listed() if layer.visible],
            "opacity": {layer.name: layer.opacity for layer in self.listed() if layer.opacity < 1.0},
            "choices": {layer.name: said for layer in self.layers if (said := _said(layer))},
        }

    def restore(self, state: dict[str, Any]) -> None:
        """Arrange as remembered; layers that were not known then keep what they have."""
        self.arrange(list(dict.fromkeys(name for name in _names(state, "order") if self.named(name) is not None)))
        hidden, shown = _names(state, "hidden"), _names(state, "shown")
        opacity, said = _table(state, "opacity"), _table(state, "choices")
        for layer in self.layers:
            if layer.listed and layer.name in {*hidden, *shown}:
                layer.visible = layer.name not in hidden
            value = opacity.get(layer.name, 1.0)
            if layer.listed and isinstance(value, int | float):
                layer.opacity = float(max(LEAST_OPACITY, min(1.0, value)))  # 1.0 for NaN
            _choose(layer, _table(said, layer.name))

    def _any(self, tell: Callable[[Layer], bool]) -> bool:
        changed = False
        for layer in self.layers:
            try:
                changed = (tell(layer) and layer.visible) or changed
            except Exception as bug:  # noqa: BLE001 - the excepthook logs and shows any bug; the next layer is told
                self._say(layer, bug)
        return changed

    def _paint_one(
        self,
        layer: Layer,
        painter: QPainter,
        view: Viewport,
        paint: Callable[[QPainter, Viewport], None],
        region: QRegion | None = None,
    ) -> None:
        before = painter.transform()
        painter.save()
        if region is not None:
            painter.setClipRegion(region, Qt.ClipOperation.IntersectClip)
        try:
            with_opacity(painter, view, layer.opacity, paint)
        except Exception as bug:  # noqa: BLE001 - as above: what lies above must not vanish with it
            self._say(layer, bug)
            painter.restore()
            painter.setTransform(before)  # whatever the layer had saved and not restored
            painter.setClipping(False)
            painter.setOpacity(1.0)
        else:
            painter.restore()

    def _say(self, layer: Layer, bug: Exception) -> None:
        """Once: a layer that fails does so sixty times a second."""
        told = (layer.name, "".join(traceback.format_tb(bug.__traceback__)[-1:]))
        if told not in self._bugs:
            self._bugs.add(told)
            sys.excepthook(type(bug), bug, bug.__traceback__)


def _names(state: dict[str, Any], key: str) -> list[str]:
    """A list of names of the settings; whatever else stands there names nothing."""
    names = state.get(key)
    return [name for name in names if isinstance(name, str)] if isinstance(names, list) else []


def _table(state: dict[str, Any], key: str) -> dict[str, Any]:
    table = state.get(key)
    return table if isinstance(table, dict) else {}


def _said(layer: Layer) -> dict[str, Any]:
    """What was chosen about a layer."""
    return {
        choice.name: choice.chosen() if isinstance(choice, OneOf) else sorted(choice.hidden())
        for choice in layer.choices()
    }


def _choose(layer: Layer, said: dict[str, Any]) -> None:
    """Choose as remembered, where it can still be chosen; what is not there today may be there tomorrow: it is kept."""
    for choice in layer.choices():
        value = said.get(choice.name)
        if isinstance(choice, OneOf):
            if isinstance(value, str) and value in dict(choice.values):
                choice.choose(value)
        elif isinstance(value, list):
            choice.hide(frozenset(_names(said, choice.name)))


def with_opacity(
    painter: QPainter, view: Viewport, opacity: float, paint: Callable[[QPainter, Viewport], None]
) -> None:
    """Let `paint` draw; if faded, through a picture of its own: what overlaps within a layer must not add up."""
    if opacity >= 1.0:
        painter.save()
        try:
            paint(painter, view)
        finally:
            painter.restore()
        return
    sheet = QPixmap(round(view.width * view.dpr), round(view.height * view.dpr))
    sheet.setDevicePixelRatio(view.dpr)
    sheet.fill(Qt.GlobalColor.transparent)
    on_sheet = QPainter(sheet)
    on_sheet.setRenderHints(painter.renderHints())
    try:
        paint(on_sheet, view)
    finally:
        on_sheet.end()
    painter.save()
    painter.setOpacity(opacity)
    painter.drawPixmap(0, 0, sheet)
    painter.restore()


def _names_of(layer: Layer, taken: list[QRectF], painter: QPainter, view: Viewport) -> None:
    layer.paint_names(painter, view, taken)
