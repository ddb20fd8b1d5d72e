"""The tools of the map: draw, change, measure. One file a tool; the table says what there is, in the menu's order."""

import importlib
from dataclasses import dataclass
from typing import Any

from cop.map.tools.context import ToolContext
from cop.map.tools.tool import Tool


@dataclass(frozen=True, slots=True)
class ToolKind:
    """A row of the tools menu. `group` parts the menu; `module` and `tool` name the class, loaded when it is taken."""

    name: str
    label: str
    group: str
    keys: str
    module: str
    tool: str
    options: tuple[tuple[str, Any], ...] = ()

    def make(self, context: ToolContext) -> Tool:
        """A tool of this kind, to be used once."""
        made: Tool = getattr(importlib.import_module(f"cop.map.tools.{self.module}"), self.tool)(
            context, **dict(self.options)
        )
        return made


def _drawing(name: str, label: str, keys: str, shape: str) -> ToolKind:
    return ToolKind(name, label, "draw", keys, "draw_zone", "DrawZoneTool", (("shape", shape),))


_KINDS = (
    _drawing("draw_area", "Draw an area", "Z", "polygon"),
    _drawing("draw_circle", "Draw a circle", "C", "circle"),
    _drawing("draw_corridor", "Draw a corridor", "Shift+C", "corridor"),
    _drawing("draw_line", "Draw a line", "Shift+Z", "line"),
    _drawing("draw_grid", "Draw a lettered grid", "Shift+G", "grid"),
    ToolKind("distance", "Measure distance", "measure", "D", "measure_distance", "DistanceTool"),
    ToolKind("area", "Measure area", "measure", "Shift+D", "measure_area", "AreaTool"),
    ToolKind("bearing", "Bearing and distance", "measure", "B", "bearing", "BearingTool"),
    ToolKind("rings", "Range rings", "measure", "G", "range_rings", "RangeRingsTool"),
)


def tool_kinds() -> tuple[ToolKind, ...]:
    """Every tool that can be taken from the menu."""
    return _KINDS
