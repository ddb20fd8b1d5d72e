"""Layers in a stack: order, opacity, what is remembered."""

import json
import sys
from typing import ClassVar

import pytest
from hypothesis import given
from hypothesis import strategies as st
from PySide6.QtCore import Qt
from PySide6.QtGui import QColor, QImage, QPainter

from cop.map.layers.choice import AnyOf, Choice, OneOf
from cop.map.layers.layer import Layer
from cop.map.palette import load_palette
from cop.map.stack import LayerStack
from cop.map.viewport import Viewport
from cop.picture.change import Change

PALETTE = load_palette("dark")
VIEW = Viewport(0.0, 10.0, 1.0, 10, 10)


class Plain(Layer):
    """Fills the view twice with one colour."""

    name: ClassVar[str] = ""
    label: ClassVar[str] = ""

    def __init__(self, name: str, ink: str = "#ffffff", *, listed: bool = True) -> None:
        super().__init__(PALETTE)
        self.name = name  # type: ignore[misc]  # each its own here
        self.listed = listed  # type: ignore[misc]
        self.ink = ink
        self.mode, self.off = "a", frozenset[str]()

    def choices(self) -> list[Choice]:
        def mode(value: str) -> None:
            self.mode = value

        def off(value: frozenset[str]) -> None:
            self.off = value

        return [
            OneOf("mode", "Mode", (("a", "A"), ("b", "B")), lambda: self.mode, mode),
            AnyOf("parts", "Parts", (("x", "X"), ("y", "Y")), lambda: self.off, off),
        ]

    def paint(self, painter: QPainter, view: Viewport) -> None:
        painter.fillRect(view.rect(), QColor(self.ink))
        painter.fillRect(view.rect(), QColor(self.ink))


def painted(stack: LayerStack) -> QColor:
    image = QImage(10, 10, QImage.Format.Format_ARGB32_Premultiplied)
    image.fill(Qt.GlobalColor.black)
    painter = QPainter(image)
    stack.paint(painter, VIEW)
    painter.end()
    return image.pixelColor(5, 5)


def names(stack: LayerStack) -> list[str]:
    return [layer.name for layer in stack.layers]


def test_that_what_overlaps_within_a_faded_layer_does_not_add_up(qapp: object) -> None:
    layer = Plain("a")
    layer.opacity = 0.5
    assert abs(painted(LayerStack([layer])).red() - 128) <= 2


@pytest.mark.qt_log_ignore("Painter ended with")
def test_that_a_layer_that_fails_is_said_once_and_takes_nothing_else_with_it(
    qapp: object, monkeypatch: pytest.MonkeyPatch
) -> None:
    class Broken(Plain):
        """Fails half way."""

        def paint(self, painter: QPainter, view: Viewport) -> None:
            painter.translate(100, 100)
            painter.save()
            painter.save()
            painter.save()
            painter.setClipRect(0, 0, 0, 0)
            raise RuntimeError

        def apply(self, change: Change) -> bool:
            raise RuntimeError

    image = QImage(10, 10, QImage.Format.Format_ARGB32_Premultiplied)
    said: list[object] = []
    monkeypatch.setattr(sys, "excepthook", lambda *bug: said.append(bug))
    for opacity in (1.0, 0.5):
        broken = Broken("b")
        broken.opacity = opacity
        stack = LayerStack([broken, Plain("above")])
        for _ in range(3):
            image.fill(0)
            painter = QPainter(image)
            stack.paint(painter, VIEW)
            painter.end()
            assert image.pixelColor(5, 5).alpha() == 255
        stack.apply(Change())
    assert len(said) == 4


def test_that_the_order_is_changed_among_the_listed_alone(qapp: object) -> None:
    stack = LayerStack([Plain("own", listed=False), Plain("a", "#ff0000"), Plain("b", "#00ff00")])
    assert painted(stack) == QColor("#00ff00")
    stack.arrange(["b", "own", "a"])
    assert names(stack) == ["own", "b", "a"]
    assert painted(stack) == QColor("#ff0000")


@given(st.permutations(["a", "b", "c", "d"]), st.sets(st.sampled_from(["a", "b", "c", "d"])), st.floats(0.1, 1.0))
def test_that_what_was_arranged_comes_back(order: list[str], hidden: set[str], opacity: float) -> None:
    first = LayerStack([Plain(name) for name in "abcd"])
    first.arrange(order)
    for layer in first.layers:
        layer.visible = layer.name not in hidden
    first.layers[0].opacity = opacity
    first.layers[1].choices()[0].choose("b")  # type: ignore[union-attr]
    first.layers[2].choices()[1].hide(frozenset({"y", "gone"}))  # type: ignore[union-attr]
    kept = json.loads(json.dumps(first.state()))
    second = LayerStack([Plain(name) for name in "abcd"])
    second.restore(kept)
    assert second.state() == first.state()
    assert names(second) == order


@given(
    st.recursive(
        st.none() | st.booleans() | st.floats() | st.text(max_size=4) | st.sampled_from(["a", "b", "mode", "choices"]),
        lambda inner: (
            st.lists(inner, max_size=3)
            | st.dictionaries(
                st.sampled_from(["order", "hidden", "shown", "opacity", "choices", "a", "mode", "parts"]),
                inner,
                max_size=4,
            )
        ),
        max_leaves=12,
    )
)
def test_that_settings_of_any_shape_leave_a_stack_that_works(state: object) -> None:
    stack = LayerStack([Plain("a"), Plain("b")])
    stack.restore(state if isinstance(state, dict) else {"order": state, "hidden": state, "choices": state})
    assert sorted(names(stack)) == ["a", "b"]
    assert all(0.1 <= layer.opacity <= 1.0 for layer in stack.layers)
    assert json.dumps(stack.state())
