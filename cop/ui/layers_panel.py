"""The layers of one map: which are shown, how strongly, which lies on which, and what is chosen about each."""

from collections.abc import Callable

from PySide6.QtCore import QSize, Qt
from PySide6.QtGui import QShowEvent
from PySide6.QtWidgets import (
    QCheckBox,
    QComboBox,
    QFrame,
    QGridLayout,
    QHBoxLayout,
    QScrollArea,
    QSlider,
    QToolButton,
    QVBoxLayout,
    QWidget,
)

from cop.map.layers.choice import SWITCH, AnyOf, Choice, OneOf
from cop.map.layers.layer import Layer
from cop.map.stack import LEAST_OPACITY
from cop.map.view import MapView
from cop.ui.flow_layout import FlowLayout
from cop.ui.labels import Label

_SLIDER_PX = 76
_STEP_PX = 28
_INDENT_PX = 26


class LayersPanel(QWidget):
    """Rows from the highest layer to the lowest; what lives on the map stands above the ground and stays there."""

    def __init__(self, map_view: MapView) -> None:
        super().__init__()
        self._map = map_view
        self._told: list[object] = []
        self._rows = QWidget()
        self._lines = QVBoxLayout(self._rows)
        self._lines.setContentsMargins(0, 0, 6, 0)
        self._lines.setSpacing(2)
        self._scroll = scroll = _Scroll()
        scroll.setWidgetResizable(True)
        scroll.setFrameShape(QFrame.Shape.NoFrame)
        scroll.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        scroll.setWidget(self._rows)
        lines = QVBoxLayout(self)
        lines.setContentsMargins(0, 0, 0, 0)
        lines.addWidget(scroll)
        map_view.layers_changed.connect(lambda: self.refresh() if self.isVisible() else None)

    def showEvent(self, event: QShowEvent) -> None:
        """It comes into sight: only now is it worth building."""
        super().showEvent(event)
        self.refresh()

    def refresh(self) -> None:
        """Show what there is, if it is something else than before."""
        told: list[object] = [
            (layer.name, layer.visible, layer.opacity, [_told(choice) for choice in layer.choices()])
            for layer in self._map.layer_set.listed()
        ]
        if told == self._told or self._slider_is_held():
            return
        self._told = told
        focused = self.focusWidget()
        name = focused.objectName() if focused is not None else ""
        while (item := self._lines.takeAt(0)) is not None:
            if (widget := item.widget()) is not None:
                widget.setParent(None)
                widget.deleteLater()
        for stack, words in ((self._map.layer_set.live, "On the map"), (self._map.layer_set.ground, "The ground")):
            heading = Label(words.upper(), "section")
            heading.setContentsMargins(0, 8, 0, 2)
            self._lines.addWidget(heading)
            listed = stack.listed()
            for place, layer in reversed(list(enumerate(listed))):
                self._lines.addWidget(self._row(layer, [one.name for one in listed], place))
        self._lines.addStretch(1)
        self._scroll.updateGeometry()
        if name and (again := self._rows.findChild(QWidget, name)) is not None:
            again.setFocus()

    def _row(self, layer: Layer, order: list[str], place: int) -> QWidget:
        row = QWidget()
        grid = QGridLayout(row)
        grid.setContentsMargins(0, 2, 0, 2)
        grid.setHorizontalSpacing(6)
        shown = QCheckBox(layer.label.replace("&", "&&"))
        shown.setObjectName(f"layer_{layer.name}")
        shown.setChecked(layer.visible)
        shown.toggled.connect(lambda on: self._map.set_layer(layer.name, visible=on))
        opacity = QSlider(Qt.Orientation.Horizontal)
        opacity.setObjectName(f"opacity_{layer.name}")
        opacity.setAccessibleName(f"{layer.label}: how strongly it is drawn")
        opacity.setToolTip("How strongly it is drawn")
        opacity.setRange(round(100 * LEAST_OPACITY), 100)
        opacity.setPageStep(10)
        opacity.setValue(round(100 * layer.opacity))
        opacity.setFixedWidth(_SLIDER_PX)
        opacity.setEnabled(layer.visible)
        opacity.valueChanged.connect(lambda value: self._map.set_layer(layer.name, opacity=value / 100))
        opacity.sliderReleased.connect(self.refresh)
        grid.addWidget(shown, 0, 0)
        grid.addWidget(opacity, 0, 1)
        grid.addWidget(self._step(layer, order, place, 1), 0, 2)
        grid.addWidget(self._step(layer, order, place, -1), 0, 3)
        grid.setColumnStretch(0, 1)
        if layer.visible:
            for line, choice in enumerate(layer.choices(), start=1):
                part = self._one_of(layer, choice) if isinstance(choice, OneOf) else self._any_of(layer, choice)
                part.setContentsMargins(_INDENT_PX, 0, 0, 4)
                grid.addWidget(part, line, 0, 1, 4)
        return row

    def _step(self, layer: Layer, order: list[str], place: int, up: int) -> QToolButton:
        words = "higher" if up > 0 else "lower"
        step = QToolButton()
        step.setObjectName(f"{words}_{layer.name}")
        step.setArrowType(Qt.ArrowType.UpArrow if up > 0 else Qt.ArrowType.DownArrow)
        step.setAutoRaise(True)
        step.setFixedWidth(_STEP_PX)
        step.setAccessibleName(f"{layer.label}: one {words}")
        step.setToolTip(f"Put it one layer {words}")
        policy = step.sizePolicy()
        policy.setRetainSizeWhenHidden(True)
        step.setSizePolicy(policy)
        step.setVisible(0 <= place + up < len(order))

        def move() -> None:
            names = list(order)
            names[place], names[place + up] = names[place + up], names[place]
            self._map.arrange_layers(names)

        step.clicked.connect(lambda _=False: move())
        return step

    def _one_of(self, layer: Layer, choice: OneOf) -> QWidget:
        part = QWidget()
        line = QHBoxLayout(part)
        line.setContentsMargins(0, 0, 0, 0)
        name = f"choice_{layer.name}_{choice.name}"
        if choice.values == SWITCH:
            switch = QCheckBox(choice.label.replace("&", "&&"))
            switch.setObjectName(name)
            switch.setChecked(choice.chosen() == "on")
            switch.toggled.connect(lambda on: self._say(lambda: choice.choose("on" if on else "")))
            line.addWidget(switch, 1)
            return part
        box = QComboBox()
        box.setObjectName(name)
        box.setAccessibleName(f"{layer.label}: {choice.label}")
        for value, words in choice.values:
            box.addItem(words, value)
        box.setCurrentIndex(max(0, box.findData(choice.chosen())))
        box.currentIndexChanged.connect(lambda _: self._say(lambda: choice.choose(str(box.currentData()))))
        line.addWidget(Label(choice.label, "muted"))
        line.addWidget(box, 1)
        return part

    def _any_of(self, layer: Layer, choice: AnyOf) -> QWidget:
        part = QWidget()
        lines = QVBoxLayout(part)
        lines.setContentsMargins(0, 0, 0, 0)
        lines.setSpacing(2)
        lines.addWidget(Label(choice.label, "muted"))
        boxes = QWidget()
        flow = FlowLayout(boxes)
        for value, words in choice.values:
            box = QCheckBox(words.replace("&", "&&"))
            box.setObjectName(f"choice_{layer.name}_{choice.name}_{value}")
            box.setChecked(value not in choice.hidden())

            def toggled(on: bool, value: str = value) -> None:
                hidden = choice.hidden() - {value} if on else choice.hidden() | {value}
                self._say(lambda: choice.hide(hidden))

            box.toggled.connect(toggled)
            flow.addWidget(box)
        lines.addWidget(boxes)
        return part

    def _say(self, choose: Callable[[], None]) -> None:
        choose()
        self._map.redraw_layers()

    def _slider_is_held(self) -> bool:
        return any(slider.isSliderDown() for slider in self._rows.findChildren(QSlider))


class _Scroll(QScrollArea):
    """As wide as its rows need at least: there is no way to scroll to what is cut off at the side."""

    def minimumSizeHint(self) -> QSize:
        rows = self.widget()
        wide = rows.minimumSizeHint().width() if rows is not None else 0
        return QSize(wide + self.verticalScrollBar().sizeHint().width(), super().minimumSizeHint().height())


def _told(choice: Choice) -> object:
    said = choice.chosen() if isinstance(choice, OneOf) else choice.hidden()
    return choice.name, choice.label, choice.values, said
